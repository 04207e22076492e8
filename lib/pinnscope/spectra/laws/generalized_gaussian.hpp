#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The generalised Gaussian law (Subbotin 1923; Nadarajah, J. Applied Statistics 32, 2005),
///   f(x) = beta / (2 alpha Gamma(1 / beta)) exp(-(|x - mu| / alpha)^beta),  alpha, beta > 0:
/// Laplace for beta = 1, normal with alpha = sqrt(2) sigma for beta = 2, uniform as beta -> inf.
struct GeneralizedGaussian {
  double mu = 0;     ///< the centre, where the density is largest
  double alpha = 1;  ///< the scale, above 0, in units of x
  double beta = 2;   ///< the shape, above 0

  /// The density at x and its logarithm, which does not underflow.
  /// @{
  double density(double x) const noexcept;
  double log_density(double x) const noexcept;
  /// @}

  /// F(x) = 1/2 + sign(x - mu) / 2 P(1 / beta, (|x - mu| / alpha)^beta), P the regularised lower
  /// incomplete gamma function; the lower tail keeps its relative accuracy.
  double distribution(double x) const noexcept;

  /// The x with F(x) = probability; infinite for 0 and 1, NaN outside [0, 1].
  double quantile(double probability) const noexcept;

  /// sqrt(alpha^2 Gamma(3 / beta) / Gamma(1 / beta)).
  double standard_deviation() const noexcept;

  /// Gamma(5 / beta) Gamma(1 / beta) / Gamma(3 / beta)^2 (Pearson: 3 for the normal).
  double kurtosis() const noexcept;

  /// 1 / beta + ln(2 alpha Gamma(1 / beta) / beta), in nats.
  double entropy() const noexcept;
};

/// A normal law with this mean and standard deviation, and a Laplace law with this mean absolute
/// deviation, as generalised Gaussians.
/// @{
constexpr GeneralizedGaussian normal_law(double mean, double standard_deviation) noexcept {
  return {mean, 1.4142135623730950488 * standard_deviation, 2};
}
constexpr GeneralizedGaussian laplace_law(double mean, double mean_deviation) noexcept {
  return {mean, mean_deviation, 1};
}
/// @}

/// sum_i ln f(x_i), compensated. -infinity where an entry is infinitely unlikely; 0 without
/// entries.
double log_likelihood(const GeneralizedGaussian& law, VectorView<const float> sample) noexcept;
double log_likelihood(const GeneralizedGaussian& law, VectorView<const double> sample) noexcept;

inline constexpr double kLowestBeta = 0.1;   ///< tails far beyond any trained layer's
inline constexpr double kHighestBeta = 100;  ///< a uniform law for every purpose

/// The law that fits a sample best, and how well.
struct GeneralizedGaussianFit {
  GeneralizedGaussian law{};  ///< in units of the sample
  double log_likelihood = 0;  ///< ln f summed over the entries, in nats
  double beta_score = 0;      ///< (beta / n) dl/dbeta at the best alpha: 0 at the optimum over beta
};

/// Maximum-likelihood fits of the generalised Gaussian law to a sample.
///
/// For given beta and mu the best scale is alpha^beta = (beta / n) S, S = sum |x_i - mu|^beta,
/// which leaves l(mu, beta) = n (ln beta - ln 2 - lnGamma(1/beta) - ln(beta S / n) / beta - 1 /
/// beta) (Varanasi and Aazhang, J. Acoust. Soc. Am. 86, 1989). For beta >= 1, S is convex in mu:
/// its minimum is the bracketed root of a monotone score. For beta < 1, S is concave between
/// entries, so the best mu is an entry: found by branch and bound, exactly. Over beta, l is scanned
/// on a logarithmic grid and the score is solved inside every bracketed local maximum. Nothing
/// depends on a starting point, and a fit is ok only with its certificate: a change of sign of the
/// score in mu around mu (beta >= 1), and a vanishing score in beta.
///
/// For fixed beta > 0 the likelihood is bounded: S > 0 wherever mu is, and for beta < 1 every entry
/// is a cusp, a local maximum over mu. Over beta it is not: with mu at an entry that k entries
/// share, l = k / beta - (n / 2) ln(1 / beta) + O(1) as beta -> 0, where alpha -> 0. So beta needs
/// a lower bound; with k of some n / 9 or more, and in a sample of a few dozen, that spurious rise
/// wins at beta = 0.1, and the status then says so.
class GeneralizedGaussianFitter : Pinned {
 public:
  struct Config {
    std::size_t capacity = 10000;        ///< entries of the largest sample: a 100 x 100 layer
    double lowest_beta = kLowestBeta;    ///< shapes below are not tried
    double highest_beta = kHighestBeta;  ///< shapes above are not tried
  };

  struct Storage {
    VectorView<double> sorted;  ///< ascending, times a power of two that brings it into [-1, 1]
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.vector<double>("sorted sample", config.capacity)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: 0.01 <= lowest_beta < highest_beta <= 1000.
  GeneralizedGaussianFitter(const Config& config, Arena& arena) noexcept;

  /// Takes a copy of the sample. O(n log n). empty_input; shape_mismatch above the capacity (info:
  /// the capacity); not_finite with the index; degenerate for a constant sample. A sample that is
  /// refused leaves none, and fits then return empty_input.
  Status load(VectorView<const float> sample) noexcept;
  Status load(VectorView<const double> sample) noexcept;

  /// The largest likelihood over mu, alpha and lowest_beta <= beta <= highest_beta. Some hundred
  /// passes over the sample. out_of_range with info 1 or -1 when the optimum sits on the upper or
  /// lower bound of beta (`fit` is then the best there); not_converged without the
  /// certificate (`fit` is the best found).
  Status fit(GeneralizedGaussianFit& fit) const noexcept;

  /// The largest likelihood over mu and alpha. out_of_range (info 0, fit untouched) unless 0.01 <=
  /// beta <= 1000. beta_score is reported, not solved.
  Status fit_beta(double beta, GeneralizedGaussianFit& fit) const noexcept;

  /// The sample is sorted() times 2^exponent(), ascending; empty without one.
  /// @{
  VectorView<const double> sorted() const noexcept { return storage_.sorted.first(size_); }
  int exponent() const noexcept { return exponent_; }

  /// @{
  double lowest_beta() const noexcept { return lowest_beta_; }
  double highest_beta() const noexcept { return highest_beta_; }
  /// @}

  /// @}

 private:
  template <class T>
  Status load_any(VectorView<const T> sample) noexcept;

  Storage storage_;
  double lowest_beta_;
  double highest_beta_;
  std::size_t size_ = 0;
  int exponent_ = 0;  // sample = sorted 2^exponent
};

}  // namespace pinnscope
