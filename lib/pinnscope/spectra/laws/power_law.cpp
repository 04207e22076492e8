#include "pinnscope/spectra/laws/power_law.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "pinnscope/spectra/samples/sorted_sample.hpp"

namespace pinnscope {
namespace {

/// max |F(x_(i)) - (i - 1) / n| over a tail given by its logarithms, or any number above `enough`
/// once it is known to exceed that.
double tail_distance(VectorView<const double> logarithms, double exponent, double enough) noexcept {
  const double count = static_cast<double>(logarithms.size());
  double distance = 0;
  for (std::size_t i = 0; i < logarithms.size() && distance <= enough; ++i) {
    const double law = -std::expm1((1 - exponent) * (logarithms[i] - logarithms[0]));
    distance = std::max(distance, std::fabs(law - static_cast<double>(i) / count));
  }
  return distance;
}

}  // namespace

PowerLawTail::PowerLawTail(const Config& config, Arena& arena) noexcept
    : smallest_tail_(config.smallest_tail) {
  assert(smallest_tail_ >= 2);
  Layout carver(arena);
  storage_ = layout(carver, config);
}

template <class T>
Status PowerLawTail::fit_any(VectorView<const T> sample, PowerLawFit& fit,
                             double resolution) noexcept {
  size_ = 0;
  resolution_ = resolution;
  const std::size_t capacity = storage_.sorted.size();
  if (sample.size() > capacity) return {StatusCode::shape_mismatch, static_cast<int>(capacity)};
  const VectorView<double> sorted = storage_.sorted.first(sample.size());
  const Status status = sort_sample(sample, sorted);
  if (!status.ok()) return status;
  if (sorted.front() < 0) {
    const auto negative = std::find_if(sample.begin(), sample.end(), [](T x) { return x < 0; });
    return {StatusCode::out_of_range, static_cast<int>(negative - sample.begin())};
  }
  const auto positive = std::upper_bound(sorted.begin(), sorted.end(), 0.0);
  const Status found = search({positive, sorted.end()}, fit);
  if (!found.ok()) return found;
  std::copy(sorted.begin(), sorted.end(), storage_.observed.begin());
  fitted_ = fit;
  size_ = sample.size();
  return {};
}

void PowerLawTail::draw_sample(const Philox& source) noexcept {
  const std::size_t below = size_ - fitted_.tail;
  for (std::size_t i = 0; i < size_; ++i) {
    // Which part, and where in it, by one draw: the remainder of a choice is uniform again.
    const double u = source.uniform(i) * static_cast<double>(size_);
    if (u < static_cast<double>(below)) {
      storage_.drawn[i] = storage_.observed[std::min(static_cast<std::size_t>(u), below - 1)];
    } else {
      const double rest = (u - static_cast<double>(below)) / static_cast<double>(fitted_.tail);
      storage_.drawn[i] = fitted_.cutoff * std::exp(-std::log1p(-std::min(rest, 1 - 0x1p-53)) /
                                                    (fitted_.exponent - 1));
    }
  }
}

Status PowerLawTail::bootstrap(std::size_t draws, std::uint64_t seed, double& p_value) noexcept {
  if (size_ == 0 || draws == 0) return {StatusCode::empty_input};
  const VectorView<double> sorted = storage_.sorted.first(size_);
  std::size_t exceedances = 0;
  for (std::size_t draw = 0; draw < draws; ++draw) {
    draw_sample(Philox(seed, StreamPurpose::power_law_samples, draw));
    PowerLawFit fit;
    Status status = sort_sample(VectorView<const double>(storage_.drawn.first(size_)), sorted);
    const auto positive = std::upper_bound(sorted.begin(), sorted.end(), 0.0);
    if (status.ok()) status = search({positive, sorted.end()}, fit);
    // A draw without a fit, or out of range, counts against the sample.
    exceedances += !status.ok() || fit.distance >= fitted_.distance ? 1 : 0;
  }
  p_value = static_cast<double>(1 + exceedances) / static_cast<double>(draws + 1);
  return {};
}

Status PowerLawTail::search(VectorView<const double> positive, PowerLawFit& fit) noexcept {
  const std::size_t n = positive.size();
  if (n < smallest_tail_) return {StatusCode::degenerate};
  // Of x over a power of two near the largest: the logarithms that matter stay small.
  const VectorView<double> logarithms = storage_.logarithms.first(n);
  int exponent = 0;
  std::frexp(positive.back(), &exponent);
  for (std::size_t i = 0; i < n; ++i) {
    int own = 0;
    const double fraction = std::frexp(positive[i], &own);
    logarithms[i] = std::log(fraction) + (own - exponent) * std::numbers::ln2;
  }
  PowerLawFit best;
  best.distance = std::numeric_limits<double>::infinity();
  double sum = 0;  // of ln(x / x_i) over the entries above i: a sum of positive terms alone
  for (std::size_t i = n - 1; i-- > 0;) {
    const double tail = static_cast<double>(n - i);
    sum += (tail - 1) * std::max(0.0, logarithms[i + 1] - logarithms[i]);
    const bool repeated = i > 0 && positive[i - 1] == positive[i];
    if (repeated || n - i < smallest_tail_ || sum <= resolution_ * tail) continue;
    const double alpha = 1 + tail / sum;
    const double distance = tail_distance(logarithms.subspan(i), alpha, best.distance);
    if (distance > best.distance) continue;
    best = {alpha, (alpha - 1) / std::sqrt(tail), positive[i], distance, n - i};
  }
  if (best.tail == 0) return {StatusCode::degenerate};
  fit = best;
  return {};
}

Status PowerLawTail::fit(VectorView<const float> sample, PowerLawFit& fit,
                         double resolution) noexcept {
  return fit_any(sample, fit, resolution);
}
Status PowerLawTail::fit(VectorView<const double> sample, PowerLawFit& fit,
                         double resolution) noexcept {
  return fit_any(sample, fit, resolution);
}

}  // namespace pinnscope
