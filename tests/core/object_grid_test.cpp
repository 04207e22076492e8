#include "pinnscope/core/object_grid.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// An object that is neither copied nor moved, of 32 bytes.
class Counter : Pinned {
 public:
  Counter(int first, double factor) noexcept : factors_{factor}, first_(first) {}
  double next() noexcept { return factors_[0] * first_++; }

 private:
  std::array<double, 3> factors_;
  int first_;
};

}  // namespace

TEST_CASE("objects stand where they were made, and columns share no cache line") {
  constexpr std::size_t kRows = 3;
  constexpr std::size_t kColumns = 2;
  const auto lay_out = [](Layout& layout) {
    return ObjectGrid<Counter>::layout(layout, "counters", kRows, kColumns);
  };
  const Footprint need = measure(lay_out);
  REQUIRE(need.payload == kColumns * 128);  // 3 x 32 bytes are two lines
  REQUIRE(std::string_view(need.blocks[0].name) == "counters");
  std::vector<std::byte> memory(need.bytes);
  Arena arena(memory);
  Layout layout(arena);
  const ObjectGrid<Counter> counters = lay_out(layout);
  REQUIRE(arena.status().ok());
  for (std::size_t j = 0; j < kColumns; ++j) {
    for (std::size_t i = 0; i < kRows; ++i) {
      Counter& made = counters.make(i, j, static_cast<int>(10 * i + j), 0.5);
      REQUIRE(&made == &counters(i, j));
    }
    REQUIRE(reinterpret_cast<std::uintptr_t>(&counters(0, j)) % kBlockAlignment == 0);
  }
  for (std::size_t j = 0; j < kColumns; ++j) {
    for (std::size_t i = 0; i < kRows; ++i) {
      REQUIRE(counters(i, j).next() == 0.5 * static_cast<double>(10 * i + j));
      REQUIRE(counters(i, j).next() == 0.5 * static_cast<double>(10 * i + j + 1));
    }
  }
}

TEST_CASE("room for more objects than there can be is never served") {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  const Footprint need = measure(
      [](Layout& layout) { return ObjectGrid<Counter>::layout(layout, "counters", kMost / 4, 8); });
  REQUIRE(need.bytes == kMost);
}
