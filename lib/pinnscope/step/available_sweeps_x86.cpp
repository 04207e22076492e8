#include <array>

#include "pinnscope/simd/instruction_set.hpp"
#include "pinnscope/step/sweep_variants.hpp"

namespace pinnscope {
namespace {

template <class T>
constexpr std::array<const Sweeps<T>*, 3> kFastestFirst{
    &SweepVariants<T>::avx512, &SweepVariants<T>::avx2, &SweepVariants<T>::portable};

/// One for each set that the processor has, from the portable one on.
template <class T>
std::span<const Sweeps<T>* const> available() noexcept {
  return std::span(kFastestFirst<T>).last(static_cast<std::size_t>(instruction_set()) + 1);
}

}  // namespace

template <>
std::span<const Sweeps<float>* const> available_sweeps<float>() noexcept {
  return available<float>();
}
template <>
std::span<const Sweeps<double>* const> available_sweeps<double>() noexcept {
  return available<double>();
}

}  // namespace pinnscope
