#pragma once

#include <cstdint>

namespace pinnscope {

/// The vector instructions that kernels are compiled for, each set with all of those before it.
enum class InstructionSet : std::uint8_t { portable, avx2, avx512 };

/// The largest set that this processor has: avx2 with fused multiply-add; avx512 with the parts F,
/// DQ, VL and BW.
InstructionSet instruction_set() noexcept;

}  // namespace pinnscope
