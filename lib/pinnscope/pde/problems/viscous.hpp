#pragma once

#include <numbers>

#include "pinnscope/pde/cole_hopf.hpp"
#include "pinnscope/pde/problem.hpp"

/// Burgers' equation, the viscous problem of Tucny, Ganguly, Ansumali, Succi, arXiv 2509.18131.
namespace pinnscope::pde::viscous {

inline constexpr Input kInputs[]{{"x", 0, 1}, {"t", 0, 1}};
inline constexpr const char* kOutputs[]{"u"};
inline constexpr Coefficient kCoefficients[]{{"viscosity", kBurgersViscosity}};

inline Status exact(const Problem& problem, VectorView<const double> x,
                    VectorView<double> u) noexcept {
  BurgersValue found;
  const Status status = cole_hopf(kUnitSine, problem.coefficient("viscosity"), x[1], x[0], found);
  u[0] = found.u;
  return status;
}

inline constexpr auto kEquation = [](const auto& u, const Problem& problem) noexcept {
  using namespace partial;
  return u[dt] + u * u[dx] - problem.coefficient("viscosity") * u[dxx];
};

// A periodic solution that starts odd stays odd: it vanishes at both ends.
inline constexpr auto kAnsatz = [](const auto& network, const Problem&) noexcept {
  const auto angle = 2 * std::numbers::pi * network.at(0);
  const auto t = network.at(1);
  return sin(angle) + t * network(t, cos(angle), sin(angle));
};

inline constexpr Condition kConditions[]{
    {.name = "initial", .input = 1, .end = End::low, .data = exact, .by_ansatz = true},
    {.name = "left boundary", .input = 0, .end = End::low, .data = kZero, .by_ansatz = true},
    {.name = "right boundary", .input = 0, .end = End::high, .data = kZero, .by_ansatz = true},
};

inline constexpr Problem kProblem{
    .name = "viscous",
    .meaning = "u_t + u u_x = 0.01/pi u_xx, u(x, 0) = sin 2 pi x, u = 0 at both ends",
    .inputs = kInputs,
    .outputs = kOutputs,
    .coefficients = kCoefficients,
    .derivatives = {partial::dt, partial::dxx},
    .equation = kEquation,
    .conditions = kConditions,
    .exact = exact,
    .ansatz = {kAnsatz, 3},
};

}  // namespace pinnscope::pde::viscous
