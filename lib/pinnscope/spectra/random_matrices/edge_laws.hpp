#pragma once

#include <cstddef>

namespace pinnscope {

/// @file
/// Laws of the extreme singular values of a rows x columns matrix with independent entries of mean
/// 0 and standard deviation sigma. M <= N are its sides. Preconditions of all: sides above 1, sigma
/// positive. Nothing allocates.

/// Where an edge lies and how wide it is: (L - centre) / scale has the law of Tracy and Widom.
struct EdgeScale {
  double centre = 0;  ///< where the edge lies
  double scale = 1;   ///< how wide it is, above 0
};

/// The edge of L = (largest singular value / sigma)^2, to second order (Ma, Bernoulli 18, 2012,
/// theorem 1): with n = sqrt(N - 1/2), m = sqrt(M - 1/2), centre (n + m)^2, scale (n + m)(1/n +
/// 1/m)^(1/3).
EdgeScale largest_edge(std::size_t rows, std::size_t columns) noexcept;

/// The score (L - centre) / scale. tracy_widom_survival() of it is the p-value of a spike; exact
/// for large Gaussian matrices, within a tenth of itself at 100 x 100 there. Entries of lower
/// kurtosis make it conservative (half as large for uniform ones), heavier tails the opposite: the
/// permutation null has no such bias.
double largest_singular_value_score(double singular_value, std::size_t rows, std::size_t columns,
                                    double sigma) noexcept;

/// P(smallest singular value <= s). Of a square matrix 1 - exp(-t / 2 - sqrt t) with
/// t = N (s / sigma)^2 (Edelman, SIAM J. Matrix Analysis 9, 1988, theorem 3.1; any law of entries:
/// Tao and Vu, Geometric and Functional Analysis 20, 2010). Of a rectangular one by Tracy and Widom
/// for ln s^2 (Ma 2012, theorem 2), good where N - M is not small beside sqrt(N).
double smallest_singular_value_distribution(double singular_value, std::size_t rows,
                                            std::size_t columns, double sigma) noexcept;

}  // namespace pinnscope
