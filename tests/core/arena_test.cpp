#include "pinnscope/core/arena.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "support/test.hpp"

using namespace pinnscope;

namespace {

struct Pair : Pinned {
  struct Config {
    std::size_t size = 0;
  };
  struct Storage {
    VectorView<double> first;
    MatrixView<float> second;
  };
  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {layout.vector<double>("first", config.size),
            layout.matrix<float>("second", config.size, 3)};
  }
  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& layout_) { return layout(layout_, config); });
  }
  Pair(const Config& config, Arena& arena) {
    Layout carver(arena);
    storage = layout(carver, config);
  }
  Storage storage;
};

static_assert(Pair::footprint({.size = 8}).payload == 64 + 128);
static_assert(Pair::footprint({.size = 8}).bytes == 64 + 128 + 63);

}  // namespace

TEST_CASE("a footprint is the sum of its blocks rounded up to the alignment, and the slack") {
  const Footprint need = Pair::footprint({.size = 9});
  REQUIRE(need.payload == 128 + 128);
  REQUIRE(need.bytes == need.payload + 63);
}

TEST_CASE("a footprint lists its blocks by name") {
  const Footprint need = Pair::footprint({.size = 9});
  REQUIRE(need.list().size() == 2);
  REQUIRE(std::strcmp(need.list()[0].name, "first") == 0);
  REQUIRE(need.list()[1].bytes == 128);
}

TEST_CASE("an empty footprint needs no bytes at all") {
  REQUIRE(Pair::footprint({.size = 0}).bytes == 0);
}

TEST_CASE("two footprints in one arena share the slack") {
  const Footprint one = Pair::footprint({.size = 9});
  REQUIRE((one + one).bytes == 2 * one.payload + 63);
}

TEST_CASE("more blocks than the list holds are summed up in its last entry") {
  const Footprint need = measure([](Layout& layout) {
    for (int i = 0; i < 40; ++i) static_cast<void>(layout.vector<std::byte>("one", 64));
    return 0;
  });
  REQUIRE(need.payload == 40 * 64);
  REQUIRE(need.list().size() == Footprint::kListedBlocks);
  REQUIRE(need.list().back().bytes == (40 - Footprint::kListedBlocks + 1) * 64);
}

TEST_CASE("of more blocks than the list holds the largest keep their names, wherever they stand") {
  for (const std::size_t place : std::vector<std::size_t>{0, 30, 31, 32, 39}) {
    CAPTURE(place);
    const Footprint need = measure([&](Layout& layout) {
      for (std::size_t i = 0; i < 40; ++i) {
        static_cast<void>(layout.vector<std::byte>(i == place ? "large" : "one",
                                                   i == place ? std::size_t{1} << 20 : 64));
      }
      return 0;
    });
    const auto listed = need.list();
    const auto found = std::find_if(listed.begin(), listed.end(), [](const Block& block) {
      return block.name == std::string("large");
    });
    REQUIRE(found != listed.end());
    CHECK(found->bytes == 1 << 20);
    CHECK(need.payload == 39 * 64 + (1 << 20));
    CHECK(listed.back().name == std::string("further blocks"));
    CHECK(listed.back().bytes == (40 - Footprint::kListedBlocks + 1) * 64);
  }
}

TEST_CASE("a size that overflows saturates and is refused by every arena") {
  const Footprint need = Pair::footprint({.size = std::numeric_limits<std::size_t>::max() / 2});
  REQUIRE(need.bytes == std::numeric_limits<std::size_t>::max());
}

TEST_CASE("an arena hands out zeroed aligned blocks") {
  std::vector<std::byte> memory(300, std::byte{0xAB});
  Arena arena(memory);
  const std::byte* block = arena.take(128);
  REQUIRE(block != nullptr);
  REQUIRE(reinterpret_cast<std::uintptr_t>(block) % kBlockAlignment == 0);
  for (int i = 0; i < 128; ++i) REQUIRE(block[i] == std::byte{0});
}

TEST_CASE("an arena that ran out says so and stays so") {
  std::vector<std::byte> memory(256);
  Arena arena(memory);
  REQUIRE(arena.take(512) == nullptr);
  REQUIRE(arena.status().code == StatusCode::out_of_memory);
  REQUIRE(arena.take(64) == nullptr);
  REQUIRE(arena.used() == 0);
}
