#pragma once

#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// @file
/// References for the singular vectors and the spectrum of a matrix without structure: a unit
/// vector v of n real entries in a random direction (Haar). Precondition of all: n > 0, sides > 0.
/// Nothing allocates.

/// Mean and variance of a statistic of a random vector.
struct MeanAndVariance {
  double mean = 0;      ///< of the statistic
  double variance = 0;  ///< of the statistic, the square of its standard deviation
};

/// Mean and variance of the inverse participation ratio sum v_i^4: 3 / (n + 2) and
/// 24 (n - 1) / ((n + 2)^2 (n + 4) (n + 6)), exact.
MeanAndVariance random_participation(std::size_t n) noexcept;

/// P(v_i^2 <= y) = I_y(1/2, (n - 1) / 2), Beta's law, whose limit in n y is that of Porter and
/// Thomas (Phys. Rev. 104, 1956); a step at 1 for n = 1.
double random_component_distribution(std::size_t n, double y) noexcept;

/// E[-sum v_i^2 ln v_i^2] = psi(n / 2 + 1) - psi(3 / 2), exact, in nats.
double random_vector_entropy(std::size_t n) noexcept;

/// The entropy of p_k = s_k^2 / sum s^2 expected of a rows x columns complex Gaussian matrix,
/// sum_{k = N + 1}^{M N} 1 / k - (M - 1) / (2 N), M <= N its sides (Page, Phys. Rev. Lett. 71,
/// 1993; proved by Foong and Kanno 1994): exact, in nats, at the cost of two digamma functions. A
/// real matrix lies about 0.004 below it at 100 x 100.
double page_entropy(std::size_t rows, std::size_t columns) noexcept;

/// sum v^4 / (sum v^2)^2 of a vector of any length: 1 where one entry holds it all, 1 / n where all
/// are of one size. Neither over- nor underflows. O(n), allocates nothing. empty_input; not_finite
/// with the index; degenerate (all zero). `ratio` is then untouched.
Status inverse_participation_ratio(VectorView<const float> vector, double& ratio) noexcept;
Status inverse_participation_ratio(VectorView<const double> vector, double& ratio) noexcept;

/// -sum p ln p with p = v^2 / sum v^2, between 0 and ln n, in nats. Sizes, cost and errors as of
/// inverse_participation_ratio().
Status vector_entropy(VectorView<const float> vector, double& entropy) noexcept;
Status vector_entropy(VectorView<const double> vector, double& entropy) noexcept;

}  // namespace pinnscope
