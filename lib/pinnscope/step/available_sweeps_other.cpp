#include <array>

#include "pinnscope/step/sweep_variants.hpp"

namespace pinnscope {
namespace {

template <class T>
constexpr std::array<const Sweeps<T>*, 1> kOnlyOne{&SweepVariants<T>::portable};

}  // namespace

template <>
std::span<const Sweeps<float>* const> available_sweeps<float>() noexcept {
  return kOnlyOne<float>;
}
template <>
std::span<const Sweeps<double>* const> available_sweeps<double>() noexcept {
  return kOnlyOne<double>;
}

}  // namespace pinnscope
