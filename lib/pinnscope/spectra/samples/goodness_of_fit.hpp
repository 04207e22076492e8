#pragma once

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

namespace detail {

/// Looks for the largest distance by halving blocks: F ascends, so that its values at the ends of a
/// block bound every distance inside.
template <class T, class Distribution>
class KolmogorovSmirnovSearch {
 public:
  KolmogorovSmirnovSearch(VectorView<const T> sorted, Distribution& distribution) noexcept
      : sorted_(sorted), distribution_(distribution), n_(static_cast<double>(sorted.size())) {}

  Status run(double& distance) noexcept {
    const std::size_t last = sorted_.size() - 1;
    // A distance that is nearly the largest, for most blocks to be left out.
    for (std::size_t i = 0; i <= last; i += kBlock) at(i);
    double first = at(0);
    for (std::size_t i = 0; i < last; i += kBlock) {
      const std::size_t end = std::min(i + kBlock, last);
      const double second = at(end);
      between(i, end, first, second);
      first = second;
    }
    if (status_.ok()) distance = largest_;
    return status_;
  }

 private:
  static constexpr std::size_t kBlock = 32;
  static constexpr double kRounding = 1e-12;  // of F, which may spoil its ascent

  /// F at an entry, its distances seen.
  double at(std::size_t i) noexcept {
    const auto value = static_cast<double>(distribution_(sorted_[i]));
    if (!std::isfinite(value) && status_.ok()) {
      status_ = {StatusCode::not_finite, static_cast<int>(i)};
    }
    const double above = static_cast<double>(i + 1) / n_ - value;
    largest_ = std::max({largest_, above, value - static_cast<double>(i) / n_});
    return value;
  }

  /// The entries between two that were seen, with F there.
  void between(std::size_t low, std::size_t high, double f_low, double f_high) noexcept {
    if (high - low < 2 || !status_.ok()) return;
    const double most = std::max(static_cast<double>(high) / n_ - f_low,
                                 f_high - static_cast<double>(low + 1) / n_);
    if (most + kRounding <= largest_) return;
    const std::size_t middle = low + (high - low) / 2;
    const double f_middle = at(middle);
    between(low, middle, f_low, f_middle);
    between(middle, high, f_middle, f_high);
  }

  VectorView<const T> sorted_;
  Distribution& distribution_;
  double n_;
  double largest_ = 0;
  Status status_;
};

template <class T, class Distribution>
Status kolmogorov_smirnov_distance(VectorView<const T> sorted, Distribution& distribution,
                                   double& distance) noexcept {
  assert(std::is_sorted(sorted.begin(), sorted.end()));
  if (sorted.empty()) return {StatusCode::empty_input};
  return KolmogorovSmirnovSearch<T, Distribution>(sorted, distribution).run(distance);
}

}  // namespace detail

/// The Kolmogorov-Smirnov distance between a sample and a continuous law,
///   D = max_i max(i / n - F(x_(i)), F(x_(i)) - (i - 1) / n),
/// for an ascending sample and an ascending `distribution(x)` = F(x). O(n) calls of F, and mostly
/// some n / 10: blocks that cannot hold the largest distance are left out, by F at their ends.
/// Allocates nothing. empty_input, or not_finite with an index where F was called and is not;
/// `distance` is then untouched.
template <class Distribution>
Status kolmogorov_smirnov_distance(VectorView<const float> sorted, Distribution&& distribution,
                                   double& distance) noexcept {
  return detail::kolmogorov_smirnov_distance(sorted, distribution, distance);
}
/// @overload
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
