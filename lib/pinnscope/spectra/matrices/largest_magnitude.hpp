#pragma once

#include <cmath>

#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// max_ij |w_ij|: 0 for an empty matrix, NaN where an entry is.
template <class T>
double largest_magnitude(MatrixView<const T> w) noexcept {
  double largest = 0;
  for (std::size_t j = 0; j < w.columns; ++j) {
    for (const T entry : w.column(j)) {
      const double size = std::fabs(static_cast<double>(entry));
      if (std::isnan(size)) return size;
      if (size > largest) largest = size;
    }
  }
  return largest;
}

}  // namespace pinnscope
