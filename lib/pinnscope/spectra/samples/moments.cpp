#include "pinnscope/spectra/samples/moments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "pinnscope/spectra/samples/compensated_sum.hpp"

namespace pinnscope {
namespace {

// The exponent e with 2^-e magnitude in [1/2, 1), held where 2^e and 2^-e are both finite.
int binary_exponent(double magnitude) noexcept {
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  return std::clamp(exponent, -1021, 1021);
}

template <class T>
Status extremes(VectorView<const T> sample, Moments& result) noexcept {
  if (sample.empty()) return {StatusCode::empty_input};
  T minimum = sample[0];
  T maximum = sample[0];
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (!std::isfinite(sample[i])) return {StatusCode::not_finite, static_cast<int>(i)};
    minimum = std::min(minimum, sample[i]);
    maximum = std::max(maximum, sample[i]);
  }
  result.minimum = static_cast<double>(minimum);
  result.maximum = static_cast<double>(maximum);
  return {};
}

template <class T>
double scaled_mean(VectorView<const T> sample, double scale) noexcept {
  CompensatedSum sum;
  for (const T entry : sample) sum.add(static_cast<double>(entry) * scale);
  return sum.value() / static_cast<double>(sample.size());
}

template <class T>
Status moments_any(VectorView<const T> sample, Moments& moments) noexcept {
  Moments result;
  if (const Status status = extremes(sample, result); !status.ok()) return status;
  result.count = sample.size();
  if (result.minimum == result.maximum) {
    result.mean = result.minimum;
    result.skewness = result.kurtosis = std::numeric_limits<double>::quiet_NaN();
    moments = result;
    return {StatusCode::degenerate};
  }
  const auto n = static_cast<double>(sample.size());
  const int size = binary_exponent(std::max(std::abs(result.minimum), std::abs(result.maximum)));
  const double scale = std::ldexp(1.0, -size);
  const double mean = scaled_mean(sample, scale);
  const double widest = std::max(result.maximum * scale - mean, mean - result.minimum * scale);
  const int spread = binary_exponent(widest);
  const double rescale = std::ldexp(1.0, -spread);

  CompensatedSum first;
  for (const T entry : sample) first.add((static_cast<double>(entry) * scale - mean) * rescale);
  const double rounding = first.value() / n;  // of the mean, in units of the deviations
  CompensatedSum second, third, fourth;
  for (const T entry : sample) {
    const double deviation = (static_cast<double>(entry) * scale - mean) * rescale - rounding;
    const double square = deviation * deviation;
    second.add(square);
    third.add(square * deviation);
    fourth.add(square * square);
  }
  const double variance = second.value() / n;
  const double mean_in_range = std::clamp(std::ldexp(mean, size), result.minimum, result.maximum);
  result.mean = mean_in_range;
  result.standard_deviation = std::ldexp(std::sqrt(variance), spread + size);
  result.skewness = third.value() / n / (variance * std::sqrt(variance));
  result.kurtosis = fourth.value() / n / (variance * variance);
  moments = result;
  return {};
}

}  // namespace

Status moments(VectorView<const float> sample, Moments& moments) noexcept {
  return moments_any(sample, moments);
}

Status moments(VectorView<const double> sample, Moments& moments) noexcept {
  return moments_any(sample, moments);
}

}  // namespace pinnscope
