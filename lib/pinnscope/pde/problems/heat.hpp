#pragma once

#include <cmath>
#include <numbers>

#include "pinnscope/pde/problem.hpp"

/// The first mode of the heat equation.
namespace pinnscope::pde::heat {

inline constexpr Input kInputs[]{{"x", 0, 1}, {"t", 0, 1}};
inline constexpr const char* kOutputs[]{"u"};
inline constexpr Coefficient kCoefficients[]{{"diffusivity", 0.1}};

inline Status exact(const Problem& problem, VectorView<const double> x,
                    VectorView<double> u) noexcept {
  constexpr double kPi = std::numbers::pi;
  u[0] = std::exp(-problem.coefficient("diffusivity") * kPi * kPi * x[1]) * std::sin(kPi * x[0]);
  return {};
}

inline constexpr auto kEquation = [](const auto& u, const Problem& problem) noexcept {
  using namespace partial;
  return u[dt] - problem.coefficient("diffusivity") * u[dxx];
};

inline constexpr Condition kConditions[]{
    {.name = "initial", .input = 1, .end = End::low, .data = exact},
    {.name = "left boundary", .input = 0, .end = End::low, .data = kZero},
    {.name = "right boundary", .input = 0, .end = End::high, .data = kZero},
};

inline constexpr Problem kProblem{
    .name = "heat",
    .meaning = "u_t = u_xx / 10, u(x, 0) = sin pi x, u = 0 at both ends",
    .inputs = kInputs,
    .outputs = kOutputs,
    .coefficients = kCoefficients,
    .derivatives = {partial::dt, partial::dxx},
    .equation = kEquation,
    .conditions = kConditions,
    .exact = exact,
};

}  // namespace pinnscope::pde::heat
