#include "pinnscope/spectra/differential_entropy.hpp"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>
#include <numbers>

#include "pinnscope/spectra/boost_policy.hpp"
#include "pinnscope/spectra/compensated_sum.hpp"
#include "pinnscope/spectra/moments.hpp"
#include "pinnscope/spectra/sorted_sample.hpp"

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

}  // namespace pinnscope
