#include "pinnscope/nn/kernel_variants.hpp"

namespace pinnscope {
namespace {

/// 32 registers of 64 bytes: 24 sums, 4 panels, one weight; 16 sums of a gradient.
constexpr const char* kName = "AVX-512";
constexpr KernelBlock kBlock{.panels = 4, .columns = 6, .gradient_rows = 4, .gradient_columns = 4};

}  // namespace
}  // namespace pinnscope

#include "pinnscope/nn/kernels.inl"

namespace pinnscope {

template <>
const Kernels<float> KernelVariants<float>::avx512 = kKernels<float>;
template <>
const Kernels<double> KernelVariants<double>::avx512 = kKernels<double>;

}  // namespace pinnscope
