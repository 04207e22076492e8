#include "pinnscope/pde/training_problem.hpp"

#include <new>

#include "pinnscope/core/random.hpp"
#include "pinnscope/pde/field.hpp"

namespace pinnscope {
namespace {

/// The number at `part` of an interval, both ends exactly.
double at(const Input& input, double part) noexcept {
  return part == 1 ? input.high : input.low + (input.high - input.low) * part;
}

/// i of `count` numbers evenly on [0, 1], both ends exactly.
double evenly(std::size_t i, std::size_t count) noexcept {
  return static_cast<double>(i) / static_cast<double>(count - 1);
}

}  // namespace

template <class T>
TrainingProblem<T>::TrainingProblem(const Config& config, Arena& arena) noexcept
    : status_(check(config)) {
  if (!status_.ok()) return;
  Layout carver(arena);
  storage_ = layout(carver, config);
  status_ = arena.status();
  if (!status_.ok()) return;
  place_inside(config);
  for (std::size_t k = 0; k < terms(config) && status_.ok(); ++k) {
    Tape<T>& tape = storage_.tapes.make(k, 0, tape_config(config, k), arena);
    if (k > 0) status_ = place_on_face(config, k);
    if (status_.ok()) status_ = record(config, k, tape);
    if (status_.ok()) count_ = k + 1;
  }
}

template <class T>
Status TrainingProblem<T>::check(const Config& config) noexcept {
  if (config.problem == nullptr) return {StatusCode::no_loss};
  const Problem& problem = *config.problem;
  const Status status = problem.check();
  if (!status.ok()) return status;
  const auto widths = config.widths;
  bool fits = widths.size() >= 2 && widths.front() == problem.inputs.size() &&
              widths.back() == problem.outputs.size();
  const bool on_edges = problem.inputs.size() == 2;
  for (std::size_t k = 0; k < terms(config); ++k) {
    fits = fits && rows(config, k) >= (k > 0 && on_edges ? 2 : 1);
  }
  return fits ? Status{} : Status{StatusCode::out_of_range};
}

template <class T>
void TrainingProblem<T>::place_inside(const Config& config) noexcept {
  const auto inputs = config.problem->inputs;
  const Philox source(config.seed, StreamPurpose::training_points);
  for (std::size_t i = 0; i < config.points; ++i) {
    for (std::size_t c = 0; c < inputs.size(); ++c) {
      const double part = source.uniform(inputs.size() * i + c);
      storage_.points[0](i, c) = static_cast<T>(at(inputs[c], part));
    }
  }
}

template <class T>
Status TrainingProblem<T>::place_on_face(const Config& config, std::size_t k) noexcept {
  const Problem& problem = *config.problem;
  const Condition& condition = problem.conditions[k - 1];
  const std::size_t n = problem.inputs.size();
  const MatrixView<T> points = storage_.points[k];
  const Philox source(config.seed, StreamPurpose::training_points, k);
  std::array<double, Problem::kMostInputs> x{};
  std::array<double, Problem::kMostOutputs> given{};
  for (std::size_t i = 0; i < points.rows; ++i) {
    for (std::size_t c = 0; c < n; ++c) {
      const double part = c == condition.input ? (condition.end == End::high ? 1 : 0)
                          : n == 2             ? evenly(i, points.rows)
                                               : source.uniform(n * i + c);
      x[c] = at(problem.inputs[c], part);
      points(i, c) = static_cast<T>(x[c]);
      if (condition.end != End::both) continue;
      points(i, n + c) = static_cast<T>(c == condition.input ? problem.inputs[c].high : x[c]);
    }
    if (condition.data == nullptr) continue;
    const auto numbers = std::span(given).first(problem.outputs.size());
    const Status status = given_values(problem, condition, std::span(x).first(n), numbers);
    if (!status.ok()) return status;
    for (std::size_t c = 0; c < numbers.size(); ++c) {
      points(i, points.columns - numbers.size() + c) = static_cast<T>(numbers[c]);
    }
  }
  return {};
}

template <class T>
Status TrainingProblem<T>::record(const Config& config, std::size_t k, Tape<T>& tape) noexcept {
  const Problem& problem = *config.problem;
  if (k == 0) {
    const Field<T> u(tape, problem.derivatives, {}, false);
    terms_[k] = {"residual", &tape, storage_.points[k]};
    return tape.minimise(problem.equation(u, problem));
  }
  const Condition& condition = problem.conditions[k - 1];
  const Field<T> u(tape, condition.derivatives, partial::first(condition.input),
                   condition.end == End::both);
  terms_[k] = {condition.name, &tape, storage_.points[k]};
  return tape.minimise(condition.residual(u, problem));
}

template class TrainingProblem<float>;
template class TrainingProblem<double>;

}  // namespace pinnscope
