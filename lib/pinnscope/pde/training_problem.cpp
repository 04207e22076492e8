#include "pinnscope/pde/training_problem.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "pinnscope/core/random.hpp"
#include "pinnscope/pde/cole_hopf.hpp"
#include "pinnscope/pde/riemann.hpp"

namespace pinnscope {
namespace {

using std::numbers::pi;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// i of `count` numbers evenly on [0, 1], both ends exactly.
double evenly(std::size_t i, std::size_t count) noexcept {
  return static_cast<double>(i) / static_cast<double>(count - 1);
}

/// u at x = 0 and at x = 1.
std::array<double, 2> boundary_values(ProblemKind kind) noexcept {
  switch (kind) {
    case ProblemKind::viscous: return {0, 0};
    case ProblemKind::inviscid: return {1, 0};
    case ProblemKind::heat: return {0, 0};
  }
  return {kNan, kNan};
}

/// The mean square of the equation's residual, recorded on a tape.
template <class T>
Loss<T> residual(ProblemKind kind, Tape<T>& tape) noexcept {
  using namespace partial;
  switch (kind) {
    case ProblemKind::viscous: {
      const auto u = tape.network({dt, dxx});
      return mean_square(u[dt] + u * u[dx] - kBurgersViscosity * u[dxx]);
    }
    case ProblemKind::inviscid: {
      const auto u = tape.network({dt, dx});
      return mean_square(u[dt] + u * u[dx]);
    }
    case ProblemKind::heat: {
      const auto u = tape.network({dt, dxx});
      return mean_square(u[dt] - kHeatDiffusivity * u[dxx]);
    }
  }
  return {};
}

}  // namespace

double initial_value(ProblemKind kind, double x) noexcept {
  switch (kind) {
    case ProblemKind::viscous: return std::sin(2 * pi * x);
    case ProblemKind::inviscid: return x < 0.5 ? 1 : 0;
    case ProblemKind::heat: return std::sin(pi * x);
  }
  return kNan;
}

Status exact_solution(ProblemKind kind, double x, double t, double& u) noexcept {
  if (!std::isfinite(x) || !std::isfinite(t)) return {StatusCode::not_finite};
  if (t < 0) return {StatusCode::out_of_range};
  switch (kind) {
    case ProblemKind::viscous: {
      BurgersValue value;
      const Status status = cole_hopf(kUnitSine, kBurgersViscosity, t, x, value);
      if (status.ok()) u = value.u;
      return status;
    }
    case ProblemKind::inviscid:
      u = riemann_solution({.left = 1, .right = 0, .jump = 0.5}, t, x);
      return {};
    case ProblemKind::heat:
      u = std::exp(-kHeatDiffusivity * pi * pi * t) * std::sin(pi * x);
      return {};
  }
  return {StatusCode::unsupported};
}

template <class T>
TrainingProblem<T>::TrainingProblem(const Config& config, Arena& arena) noexcept
    : storage_([&] {
        Layout carver(arena);
        return layout(carver, config);
      }()),
      inside_({.widths = config.widths, .columns = 2}, arena),
      initial_({.widths = config.widths, .columns = 3}, arena),
      left_({.widths = config.widths, .columns = 2}, arena),
      right_({.widths = config.widths, .columns = 2}, arena) {
  if (!arena.status().ok()) {
    status_ = arena.status();
  } else if (config.widths.size() < 2 || config.widths.front() != 2 || config.widths.back() != 1 ||
             config.points == 0 || config.initial_points < 2 || config.boundary_points < 2) {
    status_ = {StatusCode::out_of_range};
  } else {
    place_points(config);
    status_ = record(config.kind);
  }
}

template <class T>
void TrainingProblem<T>::place_points(const Config& config) noexcept {
  const Philox source(config.seed, kPointStream);
  for (std::size_t i = 0; i < config.points; ++i) {
    storage_.inside(i, 0) = static_cast<T>(source.uniform(2 * i));
    storage_.inside(i, 1) = static_cast<T>(source.uniform(2 * i + 1));
  }
  for (std::size_t i = 0; i < config.initial_points; ++i) {
    const double x = evenly(i, config.initial_points);
    storage_.initial(i, 0) = static_cast<T>(x);
    storage_.initial(i, 2) = static_cast<T>(initial_value(config.kind, x));
  }
  for (std::size_t i = 0; i < config.boundary_points; ++i) {
    for (std::size_t side = 0; side < 2; ++side) {
      storage_.sides[side](i, 0) = static_cast<T>(side);
      storage_.sides[side](i, 1) = static_cast<T>(evenly(i, config.boundary_points));
    }
  }
}

template <class T>
Status TrainingProblem<T>::record(ProblemKind kind) noexcept {
  const auto [left_value, right_value] = boundary_values(kind);
  Status status = inside_.minimise(residual(kind, inside_));
  if (status.ok()) status = initial_.minimise(mean_square(initial_.network() - initial_.point(2)));
  if (status.ok()) status = left_.minimise(mean_square(left_.network() - left_value));
  if (status.ok()) status = right_.minimise(mean_square(right_.network() - right_value));
  terms_ = {LossTerm<T>{"residual", &inside_, storage_.inside},
            LossTerm<T>{"initial", &initial_, storage_.initial},
            LossTerm<T>{"left boundary", &left_, storage_.sides[0]},
            LossTerm<T>{"right boundary", &right_, storage_.sides[1]}};
  return status;
}

template class TrainingProblem<float>;
template class TrainingProblem<double>;

}  // namespace pinnscope
