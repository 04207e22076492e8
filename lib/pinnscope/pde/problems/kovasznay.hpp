#pragma once

#include <cmath>
#include <numbers>

#include "pinnscope/pde/problem.hpp"

/// Steady flow behind a grid, an exact solution of the Navier-Stokes equations: Kovasznay, Proc.
/// Camb. Phil. Soc. 44 (1948) 58, eqs. 9 to 12.
namespace pinnscope::pde::kovasznay {

inline constexpr Input kInputs[]{{"x", -0.5, 1}, {"y", -0.5, 1.5}};
inline constexpr const char* kOutputs[]{"u", "v", "p"};
inline constexpr Coefficient kCoefficients[]{{"Reynolds number", 20}};

inline Status exact(const Problem& problem, VectorView<const double> x,
                    VectorView<double> u) noexcept {
  constexpr double kTurn = 2 * std::numbers::pi;
  const double half = problem.coefficient("Reynolds number") / 2;
  const double decay = half - std::sqrt(half * half + kTurn * kTurn);
  const double wake = std::exp(decay * x[0]);
  u[0] = 1 - wake * std::cos(kTurn * x[1]);
  u[1] = decay / kTurn * wake * std::sin(kTurn * x[1]);
  u[2] = (1 - wake * wake) / 2;
  return {};
}

inline constexpr auto kEquation = [](const auto& flow, const Problem& problem) noexcept {
  using namespace partial;
  const double viscosity = 1 / problem.coefficient("Reynolds number");
  const auto along = [&](std::size_t k, Derivative pressure) {
    return flow(0) * flow(k, dx) + flow(1) * flow(k, dy) + flow(2, pressure) -
           viscosity * (flow(k, dxx) + flow(k, dyy));
  };
  return residuals(along(0, dx), along(1, dy), flow(0, dx) + flow(1, dy));
};

inline constexpr Condition kConditions[]{
    {.name = "left boundary", .input = 0, .end = End::low, .data = exact},
    {.name = "right boundary", .input = 0, .end = End::high, .data = exact},
    {.name = "lower boundary", .input = 1, .end = End::low, .data = exact},
    {.name = "upper boundary", .input = 1, .end = End::high, .data = exact},
};

inline constexpr Problem kProblem{
    .name = "kovasznay",
    .meaning = "steady Navier-Stokes equations for u, v, p at Re = 20, the flow behind a grid",
    .inputs = kInputs,
    .outputs = kOutputs,
    .coefficients = kCoefficients,
    .derivatives = {partial::dxx, partial::dyy},
    .equation = kEquation,
    .conditions = kConditions,
    .exact = exact,
};

}  // namespace pinnscope::pde::kovasznay
