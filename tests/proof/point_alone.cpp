// A program that uses a part of the library: a network of floats, a point at a time.
#include <array>
#include <cstddef>

#include "pinnscope/nn/packed_pass.hpp"

using namespace pinnscope;

int main() {
  constexpr std::array<std::size_t, 4> kWidths{2, 20, 20, 1};
  const PackedPass<float>::Config config{kWidths};
  alignas(64) static std::byte memory[1 << 14];
  Arena arena(memory);
  PackedPass<float> pass(config, arena);
  std::array<float, 1> values{};
  const std::array<float, 2> point{0.5F, 0.25F};
  return pass.evaluate(point, values).ok();
}
