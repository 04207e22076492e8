#include "pinnscope/spectra/samples/goodness_of_fit.hpp"

#include <numbers>

namespace pinnscope {

double kolmogorov_survival(double t) noexcept {
  if (!(t > 0)) return 1;
  // Both series are exact; either needs at most four terms on its side of 1.18.
  if (t < 1.18) {
    const double step = std::exp(-std::numbers::pi * std::numbers::pi / (8 * t * t));
    double sum = 0;
    for (int j = 4; j >= 1; --j) sum += std::pow(step, (2 * j - 1) * (2 * j - 1));
    return 1 - std::sqrt(2 * std::numbers::pi) / t * sum;
  }
  double sum = 0;
  for (int j = 4; j >= 1; --j) sum += (j % 2 == 1 ? 2 : -2) * std::exp(-2.0 * j * j * t * t);
  return sum;
}

double kolmogorov_smirnov_p_value(double distance, std::size_t sample_size) noexcept {
  const double root = std::sqrt(static_cast<double>(sample_size));
  if (root == 0) return 1;
  return kolmogorov_survival((root + 0.12 + 0.11 / root) * distance);
}

}  // namespace pinnscope
