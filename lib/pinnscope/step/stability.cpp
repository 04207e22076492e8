#include "pinnscope/step/stability.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace pinnscope {

namespace {

using Complex = std::complex<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// x = lower exp(-i angle) + centre + upper exp(i angle), its real part without cancellation where
/// centre = -(lower + upper).
Complex symbol(const RationalForm& form, double angle) noexcept {
  const double half = std::sin(angle / 2);
  const double both = form.lower + form.upper;
  return {form.centre + both - 2 * both * half * half, (form.upper - form.lower) * std::sin(angle)};
}

Complex rational_factor(const RationalForm& form, Complex x) noexcept {
  Complex numerator = form.polynomial[static_cast<std::size_t>(form.degree)];
  for (int k = form.degree; k-- > 0;) {
    numerator = numerator * x + form.polynomial[static_cast<std::size_t>(k)];
  }
  return numerator / (1.0 - form.implicitness * x);
}

/// |G|^2 - 1 = (|P|^2 - |Q|^2) / |Q|^2 by powers of x and its conjugate: the terms of total degree
/// 1 and 2 are formed so that what cancels for Runge-Kutta methods cancels exactly.
double growth(const RationalForm& form, Complex x) noexcept {
  const auto& p = form.polynomial;
  const double re = x.real();
  const double im = x.imag();
  const double square = std::norm(x);
  std::array<double, RationalForm::kMaxDegree + 1> power_re{1};      // Re x^k
  std::array<double, RationalForm::kMaxDegree + 1> power_square{1};  // |x|^(2k)
  Complex power = 1;
  for (std::size_t k = 1; k < power_re.size(); ++k) {
    power *= x;
    power_re[k] = power.real();
    power_square[k] = power_square[k - 1] * square;
  }
  double sum =
      2 * p[1] * re + (p[1] * p[1] + 2 * p[2]) * re * re + (p[1] * p[1] - 2 * p[2]) * im * im;
  for (std::size_t total = 3; total <= 2 * RationalForm::kMaxDegree; ++total) {
    const std::size_t least =
        total > RationalForm::kMaxDegree ? total - RationalForm::kMaxDegree : 0;
    for (std::size_t j = least; 2 * j <= total; ++j) {
      const double pair = p[j] * p[total - j] * power_re[total - 2 * j] * power_square[j];
      sum += 2 * j == total ? pair : 2 * pair;
    }
  }
  const double q = form.implicitness;
  const double denominator = q * (q * square - 2 * re);
  return (sum - denominator) / (1 + denominator);
}

/// The largest value(angle) for low <= angle <= high, where it has one maximum: golden sections.
template <class Value>
double largest_between(double low, double high, Value&& value) noexcept {
  constexpr double kSection = std::numbers::phi - 1;
  double inner = high - kSection * (high - low);
  double outer = low + kSection * (high - low);
  double left = value(inner);
  double right = value(outer);
  double largest = std::max(left, right);
  for (int iteration = 0; iteration < 40; ++iteration) {
    if (left < right) {
      low = inner;
      inner = outer;
      left = right;
      outer = low + kSection * (high - low);
      right = value(outer);
    } else {
      high = outer;
      outer = inner;
      right = left;
      inner = high - kSection * (high - low);
      left = value(inner);
    }
    largest = std::max({largest, left, right});
  }
  return largest;
}

/// The largest value(angle) over 0 <= angle <= pi of an even function of period 2 pi: a scan, and a
/// search about every maximum of the scan and beside 0, where the first growth often is.
template <class Value>
double largest_over_angles(Value&& value) noexcept {
  constexpr int kScan = 512;
  constexpr double kStep = std::numbers::pi / kScan;
  double before = value(0.0);
  double here = value(kStep);
  double largest =
      std::max({before, value(std::numbers::pi), largest_between(0.0, 2 * kStep, value)});
  for (int k = 1; k < kScan; ++k) {
    const double after = value((k + 1) * kStep);
    if (here >= before && here >= after) {
      largest = std::max(largest, largest_between((k - 1) * kStep, (k + 1) * kStep, value));
    }
    before = here;
    here = after;
  }
  return largest;
}

/// Runge-Kutta: |G|^2 - 1 <= 0 for all angles, up to the rounding of its terms of degree 4 in x
/// (those of lower degree cancel exactly or vanish with Re x).
bool is_runge_kutta_stable(Scheme scheme, StepNumbers numbers) noexcept {
  const RationalForm form = rational_form(scheme, numbers);
  constexpr double kRounding = 16 * std::numeric_limits<double>::epsilon();
  return largest_over_angles([&](double angle) {
           const Complex x = symbol(form, angle);
           const double square = std::norm(x);
           return growth(form, x) - kRounding * (std::abs(x.real()) + square * square);
         }) <= 0;
}

/// `rate` holds c and r of dt = 1, c >= 0.
double bisected_dt(Scheme scheme, StepNumbers rate) noexcept {
  if (scheme == Scheme::rk2 && rate.r == 0) return 0;
  // |x| <= 4 bounds the stability regions of all three, and the largest |x| is at least
  // max(4r, |c|).
  double high = 4 / std::max(4 * rate.r, rate.c);
  double low = 0;
  for (int iteration = 0; iteration < 200; ++iteration) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    const bool stable = is_runge_kutta_stable(scheme, {rate.c * middle, rate.r * middle});
    (stable ? low : high) = middle;
  }
  return low;
}

/// (1 - 2 theta) c^2 <= 2 r <= 1 / (1 - 2 theta), for dt.
double central_dt(StepNumbers rate, double explicitness) noexcept {
  if (explicitness <= 0) return kInfinity;
  const double diffusive = rate.r == 0 ? kInfinity : 1 / (2 * rate.r * explicitness);
  const double advective = rate.c == 0 ? kInfinity : 2 * rate.r / (rate.c * rate.c * explicitness);
  return std::min(diffusive, advective);
}

}  // namespace

Complex amplification_factor(Scheme scheme, StepNumbers numbers, double angle,
                             double theta) noexcept {
  if (scheme == Scheme::spectral) {
    return std::polar(std::exp(-numbers.r * angle * angle), -numbers.c * angle);
  }
  if (scheme == Scheme::exact) {
    const Complex x = symbol(rational_form(Scheme::ftcs, numbers), angle);
    return std::polar(std::exp(x.real()), x.imag());
  }
  if (!has_amplification_factor(scheme)) return {kNaN, kNaN};
  const RationalForm form = rational_form(scheme, numbers, theta);
  return rational_factor(form, symbol(form, angle));
}

double largest_amplification_on_grid(Scheme scheme, StepNumbers numbers, std::size_t cells,
                                     double theta) noexcept {
  if (cells == 0 || !has_amplification_factor(scheme)) return kNaN;
  double largest = 0;
  const double unit = 2 * std::numbers::pi / static_cast<double>(cells);
  for (std::size_t k = 0; k <= cells / 2; ++k) {
    const Complex factor =
        amplification_factor(scheme, numbers, unit * static_cast<double>(k), theta);
    const bool real = 2 * k == cells;
    largest = std::max(largest, real ? std::abs(factor.real()) : std::abs(factor));
  }
  return largest;
}

double largest_amplification(Scheme scheme, StepNumbers numbers, double theta) noexcept {
  if (!has_amplification_factor(scheme)) return kNaN;
  return largest_over_angles(
      [&](double angle) { return std::abs(amplification_factor(scheme, numbers, angle, theta)); });
}

bool is_stable(Scheme scheme, StepNumbers numbers, double theta) noexcept {
  const double c = numbers.c;
  const double r = numbers.r;
  if (!(r >= 0) || !std::isfinite(c) || !std::isfinite(r)) return false;
  switch (scheme) {
    case Scheme::ftcs: return c * c <= 2 * r && 2 * r <= 1;
    case Scheme::upwind: return std::abs(c) + 2 * r <= 1;
    case Scheme::lax_wendroff: return c * c + 2 * r <= 1;
    case Scheme::theta: {
      const double explicitness = 1 - 2 * theta;
      return explicitness <= 0 || (explicitness * c * c <= 2 * r && 2 * r * explicitness <= 1);
    }
    case Scheme::rk2:
    case Scheme::rk3:
    case Scheme::rk4: return is_runge_kutta_stable(scheme, numbers);
    case Scheme::backward_euler:
    case Scheme::crank_nicolson:
    case Scheme::exact:
    case Scheme::spectral: return true;
    case Scheme::crank_nicolson_as_published: return false;
  }
  return false;
}

double largest_stable_dt(Scheme scheme, double velocity, double diffusivity, double dx,
                         double theta) noexcept {
  const double speed = std::abs(velocity);
  if (!(dx > 0 && diffusivity >= 0) || !std::isfinite(speed + diffusivity + dx + std::abs(theta))) {
    return kNaN;
  }
  if (!has_amplification_factor(scheme)) return kNaN;
  if (speed == 0 && diffusivity == 0) return kInfinity;
  const StepNumbers rate = step_numbers(speed, diffusivity, 1, dx);
  switch (scheme) {
    case Scheme::ftcs: return central_dt(rate, 1);
    case Scheme::theta: return central_dt(rate, 1 - 2 * theta);
    case Scheme::upwind: return 1 / (rate.c + 2 * rate.r);
    case Scheme::lax_wendroff: return 1 / (rate.r + std::hypot(rate.r, rate.c));
    case Scheme::rk2:
    case Scheme::rk3:
    case Scheme::rk4: return bisected_dt(scheme, rate);
    case Scheme::backward_euler:
    case Scheme::crank_nicolson:
    case Scheme::exact:
    case Scheme::spectral: return kInfinity;
    case Scheme::crank_nicolson_as_published: break;
  }
  return kNaN;
}

}  // namespace pinnscope
