#pragma once

#include <cmath>

#include "pinnscope/pde/problem.hpp"

/// u' = -rate u, u(0) = 1.
namespace pinnscope::pde::decay {

inline constexpr Input kInputs[]{{"t", 0, 2}};
inline constexpr const char* kOutputs[]{"u"};
inline constexpr Coefficient kCoefficients[]{{"rate", 3}};

inline Status exact(const Problem& problem, VectorView<const double> x,
                    VectorView<double> u) noexcept {
  u[0] = std::exp(-problem.coefficient("rate") * x[0]);
  return {};
}

inline constexpr auto kEquation = [](const auto& u, const Problem& problem) noexcept {
  return u[partial::first(0)] + problem.coefficient("rate") * u;
};

inline constexpr Condition kConditions[]{{.name = "initial", .data = exact}};

inline constexpr Problem kProblem{
    .name = "decay",
    .meaning = "u' = -3 u, u(0) = 1",
    .inputs = kInputs,
    .outputs = kOutputs,
    .coefficients = kCoefficients,
    .derivatives = {partial::first(0)},
    .equation = kEquation,
    .conditions = kConditions,
    .exact = exact,
};

}  // namespace pinnscope::pde::decay
