#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "pinnscope/core/random.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// to <- from / scale, both m x n, further divided by the power of two that brings the largest
/// entry into [1/2, 1): squares of entries then neither overflow nor lose digits. `exponent` is
/// that of the power. shape_mismatch and out_of_range (scale not positive and finite) leave `to`;
/// not_finite: an entry is not.
template <class From, class To>
Status scaled_copy(MatrixView<const From> from, double scale, MatrixView<To> to,
                   int& exponent) noexcept {
  if (from.rows != to.rows || from.columns != to.columns) return {StatusCode::shape_mismatch};
  if (!(scale > 0) || !std::isfinite(scale)) return {StatusCode::out_of_range};
  double largest = 0;
  for (std::size_t j = 0; j < from.columns; ++j) {
    for (const From entry : from.column(j)) {
      const double size = std::fabs(static_cast<double>(entry));
      if (!std::isfinite(size)) return {StatusCode::not_finite};
      largest = std::max(largest, size);
    }
  }
  int own = 0;
  std::frexp(largest, &own);
  int of_scale = 0;
  const double divisor = std::frexp(scale, &of_scale);  // in [1/2, 1)
  for (std::size_t j = 0; j < from.columns; ++j) {
    for (std::size_t i = 0; i < from.rows; ++i) {
      to(i, j) = static_cast<To>(std::ldexp(static_cast<double>(from(i, j)), -own) / divisor / 2);
    }
  }
  exponent = own - of_scale + 1;
  return {};
}

/// values <- values 2^exponent. Whether all of them are finite then.
template <class T>
bool rescale(VectorView<T> values, int exponent) noexcept {
  bool finite = true;
  for (T& value : values) {
    value = std::ldexp(value, exponent);
    finite = finite && std::isfinite(value);
  }
  return finite;
}

/// Fills a matrix with standard normal draws: a matrix without structure, the same each time.
template <class T>
void fill_generic(MatrixView<T> matrix) noexcept {
  const Philox source(1);
  for (std::size_t j = 0; j < matrix.columns; ++j) {
    for (std::size_t i = 0; i < matrix.rows; ++i) {
      matrix(i, j) = static_cast<T>(source.normal(std::uint64_t{j} * matrix.rows + i));
    }
  }
}

}  // namespace pinnscope
