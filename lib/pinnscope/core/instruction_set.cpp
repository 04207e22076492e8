#include "pinnscope/core/instruction_set.hpp"

namespace pinnscope {

InstructionSet instruction_set() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  if (avx2) return avx512 ? InstructionSet::avx512 : InstructionSet::avx2;
#endif
  return InstructionSet::portable;
}

}  // namespace pinnscope
