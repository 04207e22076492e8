#include <array>

#include "pinnscope/nn/kernel_variants.hpp"

namespace pinnscope {
namespace {

template <class T>
constexpr std::array<const Kernels<T>*, 2> kFastestFirst{&KernelVariants<T>::neon,
                                                         &KernelVariants<T>::portable};

}  // namespace

template <>
std::span<const Kernels<float>* const> available_kernels<float>() noexcept {
  return kFastestFirst<float>;
}
template <>
std::span<const Kernels<double>* const> available_kernels<double>() noexcept {
  return kFastestFirst<double>;
}

}  // namespace pinnscope
