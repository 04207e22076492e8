#include "pinnscope/pde/problem.hpp"

#include <array>
#include <cmath>

namespace pinnscope {
namespace {

/// Calls a function of the problem where the point can be one, and hands on whole results alone.
Status call(PointFunction function, const Problem& problem, VectorView<const double> x,
            VectorView<double> u) noexcept {
  if (function == nullptr) return {StatusCode::unsupported};
  if (x.size() != problem.inputs.size() || u.size() != problem.outputs.size() ||
      u.size() > Problem::kMostOutputs) {
    return {StatusCode::shape_mismatch};
  }
  for (const double coordinate : x) {
    if (!std::isfinite(coordinate)) return {StatusCode::not_finite};
  }
  const std::size_t time = problem.time();
  if (time < x.size() && x[time] < problem.inputs[time].low) return {StatusCode::out_of_range};
  std::array<double, Problem::kMostOutputs> found{};
  const Status status = function(problem, x, std::span(found).first(u.size()));
  for (std::size_t k = 0; status.ok() && k < u.size(); ++k) u[k] = found[k];
  return status;
}

}  // namespace

Status exact_solution(const Problem& problem, VectorView<const double> x,
                      VectorView<double> u) noexcept {
  return call(problem.exact, problem, x, u);
}

Status given_values(const Problem& problem, const Condition& condition, VectorView<const double> x,
                    VectorView<double> u) noexcept {
  return call(condition.data, problem, x, u);
}

}  // namespace pinnscope
