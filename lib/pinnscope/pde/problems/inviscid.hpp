#pragma once

#include "pinnscope/pde/problem.hpp"
#include "pinnscope/pde/riemann.hpp"

/// A travelling shock, the inviscid problem of Tucny, Ganguly, Ansumali, Succi, arXiv 2509.18131.
namespace pinnscope::pde::inviscid {

inline constexpr Input kInputs[]{{"x", 0, 1}, {"t", 0, 1}};
inline constexpr const char* kOutputs[]{"u"};
inline constexpr Coefficient kCoefficients[]{{"left", 1}, {"right", 0}, {"jump", 0.5}};

inline Status exact(const Problem& problem, VectorView<const double> x,
                    VectorView<double> u) noexcept {
  const RiemannProblem step{problem.coefficient("left"), problem.coefficient("right"),
                            problem.coefficient("jump")};
  u[0] = riemann_solution(step, x[1], x[0]);
  return {};
}

inline Status left(const Problem& problem, VectorView<const double>,
                   VectorView<double> u) noexcept {
  u[0] = problem.coefficient("left");
  return {};
}

inline Status right(const Problem& problem, VectorView<const double>,
                    VectorView<double> u) noexcept {
  u[0] = problem.coefficient("right");
  return {};
}

inline constexpr auto kEquation = [](const auto& u, const Problem&) noexcept {
  using namespace partial;
  return u[dt] + u * u[dx];
};

inline constexpr Condition kConditions[]{
    {.name = "initial", .input = 1, .end = End::low, .data = exact},
    {.name = "left boundary", .input = 0, .end = End::low, .data = left},
    {.name = "right boundary", .input = 0, .end = End::high, .data = right},
};

inline constexpr Problem kProblem{
    .name = "inviscid",
    .meaning = "u_t + u u_x = 0, u(x, 0) = 1 for x < 1/2, else 0; u = 1 and 0 at the ends",
    .inputs = kInputs,
    .outputs = kOutputs,
    .coefficients = kCoefficients,
    .derivatives = {partial::dt, partial::dx},
    .equation = kEquation,
    .conditions = kConditions,
    .exact = exact,
};

}  // namespace pinnscope::pde::inviscid
