#include "pinnscope/step/stability.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

namespace pinnscope {

namespace {

using Complex = std::complex<double>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
/// What c and r, and dt from them, are known to.
constexpr double kSlack = 16 * kEpsilon;

Complex rational_factor(const RationalForm& form, Complex x) noexcept {
  Complex numerator = form.polynomial[static_cast<std::size_t>(form.degree)];
  for (int k = form.degree; k-- > 0;) {
    numerator = numerator * x + form.polynomial[static_cast<std::size_t>(k)];
  }
  return numerator / (1.0 - form.implicitness * x);
}

/// |G|^2 - 1 of an eigenvalue x of L, and what of it `slack` explains.
struct Growth {
  double value = 0;
  double allowance = 0;
  bool is_amplified() const noexcept { return !(value <= allowance); }
  bool is_damped() const noexcept { return value < -allowance; }
};

/// |G|^2 - 1 = (|P|^2 - |Q|^2) / |Q|^2 by powers of x and its conjugate: the terms of total degree
/// 1 and 2 are formed so that what cancels for Runge-Kutta methods cancels exactly. What is left to
/// rounding is Re x, and |x|^2, or |x|^4 where those of degree 2 and 3 vanish with Re x.
Growth growth(const RationalForm& form, Complex x, double slack) noexcept {
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
  const double terms = std::abs(re) + (form.degree > 1 ? square * square : square);
  return {(sum - denominator) / (1 + denominator), slack * terms / (1 + denominator)};
}

/// |dG/dx|.
double slope(const RationalForm& form, Complex x) noexcept {
  Complex derivative = 0;
  for (int k = form.degree; k > 0; --k) {
    derivative = derivative * x + k * form.polynomial[static_cast<std::size_t>(k)];
  }
  const Complex q = form.implicitness;
  return std::abs((derivative + q * rational_factor(form, x)) / (1.0 - q * x));
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

/// |G|^2 - 1 <= 0 for all angles, up to `slack`.
bool is_damped(const RationalForm& form, double slack) noexcept {
  return largest_over_angles([&](double angle) {
           const Growth of_mode = growth(form, symbol(form, angle), slack);
           return of_mode.value - of_mode.allowance;
         }) <= 0;
}

/// Whether |G| > 1 for small imaginary x: the first power of |x| in |P|^2 - |1 - q x|^2 that does
/// not vanish.
bool amplifies_small_waves(const RationalForm& form) noexcept {
  const auto& p = form.polynomial;
  const double q = form.implicitness;
  for (const double power :
       {p[1] * p[1] - 2 * p[2] - q * q, p[2] * p[2] - 2 * p[1] * p[3] + 2 * p[4],
        p[3] * p[3] - 2 * p[2] * p[4], p[4] * p[4]}) {
    if (std::abs(power) > kSlack) return power > 0;
  }
  return false;
}

/// The largest dt of a scheme that is stable below some dt, by bisection; `rate` holds c and r of
/// dt = 1, c >= 0.
double searched_dt(Scheme scheme, StepNumbers rate, double theta) noexcept {
  const RationalForm form = rational_form(scheme, rate, theta);
  if (!form.exists()) return kNaN;
  if (form.centre == 0 && amplifies_small_waves(form)) return 0;
  // Half of the slack is left for the rounding of c and r.
  const auto is_stable_for = [&](double dt) {
    return is_damped(rational_form(scheme, {rate.c * dt, rate.r * dt}, theta), kSlack / 2);
  };
  // |x| <= 4 bounds the stability regions of rk2, rk3 and rk4, and the largest |x| is at least
  // max(4r, |c|). Others may reach farther.
  double high = 4 / std::max(4 * rate.r, rate.c);
  double low = 0;
  for (int doubling = 0; is_stable_for(high); ++doubling) {
    if (doubling == 60) return kInfinity;
    low = high;
    high *= 2;
  }
  for (int iteration = 0; iteration < 200; ++iteration) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (is_stable_for(middle) ? low : high) = middle;
  }
  return low;
}

/// Collects the eigenvalues of a step, one after the other.
class Judgement {
 public:
  Judgement(const RationalForm& form, double error) noexcept : form_(form), error_(error) {
    found_ = {Stability::stable, 0};
  }

  void add(Complex x) noexcept {
    const Complex factor = rational_factor(form_, x);
    found_.spectral_radius = std::max(found_.spectral_radius, std::abs(factor));
    Growth of_mode = growth(form_, x, kSlack);
    if (error_ > 0) of_mode.allowance += 2 * std::abs(factor) * slope(form_, x) * error_;
    if (of_mode.is_amplified()) found_.verdict = Stability::unstable;
  }

  /// An eigenvalue of L more than once, with one eigenvector.
  void add_defective(Complex x) noexcept {
    add(x);
    const Growth of_mode = growth(form_, x, kSlack);
    if (of_mode.is_damped() || of_mode.is_amplified()) return;
    found_.is_defective = true;
    found_.verdict = Stability::unstable;
  }

  const StepStability& found() const noexcept { return found_; }

 private:
  RationalForm form_;
  double error_;
  StepStability found_;
};

/// Precondition: has_amplification_factor(scheme).
StepStability periodic_stability(Scheme scheme, StepNumbers numbers, std::size_t cells,
                                 double theta) noexcept {
  if (is_propagator(scheme)) {
    const bool decays = numbers.r >= 0;
    return {decays ? Stability::stable : Stability::unstable,
            largest_amplification_on_grid(scheme, numbers, cells, theta)};
  }
  const RationalForm form = rational_form(scheme, numbers, theta);
  Judgement judgement(form, 0);
  const double unit = 2 * std::numbers::pi / static_cast<double>(cells);
  for (std::size_t k = 0; k <= cells / 2; ++k) {
    Complex x = symbol(form, unit * static_cast<double>(k));
    if (2 * k == cells) x = x.real();
    judgement.add(x);
  }
  return judgement.found();
}

/// Ends that are held or have zero gradient, the outermost eigenvalue aside: see the header. A
/// tridiagonal matrix with no zero beside its diagonal has one eigenvector an eigenvalue, so that
/// eigenvalues that coincide are defective.
StepStability closed_stability(const RationalForm& form, Boundary boundary,
                               std::size_t cells) noexcept {
  Judgement judgement(form, 0);
  const double root = std::sqrt(std::abs(form.lower)) * std::sqrt(std::abs(form.upper));
  const bool is_real = (form.lower < 0) == (form.upper < 0);
  const Complex own = boundary == Boundary::dirichlet ? 2 * form.centre : 0;
  const bool is_coupled = form.lower != 0 || form.upper != 0;
  judgement.add(own);
  if (root == 0 && is_coupled && cells > 2) {
    judgement.add_defective(form.centre);
    return judgement.found();
  }
  for (std::size_t k = 1; k < cells; ++k) {
    const double angle = std::numbers::pi * (static_cast<double>(k) / static_cast<double>(cells));
    const double offset = 2 * k == cells ? 0 : 2 * root * std::cos(angle);
    const Complex x = form.centre + (is_real ? Complex(offset, 0) : Complex(0, offset));
    if (is_coupled && x == own) {
      judgement.add_defective(x);
    } else {
      judgement.add(x);
    }
  }
  return judgement.found();
}

}  // namespace

Complex amplification_factor(Scheme scheme, StepNumbers numbers, double angle,
                             double theta) noexcept {
  const SchemeRow& row = scheme_row(scheme);
  if (row.propagator) return row.factor(numbers, angle);
  if (!row.has_amplification_factor) return {kNaN, kNaN};
  const RationalForm form = row.form(numbers, theta);
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
  if (!(numbers.r >= 0) || !std::isfinite(numbers.c) || !std::isfinite(numbers.r)) return false;
  const SchemeRow& row = scheme_row(scheme);
  if (!row.has_amplification_factor) return false;
  const RationalForm form = row.form(numbers, theta);
  if (row.limit.holds == nullptr) return is_damped(form, kSlack);
  return row.limit.holds(numbers, form.implicitness, 1 + kSlack);
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
  const StepLimit& limit = scheme_row(scheme).limit;
  if (limit.largest_dt == nullptr) return searched_dt(scheme, rate, theta);
  return limit.largest_dt(rate, rational_form(scheme, rate, theta).implicitness);
}

StepStability step_stability(Scheme scheme, StepNumbers numbers, Boundary boundary,
                             std::size_t cells, double theta) noexcept {
  if (cells < least_cells(scheme) || !has_amplification_factor(scheme) ||
      !std::isfinite(numbers.c) || !std::isfinite(numbers.r)) {
    return {};
  }
  const RationalForm form = rational_form(scheme, numbers, theta);
  if (!is_propagator(scheme) && !form.exists()) return {};
  if (boundary == Boundary::periodic) return periodic_stability(scheme, numbers, cells, theta);
  if (is_periodic_only(scheme)) return {};
  switch (boundary) {
    case Boundary::periodic: break;
    case Boundary::dirichlet:
    case Boundary::neumann: return closed_stability(form, boundary, cells);
    case Boundary::outflow:
      if (numbers.c == 0) return closed_stability(form, Boundary::neumann, cells);
      if (cells > 1) break;
      // The ghost of the held end is minus the cell, that of the other one the cell.
      Judgement judgement(form, 0);
      judgement.add(-2 * (numbers.c > 0 ? form.lower : form.upper));
      return judgement.found();
  }
  return {};
}

StepStability step_stability_of(Scheme scheme, VectorView<const double> real,
                                VectorView<const double> imaginary, double error,
                                double theta) noexcept {
  assert(real.size() == imaginary.size());
  Judgement judgement(rational_form(scheme, {}, theta), error);
  for (std::size_t k = 0; k < real.size(); ++k) judgement.add({real[k], imaginary[k]});
  return judgement.found();
}

}  // namespace pinnscope
