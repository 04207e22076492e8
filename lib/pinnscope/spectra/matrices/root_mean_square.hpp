#pragma once

#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// sqrt(sum_ij w_ij^2 / (m n)) of an m x n matrix: the scale by which the spectra are compared with
/// their laws. Neither overflows nor underflows while the result is a double. 0 for an empty
/// matrix; NaN or infinity where an entry is. m n flops, no allocation.
double root_mean_square(MatrixView<const float> w) noexcept;
double root_mean_square(MatrixView<const double> w) noexcept;

}  // namespace pinnscope
