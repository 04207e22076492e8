#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope::test {

using Vector = std::vector<double>;

/// A loss in double with its gradient: every function that is minimised has this shape.
using Function = double (*)(const Vector& x, Vector& gradient);

/// sum_i 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2, least at (1, ..., 1)
inline double rosenbrock(const Vector& x, Vector& gradient) {
  double loss = 0;
  std::fill(gradient.begin(), gradient.end(), 0.0);
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double valley = x[i + 1] - x[i] * x[i];
    loss += 100 * valley * valley + (1 - x[i]) * (1 - x[i]);
    gradient[i] -= 400 * x[i] * valley + 2 * (1 - x[i]);
    gradient[i + 1] += 200 * valley;
  }
  return loss;
}

/// 1/2 sum_i (1 + i) (x_i - 1)^2 + 1/2 (sum_i x_i - n)^2, least at (1, ..., 1)
inline double quadratic(const Vector& x, Vector& gradient) {
  double loss = 0, excess = 0;
  for (const double value : x) excess += value - 1;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double weight = 1 + static_cast<double>(i);
    loss += weight * (x[i] - 1) * (x[i] - 1) / 2;
    gradient[i] = weight * (x[i] - 1) + excess;
  }
  return loss + excess * excess / 2;
}

/// A function, an optimiser of it and where that stands.
template <class Method>
struct Minimisation {
  using T = std::remove_const_t<typename decltype(std::declval<Method>().gradient())::element_type>;

  Minimisation(Function f, const typename Method::Config& config, std::size_t parameters)
      : function(f),
        memory(Method::footprint(config).bytes),
        arena(memory),
        method(config, arena),
        x(parameters),
        exact_x(parameters),
        exact_gradient(parameters) {}

  Status evaluate(VectorView<T> gradient, double& loss) {
    std::copy(x.begin(), x.end(), exact_x.begin());
    loss = function(exact_x, exact_gradient);
    std::transform(exact_gradient.begin(), exact_gradient.end(), gradient.begin(),
                   [](double value) { return static_cast<T>(value); });
    return {};
  }

  Status iterate() {
    return method.iterate(
        x, [this](VectorView<T> gradient, double& loss) { return evaluate(gradient, loss); });
  }

  /// Runs until it converges, and says whether it did.
  bool minimise(std::size_t most_iterations) {
    for (std::size_t k = 0; k < most_iterations; ++k) {
      if (!iterate().ok()) return false;
      if (method.converged()) return true;
    }
    return false;
  }

  double distance_to_ones() const {
    double worst = 0;
    for (const T value : x) worst = std::max(worst, std::abs(static_cast<double>(value) - 1));
    return worst;
  }

  Function function;
  std::vector<std::byte> memory;
  Arena arena;
  Method method;
  std::vector<T> x;
  Vector exact_x;
  Vector exact_gradient;
};

}  // namespace pinnscope::test
