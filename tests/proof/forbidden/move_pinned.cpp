#include <utility>

#include "pinnscope/core/arena.hpp"

struct Counter : pinnscope::Pinned {
  int count = 0;
};

int main() {
  Counter counter;
#ifdef FORBIDDEN
  Counter moved = std::move(counter);
#endif
  return std::exchange(counter.count, 0);
}
