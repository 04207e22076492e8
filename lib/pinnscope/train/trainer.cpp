#include "pinnscope/train/trainer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace pinnscope {
namespace {

constexpr std::array<std::size_t, 2> kNoNetwork{1, 1};

/// What the parts of a trainer that cannot work are made of.
template <class T>
typename Trainer<T>::Config nothing_to_train() noexcept {
  typename Trainer<T>::Config config;
  config.network.widths = kNoNetwork;
  config.adam_steps = config.lbfgs_iterations = 0;
  config.quasi_newton_iterations = config.levenberg_marquardt_iterations = 0;
  return config;
}

/// What keeps the last optimiser from having steps to take.
template <class T>
Status check_levenberg_marquardt(const typename Trainer<T>::Config& config) noexcept {
  if (config.layer_step.kind != LayerKind::plain) return {StatusCode::layers_not_plain};
  const Status status = LevenbergMarquardt<T>::check(config.levenberg_marquardt);
  return status.ok() ? NormalMatrix<T>::check(config.terms) : status;
}

}  // namespace

template <class T>
Status Trainer<T>::check(const Config& config) noexcept {
  Status status = Objective<T>::check(objective_config(config));
  if (status.ok() && !are_finite<T>(config.network.activation_parameters)) {
    status = {StatusCode::not_finite};
  }
  if (status.ok()) status = config.layer_step.check(config.network.widths);
  if (status.ok() && config.adam_steps > 0) status = Adam<T>::check(config.adam);
  if (status.ok() && config.lbfgs_iterations > 0) status = Lbfgs<T>::check(config.lbfgs);
  if (status.ok() && config.quasi_newton_iterations > 0) {
    status = QuasiNewton<T>::check(config.quasi_newton);
  }
  if (status.ok() && config.levenberg_marquardt_iterations > 0) {
    status = check_levenberg_marquardt<T>(config);
  }
  return status;
}

template <class T>
Trainer<T>::Trainer(const Config& config, Arena& arena, Arena nothing) noexcept
    : setup_(check(config)),
      config_(completed(setup_.ok() ? config : nothing_to_train<T>())),
      storage_([&] {
        Layout carver(setup_.ok() ? arena : nothing);
        return layout(carver, config_);
      }()),
      network_(config_.network, setup_.ok() ? arena : nothing),
      steps_(steps_config(config_), setup_.ok() ? arena : nothing),
      objective_(objective_config(config_), setup_.ok() ? arena : nothing),
      adam_(config_.adam.parameters > 0 ? config_.adam : typename Adam<T>::Config{},
            setup_.ok() ? arena : nothing),
      lbfgs_(config_.lbfgs.parameters > 0 ? config_.lbfgs : typename Lbfgs<T>::Config{},
             setup_.ok() ? arena : nothing),
      quasi_newton_(config_.quasi_newton.rules.parameters > 0 ? config_.quasi_newton
                                                              : typename QuasiNewton<T>::Config{},
                    setup_.ok() ? arena : nothing),
      levenberg_marquardt_(
          [this] {
            config_.levenberg_marquardt.normal.objective = &objective_;
            return config_.levenberg_marquardt.normal.parameters > 0
                       ? config_.levenberg_marquardt
                       : typename LevenbergMarquardt<T>::Config{};
          }(),
          setup_.ok() ? arena : nothing),
      terms_(config_.terms.size()) {
  config_.network.widths = config_.levenberg_marquardt.network.widths = network_.widths();
  config_.terms = objective_.terms();
  if (setup_.ok()) setup_ = objective_.status();
  if (setup_.ok()) setup_ = arena.status();
  if (!setup_.ok()) return;
  initialise(network_, config_.initialiser, config_.seed);
  std::copy_n(network_.parameters().begin(), storage_.generators.size(),
              storage_.generators.begin());
  form_network();
  finish_phase();
  own_state_ = state_;
}

/// After what is trained was moved.
template <class T>
void Trainer<T>::form_network() noexcept {
  formed_ = steps_.form(trained(), network_);
  if (!formed_.ok()) formed_.info = kOfWeights;
}

/// Goes on to the phase that has steps left.
template <class T>
void Trainer<T>::finish_phase() noexcept {
  const auto go_on_to = [this](Phase phase) { state_.phase = static_cast<std::uint64_t>(phase); };
  if (phase() == Phase::adam && state_.steps >= config_.adam_steps) {
    go_on_to(Phase::lbfgs);
  }
  const std::size_t before =
      Footprint::saturating_add(config_.adam_steps, config_.lbfgs_iterations);
  if (phase() == Phase::lbfgs && (state_.steps >= before || lbfgs_.ending() != Ending::running)) {
    go_on_to(Phase::quasi_newton);
  }
  if (phase() == Phase::quasi_newton &&
      (quasi_newton_.iterations() >= config_.quasi_newton_iterations ||
       quasi_newton_.ending() != Ending::running)) {
    go_on_to(Phase::levenberg_marquardt);
  }
  if (phase() == Phase::levenberg_marquardt &&
      (levenberg_marquardt_.iterations() >= config_.levenberg_marquardt_iterations ||
       levenberg_marquardt_.ending() != Ending::running)) {
    go_on_to(Phase::finished);
  }
}

/// Of the last method that had iterations to take.
template <class T>
Ending Trainer<T>::ending_of_last_phase() const noexcept {
  if (config_.levenberg_marquardt_iterations > 0) return levenberg_marquardt_.ending();
  return config_.quasi_newton_iterations > 0 ? quasi_newton_.ending() : lbfgs_.ending();
}

template <class T>
Status Trainer<T>::step_of_phase() noexcept {
  switch (phase()) {
    case Phase::adam: return adam_step();
    case Phase::lbfgs: return line_search_step(lbfgs_);
    case Phase::quasi_newton: return line_search_step(quasi_newton_);
    case Phase::levenberg_marquardt: return levenberg_marquardt_step();
    case Phase::finished: break;
  }
  return {StatusCode::training_ended};
}

template <class T>
Status Trainer<T>::step() noexcept {
  if (!setup_.ok()) return setup_;
  if (done()) return {StatusCode::training_ended};
  if (!is_own_state()) finite_steps_ = kNoSteps;
  const Status status = step_of_phase();
  if (status.ok()) {
    ++state_.steps;
    finish_phase();
  }
  own_state_ = state_;
  return status;
}

/// Not where a checkpoint was read since: what this trainer remembers is of another run then.
template <class T>
bool Trainer<T>::is_own_state() const noexcept {
  return std::memcmp(&state_, &own_state_, sizeof(State)) == 0;
}

/// The loss of the network that was formed, and its gradient by what is trained.
template <class T>
Status Trainer<T>::evaluate(VectorView<T> gradient, double& loss) noexcept {
  if (!formed_.ok()) form_network();  // of what may have been read back since
  if (!formed_.ok()) return formed_;
  const Status status = objective_.evaluate(network_, gradient, loss);
  if (!status.ok() || steps_.pull_back(network_, gradient).ok()) return status;
  return {StatusCode::not_finite, kOfGradient};
}

template <class T>
Status Trainer<T>::evaluate_held_out(std::span<const LossTerm<T>> terms, double& loss) noexcept {
  if (!setup_.ok()) return setup_;
  if (!formed_.ok()) form_network();
  return formed_.ok() ? objective_.evaluate_loss(network_, terms, loss) : formed_;
}

template <class T>
Status Trainer<T>::evaluate_point_losses(std::size_t term, MatrixView<const T> points,
                                         VectorView<double> losses) noexcept {
  if (!setup_.ok()) return setup_;
  if (!formed_.ok()) form_network();
  return formed_.ok() ? objective_.evaluate_point_losses(network_, term, points, losses) : formed_;
}

template <class T>
void Trainer<T>::points_changed() noexcept {
  lbfgs_.points_changed();
  quasi_newton_.points_changed();
  levenberg_marquardt_.points_changed();
}

/// The loss, its parts and its gradient.
template <class T>
Status Trainer<T>::evaluate() noexcept {
  const Status status = evaluate(storage_.gradient, state_.loss);
  std::copy(objective_.parts().begin(), objective_.parts().end(), state_.parts.begin());
  return status;
}

template <class T>
Status Trainer<T>::evaluate_loss() noexcept {
  if (!setup_.ok()) return setup_;
  if (!is_own_state()) finite_steps_ = kNoSteps;
  const Status status = evaluate();
  own_state_ = state_;
  const bool gradient_alone = status.code == StatusCode::not_finite && status.info == kOfGradient;
  return gradient_alone ? Status{} : status;
}

template <class T>
Status Trainer<T>::adam_step() noexcept {
  const Status status = evaluate();
  if (!status.ok()) return status;
  const VectorView<T> parameters = trained();
  std::copy(parameters.begin(), parameters.end(), storage_.last_finite.begin());
  finite_steps_ = state_.steps;
  adam_.step(parameters, storage_.gradient);
  form_network();
  return {};
}

template <class T>
bool Trainer<T>::return_to_last_finite() noexcept {
  if (!is_own_state() || finite_steps_ == kNoSteps || finite_steps_ + 1 != state_.steps) {
    return false;
  }
  std::copy(storage_.last_finite.begin(), storage_.last_finite.end(), trained().begin());
  form_network();
  state_.steps = finite_steps_;
  state_.phase = static_cast<std::uint64_t>(Phase::finished);
  own_state_ = state_;
  return true;
}

/// A line search evaluates more points than it accepts: the parts kept are those of the accepted
/// loss.
template <class T>
Status Trainer<T>::line_search_step(LineSearchMethod<T>& method) noexcept {
  const VectorView<Trial> trials = storage_.trials;
  std::size_t seen = 0;
  Status failure;
  const Status status =
      method.iterate(trained(), [&](VectorView<T> gradient, double& loss) noexcept {
        form_network();
        failure = evaluate(gradient, loss);
        Trial& trial = trials[seen++ % kMostTrials];
        trial.loss = loss;
        std::copy(objective_.parts().begin(), objective_.parts().end(), trial.parts.begin());
        return failure;
      });
  form_network();
  if (!status.ok() && status.code != StatusCode::not_converged) {
    std::copy(objective_.parts().begin(), objective_.parts().end(), state_.parts.begin());
    return failure.ok() ? status : failure;
  }
  state_.loss = method.loss();
  std::ranges::copy(method.gradient(), storage_.gradient.begin());
  for (const Trial& trial : trials.first(std::min(seen, kMostTrials))) {
    if (trial.loss == state_.loss) state_.parts = trial.parts;
  }
  return {};
}

/// Of plain layers, whose parameters the network has.
template <class T>
Status Trainer<T>::levenberg_marquardt_step() noexcept {
  const Status status = levenberg_marquardt_.iterate(network_);
  if (!status.ok() && status.code != StatusCode::not_converged) {
    std::ranges::copy(objective_.parts(), state_.parts.begin());
    return status;
  }
  state_.loss = levenberg_marquardt_.loss();
  std::ranges::copy(levenberg_marquardt_.parts(), state_.parts.begin());
  std::ranges::copy(levenberg_marquardt_.gradient(), storage_.gradient.begin());
  return {};
}

template class Trainer<float>;
template class Trainer<double>;

}  // namespace pinnscope
