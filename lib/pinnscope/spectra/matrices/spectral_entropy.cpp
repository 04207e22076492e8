#include "pinnscope/spectra/matrices/spectral_entropy.hpp"

#include <algorithm>
#include <cmath>

namespace pinnscope {
namespace {

template <class T>
Status spectral_entropy_as(VectorView<const T> values, SpectralEntropy& result) noexcept {
  if (values.empty()) return {StatusCode::empty_input};
  double largest = 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double s = static_cast<double>(values[k]);
    if (!std::isfinite(s)) return {StatusCode::not_finite, static_cast<int>(k)};
    if (s < 0) return {StatusCode::out_of_range, static_cast<int>(k)};
    largest = std::max(largest, s);
  }
  if (largest == 0) return {StatusCode::degenerate};
  // With x = s / largest: -sum p ln p = ln(sum x) - sum x ln x / sum x, and likewise for x^2.
  double sum = 0;
  double sum_log = 0;
  double squares = 0;
  double squares_log = 0;
  for (const T value : values) {
    const double x = static_cast<double>(value) / largest;
    if (x == 0) continue;
    const double log_x = std::log(x);
    sum += x;
    sum_log += x * log_x;
    squares += x * x;
    squares_log += 2 * x * x * log_x;
  }
  result = {std::log(squares) - squares_log / squares, std::exp(std::log(sum) - sum_log / sum),
            squares};
  return {};
}

}  // namespace

Status spectral_entropy(VectorView<const float> values, SpectralEntropy& result) noexcept {
  return spectral_entropy_as(values, result);
}
Status spectral_entropy(VectorView<const double> values, SpectralEntropy& result) noexcept {
  return spectral_entropy_as(values, result);
}

}  // namespace pinnscope
