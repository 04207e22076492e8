#pragma once

#include <array>
#include <cstddef>

#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// term(0) + ... + term(size - 1) as eight sums side by side, which fit vector registers: always in
/// the same order.
template <class Term>
double sum_of(std::size_t size, Term&& term) noexcept {
  constexpr std::size_t kSums = 8;
  std::array<double, kSums> sums{};
  std::size_t i = 0;
  for (; i + kSums <= size; i += kSums) {
    for (std::size_t j = 0; j < kSums; ++j) sums[j] += term(i + j);
  }
  for (; i < size; ++i) sums[i % kSums] += term(i);
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

/// a . b of as many entries, in double.
template <class T>
double dot_product(VectorView<T> a, VectorView<T> b) noexcept {
  const T* x = a.data();
  const T* y = b.data();
  return sum_of(a.size(), [=](std::size_t i) noexcept {
    return static_cast<double>(x[i]) * static_cast<double>(y[i]);
  });
}

}  // namespace pinnscope
