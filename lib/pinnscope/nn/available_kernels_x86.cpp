#include <array>

#include "pinnscope/nn/kernel_variants.hpp"
#include "pinnscope/simd/instruction_set.hpp"

namespace pinnscope {
namespace {

template <class T>
constexpr std::array<const Kernels<T>*, 3> kFastestFirst{
    &KernelVariants<T>::avx512, &KernelVariants<T>::avx2, &KernelVariants<T>::portable};

/// The first of them that this processor has the instructions for.
std::size_t first_to_run() noexcept {
  return static_cast<std::size_t>(InstructionSet::avx512) -
         static_cast<std::size_t>(instruction_set());
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
