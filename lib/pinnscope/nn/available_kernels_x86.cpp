#include <array>

#include "pinnscope/nn/kernel_variants.hpp"

namespace pinnscope {
namespace {

template <class T>
constexpr std::array<const Kernels<T>*, 3> kFastestFirst{
    &KernelVariants<T>::avx512, &KernelVariants<T>::avx2, &KernelVariants<T>::portable};

/// The first of them that this processor has the instructions for.
std::size_t first_to_run() noexcept {
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  return avx2 && avx512 ? 0 : avx2 ? 1 : 2;
}

}  // namespace

template <>
std::span<const Kernels<float>* const> available_kernels<float>() noexcept {
  return std::span(kFastestFirst<float>).subspan(first_to_run());
}
template <>
std::span<const Kernels<double>* const> available_kernels<double>() noexcept {
  return std::span(kFastestFirst<double>).subspan(first_to_run());
}

}  // namespace pinnscope
