#pragma once

#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// Shape of a sample of n numbers, with central moments m_k = (1/n) sum (x_i - mean)^k.
struct Moments {
  std::size_t count = 0;          ///< n
  double mean = 0;                ///< in units of the sample, as what follows but the two shapes
  double standard_deviation = 0;  ///< sqrt(m_2): of the population, as NumPy's default
  double skewness = 0;            ///< m_3 / m_2^(3/2)
  double kurtosis = 0;            ///< m_4 / m_2^2: Pearson's, 3 for a Gaussian, 1.8 for a uniform
  double minimum = 0;             ///< the smallest entry
  double maximum = 0;             ///< the largest entry
};

/// Moments in three passes over the sample: the mean by a compensated sum, then the powers of the
/// deviations from it, corrected for the rounding of the mean (Chan, Golub and LeVeque, The
/// American Statistician 37, 1983, eq. 1.7). Scaling by powers of two keeps every power in range,
/// so the result is as good for entries of 1e300 or 1e-300. O(n), allocates nothing.
/// Status: empty_input (moments untouched), not_finite with the first offending index (untouched),
/// degenerate for a constant sample: standard deviation 0, skewness and kurtosis NaN, the rest set.
Status moments(VectorView<const float> sample, Moments& moments) noexcept;
Status moments(VectorView<const double> sample, Moments& moments) noexcept;

}  // namespace pinnscope
