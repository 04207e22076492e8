#include "pinnscope/tape/operations.hpp"

namespace pinnscope {

constinit const std::array<Operation, Operations::kCount> kOperations = Operations::rows();

}  // namespace pinnscope
