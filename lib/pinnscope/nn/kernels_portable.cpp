#include "pinnscope/nn/kernel_variants.hpp"

namespace pinnscope {
namespace {

/// Registers of 16 bytes, four a panel: what the compiler takes the target to have, 16 at least.
constexpr const char* kName = "portable";
constexpr std::size_t kLaneBytes = 16;
constexpr KernelBlock kBlock{
    .panels = 1, .columns = 3, .gradient_rows = 4, .gradient_columns = 2, .packs_rows = true};
template <class>
using Tanh = TanhFunction;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/nn/kernels.inl"

namespace pinnscope {

template <>
const Kernels<float> KernelVariants<float>::portable = kKernels<float>;
template <>
const Kernels<double> KernelVariants<double>::portable = kKernels<double>;

}  // namespace pinnscope
