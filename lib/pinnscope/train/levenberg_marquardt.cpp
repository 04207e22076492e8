#include "pinnscope/train/levenberg_marquardt.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace pinnscope {

// Of a step, to where the residuals are compared (Transtrum and Sethna have it so).
constexpr double kPart = 0.1;

/// What came of a step: the network is behind it where that lowers the loss, or else before it.
template <class T>
struct LevenbergMarquardt<T>::Trial {
  Status status{};     // of the evaluation
  bool moved = false;  // by more than roundings
  bool lower = false;
  double ratio = 0;  // of the loss's fall to the predicted one
};

template <class T>
Status LevenbergMarquardt<T>::check(const Config& config) noexcept {
  const auto sane = [](double number) { return std::isfinite(number) && number >= 0; };
  const bool works = config.most_trials > 0 && config.damping > 0 &&
                     std::isfinite(config.damping) && sane(config.gradient_tolerance) &&
                     sane(config.loss_tolerance) && sane(config.loss_floor) &&
                     sane(config.most_acceleration);
  return works ? Status{} : Status{StatusCode::bad_levenberg_marquardt};
}

template <class T>
LevenbergMarquardt<T>::LevenbergMarquardt(const Config& config, Arena& arena) noexcept
    : config_(config),
      storage_([&] {
        Layout carver(arena);
        return layout(carver, config);
      }()),
      normal_(config.normal, arena) {
  assert(check(config).ok());
  if (config.normal.parameters > 0 && arena.status().ok()) {
    config_.network.widths = storage_.ahead.make(0, 0, config.network, arena).widths();
  }
}

template <class T>
Status LevenbergMarquardt<T>::end(Ending ending) noexcept {
  state_.ending = static_cast<std::uint64_t>(ending);
  return {StatusCode::not_converged, static_cast<int>(ending)};
}

/// The loss where the method sets out.
template <class T>
Status LevenbergMarquardt<T>::start(const Mlp<T>& network) noexcept {
  if (state_.started != 0) return {};
  Objective<T>& objective = *config_.normal.objective;
  ++state_.evaluations;
  const Status status = objective.evaluate(network, storage_.gradient, state_.loss);
  std::ranges::copy(objective.parts(), state_.parts.begin());
  if (status.ok()) state_.started = 1;
  return status;
}

template <class T>
Status LevenbergMarquardt<T>::iterate(Mlp<T>& network) noexcept {
  const auto set_ending = [this](Ending e) { state_.ending = static_cast<std::uint64_t>(e); };
  const auto by_gradient = [this] {
    return ending_by_gradient<T>(storage_.gradient, config_.gradient_tolerance);
  };
  set_ending(Ending::running);
  Status status = start(network);
  if (!status.ok()) return status;
  set_ending(by_gradient());
  if (ending() != Ending::running) return {};
  status = normal_.compute(network);
  if (status.code == StatusCode::not_finite) status.info = -1;
  if (!status.ok()) return status;
  set_scale();
  const double before = state_.loss;
  status = descend(network);
  if (!status.ok()) return status;
  ++state_.iterations;
  set_ending(by_gradient());
  const bool level = levels_off(before, state_.loss, config_.loss_tolerance, config_.loss_floor);
  if (ending() == Ending::running && level) set_ending(Ending::loss_levelled_off);
  return {};
}

/// A parameter that no residual depends on is damped as if they all but did not.
template <class T>
void LevenbergMarquardt<T>::set_scale() noexcept {
  const std::size_t parameters = storage_.scale.size();
  double largest = 0;
  for (std::size_t i = 0; i < parameters; ++i) largest = std::max(largest, normal_.normal(i, i));
  const double least =
      config_.scaled ? largest * static_cast<double>(std::numeric_limits<T>::epsilon()) : 1;
  for (std::size_t i = 0; i < parameters; ++i) {
    const double own = config_.scaled ? normal_.normal(i, i) : 1;
    storage_.scale[i] = std::max({storage_.scale[i], own, least});
  }
  if (state_.damping == 0) state_.damping = config_.damping * (config_.scaled ? 1 : largest);
}

/// A step, with more and more damping until the loss falls.
template <class T>
Status LevenbergMarquardt<T>::descend(Mlp<T>& network) noexcept {
  for (std::size_t trial = 0; trial < config_.most_trials; ++trial) {
    if (!factorise()) {
      damp_more();
      continue;
    }
    const Trial made = try_step(network);
    if (!made.status.ok()) return made.status;
    if (!made.moved) return end(Ending::step_too_small);
    if (made.lower) {
      damp_by(made.ratio);
      return {};
    }
    damp_more();
  }
  return end(Ending::evaluations_used_up);
}

/// Whether J'J + mu D has a factor.
template <class T>
bool LevenbergMarquardt<T>::factorise() noexcept {
  for (std::size_t i = 0; i < storage_.added.size(); ++i) {
    storage_.added[i] = state_.damping * storage_.scale[i];
  }
  return normal_.factorise(storage_.added).ok();
}

template <class T>
typename LevenbergMarquardt<T>::Trial LevenbergMarquardt<T>::try_step(Mlp<T>& network) noexcept {
  Objective<T>& objective = *config_.normal.objective;
  const VectorView<T> parameters = network.parameters();
  std::copy(parameters.begin(), parameters.end(), storage_.origin.begin());
  set_step(network);
  if (!move(parameters)) return {};
  double loss = 0;
  const Status status = objective.evaluate(network, storage_.trial_gradient, loss);
  ++state_.evaluations;
  const double ratio = (state_.loss - loss) / predicted_fall();
  if (status.ok() && loss < state_.loss && ratio > 0) {
    accept(loss);
    return {{}, true, true, ratio};
  }
  std::copy(storage_.origin.begin(), storage_.origin.end(), parameters.begin());
  return {status.code == StatusCode::not_finite ? Status{} : status, true};
}

/// d, of half of the gradient, which is J'r, and a, or zeros.
template <class T>
void LevenbergMarquardt<T>::set_step(const Mlp<T>& network) noexcept {
  for (std::size_t i = 0; i < storage_.step.size(); ++i) {
    storage_.step[i] = -0.5 * static_cast<double>(storage_.gradient[i]);
  }
  normal_.solve(storage_.step);
  const bool bends = config_.most_acceleration > 0 && set_bend(network);
  if (!bends) std::fill(storage_.bend.begin(), storage_.bend.end(), 0.0);
}

/// Whether a is small enough. What is not finite ahead is not.
template <class T>
bool LevenbergMarquardt<T>::set_bend(const Mlp<T>& network) noexcept {
  Mlp<T>& ahead = storage_.ahead(0, 0);
  const VectorView<T> moved = ahead.parameters();
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const double here = static_cast<double>(network.parameters()[i]);
    moved[i] = static_cast<T>(here + kPart * storage_.step[i]);
  }
  normal_.curvature(network, ahead, storage_.step, kPart, storage_.bend);
  for (double& entry : storage_.bend) entry = -entry;
  normal_.solve(storage_.bend);
  double step = 0;
  double bend = 0;
  for (std::size_t i = 0; i < storage_.scale.size(); ++i) {
    step += storage_.scale[i] * storage_.step[i] * storage_.step[i];
    bend += storage_.scale[i] * storage_.bend[i] * storage_.bend[i];
  }
  return 2 * std::sqrt(bend) <= config_.most_acceleration * std::sqrt(step);
}

/// Whether the step moves any parameter.
template <class T>
bool LevenbergMarquardt<T>::move(VectorView<T> parameters) const noexcept {
  bool moved = false;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double step = storage_.step[i] + storage_.bend[i] / 2;
    parameters[i] = static_cast<T>(static_cast<double>(storage_.origin[i]) + step);
    moved = moved || parameters[i] != storage_.origin[i];
  }
  return moved;
}

/// r'r - (r + J d)'(r + J d) = d'(mu D d - J'r).
template <class T>
double LevenbergMarquardt<T>::predicted_fall() const noexcept {
  double fall = 0;
  for (std::size_t i = 0; i < storage_.step.size(); ++i) {
    const double d = storage_.step[i];
    fall += d * (storage_.added[i] * d - 0.5 * static_cast<double>(storage_.gradient[i]));
  }
  return fall;
}

template <class T>
void LevenbergMarquardt<T>::damp_more() noexcept {
  state_.damping *= state_.growth;
  state_.growth *= 2;
}

template <class T>
void LevenbergMarquardt<T>::damp_by(double ratio) noexcept {
  const double off = 2 * ratio - 1;
  state_.damping *= std::max(1.0 / 3, 1 - off * off * off);
  state_.damping = std::max(state_.damping, std::numeric_limits<double>::min());
  state_.growth = 2;
}

template <class T>
void LevenbergMarquardt<T>::accept(double loss) noexcept {
  state_.loss = loss;
  std::ranges::copy(config_.normal.objective->parts(), state_.parts.begin());
  std::copy(storage_.trial_gradient.begin(), storage_.trial_gradient.end(),
            storage_.gradient.begin());
}

template class LevenbergMarquardt<float>;
template class LevenbergMarquardt<double>;

}  // namespace pinnscope
