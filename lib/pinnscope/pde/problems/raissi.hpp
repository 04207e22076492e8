#pragma once

#include <cmath>
#include <numbers>

#include "pinnscope/pde/cole_hopf.hpp"
#include "pinnscope/pde/problem.hpp"

/// Burgers' equation as networks are mostly compared on it: Raissi, Perdikaris, Karniadakis, J.
/// Comput. Phys. 378 (2019) 686, sec. 3.1.1, and with a viscosity pi times as large.
namespace pinnscope::pde::raissi {

inline constexpr Input kInputs[]{{"x", -1, 1}, {"t", 0, 1}};
inline constexpr const char* kOutputs[]{"u"};
inline constexpr Coefficient kCoefficients[]{{"viscosity", kBurgersViscosity}};
inline constexpr Coefficient kSmoothCoefficients[]{{"viscosity", 0.01}};

inline Status exact(const Problem& problem, VectorView<const double> x,
                    VectorView<double> u) noexcept {
  BurgersValue found;
  const Status status = cole_hopf(kRaissiSine, problem.coefficient("viscosity"), x[1], x[0], found);
  u[0] = found.u;
  return status;
}

inline constexpr auto kEquation = [](const auto& u, const Problem& problem) noexcept {
  using namespace partial;
  return u[dt] + u * u[dx] - problem.coefficient("viscosity") * u[dxx];
};

// A periodic solution that starts odd stays odd: it vanishes at both ends.
inline constexpr auto kAnsatz = [](const auto& network, const Problem&) noexcept {
  const auto angle = std::numbers::pi * network.at(0);
  const auto t = network.at(1);
  return t * network(t, cos(angle), sin(angle)) - sin(angle);
};

inline constexpr Condition kConditions[]{
    {.name = "initial", .input = 1, .end = End::low, .data = exact, .by_ansatz = true},
    {.name = "left boundary", .input = 0, .end = End::low, .data = kZero, .by_ansatz = true},
    {.name = "right boundary", .input = 0, .end = End::high, .data = kZero, .by_ansatz = true},
};

inline constexpr Problem kProblem{
    .name = "raissi",
    .meaning =
        "u_t + u u_x = 0.01/pi u_xx, u(x, 0) = -sin pi x from x = -1 to 1, u = 0 at the ends",
    .inputs = kInputs,
    .outputs = kOutputs,
    .coefficients = kCoefficients,
    .derivatives = {partial::dt, partial::dxx},
    .equation = kEquation,
    .conditions = kConditions,
    .exact = exact,
    .ansatz = {kAnsatz, 3},
};

inline constexpr Problem kSmoothProblem{
    .name = "raissi_smooth",
    .meaning = "u_t + u u_x = 0.01 u_xx, u(x, 0) = -sin pi x from x = -1 to 1, u = 0 at the ends",
    .inputs = kInputs,
    .outputs = kOutputs,
    .coefficients = kSmoothCoefficients,
    .derivatives = {partial::dt, partial::dxx},
    .equation = kEquation,
    .conditions = kConditions,
    .exact = exact,
    .ansatz = {kAnsatz, 3},
};

}  // namespace pinnscope::pde::raissi
