#pragma once

#include <cmath>
#include <numbers>

#include "pinnscope/pde/problem.hpp"

/// A wave carried round a circle: Krishnapriyan, Gholami, Zhe, Kirby, Mahoney, NeurIPS 2021, sec.
/// 3, where speeds of 20 and more are what networks fail at.
namespace pinnscope::pde::advection {

inline constexpr Input kInputs[]{{"x", 0, 2 * std::numbers::pi}, {"t", 0, 1}};
inline constexpr const char* kOutputs[]{"u"};
inline constexpr Coefficient kCoefficients[]{{"speed", 5}};

inline Status exact(const Problem& problem, VectorView<const double> x,
                    VectorView<double> u) noexcept {
  u[0] = std::sin(x[0] - problem.coefficient("speed") * x[1]);
  return {};
}

inline constexpr auto kEquation = [](const auto& u, const Problem& problem) noexcept {
  using namespace partial;
  return u[dt] + problem.coefficient("speed") * u[dx];
};

inline constexpr Condition kConditions[]{
    {.name = "initial", .input = 1, .end = End::low, .data = exact},
    {.name = "periodic", .input = 0, .end = End::both, .residual = kPeriodic},
};

inline constexpr Problem kProblem{
    .name = "advection",
    .meaning = "u_t + 5 u_x = 0, u(x, 0) = sin x, periodic in x from 0 to 2 pi",
    .inputs = kInputs,
    .outputs = kOutputs,
    .coefficients = kCoefficients,
    .derivatives = {partial::dt, partial::dx},
    .equation = kEquation,
    .conditions = kConditions,
    .exact = exact,
};

}  // namespace pinnscope::pde::advection
