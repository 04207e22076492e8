#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/core/random.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// Laws of a layer's entries. A trained entry is mu + its initial value + its change: the last
/// three are laws of both (the initialiser's convolved with the change's), the others of one.
enum class LawKind : std::uint8_t {
  uniform,               ///< initial = half width
  normal,                ///< change = standard deviation
  laplace,               ///< change = mean absolute deviation b
  student_t,             ///< change = scale, freedom = degrees of freedom
  generalized_gaussian,  ///< change = alpha, freedom = beta (see GeneralizedGaussian)
  uniform_laplace,       ///< U(-initial, initial) convolved with a Laplace law of b = change
  uniform_normal,        ///< U(-initial, initial) convolved with N(0, change^2)
  normal_laplace,        ///< N(0, initial^2) convolved with a Laplace law of b = change
};

inline constexpr std::size_t kLawKinds = 8;  ///< how many there are

/// Which scales a kind has: `initial`, `change` and `freedom` of WeightLaw.
/// @{
constexpr bool has_initial(LawKind kind) noexcept {
  return kind == LawKind::uniform || kind >= LawKind::uniform_laplace;
}
constexpr bool has_change(LawKind kind) noexcept { return kind != LawKind::uniform; }
constexpr bool has_freedom(LawKind kind) noexcept {
  return kind == LawKind::student_t || kind == LawKind::generalized_gaussian;
}
/// @}

/// A short name: "uniform * Laplace".
const char* text(LawKind kind) noexcept;

/// One of these laws, symmetric about mu. Scales a kind does not have are ignored; those it has
/// must be positive and finite. With t = |x - mu|, a or s = initial, b or s = change:
///   uniform * Laplace: t <= a: (1 - e^(-a/b) cosh(t/b)) / (2 a), else e^(-t/b) sinh(a/b) / (2 a);
///   uniform * normal:  (Phi((t + a) / s) - Phi((t - a) / s)) / (2 a);
///   normal * Laplace:  e^(-t^2 / (2 s^2)) (w(s/b - t/s) + w(s/b + t/s)) / (4 b),
///                      w(z) = e^(z^2 / 2) erfc(z / sqrt(2)) (Reed, Adv. in Distribution Theory
///                      2006).
/// Nothing cancels or overflows at any distance or ratio of the scales, but that scores of normal *
/// Laplace lose digits as (initial / change)^2 grows.
struct WeightLaw {
  LawKind kind = LawKind::normal;  ///< which law
  double mu = 0;                   ///< the centre, in units of x
  double initial = 1;  ///< the initialiser's half width or standard deviation, in units of x
  double change = 1;   ///< the scale of the change, or of the whole law, in units of x
  double freedom = 1;  ///< degrees of freedom of Student's t, beta of the generalised Gaussian

  /// The density at x and its logarithm; the logarithm does not underflow. Where the law has no
  /// weight they are 0 and -infinity.
  /// @{
  double density(double x) const noexcept;
  double log_density(double x) const noexcept;
  /// @}

  /// P(X <= x). The lower tail keeps its relative accuracy.
  double distribution(double x) const noexcept;

  /// sqrt(initial_variance() + change_variance()); infinite for Student's t with freedom <= 2.
  double standard_deviation() const noexcept;

  /// a^2 / 3 for a uniform initialiser, s^2 for a normal one; 0 without one.
  double initial_variance() const noexcept;

  /// 2 b^2 for Laplace, s^2 for normal, and so on; 0 without a change.
  double change_variance() const noexcept;

  /// The share of the variance that is the initialiser's, a^2/3 / (a^2/3 + 2 b^2) for uniform *
  /// Laplace: 1 when training changed nothing, 0 when nothing of the initialiser is left.
  double surviving_share() const noexcept;

  /// The index-th draw: a function of (seed, stream, index) alone. Exact, not by a table or an
  /// inverted distribution. Indices up to 2^58.
  double draw(const Philox& random, std::uint64_t index) const noexcept;
};

/// sum_i ln f(x_i), compensated. -infinity where an entry is impossible; 0 without entries.
double log_likelihood(const WeightLaw& law, VectorView<const float> sample) noexcept;
double log_likelihood(const WeightLaw& law, VectorView<const double> sample) noexcept;

}  // namespace pinnscope
