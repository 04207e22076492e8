#pragma once

#include "pinnscope/pde/burgers.hpp"

/// Burgers' equation, the viscous problem of Tucny, Ganguly, Ansumali, Succi, arXiv 2509.18131.
namespace pinnscope::pde::viscous {

inline constexpr Input kInputs[]{{"x", 0, 1}, {"t", 0, 1}};
inline constexpr Input kHalf[]{{"x", 0, 0.5}, {"t", 0, 1}};
inline constexpr Coefficient kCoefficients[]{{"viscosity", kBurgersViscosity}};

inline constexpr Problem kProblem = burgers::problem<kUnitSine, kHalf>(
    "viscous", "u_t + u u_x = 0.01/pi u_xx, u(x, 0) = sin 2 pi x, u = 0 at both ends", kInputs,
    kCoefficients);

}  // namespace pinnscope::pde::viscous
