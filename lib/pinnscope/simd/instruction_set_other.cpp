#include "pinnscope/simd/instruction_set.hpp"

namespace pinnscope {

InstructionSet instruction_set() noexcept { return InstructionSet::portable; }

}  // namespace pinnscope
