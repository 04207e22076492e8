#include "pinnscope/readings/refinement.hpp"

#include <cmath>
#include <complex>
#include <numbers>

#include "pinnscope/nn/activation.hpp"

namespace pinnscope {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

Refinement without_order(Refinement found, RefinementAnswer answer, const char* reason) noexcept {
  found.answer = answer;
  found.reason = reason;
  return found;
}

/// Sums of squares over the signals of a level, and over what they differ by from the last one.
struct Distance {
  double square = 0;
  double size = 0;
  double relative() const noexcept { return std::sqrt(square / size); }
};

}  // namespace

Refinement refinement_of(VectorView<const double> changes) noexcept {
  Refinement found;
  found.change.fill(kUnknown);
  found.orders.fill(kUnknown);
  found.levels = std::min(changes.size(), Refinement::kLevels);
  std::copy_n(changes.begin(), found.levels, found.change.begin());
  for (std::size_t k = 0; k + 1 < found.levels; ++k) {
    const bool seen = changes[k + 1] > kRefinedToRounding && std::isfinite(changes[k]);
    if (seen) found.orders[k] = std::log2(changes[k] / changes[k + 1]);
  }
  if (found.levels < 3 || !std::isfinite(changes[0])) {
    return without_order(found, RefinementAnswer::cannot_tell, "a signal is not finite");
  }
  if (changes[0] <= kRefinedToRounding) {
    return without_order(found, RefinementAnswer::cannot_tell,
                         "refinement changes rounding alone: the step is exact");
  }
  if (changes[1] <= kRefinedToRounding || changes[2] <= kRefinedToRounding) {
    return without_order(found, RefinementAnswer::cannot_tell,
                         "what refinement changes is rounding before an order shows");
  }
  if (changes[0] > kLargestFirstChange) {
    return without_order(
        found, RefinementAnswer::none,
        "the first refinement changes more than half of the signal: what is refined "
        "is no step of what finer ones solve");
  }
  const auto agree = [&](double a, double b) { return std::abs(a - b) <= kSameOrder; };
  if (!(found.orders[0] >= kLeastOrder)) {
    return without_order(found, RefinementAnswer::none,
                         "what the first refinement changes does not shrink in the second");
  }
  for (std::size_t k = 1; k + 1 < found.levels; ++k) {
    if (agree(found.orders[k - 1], found.orders[k])) found.order = found.orders[k];
  }
  if (!(found.order >= kLeastOrder)) {
    found.order = kUnknown;
    return without_order(found, RefinementAnswer::none,
                         "what refinement changes shrinks by no one order");
  }
  found.answer = RefinementAnswer::order;
  return found;
}

DepthRefinement::DepthRefinement(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

/// after <- before + step (f(before W + b) - before), and without a step f(before W + b).
void DepthRefinement::apply(const Mlp<double>& network, std::size_t l, double step) noexcept {
  const MatrixView<const double> weights = network.weights(l);
  for (std::size_t p = 0; p < config_.points; ++p) {
    const VectorView<double> before = storage_.before.column(p);
    const VectorView<double> after = storage_.after.column(p);
    for (std::size_t k = 0; k < weights.columns; ++k) {
      double z = network.biases(l)[k];
      for (std::size_t i = 0; i < weights.rows; ++i) z += before[i] * weights(i, k);
      const double f =
          activation_values(network.activation(l), z, network.activation_parameters()).value;
      after[k] = step == 0 ? f : before[k] + step * (f - before[k]);
    }
  }
  std::swap(storage_.before, storage_.after);
}

/// `times` steps of the scheme with that part of its numbers, of its gain and of the biases.
Status DepthRefinement::apply_scheme(const Mlp<double>& network, std::size_t l,
                                     const SchemeFit& fit, std::size_t times) noexcept {
  if (network.activation(l) != Activation::identity || !(fit.gain > 0)) {
    return {StatusCode::unsupported};
  }
  const auto parts = static_cast<double>(times);
  Arena arena(storage_.stepper);
  Stepper<double> stepper({.scheme = fit.scheme,
                           .cells = network.fan_in(l),
                           .velocity = fit.numbers.c / parts,
                           .diffusivity = fit.numbers.r / parts,
                           .theta = fit.theta},
                          arena);
  if (!stepper.status().ok()) return stepper.status();
  const double gain = std::pow(fit.gain, 1 / parts);
  for (std::size_t p = 0; p < config_.points; ++p) {
    const VectorView<double> z = storage_.before.column(p).first(network.fan_in(l));
    for (std::size_t k = 0; k < times; ++k) {
      const Status status = stepper.step(z);
      if (status.code == StatusCode::not_finite) break;  // the change says so
      if (!status.ok()) return status;
      for (std::size_t i = 0; i < z.size(); ++i) {
        z[i] = gain * z[i] + network.biases(l)[i] / parts;
      }
    }
  }
  return {};
}

/// Leaves the signals behind layer `last` in `before`.
Status DepthRefinement::follow(const Mlp<double>& network, MatrixView<const double> inputs,
                               VectorView<const SchemeFit> schemes, std::size_t last,
                               std::size_t times) noexcept {
  for (std::size_t p = 0; p < config_.points; ++p) {
    const VectorView<const double> input = inputs.column(p);
    std::copy(input.begin(), input.end(), storage_.before.column(p).begin());
  }
  for (std::size_t l = 0; l <= last; ++l) {
    if (network.fan_in(l) != network.fan_out(l)) {
      apply(network, l, 0);
    } else if (schemes.empty()) {
      for (std::size_t k = 0; k < times; ++k) apply(network, l, 1 / static_cast<double>(times));
    } else {
      const Status status = apply_scheme(network, l, schemes[l], times);
      if (!status.ok()) return status;
    }
  }
  return {};
}

Status DepthRefinement::refine(const Mlp<double>& network, MatrixView<const double> inputs,
                               VectorView<const SchemeFit> schemes, Refinement& found) noexcept {
  const bool fits = std::ranges::equal(network.widths(), config_.widths) &&
                    inputs.rows == network.inputs() && inputs.columns == config_.points &&
                    (schemes.empty() || schemes.size() == network.layers());
  if (!fits) return {StatusCode::shape_mismatch};
  std::size_t last = network.layers();
  for (std::size_t l = 0; l < network.layers(); ++l) {
    if (network.fan_in(l) == network.fan_out(l)) last = l;
  }
  if (last == network.layers() || config_.points == 0) return {StatusCode::empty_input};
  std::array<double, Refinement::kLevels> changes{};
  for (std::size_t level = 0; level <= changes.size(); ++level) {
    const Status status = follow(network, inputs, schemes, last, std::size_t{1} << level);
    if (!status.ok()) return status;
    Distance distance;
    for (std::size_t p = 0; p < config_.points; ++p) {
      for (std::size_t i = 0; i < network.fan_out(last); ++i) {
        const double now = storage_.before(i, p);
        const double away = now - storage_.previous(i, p);
        distance.square += away * away;
        distance.size += now * now;
        storage_.previous(i, p) = now;
      }
    }
    if (level > 0) changes[level - 1] = distance.square == 0 ? 0 : distance.relative();
  }
  found = refinement_of(changes);
  return {};
}

CellRefinement::CellRefinement(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

Status CellRefinement::refine(Refinement& found) noexcept {
  if (config_.cells < 4 || config_.levels == 0 || config_.levels > Refinement::kLevels) {
    return {StatusCode::out_of_range};
  }
  std::array<double, Refinement::kLevels> changes{};
  for (std::size_t level = 0; level < config_.levels; ++level) {
    const std::size_t cells = config_.cells << level;
    const std::size_t steps = config_.steps << (2 * level);
    const double halvings = std::ldexp(1.0, -static_cast<int>(level));
    const StepNumbers numbers{config_.numbers.c * halvings, config_.numbers.r};
    Arena arena(storage_.stepper);
    Stepper<double> stepper({.scheme = config_.scheme,
                             .cells = cells,
                             .velocity = numbers.c,
                             .diffusivity = numbers.r,
                             .theta = config_.theta},
                            arena);
    if (!stepper.status().ok()) return stepper.status();
    const VectorView<double> z = storage_.signal.first(cells);
    // Waves of one and of two turns, of which the second is half as high, after `passed` steps.
    const auto exact = [&](std::size_t i, double passed) {
      double sum = 0;
      for (const double turns : {1.0, 2.0}) {
        const double angle = 2 * std::numbers::pi * turns / static_cast<double>(cells);
        const double place = static_cast<double>(i) - numbers.c * passed;
        sum += std::exp(-numbers.r * angle * angle * passed) * std::cos(angle * place) / turns;
      }
      return sum;
    };
    for (std::size_t i = 0; i < cells; ++i) z[i] = exact(i, 0);
    const Status status = stepper.run(z, steps);
    if (!status.ok() && status.code != StatusCode::not_finite) return status;
    double away = 0;
    double size = 0;
    for (std::size_t i = 0; i < cells; ++i) {
      const double expected = exact(i, static_cast<double>(steps));
      const double distance = std::abs(z[i] - expected);
      away = distance <= away ? away : distance;  // what is not finite stays
      size = std::max(size, std::abs(expected));
    }
    changes[level] = away / size;
  }
  found = refinement_of(std::span(changes).first(config_.levels));
  return {};
}

}  // namespace pinnscope
