#pragma once

#include <numbers>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// Initial data of Burgers' equation: u_0(x) = amplitude sin(wavenumber x).
struct SineWave {
  double amplitude = 1;                      ///< of either sign
  double wavenumber = 2 * std::numbers::pi;  ///< radians a unit of x
};

/// u_0 = sin 2 pi x on [0, 1] (Tucny, Ganguly, Ansumali, Succi 2026).
inline constexpr SineWave kUnitSine{1, 2 * std::numbers::pi};

/// u_0 = -sin pi x on [-1, 1] (Raissi, Perdikaris, Karniadakis 2019).
inline constexpr SineWave kRaissiSine{-1, std::numbers::pi};

/// The viscosity of both: 0.01 / pi.
inline constexpr double kBurgersViscosity = 0.01 / std::numbers::pi;

/// A solution and its slope at one point.
struct BurgersValue {
  double u = 0;    ///< the solution
  double u_x = 0;  ///< its derivative in x
};

/// The exact solution of u_t + u u_x = nu u_xx on the line with u(x, 0) = u_0(x), by the transform
/// of Cole (1951) and Hopf (1950):
///
///     u = <u_0(y)>,  u_x = <u_0'(y)> - Var(u_0(y)) / (2 nu)
///
/// over p(y) ~ exp(-F(y) / (2 nu) - (x - y)^2 / (4 nu t)), F' = u_0. The trapezoidal rule converges
/// geometrically here; its step is a fraction of p's narrowest width, its window holds all of p,
/// and the largest exponent is taken out first, so that no nu overflows. About sqrt(t / nu) points;
/// no allocation. Errors of u below 1e-13 for nu >= 1e-3 and about 1e-16 / nu beneath. t = 0 gives
/// u_0. out_of_range: t < 0, or nu below 1e-8 |amplitude / wavenumber|; not_finite; `value`
/// unchanged.
Status cole_hopf(const SineWave& initial, double viscosity, double t, double x,
                 BurgersValue& value) noexcept;

/// u at each of `x`, into the equally long `u`. Errors as above, and shape_mismatch; `u` is
/// complete up to the point that failed, whose index the Status keeps.
Status cole_hopf(const SineWave& initial, double viscosity, double t, VectorView<const double> x,
                 VectorView<double> u) noexcept;

}  // namespace pinnscope
