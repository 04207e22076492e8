#include "pinnscope/nn/kernel_variants.hpp"

namespace pinnscope {
namespace {

/// 16 registers of 32 bytes, two a panel: 12 sums, 2 entries, one weight; 12 sums of a gradient.
constexpr const char* kName = "AVX2";
constexpr std::size_t kLaneBytes = 32;
constexpr KernelBlock kBlock{
    .panels = 1, .columns = 6, .gradient_rows = 3, .gradient_columns = 4, .packs_rows = true};
template <class>
using Tanh = TanhFunction;

}  // namespace
}  // namespace pinnscope

#include "pinnscope/nn/kernels.inl"

namespace pinnscope {

template <>
const Kernels<float> KernelVariants<float>::avx2 = kKernels<float>;
template <>
const Kernels<double> KernelVariants<double>::avx2 = kKernels<double>;

}  // namespace pinnscope
