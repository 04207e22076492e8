#pragma once

#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "pinnscope/core/arena.hpp"
#include "support/test.hpp"

namespace pinnscope::test {

/// Builds Object(config, arena) in exactly footprint(config).bytes, from every misaligned base, in
/// memory full of NaNs and with guard bytes on both sides: construction must use what was measured,
/// byte for byte, and touch nothing else; `use(object)` must work there too. One byte less must be
/// refused.
template <class Object, class Config, class Use>
void check_footprint(const Config& config, Use&& use) {
  static_assert(!std::is_copy_constructible_v<Object> && !std::is_copy_assignable_v<Object>);
  const Footprint need = Object::footprint(config);
  constexpr std::byte kGuard{0xFF};  // all ones is a NaN in every floating type
  std::vector<std::byte> memory(need.bytes + 3 * kBlockAlignment, kGuard);
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
  const std::size_t aligned = (kBlockAlignment - address % kBlockAlignment) % kBlockAlignment;
  for (std::size_t offset = 0; offset < kBlockAlignment; ++offset) {
    std::memset(memory.data(), 0xFF, memory.size());
    const std::size_t start = aligned + offset;
    {
      Arena arena({memory.data() + start, need.bytes});
      Object object(config, arena);
      REQUIRE(arena.status().ok());
      const std::size_t padding = (kBlockAlignment - offset) % kBlockAlignment;
      REQUIRE(arena.used() == (need.payload == 0 ? 0 : need.payload + padding));
      if (offset < 2) use(object);
    }
    for (std::size_t i = 0; i < start; ++i) REQUIRE_FALSE(memory[i] != kGuard);
    for (std::size_t i = start + need.bytes; i < memory.size(); ++i) {
      REQUIRE_FALSE(memory[i] != kGuard);
    }
  }
  if (need.bytes == 0) return;
  Arena arena({memory.data() + aligned + 1, need.bytes - 1});
  bool refused = arena.take(need.payload) == nullptr;
  REQUIRE(refused);
}

}  // namespace pinnscope::test
