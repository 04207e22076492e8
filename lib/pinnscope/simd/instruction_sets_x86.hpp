#pragma once

#include "pinnscope/simd/compiled.hpp"

namespace pinnscope {

/// With fused multiply-add.
struct Avx2 {
  static constexpr const char* kName = "AVX2";
  static constexpr std::size_t kLaneBytes = 32;
  static bool runs() noexcept {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  }
};

/// Its parts F, DQ, VL and BW, beside all of AVX2.
struct Avx512 {
  static constexpr const char* kName = "AVX-512";
  static constexpr std::size_t kLaneBytes = 64;
  static bool runs() noexcept {
    return Avx2::runs() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw");
  }
};

using InstructionSets = FastestFirst<Avx512, Avx2, Portable>;

}  // namespace pinnscope
