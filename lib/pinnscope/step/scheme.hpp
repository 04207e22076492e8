#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

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
///   crank_nicolson_as_published   the same with the signs of both off-diagonals of L flipped, in
///                                 both matrices: the Crank-Nicolson panel of arXiv 2509.18131.
///                                 Not a discretisation of the equation; periodic only
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

inline constexpr std::array kSchemes{Scheme::ftcs,
                                     Scheme::upwind,
                                     Scheme::lax_wendroff,
                                     Scheme::backward_euler,
                                     Scheme::crank_nicolson,
                                     Scheme::crank_nicolson_as_published,
                                     Scheme::theta,
                                     Scheme::rk2,
                                     Scheme::rk3,
                                     Scheme::rk4,
                                     Scheme::exact,
                                     Scheme::spectral};

/// The name of a scheme, as parse() reads it.
constexpr const char* text(Scheme scheme) noexcept {
  switch (scheme) {
    case Scheme::ftcs: return "ftcs";
    case Scheme::upwind: return "upwind";
    case Scheme::lax_wendroff: return "lax_wendroff";
    case Scheme::backward_euler: return "backward_euler";
    case Scheme::crank_nicolson: return "crank_nicolson";
    case Scheme::crank_nicolson_as_published: return "crank_nicolson_as_published";
    case Scheme::theta: return "theta";
    case Scheme::rk2: return "rk2";
    case Scheme::rk3: return "rk3";
    case Scheme::rk4: return "rk4";
    case Scheme::exact: return "exact";
    case Scheme::spectral: return "spectral";
  }
  return "unknown scheme";
}

/// Finds the scheme called `name`. Returns whether there is one; `found` is unchanged if not.
constexpr bool parse(std::string_view name, Scheme& found) noexcept {
  for (const Scheme scheme : kSchemes) {
    if (name == text(scheme)) {
      found = scheme;
      return true;
    }
  }
  return false;
}

/// exact and spectral: a full circulant matrix rather than a band.
constexpr bool is_propagator(Scheme scheme) noexcept {
  return scheme == Scheme::exact || scheme == Scheme::spectral;
}

/// Whether only periodic grids have the scheme.
constexpr bool is_periodic_only(Scheme scheme) noexcept {
  return is_propagator(scheme) || scheme == Scheme::crank_nicolson_as_published;
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
};

/// Precondition: not is_propagator(scheme). `theta` matters to Scheme::theta alone.
constexpr RationalForm rational_form(Scheme scheme, StepNumbers numbers,
                                     double theta = 0.5) noexcept {
  const double c = numbers.c;
  double up = numbers.r + c / 2;  // r + c/2 and r - c/2, formed without cancellation for upwind
  double down = numbers.r - c / 2;
  if (scheme == Scheme::upwind) {
    up = numbers.r + (c > 0 ? c : 0);
    down = numbers.r - (c < 0 ? c : 0);
  } else if (scheme == Scheme::lax_wendroff) {
    up += c * c / 2;
    down += c * c / 2;
  }
  RationalForm form{up, -(up + down), down, 0, {1}, 0};
  const auto implicit = [&form](double q) {
    form.implicitness = q;
    form.degree = q == 1 ? 0 : 1;
    form.polynomial = {1, 1 - q};
  };
  const auto explicit_of_degree = [&form](int degree) {
    form.degree = degree;
    for (int k = 1; k <= degree; ++k) {
      form.polynomial[static_cast<std::size_t>(k)] =
          form.polynomial[static_cast<std::size_t>(k - 1)] / k;
    }
  };
  switch (scheme) {
    case Scheme::backward_euler: implicit(1); break;
    case Scheme::crank_nicolson: implicit(0.5); break;
    case Scheme::crank_nicolson_as_published:
      implicit(0.5);
      form.lower = -up;
      form.upper = -down;
      break;
    case Scheme::theta: implicit(theta); break;
    case Scheme::rk2: explicit_of_degree(2); break;
    case Scheme::rk3: explicit_of_degree(3); break;
    case Scheme::rk4: explicit_of_degree(4); break;
    default: explicit_of_degree(1); break;
  }
  return form;
}

}  // namespace pinnscope
