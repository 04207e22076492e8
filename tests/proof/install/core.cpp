#include <pinnscope/core/arena.hpp>

int main() {
  alignas(64) std::byte memory[64];
  pinnscope::Arena arena(memory);
  return arena.take(64) == memory && arena.status().ok() ? 0 : 1;
}
