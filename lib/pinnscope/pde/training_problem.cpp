#include "pinnscope/pde/training_problem.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <new>

#include "pinnscope/pde/field.hpp"

namespace pinnscope {
namespace {

/// i of `count` numbers evenly on [0, 1], both ends exactly.
double evenly(std::size_t i, std::size_t count) noexcept {
  return static_cast<double>(i) / static_cast<double>(count - 1);
}

}  // namespace

template <class T>
TrainingProblem<T>::TrainingProblem(const Config& config, Arena& arena) noexcept
    : config_(config), status_(check(config)) {
  config_.widths = {};
  if (!status_.ok()) return;
  Layout carver(arena);
  storage_ = layout(carver, config);
  status_ = arena.status();
  if (!status_.ok()) return;
  const std::uint64_t seed = config.seed;
  const auto box = config.problem->box(config.ansatz);
  draw_points(config.sampling, Philox(seed, StreamPurpose::training_points), box,
              storage_.points[0]);
  if (config.held_out_points > 0) {
    draw_points(Sampling::uniform, Philox(seed, StreamPurpose::held_out_points), box,
                storage_.held_out[0]);
  }
  for (std::size_t k = 0; k < terms(config) && status_.ok(); ++k) {
    Tape<T>& tape = storage_.tapes.make(k, 0, tape_config(config, k), arena);
    if (k > 0) {
      const Philox source(seed, StreamPurpose::training_points, k);
      status_ = place_on_face(config, k, source, storage_.points[k]);
    }
    if (k > 0 && status_.ok()) {
      const Philox source(seed, StreamPurpose::held_out_points, k);
      status_ = place_on_face(config, k, source, storage_.held_out[k]);
    }
    if (status_.ok()) status_ = record(config, k, tape);
    held_out_[k] = terms_[k];
    held_out_[k].points = storage_.held_out[k];
    if (status_.ok()) count_ = k + 1;
  }
}

template <class T>
Status TrainingProblem<T>::check(const Config& config) noexcept {
  if (config.problem == nullptr) return {StatusCode::no_loss};
  const Problem& problem = *config.problem;
  const Status status = problem.check();
  if (!status.ok()) return status;
  if (problem.network_inputs(config.ansatz) == 0) return {StatusCode::unsupported};
  const auto widths = config.widths;
  bool fits = widths.size() >= 2 && widths.front() == problem.network_inputs(config.ansatz) &&
              widths.back() == problem.outputs.size();
  const bool on_edges = problem.inputs.size() == 2;
  for (std::size_t k = 0; k < terms(config); ++k) {
    fits = fits && rows(config, k) >= (k > 0 && on_edges ? 2 : 1);
  }
  fits = fits && (config.candidates == 0 || config.candidates >= config.points);
  for (const double number : {config.residual_power, config.residual_floor}) {
    fits = fits && number >= 0 && std::isfinite(number);
  }
  return fits ? Status{} : Status{StatusCode::out_of_range};
}

template <class T>
void TrainingProblem<T>::draw_candidates(std::uint64_t draw) noexcept {
  if (storage_.candidates.empty()) return;
  draw_points(config_.sampling, Philox(config_.seed, StreamPurpose::candidate_points, draw),
              config_.problem->box(config_.ansatz), storage_.candidates);
}

/// The losses become keys, the points of the least of which are taken.
template <class T>
Status TrainingProblem<T>::take_candidates(std::uint64_t draw) noexcept {
  const VectorView<double> keys = storage_.candidate_losses;
  const MatrixView<T> points = storage_.points[0];
  assert(keys.size() >= points.rows);
  double mean = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!(keys[i] >= 0) || !std::isfinite(keys[i])) {
      return {StatusCode::not_finite, static_cast<int>(i)};
    }
    keys[i] = std::pow(keys[i], config_.residual_power / 2);
    mean += keys[i] / static_cast<double>(keys.size());
  }
  if (!std::isfinite(mean)) return {StatusCode::not_finite};
  const Philox source(config_.seed, StreamPurpose::candidate_choices, draw);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const double weight = mean > 0 ? keys[i] / mean + config_.residual_floor : 1;
    keys[i] = -std::log(source.uniform(i)) / weight;
  }
  const VectorView<double> sorted = storage_.sorted_keys;
  std::copy(keys.begin(), keys.end(), sorted.begin());
  const auto last = sorted.begin() + static_cast<std::ptrdiff_t>(points.rows - 1);
  std::nth_element(sorted.begin(), last, sorted.end());
  const double most = *last;
  const auto below = [most](double key) { return key < most; };
  auto equal =
      static_cast<std::ptrdiff_t>(points.rows) - std::count_if(keys.begin(), keys.end(), below);
  for (std::size_t i = 0, taken = 0; taken < points.rows; ++i) {
    if (!below(keys[i]) && (keys[i] != most || equal-- <= 0)) continue;
    for (std::size_t c = 0; c < points.columns; ++c) points(taken, c) = storage_.candidates(i, c);
    ++taken;
  }
  return {};
}

template <class T>
Status TrainingProblem<T>::place_on_face(const Config& config, std::size_t k, const Philox& source,
                                         MatrixView<T> points) noexcept {
  const Problem& problem = *config.problem;
  const Condition& condition = condition_of(config, k);
  const std::size_t n = problem.inputs.size();
  const bool is_even = n == 2 && points.data == storage_.points[k].data;
  std::array<double, Problem::kMostInputs> x{};
  std::array<double, Problem::kMostOutputs> given{};
  for (std::size_t i = 0; i < points.rows; ++i) {
    for (std::size_t c = 0; c < n; ++c) {
      const double part = c == condition.input ? (condition.end == End::high ? 1 : 0)
                          : is_even            ? evenly(i, points.rows)
                                               : source.uniform(n * i + c);
      x[c] = number_at(problem.inputs[c], part);
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

/// The unknown inside, or on the face of a condition.
template <class T>
Field<T> TrainingProblem<T>::field_of(const Config& config, Tape<T>& tape,
                                      const Condition* condition) noexcept {
  const Problem& problem = *config.problem;
  const bool periodic = condition != nullptr && condition->end == End::both;
  const Derivatives& derivatives =
      condition == nullptr ? problem.derivatives : condition->derivatives;
  const Derivative across = condition == nullptr ? Derivative{} : partial::first(condition->input);
  if (config.ansatz == AnsatzKind::none) return {tape, derivatives, across, periodic};
  const std::size_t n = problem.inputs.size();
  const Ansatz& ansatz = *problem.find_ansatz(config.ansatz);
  const Unknown<T> u = ansatz(Trial<T>(tape, derivatives, 0), problem);
  if (!periodic) return {u, u, across, n, problem.outputs.size()};
  const Unknown<T> other_end = ansatz(Trial<T>(tape, derivatives, n), problem);
  return {u, other_end, across, 2 * n, problem.outputs.size()};
}

template <class T>
Status TrainingProblem<T>::record(const Config& config, std::size_t k, Tape<T>& tape) noexcept {
  const Condition* const condition = k == 0 ? nullptr : &condition_of(config, k);
  const Residual& residual = condition == nullptr ? config.problem->equation : condition->residual;
  const char* const name = condition == nullptr ? "residual" : condition->name;
  terms_[k] = {name, &tape, storage_.points[k]};
  return tape.minimise(residual(field_of(config, tape, condition), *config.problem));
}

template class TrainingProblem<float>;
template class TrainingProblem<double>;

}  // namespace pinnscope
