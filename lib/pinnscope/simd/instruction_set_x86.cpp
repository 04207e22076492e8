#include "pinnscope/simd/instruction_set.hpp"

namespace pinnscope {

InstructionSet instruction_set() noexcept {
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  return avx2 && avx512 ? InstructionSet::avx512
         : avx2         ? InstructionSet::avx2
                        : InstructionSet::portable;
}

}  // namespace pinnscope
