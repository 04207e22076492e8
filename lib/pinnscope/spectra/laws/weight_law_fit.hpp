#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/laws/weight_law.hpp"

namespace pinnscope {

/// What is fitted: a kind of law, and the initialiser's scale where it is known beforehand (its
/// half width or standard deviation), which then is no parameter.
struct WeightModel {
  LawKind kind = LawKind::normal;  ///< which law is fitted
  double initial = 0;  ///< > 0: fixed, for the laws of an initialiser and a change; 0: fitted
};

/// How many numbers are fitted: mu, and the scales of the kind that are not fixed.
constexpr std::size_t parameters(const WeightModel& model) noexcept {
  const bool fits_initial = has_initial(model.kind) && model.initial == 0;
  return 1u + (has_change(model.kind) ? 1u : 0u) + (fits_initial ? 1u : 0u) +
         (has_freedom(model.kind) ? 1u : 0u);
}

/// The law of a model that fits a sample best, and how well.
struct WeightLawFit {
  WeightLaw law{};             ///< in units of the sample
  std::size_t parameters = 0;  ///< fitted, see parameters()
  double log_likelihood = 0;   ///< ln f summed over the entries, in nats
  double akaike = 0;           ///< AIC; for ranking the fits to one sample alone
  double distance = 0;         ///< Kolmogorov-Smirnov, of the sample from the law, from 0 to 1

  /// g' (sum s s')^-1 g, s the scores of the entries and g their sum over what is not on a bound:
  /// the squared distance from the optimum in standard errors. Closed forms have 0, and so has the
  /// generalised Gaussian, whose certificate is another (see GeneralizedGaussianFitter).
  double decrement = 0;
};

/// Whether the status of a fit says that there is one: inside its bounds, or the best on one.
constexpr bool is_fitted(const Status& status) noexcept {
  return status.ok() || (status.code == StatusCode::out_of_range && status.info != 0);
}

/// A fit is ok with a decrement up to this: within 1e-6 standard errors.
inline constexpr double kConvergedDecrement = 1e-12;

/// Maximum-likelihood fits of WeightLaw to a sample. Uniform, normal and Laplace laws in closed
/// form; the generalised Gaussian by the search of GeneralizedGaussianFitter. The others by BFGS
/// from the outer product of the scores (Berndt, Hall, Hall and Hausman, Annals of Economic and
/// Social Measurement 3, 1974) over mu and the logarithms of the scales, with analytic scores and a
/// line search: the likelihood never falls beyond rounding. A fit is ok only where the scores
/// vanish: a local optimum, the one uphill from the best of a few shares of the variance between
/// initialiser and change.
class WeightLawFitter : Pinned {
 public:
  struct Config {
    std::size_t capacity = 10000;  ///< entries of the largest sample: a 100 x 100 layer
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

  WeightLawFitter(const Config& config, Arena& arena) noexcept;

  /// Takes a copy of the sample. O(n log n). empty_input; shape_mismatch above the capacity (info:
  /// the capacity); not_finite with the index; degenerate for a constant sample. A sample that is
  /// refused leaves none, and fits then return empty_input.
  Status load(VectorView<const float> sample) noexcept;
  Status load(VectorView<const double> sample) noexcept;

  /// The best law of the model. 10 to 30 passes over the sample, more towards a bound.
  /// out_of_range with info -1 or 1 where a scale sits on its lower or upper bound (`fit` is the
  /// best there): a change below 1e-6 of a uniform initialiser or 1e-3 of a normal one (3e-2 of the
  /// sample's deviation where both are fitted) and a fitted initialiser below 1e-3 of it (5e-2 next
  /// to a normal change) are none; freedom of 1000 is a normal law, beta of 100 a uniform one;
  /// beta of 0.1 says that many entries are equal, or few there.
  /// not_converged without the certificate (`fit` is the best found). out_of_range, info 0, `fit`
  /// untouched, where model.initial is neither 0 nor positive, or off the sample's deviation by
  /// 1e9. Precondition: it is 0 for a plain law.
  Status fit(const WeightModel& model, WeightLawFit& fit) const noexcept;

  /// As fit(), from a start of the model's kind: some 5 passes from a law near the best one.
  Status refit(const WeightModel& model, const WeightLaw& start, WeightLawFit& fit) const noexcept;

  /// The sample is sorted() times 2^exponent(), ascending.
  /// @{
  VectorView<const double> sorted() const noexcept { return storage_.sorted.first(size_); }
  int exponent() const noexcept { return exponent_; }
  /// @}

 private:
  template <class T>
  Status load_any(VectorView<const T> sample) noexcept;

  Storage storage_;
  std::size_t size_ = 0;
  int exponent_ = 0;  // sample = sorted 2^exponent
};

}  // namespace pinnscope
