#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/kernels.hpp"

namespace pinnscope {

/// Points into panels, as input neurons. A panel that is not full is padded with its last point, so
/// that whatever is computed of the padding is as sound as what is computed of the points.
template <class T>
void load_panels(MatrixView<const T> points, T* panels) noexcept {
  for (std::size_t start = 0; start < points.rows; start += kPanelRows<T>) {
    const std::size_t rows = std::min(kPanelRows<T>, points.rows - start);
    for (std::size_t c = 0; c < points.columns; ++c, panels += kPanelRows<T>) {
      const T* column = points.data + start + c * points.stride;
      std::copy_n(column, rows, panels);
      std::fill_n(panels + rows, kPanelRows<T> - rows, column[rows - 1]);
    }
  }
}

/// Whether no entry is infinite or NaN.
template <class T>
bool all_finite(VectorView<const T> values) noexcept {
  unsigned faults = 0;
  for (const T value : values) faults |= !(std::fabs(value) <= std::numeric_limits<T>::max());
  return faults == 0;
}

/// Rows before the first that has an entry which is not finite.
template <class T>
std::size_t finite_rows(MatrixView<const T> values) noexcept {
  std::size_t rows = values.rows;
  for (std::size_t c = 0; c < values.columns; ++c) {
    const VectorView<const T> column = values.column(c).first(rows);
    if (all_finite<T>(column)) continue;
    rows = 0;
    while (std::isfinite(column[rows])) ++rows;
  }
  return rows;
}

/// What the inputs of a network say of themselves: the stream of d/dx_i is 1 for input i, every
/// other one is 0. `streams` holds derivatives.count() - 1 streams of `inputs` times `rows`
/// entries.
template <class T>
void seed_derivatives(const Derivatives& derivatives, std::size_t inputs, std::size_t rows,
                      T* streams) noexcept {
  for (std::size_t s = 1; s < derivatives.count(); ++s, streams += inputs * rows) {
    std::fill_n(streams, inputs * rows, T(0));
    if (derivatives[s].order == 1) std::fill_n(streams + derivatives[s].i * rows, rows, T(1));
  }
}

}  // namespace pinnscope
