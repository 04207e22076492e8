#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "pinnscope/core/random.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// write(i, j, from(i, j) / scale), further divided by the power of two that brings the largest
/// entry into [1/2, 1): squares of entries then neither overflow nor lose digits. `exponent` is
/// that of the power. out_of_range (scale not positive and finite) or not_finite (an entry is not)
/// before anything is written.
template <class From, class Write>
Status scaled_entries(MatrixView<const From> from, double scale, Write&& write,
                      int& exponent) noexcept {
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
  const bool is_number = std::abs(own) < 1022;  // 2^-own; a product is faster than ldexp
  const double power = is_number ? std::ldexp(1.0, -own) : 0;
  int of_scale = 0;
  const double divisor = std::frexp(scale, &of_scale);  // in [1/2, 1)
  for (std::size_t j = 0; j < from.columns; ++j) {
    for (std::size_t i = 0; i < from.rows; ++i) {
      const auto entry = static_cast<double>(from(i, j));
      write(i, j, (is_number ? entry * power : std::ldexp(entry, -own)) / divisor / 2);
    }
  }
  exponent = own - of_scale + 1;
  return {};
}

/// to <- from / scale, both m x n, scaled as by scaled_entries(); shape_mismatch leaves `to`.
template <class From, class To>
Status scaled_copy(MatrixView<const From> from, double scale, MatrixView<To> to,
                   int& exponent) noexcept {
  if (from.rows != to.rows || from.columns != to.columns) return {StatusCode::shape_mismatch};
  const auto write = [&](std::size_t i, std::size_t j, double entry) noexcept {
    to(i, j) = static_cast<To>(entry);
  };
  return scaled_entries(from, scale, write, exponent);
}

/// The same with to <- transpose of from.
template <class From, class To>
Status scaled_transpose(MatrixView<const From> from, double scale, MatrixView<To> to,
                        int& exponent) noexcept {
  if (from.rows != to.columns || from.columns != to.rows) return {StatusCode::shape_mismatch};
  const auto write = [&](std::size_t i, std::size_t j, double entry) noexcept {
    to(j, i) = static_cast<To>(entry);
  };
  return scaled_entries(from, scale, write, exponent);
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
  const Philox source(1, StreamPurpose::workspaces);
  for (std::size_t j = 0; j < matrix.columns; ++j) {
    for (std::size_t i = 0; i < matrix.rows; ++i) {
      matrix(i, j) = static_cast<T>(source.normal(std::uint64_t{j} * matrix.rows + i));
    }
  }
}

}  // namespace pinnscope
