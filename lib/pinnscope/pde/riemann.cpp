#include "pinnscope/pde/riemann.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace pinnscope {

double riemann_solution(const RiemannProblem& problem, double t, double x) noexcept {
  assert(!(t < 0));
  const double offset = x - problem.jump;
  if (std::isnan(offset) || std::isnan(t)) return offset + t;
  if (problem.left > problem.right) {
    const double speed = problem.left / 2 + problem.right / 2;
    return offset < speed * t ? problem.left : problem.right;
  }
  if (t == 0) return offset < 0 ? problem.left : problem.right;
  return std::clamp(offset / t, problem.left, problem.right);
}

void riemann_solution(const RiemannProblem& problem, double t, VectorView<const double> x,
                      VectorView<double> u) noexcept {
  assert(x.size() == u.size());
  for (std::size_t i = 0; i < x.size(); ++i) u[i] = riemann_solution(problem, t, x[i]);
}

}  // namespace pinnscope
