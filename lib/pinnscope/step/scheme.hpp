#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/core/named.hpp"
#include "pinnscope/step/rational_form.hpp"

namespace pinnscope {

/// One time step of z_t + U z_x = D z_xx on a uniform grid, in the numbers c = U dt/dx and
/// r = D dt/dx^2 (any sign of c, r >= 0). One more is an enumerator and its row in kNamed<Scheme>.
///
/// Except for the last two, all are G = P(L) / (1 - q L), where L z_i = lower z_{i-1} +
/// centre z_i + upper z_{i+1} is the central stencil (r + c/2, -2r, r - c/2):
///
///   ftcs                          P = 1 + L
///   upwind                        ftcs with r + |c|/2 for r: first-order differences, either sign
///   lax_wendroff                  ftcs with r + c^2/2 for r: FTCS for the diffusion
///   backward_euler                P = 1, q = 1
///   crank_nicolson                P = 1 + L/2, q = 1/2
///   crank_nicolson_as_published   the same with the signs of both off-diagonals of L flipped and,
///                                 in the last row alone, the two in each other's place: the
///                                 Crank-Nicolson panel of arXiv 2509.18131 as its notebook
///                                 computes it. Not a discretisation of the equation; periodic
///                                 only, from 3 cells on. Not circulant: no mode of the grid has
///                                 an amplification factor
///   theta                         P = 1 + (1 - theta) L, q = theta
///   rk2, rk3, rk4                 P = 1 + L + ... + L^p/p!: every p-stage Runge-Kutta method of
///                                 order p, the strong-stability-preserving RK3 included
///   exact                         exp(L), exact in time for the space-discrete equations; periodic
///                                 only
///   spectral                      exp(-r k^2 - i c k) for the mode of angle k: exact in time and
///                                 space for what the grid resolves; periodic only
enum class Scheme : std::uint8_t {
  ftcs,
  upwind,
  lax_wendroff,
  backward_euler,
  crank_nicolson,
  crank_nicolson_as_published,
  theta,
  rk2,
  rk3,
  rk4,
  exact,
  spectral,
};

/// Which steps are stable, where von Neumann analysis ends in a formula, by the numbers and q of
/// the rational form.
struct StepLimit {
  /// Whether |G| <= 1 for every angle; `one` stands for 1, with the slack of a comparison.
  bool (*holds)(StepNumbers numbers, double q, double one) = nullptr;
  /// The largest dt, by the numbers of dt = 1 with c >= 0, not both 0.
  double (*largest_dt)(StepNumbers rate, double q) = nullptr;
};

/// Every step is stable.
inline constexpr StepLimit kNoLimit{
    [](StepNumbers, double, double) noexcept { return true; },
    [](StepNumbers, double) noexcept { return std::numeric_limits<double>::infinity(); }};

/// P = 1 + (1 - q) L with the central L: (1 - 2q) c^2 <= 2r <= 1 / (1 - 2q), and every step from
/// q = 1/2 on. Hindmarsh, Gresho and Griffiths, Int. J. Numer. Meth. Fluids 4, 853 (1984).
inline constexpr StepLimit kCentralLimit{
    [](StepNumbers numbers, double q, double one) noexcept {
      const auto [c, r] = numbers;
      const double explicitness = 1 - 2 * q;
      return explicitness <= 0 ||
             (explicitness * c * c <= 2 * r * one && 2 * r * explicitness <= one);
    },
    [](StepNumbers rate, double q) noexcept {
      constexpr double kEveryStep = std::numeric_limits<double>::infinity();
      const double explicitness = 1 - 2 * q;
      if (explicitness <= 0) return kEveryStep;
      const double diffusive = rate.r == 0 ? kEveryStep : 1 / (2 * rate.r * explicitness);
      const double advective =
          rate.c == 0 ? kEveryStep : 2 * rate.r / (rate.c * rate.c * explicitness);
      return std::min(diffusive, advective);
    }};

/// |c| + 2r <= 1
inline constexpr StepLimit kUpwindLimit{
    [](StepNumbers numbers, double, double one) noexcept {
      return std::abs(numbers.c) + 2 * numbers.r <= one;
    },
    [](StepNumbers rate, double) noexcept { return 1 / (rate.c + 2 * rate.r); }};

/// c^2 + 2r <= 1
inline constexpr StepLimit kLaxWendroffLimit{
    [](StepNumbers numbers, double, double one) noexcept {
      return numbers.c * numbers.c + 2 * numbers.r <= one;
    },
    [](StepNumbers rate, double) noexcept { return 1 / (rate.r + std::hypot(rate.r, rate.c)); }};

/// All that is known of a scheme.
struct SchemeRow {
  Scheme value{};            ///< the enumerator
  const char* name = "";     ///< on command lines and in files
  const char* meaning = "";  ///< in half a line, for lists in help

  /// P(L) / (1 - q L) of a band scheme.
  RationalForm (*form)(StepNumbers numbers, double theta) = no_form;
  /// Of the global error in dt, as of order().
  int order = 0;
  bool order_at_fixed_c = false;  ///< towards the equation itself and not the space-discrete one
  bool uses_theta = false;        ///< q is theta; order 1 but at theta = 1/2
  StepLimit limit{};              ///< without one |G| itself is searched

  bool propagator = false;  ///< a full circulant matrix rather than a band, by a factor a mode
  /// Of a propagator: G of the mode of this angle.
  std::complex<double> (*factor)(StepNumbers numbers, double angle) = nullptr;

  bool periodic_only = false;            ///< grids with ends are refused
  bool has_amplification_factor = true;  ///< its matrix on a periodic grid is circulant
  std::size_t least_cells = 1;           ///< smaller grids are refused
};

/// r + |c|/2 + c/2 and r + |c|/2 - c/2 without cancellation.
constexpr RationalForm upwind_form(StepNumbers numbers, double /*theta*/) noexcept {
  const auto [c, r] = numbers;
  return RationalForm::explicit_of_degree(r + (c > 0 ? c : 0), r - (c < 0 ? c : 0), 1);
}

/// The central L with r + c^2/2 for r.
constexpr RationalForm lax_wendroff_form(StepNumbers numbers, double /*theta*/) noexcept {
  const auto [c, r] = numbers;
  return RationalForm::explicit_of_degree(r + c / 2 + c * c / 2, r - c / 2 + c * c / 2, 1);
}

/// Crank-Nicolson with the published mistakes.
constexpr RationalForm published_form(StepNumbers numbers, double /*theta*/) noexcept {
  const double up = numbers.r + numbers.c / 2;
  const double down = numbers.r - numbers.c / 2;
  return {-up, -(up + down), -down, 1, {1, 0.5}, 0.5, true};
}

/// exp(x) of what the central L does to the mode.
inline std::complex<double> exact_factor(StepNumbers numbers, double angle) noexcept {
  const std::complex<double> x = symbol(central_explicit<1>(numbers), angle);
  return std::polar(std::exp(x.real()), x.imag());
}

/// What the equation itself does to the mode.
inline std::complex<double> spectral_factor(StepNumbers numbers, double angle) noexcept {
  return std::polar(std::exp(-numbers.r * angle * angle), -numbers.c * angle);
}

/// The schemes, a row each.
template <>
inline constexpr auto kNamed<Scheme> = std::array{
    SchemeRow{.value = Scheme::ftcs,
              .name = "ftcs",
              .meaning = "forward in time, centred in space",
              .form = central_explicit<1>,
              .order = 1,
              .limit = kCentralLimit},
    SchemeRow{.value = Scheme::upwind,
              .name = "upwind",
              .meaning = "forward in time, the flow's side in space",
              .form = upwind_form,
              .order = 1,
              .limit = kUpwindLimit},
    SchemeRow{.value = Scheme::lax_wendroff,
              .name = "lax_wendroff",
              .meaning = "ftcs with the second order in time of the flow",
              .form = lax_wendroff_form,
              .order = 2,
              .order_at_fixed_c = true,
              .limit = kLaxWendroffLimit},
    SchemeRow{.value = Scheme::backward_euler,
              .name = "backward_euler",
              .meaning = "implicit, first order in time",
              .form = central_implicit<1, 1>,
              .order = 1,
              .limit = kCentralLimit},
    SchemeRow{.value = Scheme::crank_nicolson,
              .name = "crank_nicolson",
              .meaning = "implicit, second order in time",
              .form = central_implicit<1, 2>,
              .order = 2,
              .limit = kCentralLimit},
    SchemeRow{.value = Scheme::crank_nicolson_as_published,
              .name = "crank_nicolson_as_published",
              .meaning = "as the notebook of arXiv 2509.18131 computes it, mistakes included",
              .form = published_form,
              .periodic_only = true,
              .has_amplification_factor = false,
              .least_cells = 3},
    SchemeRow{.value = Scheme::theta,
              .name = "theta",
              .meaning = "implicit by --theta: 0 is ftcs, 1 backward_euler",
              .form = central_by_theta,
              .order = 2,
              .uses_theta = true,
              .limit = kCentralLimit},
    SchemeRow{.value = Scheme::rk2,
              .name = "rk2",
              .meaning = "Runge-Kutta of order 2",
              .form = central_explicit<2>,
              .order = 2},
    SchemeRow{.value = Scheme::rk3,
              .name = "rk3",
              .meaning = "Runge-Kutta of order 3",
              .form = central_explicit<3>,
              .order = 3},
    SchemeRow{.value = Scheme::rk4,
              .name = "rk4",
              .meaning = "Runge-Kutta of order 4",
              .form = central_explicit<4>,
              .order = 4},
    SchemeRow{.value = Scheme::exact,
              .name = "exact",
              .meaning = "exact in time on this grid; periodic",
              .limit = kNoLimit,
              .propagator = true,
              .factor = exact_factor,
              .periodic_only = true},
    SchemeRow{.value = Scheme::spectral,
              .name = "spectral",
              .meaning = "exact in time and space for the grid's modes; periodic",
              .limit = kNoLimit,
              .propagator = true,
              .factor = spectral_factor,
              .periodic_only = true},
};

/// Every scheme, in the order of its list.
inline constexpr auto kSchemes = values_of<Scheme>();

/// Of what is no scheme.
inline constexpr SchemeRow kNoScheme{};

/// The row of a scheme; of what is none, one that is neither a band nor a propagator.
constexpr const SchemeRow& scheme_row(Scheme scheme) noexcept {
  for (const SchemeRow& row : named<Scheme>()) {
    if (row.value == scheme) return row;
  }
  return kNoScheme;
}

/// exact and spectral: a full circulant matrix rather than a band.
constexpr bool is_propagator(Scheme scheme) noexcept { return scheme_row(scheme).propagator; }

/// Whether only periodic grids have the scheme.
constexpr bool is_periodic_only(Scheme scheme) noexcept { return scheme_row(scheme).periodic_only; }

/// Whether a step on a periodic grid multiplies every mode by a factor of its own, so that von
/// Neumann analysis says all about it: its matrix is circulant.
constexpr bool has_amplification_factor(Scheme scheme) noexcept {
  return scheme_row(scheme).has_amplification_factor;
}

/// The fewest cells of a grid that has the scheme.
constexpr std::size_t least_cells(Scheme scheme) noexcept { return scheme_row(scheme).least_cells; }

/// Order of the global error in dt. At a fixed dx, towards the space-discrete solution;
/// lax_wendroff at a fixed c and without diffusion (with it, or at a fixed dx, its order is 1).
/// 0 where order means nothing: exact, spectral (no error in dt), crank_nicolson_as_published
/// (does not converge).
constexpr int order(Scheme scheme, double theta = 0.5) noexcept {
  const SchemeRow& row = scheme_row(scheme);
  return row.uses_theta && theta != 0.5 ? 1 : row.order;
}

/// `theta` matters to Scheme::theta alone. A scheme that has no such form (exact, spectral) gets
/// one of NaN.
constexpr RationalForm rational_form(Scheme scheme, StepNumbers numbers,
                                     double theta = 0.5) noexcept {
  return scheme_row(scheme).form(numbers, theta);
}

/// Whether each row can be run: a meaning, and a form or, on periodic grids, a propagator.
constexpr bool can_be_run(const SchemeRow& row) noexcept {
  return row.meaning[0] != '\0' && row.least_cells > 0 &&
         row.form({0.1, 0.1}, 0.5).exists() != row.propagator &&
         (!row.propagator || row.periodic_only);
}
static_assert(std::ranges::all_of(kNamed<Scheme>, can_be_run),
              "a scheme has a meaning, and a form or, on periodic grids, a propagator");

}  // namespace pinnscope
