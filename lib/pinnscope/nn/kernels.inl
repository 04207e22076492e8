#pragma once

#include <algorithm>
#include <cstring>

#include "pinnscope/nn/activations.inl"
#include "pinnscope/nn/products.inl"
#include "pinnscope/nn/registers.inl"
#include "pinnscope/simd/exponential.hpp"

// The kernels for one instruction set. The file that includes this one says, beside its Set, the
// kBlock that fills all registers and its Tanh.

namespace pinnscope {
namespace {

template <class T>
void exponentials(const T* x, std::size_t count, T* y) noexcept {
  for (std::size_t i = 0; i < count; i += kEntries<T>) {
    const std::size_t bytes = std::min(kEntries<T>, count - i) * sizeof(T);
    Lanes<T, kLaneBytes> v{};
    std::memcpy(&v, x + i, bytes);
    v = exponential(v);
    std::memcpy(y + i, &v, bytes);
  }
}

template <class T>
constexpr Kernels<T> kKernels{Set::kName,          multiply<T>,        multiply_point<T>,
                              multiply_packed<T>,  accumulate<T>,      accumulate_sums<T>,
                              activate<T>,         activate_values<T>, activate_derivatives<T>,
                              activate_adjoint<T>, exponentials<T>};

}  // namespace

template <>
const Kernels<float>& compiled<Set, Kernels<float>>() noexcept {
  return kKernels<float>;
}
template <>
const Kernels<double>& compiled<Set, Kernels<double>>() noexcept {
  return kKernels<double>;
}

}  // namespace pinnscope
