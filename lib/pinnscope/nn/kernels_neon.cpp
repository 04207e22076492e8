#include "pinnscope/nn/kernel_variants.hpp"

namespace pinnscope {
namespace {

/// 32 registers of 16 bytes, four a panel: 20 sums, 4 entries, 5 weights; 16 sums of a gradient.
constexpr const char* kName = "NEON";
constexpr std::size_t kLaneBytes = 16;
constexpr KernelBlock kBlock{
    .panels = 1, .columns = 5, .gradient_rows = 4, .gradient_columns = 4, .packs_rows = true};
template <class>
using Tanh = TanhFunction;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/nn/kernels.inl"

namespace pinnscope {

template <>
const Kernels<float> KernelVariants<float>::neon = kKernels<float>;
template <>
const Kernels<double> KernelVariants<double>::neon = kKernels<double>;

}  // namespace pinnscope
