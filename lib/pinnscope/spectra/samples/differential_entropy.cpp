#include "pinnscope/spectra/samples/differential_entropy.hpp"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <numbers>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/samples/boost_policy.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"
#include "pinnscope/spectra/samples/moments.hpp"
#include "pinnscope/spectra/samples/sorted_sample.hpp"

namespace pinnscope {
namespace {

// ln(a - b) for a > b, where the difference may overflow.
double log_difference(double a, double b) noexcept {
  return std::log(a / 2 - b / 2) + std::numbers::ln2;
}

void spacings(VectorView<const double> sorted, std::size_t window,
              EntropyEstimate& entropy) noexcept {
  const std::size_t last = sorted.size() - 1;
  const auto n = static_cast<double>(sorted.size());
  CompensatedSum vasicek, ebrahimi;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    std::size_t low = i > window ? i - window : 0;
    std::size_t high = std::min(i + window, last);
    std::size_t widening = 0;
    while (sorted[low] == sorted[high]) {
      if (low > 0) --low;
      if (high < last) ++high;
      ++widening;
    }
    if (widening > 0) ++entropy.widened;
    const double spacing = log_difference(sorted[high], sorted[low]) + std::log(n);
    vasicek.add(spacing - std::log(2.0 * static_cast<double>(window + widening)));
    ebrahimi.add(spacing - std::log(static_cast<double>(high - low)));
  }
  entropy.vasicek = vasicek.value() / n;
  entropy.ebrahimi = ebrahimi.value() / n;
  entropy.window = window;
}

/// The mean of ln 2 r - psi(k) over the entries, r the distance to the k-th nearest other entry: k
/// is kNeighbours, fewer in a small sample, more where ties leave r = 0.
double neighbour_term(VectorView<const double> sorted) noexcept {
  const std::size_t wanted = std::min(kNeighbours, sorted.size() - 1);
  CompensatedSum sum;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    std::size_t low = i;
    std::size_t high = i;
    std::size_t found = 0;
    double reach = 0;  // half of the distance, which cannot overflow
    while (found < wanted || (reach == 0 && found + 1 < sorted.size())) {
      const bool can_fall = low > 0;
      const bool can_rise = high + 1 < sorted.size();
      const double below = can_fall ? sorted[i] / 2 - sorted[low - 1] / 2 : 0;
      const double above = can_rise ? sorted[high + 1] / 2 - sorted[i] / 2 : 0;
      const bool fall = can_fall && (!can_rise || below <= above);
      reach = fall ? below : above;
      fall ? --low : ++high;
      ++found;
    }
    sum.add(std::log(reach) + 2 * std::numbers::ln2 -
            boost::math::digamma(static_cast<double>(found), Quiet()));
  }
  return sum.value() / static_cast<double>(sorted.size());
}

}  // namespace

double gaussian_entropy(double standard_deviation) noexcept {
  return 0.5 * std::log(2 * std::numbers::pi * std::numbers::e) + std::log(standard_deviation);
}

DifferentialEntropy::DifferentialEntropy(const Config& config, Arena& arena) noexcept {
  Layout carve(arena);
  storage_ = layout(carve, config);
}

template <class T>
Status DifferentialEntropy::estimate_any(VectorView<const T> sample, std::size_t window,
                                         EntropyEstimate& entropy) noexcept {
  const std::size_t capacity = storage_.sorted.size();
  if (sample.size() > capacity) {
    return {StatusCode::shape_mismatch, static_cast<int>(capacity)};
  }
  Moments shape;
  if (const Status status = moments(sample, shape); !status.ok()) return status;
  const std::size_t n = sample.size();
  if (window == 0) {
    window = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(std::sqrt(n))));
    window = std::min(window, std::max<std::size_t>(1, (n - 1) / 2));
  } else if (2 * window >= n && n > 2) {
    return {StatusCode::out_of_range};
  }
  const VectorView<double> sorted = storage_.sorted.first(n);
  if (const Status status = sort_sample(sample, sorted); !status.ok()) return status;
  EntropyEstimate result;
  spacings(sorted, window, result);
  result.nearest = boost::math::digamma(static_cast<double>(n), Quiet()) + neighbour_term(sorted);
  result.gaussian_maximum = gaussian_entropy(shape.standard_deviation);
  result.support_maximum = log_difference(sorted.back(), sorted.front());
  result.sample_size = n;
  entropy = result;
  return {};
}

Status DifferentialEntropy::estimate(VectorView<const float> sample, std::size_t window,
                                     EntropyEstimate& entropy) noexcept {
  return estimate_any(sample, window, entropy);
}

Status DifferentialEntropy::estimate(VectorView<const double> sample, std::size_t window,
                                     EntropyEstimate& entropy) noexcept {
  return estimate_any(sample, window, entropy);
}

EntropyCalibration::EntropyCalibration(const Config& config, Arena& arena) noexcept {
  Layout carve(arena);
  storage_ = layout(carve, config);
}

Status EntropyCalibration::simulate(std::size_t sample_size, std::size_t window,
                                    std::uint64_t seed) noexcept {
  const VectorView<double> deficits = storage_.deficits;
  sample_size_ = 0;
  if (sample_size > storage_.sample.size()) {
    return {StatusCode::shape_mismatch, static_cast<int>(storage_.sample.size())};
  }
  if (sample_size < 3 || deficits.size() < 2) return {StatusCode::out_of_range};
  const VectorView<double> sample = storage_.sample.first(sample_size);
  DifferentialEntropy entropy(storage_.entropy);
  EntropyEstimate estimate;
  CompensatedSum vasicek, nearest;
  for (std::size_t draw = 0; draw < deficits.size(); ++draw) {
    const Philox random(seed, StreamPurpose::gaussian_samples, draw);
    for (std::size_t i = 0; i < sample_size; ++i) sample[i] = random.normal(i);
    const Status status = entropy.estimate(sample, window, estimate);
    if (!status.ok()) return status;
    deficits[draw] = estimate.gaussian_maximum - estimate.ebrahimi;
    vasicek.add(estimate.gaussian_maximum - estimate.vasicek);
    nearest.add(estimate.gaussian_maximum - estimate.nearest);
  }
  std::sort(deficits.begin(), deficits.end());
  const auto draws = static_cast<double>(deficits.size());
  Moments shape;
  const Status status = moments(VectorView<const double>(deficits), shape);
  if (!status.ok()) return status;
  vasicek_bias_ = vasicek.value() / draws;
  nearest_bias_ = nearest.value() / draws;
  ebrahimi_bias_ = shape.mean;
  // The variance with draws - 1, and that of the mean itself.
  error_ = shape.standard_deviation * std::sqrt((draws + 1) / (draws - 1));
  window_ = estimate.window;
  sample_size_ = sample_size;
  return {};
}

Status EntropyCalibration::correct(const EntropyEstimate& entropy,
                                   CorrectedEntropy& corrected) const noexcept {
  if (entropy.sample_size != sample_size_ || entropy.window != window_ || sample_size_ == 0) {
    return {StatusCode::shape_mismatch};
  }
  const double maximum = entropy.gaussian_maximum;
  const double deficit = maximum - entropy.ebrahimi;
  corrected.vasicek = std::min(maximum, entropy.vasicek + vasicek_bias_);
  corrected.ebrahimi = std::min(maximum, entropy.ebrahimi + ebrahimi_bias_);
  corrected.nearest = std::min(maximum, entropy.nearest + nearest_bias_);
  corrected.negentropy = std::max(0.0, deficit - ebrahimi_bias_);
  corrected.error = error_;
  corrected.score = (deficit - ebrahimi_bias_) / error_;
  const VectorView<double> deficits = storage_.deficits;
  const auto exceedances =
      deficits.end() - std::lower_bound(deficits.begin(), deficits.end(), deficit);
  corrected.p_value =
      static_cast<double>(1 + exceedances) / static_cast<double>(1 + deficits.size());
  return {};
}

}  // namespace pinnscope
