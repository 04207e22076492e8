#include "pinnscope/tape/operations.hpp"

#include "pinnscope/tape/tape.hpp"

namespace pinnscope {

constinit const std::array<Operation, Operations::kCount> kOperations = Operations::rows();

}  // namespace pinnscope
