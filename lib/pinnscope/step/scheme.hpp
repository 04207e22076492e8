#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/core/named.hpp"

namespace pinnscope {

/// One time step of z_t + U z_x = D z_xx on a uniform grid, in the numbers c = U dt/dx and
/// r = D dt/dx^2 (any sign of c, r >= 0).
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

template <>
inline constexpr auto kNamed<Scheme> = std::array{
    Named{Scheme::ftcs, "ftcs", "forward in time, centred in space"},
    Named{Scheme::upwind, "upwind", "forward in time, the flow's side in space"},
    Named{Scheme::lax_wendroff, "lax_wendroff", "ftcs with the second order in time of the flow"},
    Named{Scheme::backward_euler, "backward_euler", "implicit, first order in time"},
    Named{Scheme::crank_nicolson, "crank_nicolson", "implicit, second order in time"},
    Named{Scheme::crank_nicolson_as_published, "crank_nicolson_as_published",
          "as the notebook of arXiv 2509.18131 computes it, mistakes included"},
    Named{Scheme::theta, "theta", "implicit by --theta: 0 is ftcs, 1 backward_euler"},
    Named{Scheme::rk2, "rk2", "Runge-Kutta of order 2"},
    Named{Scheme::rk3, "rk3", "Runge-Kutta of order 3"},
    Named{Scheme::rk4, "rk4", "Runge-Kutta of order 4"},
    Named{Scheme::exact, "exact", "exact in time on this grid; periodic"},
    Named{Scheme::spectral, "spectral", "exact in time and space for the grid's modes; periodic"},
};

inline constexpr auto kSchemes = values_of<Scheme>();

/// exact and spectral: a full circulant matrix rather than a band.
constexpr bool is_propagator(Scheme scheme) noexcept {
  return scheme == Scheme::exact || scheme == Scheme::spectral;
}

/// Whether only periodic grids have the scheme.
constexpr bool is_periodic_only(Scheme scheme) noexcept {
  return is_propagator(scheme) || scheme == Scheme::crank_nicolson_as_published;
}

/// Whether a step on a periodic grid multiplies every mode by a factor of its own, so that von
/// Neumann analysis says all about it: its matrix is circulant.
constexpr bool has_amplification_factor(Scheme scheme) noexcept {
  return scheme != Scheme::crank_nicolson_as_published;
}

/// The fewest cells of a grid that has the scheme.
constexpr std::size_t least_cells(Scheme scheme) noexcept {
  return scheme == Scheme::crank_nicolson_as_published ? 3 : 1;
}

/// Order of the global error in dt. At a fixed dx, towards the space-discrete solution;
/// lax_wendroff at a fixed c and without diffusion (with it, or at a fixed dx, its order is 1).
/// 0 where order means nothing: exact, spectral (no error in dt), crank_nicolson_as_published
/// (does not converge).
constexpr int order(Scheme scheme, double theta = 0.5) noexcept {
  switch (scheme) {
    case Scheme::ftcs:
    case Scheme::upwind:
    case Scheme::backward_euler: return 1;
    case Scheme::theta: return theta == 0.5 ? 2 : 1;
    case Scheme::lax_wendroff:
    case Scheme::crank_nicolson:
    case Scheme::rk2: return 2;
    case Scheme::rk3: return 3;
    case Scheme::rk4: return 4;
    case Scheme::crank_nicolson_as_published:
    case Scheme::exact:
    case Scheme::spectral: return 0;
  }
  return 0;
}

/// c = U dt/dx and r = D dt/dx^2.
struct StepNumbers {
  double c = 0;
  double r = 0;
};

constexpr StepNumbers step_numbers(double velocity, double diffusivity, double dt,
                                   double dx) noexcept {
  return {velocity * dt / dx, diffusivity * dt / (dx * dx)};
}

/// A scheme as P(L) / (1 - q L). The one place where schemes differ.
struct RationalForm {
  static constexpr int kMaxDegree = 4;

  double lower = 0;  // L, on z_{i-1}, z_i, z_{i+1}
  double centre = 0;
  double upper = 0;
  int degree = 0;
  std::array<double, kMaxDegree + 1> polynomial{1};  // P, constant term first
  double implicitness = 0;                           // q
  bool swaps_last_row = false;  // in row N-1 of L, lower and upper stand in each other's place

  static constexpr RationalForm explicit_of_degree(double lower, double upper,
                                                   int degree) noexcept {
    RationalForm form{lower, -(lower + upper), upper, degree};
    for (int k = 1; k <= degree; ++k) {
      form.polynomial[static_cast<std::size_t>(k)] =
          form.polynomial[static_cast<std::size_t>(k - 1)] / k;
    }
    return form;
  }

  static constexpr RationalForm implicit(double lower, double upper, double q) noexcept {
    return {lower, -(lower + upper), upper, q == 1 ? 0 : 1, {1, 1 - q}, q};
  }
};

/// `theta` matters to Scheme::theta alone. A scheme that has no such form (exact, spectral) gets
/// one of NaN.
constexpr RationalForm rational_form(Scheme scheme, StepNumbers numbers,
                                     double theta = 0.5) noexcept {
  using Form = RationalForm;
  const auto [c, r] = numbers;
  const double up = r + c / 2;
  const double down = r - c / 2;
  switch (scheme) {
    case Scheme::ftcs: return Form::explicit_of_degree(up, down, 1);
    case Scheme::upwind:  // r + |c|/2 + c/2 without cancellation
      return Form::explicit_of_degree(r + (c > 0 ? c : 0), r - (c < 0 ? c : 0), 1);
    case Scheme::lax_wendroff: return Form::explicit_of_degree(up + c * c / 2, down + c * c / 2, 1);
    case Scheme::backward_euler: return Form::implicit(up, down, 1);
    case Scheme::crank_nicolson: return Form::implicit(up, down, 0.5);
    case Scheme::crank_nicolson_as_published:
      return {-up, -(up + down), -down, 1, {1, 0.5}, 0.5, true};
    case Scheme::theta: return Form::implicit(up, down, theta);
    case Scheme::rk2: return Form::explicit_of_degree(up, down, 2);
    case Scheme::rk3: return Form::explicit_of_degree(up, down, 3);
    case Scheme::rk4: return Form::explicit_of_degree(up, down, 4);
    case Scheme::exact:
    case Scheme::spectral: break;
  }
  constexpr double kNoForm = std::numeric_limits<double>::quiet_NaN();
  return {kNoForm, kNoForm, kNoForm, 0, {kNoForm}, 0};
}

}  // namespace pinnscope
