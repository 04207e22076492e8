#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "pinnscope/spectra/matrices/square.hpp"

namespace pinnscope {
namespace {

using std::numbers::pi;

template <class T>
Status compare_as(VectorView<const T> values, std::size_t rows, std::size_t columns, double sigma,
                  MarchenkoPasturFit& fit) noexcept {
  const std::size_t smaller = std::min(rows, columns);
  const std::size_t larger = std::max(rows, columns);
  if (smaller == 0) return {StatusCode::empty_input};
  if (values.size() != smaller) return {StatusCode::shape_mismatch};
  if (!(sigma > 0) || !std::isfinite(sigma)) return {StatusCode::out_of_range};
  const double n = static_cast<double>(larger);
  const double count = static_cast<double>(smaller);
  const MarchenkoPastur law(count / n, sigma);
  MarchenkoPasturFit found;
  for (std::size_t k = 0; k < smaller; ++k) {  // descending: k values lie above this one
    const double lambda = square(static_cast<double>(values[k]) / std::sqrt(n));
    if (!std::isfinite(lambda)) return {StatusCode::not_finite, static_cast<int>(k)};
    const double expected = law.distribution(lambda);
    const double above = static_cast<double>(smaller - k) / count;
    const double below = static_cast<double>(smaller - k - 1) / count;
    found.distance = std::max({found.distance, above - expected, expected - below});
    found.largest = std::max(found.largest, lambda);
    if (lambda > law.upper_edge()) ++found.beyond_edge;
  }
  fit = found;
  return {};
}

}  // namespace

MarchenkoPastur::MarchenkoPastur(double aspect_ratio, double sigma) noexcept
    : aspect_ratio_(aspect_ratio), sigma_(sigma) {
  assert(aspect_ratio > 0 && std::isfinite(aspect_ratio));
  assert(sigma > 0 && std::isfinite(sigma));
}

double MarchenkoPastur::lower_edge() const noexcept {
  return square(sigma_ * (1 - std::sqrt(aspect_ratio_)));
}

double MarchenkoPastur::upper_edge() const noexcept {
  return square(sigma_ * (1 + std::sqrt(aspect_ratio_)));
}

double MarchenkoPastur::atom() const noexcept { return std::max(0.0, 1 - 1 / aspect_ratio_); }

double MarchenkoPastur::density(double x) const noexcept {
  const double a = lower_edge();
  const double b = upper_edge();
  if (!(x >= a && x <= b)) return 0;
  if (x == 0) return std::numeric_limits<double>::infinity();  // a = 0: the hard edge of q = 1
  return std::sqrt((b - x) * (x - a)) / (2 * pi * aspect_ratio_ * square(sigma_) * x);
}

double MarchenkoPastur::singular_value_density(double s) const noexcept {
  if (!(s >= 0)) return 0;
  const double a = lower_edge();
  const double b = upper_edge();
  const double x = square(s);
  if (x < a || x > b) return 0;
  // sqrt(x - a) / s is 1 for a = 0: the hard edge of q = 1 has no singularity in s.
  const double lower_root = a == 0 ? 1 : std::sqrt(x - a) / s;
  return std::sqrt(b - x) * lower_root / (pi * aspect_ratio_ * square(sigma_));
}

double MarchenkoPastur::angle(double x) const noexcept {
  // sin^2(phi / 2) = (x - a) / (b - a), cos^2(phi / 2) = (b - x) / (b - a): precise at both edges.
  const double above = std::max(0.0, x - lower_edge());
  const double below = std::max(0.0, upper_edge() - x);
  return 2 * std::atan2(std::sqrt(above), std::sqrt(below));
}

double MarchenkoPastur::mass_below(double phi) const noexcept {
  // (min(q, 1) phi + sqrt q sin phi - |1 - q| delta) / (pi q), where delta is the argument of
  // 1 - r exp(-i phi) with r = sqrt q or its inverse, whichever is below 1: nothing but delta
  // itself cancels as q -> 0.
  const double root = std::sqrt(aspect_ratio_);
  const double r = std::min(root, 1 / root);
  const double delta = std::atan2(r * std::sin(phi), 1 - r * std::cos(phi));
  return (std::min(aspect_ratio_, 1.0) * phi + root * std::sin(phi) -
          std::fabs(1 - aspect_ratio_) * delta) /
         (pi * aspect_ratio_);
}

double MarchenkoPastur::distribution(double x) const noexcept {
  if (std::isnan(x)) return x;
  if (x < 0) return 0;
  if (x >= upper_edge()) return 1;
  if (x <= lower_edge()) return atom();
  return std::clamp(atom() + mass_below(angle(x)), 0.0, 1.0);
}

double MarchenkoPastur::quantile(double p) const noexcept {
  if (std::isnan(p)) return p;
  if (p <= atom()) return atom() > 0 ? 0 : lower_edge();
  if (p >= 1) return upper_edge();
  const double target = p - atom();
  const double root = std::sqrt(aspect_ratio_);
  double low = 0;
  double high = pi;
  double phi = pi / 2;
  for (int step = 0; step < 100; ++step) {
    const double error = mass_below(phi) - target;
    (error > 0 ? high : low) = phi;
    const double sine = std::sin(phi);
    const double slope = 2 / pi * square(sine) / (1 + aspect_ratio_ - 2 * root * std::cos(phi));
    double next = phi - error / slope;
    if (!(next > low && next < high)) next = low + (high - low) / 2;
    if (std::fabs(next - phi) <= 1e-16 * phi) break;
    phi = next;
  }
  const double b = upper_edge();
  const double a = lower_edge();
  return a + (b - a) * square(std::sin(phi / 2));
}

Status compare_with_marchenko_pastur(VectorView<const float> values, std::size_t rows,
                                     std::size_t columns, double sigma,
                                     MarchenkoPasturFit& fit) noexcept {
  return compare_as(values, rows, columns, sigma, fit);
}
Status compare_with_marchenko_pastur(VectorView<const double> values, std::size_t rows,
                                     std::size_t columns, double sigma,
                                     MarchenkoPasturFit& fit) noexcept {
  return compare_as(values, rows, columns, sigma, fit);
}

}  // namespace pinnscope
