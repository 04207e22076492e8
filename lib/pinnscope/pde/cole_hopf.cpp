#include "pinnscope/pde/cole_hopf.hpp"

#include <algorithm>
#include <cmath>

namespace pinnscope {
namespace {

/// exp(-40) is below half a unit in the last place of the sum: what lies further out is left out.
constexpr double kNegligibleExponent = 40;

/// Step over the narrowest width of p. The rule's error is about exp(-2 (pi / 0.35)^2), below 1e-69
/// where p is Gaussian; the margin is for where it is not.
constexpr double kStepsPerWidth = 0.35;

/// Half the points that a value may take: what is later or less viscous is refused.
constexpr double kMostSteps = 1e7;

/// The measure of the Cole-Hopf formula around one point.
struct Measure {
  SineWave initial;
  double viscosity;
  double t;
  double x;

  /// F(y) >= 0 up to a constant: |A| (1 -+ cos k y) / k, written without cancellation.
  double potential(double y) const noexcept {
    const double half = initial.wavenumber * y / 2;
    const double wave =
        initial.amplitude / initial.wavenumber > 0 ? std::sin(half) : std::cos(half);
    return 2 * std::fabs(initial.amplitude / initial.wavenumber) * wave * wave;
  }

  double exponent(double y) const noexcept {
    const double distance = x - y;
    return -potential(y) / (2 * viscosity) - distance * distance / (4 * viscosity * t);
  }

  /// Half the window: outside of it p is negligible. Two bounds hold: how far a wave can carry in
  /// t, and how deep the potential can be.
  double reach() const noexcept {
    const double height = std::fabs(initial.amplitude);
    const double spread = 4 * std::sqrt(kNegligibleExponent * viscosity * t);
    const double depth = 2 * std::fabs(initial.amplitude / initial.wavenumber) / (2 * viscosity);
    const double bound = std::sqrt(4 * viscosity * t * (depth + kNegligibleExponent));
    return std::min(t * height + spread, bound);
  }

  double step() const noexcept {
    const double steepness = std::fabs(initial.amplitude * initial.wavenumber);
    return kStepsPerWidth * std::sqrt(2 * viscosity / (1 / t + steepness));
  }
};

Status check(const SineWave& initial, double viscosity, double t, double x) noexcept {
  const double sum = initial.amplitude + initial.wavenumber + viscosity + t + x;
  if (!std::isfinite(sum)) return {StatusCode::not_finite};
  if (t < 0 || initial.wavenumber == 0) return {StatusCode::out_of_range};
  // The exponents of the transformation reach scale / viscosity: beyond 1e8 their rounding is felt
  // in the eighth digit of what they weigh.
  const double scale = std::fabs(initial.amplitude / initial.wavenumber);
  if (!(viscosity > 0) || viscosity < 1e-8 * scale) return {StatusCode::out_of_range};
  return {};
}

}  // namespace

Status cole_hopf(const SineWave& initial, double viscosity, double t, double x,
                 BurgersValue& value) noexcept {
  const Status status = check(initial, viscosity, t, x);
  if (!status.ok()) return status;
  const double k = initial.wavenumber;
  if (t < 1e-300 || initial.amplitude == 0) {  // 1 / t would overflow
    value = {initial.amplitude * std::sin(k * x), initial.amplitude * k * std::cos(k * x)};
    return {};
  }
  const Measure measure{initial, viscosity, t, x};
  const double step = measure.step();
  const double half = std::ceil(measure.reach() / step);
  if (!(half <= kMostSteps)) return {StatusCode::out_of_range};
  double largest = measure.exponent(x);
  for (double i = -half; i <= half; ++i) {
    largest = std::max(largest, measure.exponent(x + i * step));
  }
  double mass = 0;
  double wave_sum = 0;
  double slope_sum = 0;
  for (double i = -half; i <= half; ++i) {
    const double y = x + i * step;
    const double weight = std::exp(measure.exponent(y) - largest);
    mass += weight;
    wave_sum += weight * std::sin(k * y);
    slope_sum += weight * std::cos(k * y);
  }
  // The variance is taken about the mean, in a pass of its own: it does not cancel.
  const double mean_wave = wave_sum / mass;
  double variance = 0;
  for (double i = -half; i <= half; ++i) {
    const double y = x + i * step;
    const double weight = std::exp(measure.exponent(y) - largest);
    const double deviation = std::sin(k * y) - mean_wave;
    variance += weight * deviation * deviation;
  }
  const double amplitude = initial.amplitude;
  value.u = amplitude * mean_wave;
  value.u_x = amplitude * (k * slope_sum - amplitude * variance / (2 * viscosity)) / mass;
  return {};
}

Status cole_hopf(const SineWave& initial, double viscosity, double t, VectorView<const double> x,
                 VectorView<double> u) noexcept {
  if (x.size() != u.size()) return {StatusCode::shape_mismatch};
  for (std::size_t i = 0; i < x.size(); ++i) {
    BurgersValue value;
    const Status status = cole_hopf(initial, viscosity, t, x[i], value);
    if (!status.ok()) return {status.code, static_cast<int>(i)};
    u[i] = value.u;
  }
  return {};
}

}  // namespace pinnscope
