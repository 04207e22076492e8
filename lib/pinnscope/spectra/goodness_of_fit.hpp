#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

namespace detail {

template <class T, class Distribution>
Status kolmogorov_smirnov_distance(VectorView<const T> sorted, Distribution& distribution,
                                   double& distance) noexcept {
  assert(std::is_sorted(sorted.begin(), sorted.end()));
  if (sorted.empty()) return {StatusCode::empty_input};
  const auto n = static_cast<double>(sorted.size());
  double largest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double below = static_cast<double>(distribution(sorted[i]));
    if (!std::isfinite(below)) return {StatusCode::not_finite, static_cast<int>(i)};
    const double above = static_cast<double>(i + 1) / n - below;
    largest = std::max({largest, above, below - static_cast<double>(i) / n});
  }
  distance = largest;
  return {};
}

}  // namespace detail

/// The Kolmogorov-Smirnov distance between a sample and a continuous law,
///   D = max_i max(i / n - F(x_(i)), F(x_(i)) - (i - 1) / n),
/// for an ascending sample and `distribution(x)` = F(x). O(n) calls of F; allocates nothing.
/// empty_input, or not_finite with the index where F is not; `distance` is then untouched.
template <class Distribution>
Status kolmogorov_smirnov_distance(VectorView<const float> sorted, Distribution&& distribution,
                                   double& distance) noexcept {
  return detail::kolmogorov_smirnov_distance(sorted, distribution, distance);
}
template <class Distribution>
Status kolmogorov_smirnov_distance(VectorView<const double> sorted, Distribution&& distribution,
                                   double& distance) noexcept {
  return detail::kolmogorov_smirnov_distance(sorted, distribution, distance);
}

/// Kolmogorov's limit law: P(sqrt(n) D > t) = 2 sum_j (-1)^(j-1) exp(-2 j^2 t^2), and for small t
/// its theta-function twin 1 - (sqrt(2 pi) / t) sum_j exp(-(2 j - 1)^2 pi^2 / (8 t^2)). To
/// rounding.
double kolmogorov_survival(double t) noexcept;

/// P(D_n >= distance) by Stephens' correction, t = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) D (Stephens,
/// J. Royal Statistical Society B 32, 1970; Numerical Recipes eq. 14.3.18); within 0.01 for n >= 5,
/// and within 0.0003 at n = 100.
/// Holds only for independent draws and a law fixed before the sample was seen. With parameters
/// fitted to the same sample it is far too large: compare D with fits to simulated samples then.
double kolmogorov_smirnov_p_value(double distance, std::size_t sample_size) noexcept;

}  // namespace pinnscope
