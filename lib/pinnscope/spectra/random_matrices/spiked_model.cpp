#include "pinnscope/spectra/random_matrices/spiked_model.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"

namespace pinnscope {
namespace {

/// sqrt((s^2 - 1 - q)^2 - 4 q) by its factors, which do not cancel near the edge; 0 within it.
double gap_root(double s, double q) noexcept {
  const double root = std::sqrt(q);
  const double inner = (s - 1 - root) * (s + 1 + root);  // s^2 - (1 + sqrt q)^2
  if (!(s > 1 + root)) return 0;
  return std::sqrt(inner) * std::sqrt(inner + 4 * root);
}

}  // namespace

double detection_threshold(double aspect_ratio) noexcept {
  assert(aspect_ratio > 0 && aspect_ratio <= 1);
  return std::sqrt(std::sqrt(aspect_ratio));
}

double spiked_singular_value(double theta, double aspect_ratio) noexcept {
  assert(theta >= 0);
  if (theta <= detection_threshold(aspect_ratio)) return 1 + std::sqrt(aspect_ratio);
  return std::hypot(1, theta) * (std::hypot(std::sqrt(aspect_ratio), theta) / theta);
}

double spike_strength(double singular_value, double aspect_ratio) noexcept {
  assert(aspect_ratio > 0 && aspect_ratio <= 1);
  if (std::isnan(singular_value)) return singular_value;
  if (!(singular_value > 1 + std::sqrt(aspect_ratio))) return 0;
  if (singular_value > 1e8) return singular_value;  // theta = s (1 - O(1 / s^2))
  const double y = singular_value * singular_value - 1 - aspect_ratio;
  return std::sqrt((y + gap_root(singular_value, aspect_ratio)) / 2);
}

SpikeOverlap spike_overlap(double theta, double aspect_ratio) noexcept {
  assert(theta >= 0);
  if (theta <= detection_threshold(aspect_ratio)) return {};
  if (theta > 1e8) return {1, 1};
  const double square = theta * theta;
  const double root = std::sqrt(aspect_ratio);
  const double above = std::max(square - root, 0.0) * (square + root);  // theta^4 - q
  return {above / (square * (square + aspect_ratio)), above / (square * (square + 1))};
}

double shrunk_singular_value(double singular_value, double aspect_ratio) noexcept {
  assert(aspect_ratio > 0 && aspect_ratio <= 1);
  if (singular_value > 1e8) return singular_value;
  return gap_root(singular_value, aspect_ratio) / singular_value;
}

double hard_threshold(double aspect_ratio) noexcept {
  assert(aspect_ratio > 0 && aspect_ratio <= 1);
  const double q = aspect_ratio;
  return std::sqrt(2 * (q + 1) + 8 * q / (q + 1 + std::sqrt(q * q + 14 * q + 1)));
}

double hard_threshold_over_median(double aspect_ratio) noexcept {
  return hard_threshold(aspect_ratio) / std::sqrt(MarchenkoPastur(aspect_ratio).quantile(0.5));
}

}  // namespace pinnscope
