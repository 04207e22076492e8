#pragma once

#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>

namespace pinnscope {

/// What a step does by: how far the flow goes in cells, and the diffusion. Both without unit.
struct StepNumbers {
  double c = 0;  ///< U dt/dx, the Courant number, of either sign
  double r = 0;  ///< D dt/dx^2, 0 or more
};

/// Those of a velocity, a diffusivity, a time step and the width of a cell.
constexpr StepNumbers step_numbers(double velocity, double diffusivity, double dt,
                                   double dx) noexcept {
  return {velocity * dt / dx, diffusivity * dt / (dx * dx)};
}

/// A scheme as P(L) / (1 - q L).
struct RationalForm {
  static constexpr int kMaxDegree = 4;  ///< of P

  double lower = 0;   ///< what L takes of z_{i-1}
  double centre = 0;  ///< of z_i
  double upper = 0;   ///< of z_{i+1}
  int degree = 0;     ///< of P, which is how many neighbours a step takes of each side
  std::array<double, kMaxDegree + 1> polynomial{1};  ///< P, constant term first
  double implicitness = 0;                           ///< q; 0 of an explicit scheme
  bool swaps_last_row = false;  ///< in row N-1 of L, lower and upper stand in each other's place

  /// P = 1 + L + ... + L^degree/degree!
  static constexpr RationalForm explicit_of_degree(double lower, double upper,
                                                   int degree) noexcept {
    RationalForm form{lower, -(lower + upper), upper, degree};
    for (int k = 1; k <= degree; ++k) {
      form.polynomial[static_cast<std::size_t>(k)] =
          form.polynomial[static_cast<std::size_t>(k - 1)] / k;
    }
    return form;
  }

  /// P = 1 + (1 - q) L
  static constexpr RationalForm implicit(double lower, double upper, double q) noexcept {
    return {lower, -(lower + upper), upper, q == 1 ? 0 : 1, {1, 1 - q}, q};
  }

  /// Not of what has no such form: all of it is NaN.
  constexpr bool exists() const noexcept { return centre == centre; }
};

// Forms as rows of schemes name them: of the numbers and theta.

/// P = 1 + L + ... + L^p/p! of the central L, (r + c/2, -2r, r - c/2), with p of kDegree.
template <int kDegree>
constexpr RationalForm central_explicit(StepNumbers numbers, double /*theta*/ = 0) noexcept {
  const auto [c, r] = numbers;
  return RationalForm::explicit_of_degree(r + c / 2, r - c / 2, kDegree);
}

/// P = 1 + (1 - q) L of the central L, q = theta.
constexpr RationalForm central_by_theta(StepNumbers numbers, double theta) noexcept {
  const auto [c, r] = numbers;
  return RationalForm::implicit(r + c / 2, r - c / 2, theta);
}

/// The same with q = kNumerator / kDenominator.
template <int kNumerator, int kDenominator>
constexpr RationalForm central_implicit(StepNumbers numbers, double /*theta*/) noexcept {
  return central_by_theta(numbers, static_cast<double>(kNumerator) / kDenominator);
}

/// Of what has no such form.
constexpr RationalForm no_form(StepNumbers, double) noexcept {
  constexpr double kNoForm = std::numeric_limits<double>::quiet_NaN();
  return {kNoForm, kNoForm, kNoForm, 0, {kNoForm}, 0};
}

/// What L does to the mode exp(i angle j) of z_j, x = lower exp(-i angle) + centre +
/// upper exp(i angle): its real part without cancellation where centre = -(lower + upper).
inline std::complex<double> symbol(const RationalForm& form, double angle) noexcept {
  const double half = std::sin(angle / 2);
  const double both = form.lower + form.upper;
  return {form.centre + both - 2 * both * half * half, (form.upper - form.lower) * std::sin(angle)};
}

}  // namespace pinnscope
