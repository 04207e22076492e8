#pragma once

#include <cstddef>

#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// u_t + u u_x = 0 with u(x, 0) = left for x < jump, right for x > jump.
struct RiemannProblem {
  double left = 1;    ///< u on the left of the jump at t = 0
  double right = 0;   ///< u on its right
  double jump = 0.5;  ///< the x of the jump at t = 0
};

/// The entropy solution (Lax 1957): for left > right a shock of speed (left + right) / 2 (its right
/// value on the shock itself); else a fan, clamp((x - jump) / t, left, right). t >= 0; at t = 0 the
/// initial data. NaN in, NaN out.
double riemann_solution(const RiemannProblem& problem, double t, double x) noexcept;

/// The same at each of `x`. Precondition: as many `u` as `x`.
void riemann_solution(const RiemannProblem& problem, double t, VectorView<const double> x,
                      VectorView<double> u) noexcept;

}  // namespace pinnscope
