#include "pinnscope/core/arena.hpp"

struct Counter : pinnscope::Pinned {
  int count = 0;
};

int main() {
  Counter counter;
#ifdef FORBIDDEN
  Counter copy = counter;
  counter = copy;
#endif
  return counter.count;
}
