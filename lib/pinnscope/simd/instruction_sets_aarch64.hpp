#pragma once

#include "pinnscope/simd/compiled.hpp"

namespace pinnscope {

/// Every 64-bit ARM has it.
struct Neon {
  static constexpr const char* kName = "NEON";
  static constexpr std::size_t kLaneBytes = 16;
  static bool runs() noexcept { return true; }
};

using InstructionSets = FastestFirst<Neon, Portable>;

}  // namespace pinnscope
