#pragma once

#include "pinnscope/pde/burgers.hpp"

/// Burgers' equation as networks are mostly compared on it: Raissi, Perdikaris, Karniadakis, J.
/// Comput. Phys. 378 (2019) 686, sec. 3.1.1, and with a viscosity pi times as large.
namespace pinnscope::pde::raissi {

inline constexpr Input kInputs[]{{"x", -1, 1}, {"t", 0, 1}};
inline constexpr Input kHalf[]{{"x", 0, 1}, {"t", 0, 1}};
inline constexpr Coefficient kCoefficients[]{{"viscosity", kBurgersViscosity}};
inline constexpr Coefficient kSmoothCoefficients[]{{"viscosity", 0.01}};

inline constexpr Problem kProblem = burgers::problem<kRaissiSine, kHalf>(
    "raissi", "u_t + u u_x = 0.01/pi u_xx, u(x, 0) = -sin pi x from x = -1 to 1, u = 0 at the ends",
    kInputs, kCoefficients);

inline constexpr Problem kSmoothProblem = burgers::problem<kRaissiSine, kHalf>(
    "raissi_smooth",
    "u_t + u u_x = 0.01 u_xx, u(x, 0) = -sin pi x from x = -1 to 1, u = 0 at the ends", kInputs,
    kSmoothCoefficients);

}  // namespace pinnscope::pde::raissi
