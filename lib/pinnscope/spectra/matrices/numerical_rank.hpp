#pragma once

#include <cstddef>

#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// Up to where singular values of a rows x columns matrix are rounding and not spectrum: the larger
/// of max(rows, columns) eps s_1, the rounding of the decomposition in doubles (Golub and Van Loan,
/// Matrix Computations, section 5.4.1; the default of numpy.linalg.matrix_rank), and
/// (sqrt(rows) + sqrt(columns)) rounding, the largest singular value of independent errors of the
/// entries. `rounding` is how large these are: for weights kept as floats eps_float times their
/// rms, which bounds the error of storing them some three times over; 0 where entries are exact.
/// In double precision the first always covers the second. max(rows, columns) eps_float s_1 would
/// not do for floats: one in five 1000 x 1000 matrices of noise has a singular value below that.
double rank_tolerance(double largest, std::size_t rows, std::size_t columns,
                      double rounding = 0) noexcept;

/// How many values, in descending order, exceed the tolerance.
std::size_t numerical_rank(VectorView<const double> values, double tolerance) noexcept;

}  // namespace pinnscope
