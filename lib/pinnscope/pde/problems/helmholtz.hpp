#pragma once

#include <cmath>
#include <numbers>

#include "pinnscope/pde/problem.hpp"

/// A steady wave with a source: Wang, Teng, Perdikaris, SIAM J. Sci. Comput. 43 (2021) A3055,
/// sec. 2.3.
namespace pinnscope::pde::helmholtz {

inline constexpr Input kInputs[]{{"x", -1, 1}, {"y", -1, 1}};
inline constexpr const char* kOutputs[]{"u"};
inline constexpr Coefficient kCoefficients[]{{"wavenumber", 1}};
inline constexpr double kAlongX = std::numbers::pi;
inline constexpr double kAlongY = 4 * std::numbers::pi;

inline Status exact(const Problem&, VectorView<const double> x, VectorView<double> u) noexcept {
  u[0] = std::sin(kAlongX * x[0]) * std::sin(kAlongY * x[1]);
  return {};
}

inline constexpr auto kEquation = [](const auto& u, const Problem& problem) noexcept {
  using namespace partial;
  const double k = problem.coefficient("wavenumber");
  const auto shape = sin(kAlongX * u.at(0)) * sin(kAlongY * u.at(1));
  const auto source = (k * k - kAlongX * kAlongX - kAlongY * kAlongY) * shape;
  return u[dxx] + u[dyy] + k * k * u - source;
};

inline constexpr Condition kConditions[]{
    {.name = "left boundary", .input = 0, .end = End::low, .data = kZero},
    {.name = "right boundary", .input = 0, .end = End::high, .data = kZero},
    {.name = "lower boundary", .input = 1, .end = End::low, .data = kZero},
    {.name = "upper boundary", .input = 1, .end = End::high, .data = kZero},
};

inline constexpr Problem kProblem{
    .name = "helmholtz",
    .meaning = "u_xx + u_yy + u = f with u = sin pi x sin 4 pi y, from -1 to 1 in x and y, steady",
    .inputs = kInputs,
    .outputs = kOutputs,
    .coefficients = kCoefficients,
    .derivatives = {partial::dxx, partial::dyy},
    .equation = kEquation,
    .conditions = kConditions,
    .exact = exact,
};

}  // namespace pinnscope::pde::helmholtz
