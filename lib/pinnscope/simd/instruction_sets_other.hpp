#pragma once

#include "pinnscope/simd/compiled.hpp"

namespace pinnscope {

using InstructionSets = FastestFirst<Portable>;

}  // namespace pinnscope
