#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/nn/layer_kind.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/nn/step_matrices.hpp"
#include "pinnscope/tape/loss_term.hpp"
#include "pinnscope/train/adam.hpp"
#include "pinnscope/train/ending.hpp"
#include "pinnscope/train/lbfgs.hpp"
#include "pinnscope/train/levenberg_marquardt.hpp"
#include "pinnscope/train/objective.hpp"
#include "pinnscope/train/quasi_newton.hpp"

namespace pinnscope {

/// Trains a network on a loss: full-batch Adam, then L-BFGS, then a quasi-Newton method with a
/// dense inverse Hessian, then Levenberg-Marquardt, each as long as it is asked to. The defaults
/// are the recipe of Tucny, Ganguly, Ansumali, Succi, arXiv 2509.18131, whose networks are
/// 2-100x8-1.
///
///     Trainer<float> trainer({.network = {.widths = widths}, .terms = problem.terms()}, arena);
///     while (!trainer.done()) {
///       if (Status status = trainer.step(); !status.ok()) return report(status);
///     }
template <class T>
class Trainer : Pinned {
 public:
  struct Config {
    typename Mlp<T>::Config network;                        ///< widths and activation
    std::span<const LossTerm<T>> terms = {};                ///< see Objective
    Initialiser initialiser = Initialiser::glorot_uniform;  ///< of the weights; biases start at 0
    std::uint64_t seed = 1;                                 ///< of the weights at the start
    LayerStep layer_step{};                                 ///< what square hidden layers are
    std::size_t adam_steps = 30000;                         ///< taken before L-BFGS; 0: none
    typename Adam<T>::Config adam{.learning_rate = 5e-4};   ///< `parameters` is filled in
    std::size_t lbfgs_iterations = 1000;                    ///< at most
    typename Lbfgs<T>::Config
        lbfgs{};  ///< `parameters` is filled in; no storage without iterations
    std::size_t quasi_newton_iterations = 0;  ///< at most, behind those of L-BFGS
    /// rules.parameters is filled in; no storage without iterations, and else half of the square of
    /// the network's parameters: for small networks.
    typename QuasiNewton<T>::Config quasi_newton{};
    std::size_t levenberg_marquardt_iterations = 0;  ///< at most, behind all others
    /// `normal` and `network` are filled in; no storage without iterations, and else twice what
    /// quasi_newton takes and more: see NormalMatrix. For plain layers and terms whose tapes
    /// subtract no mean square.
    typename LevenbergMarquardt<T>::Config levenberg_marquardt{};
    std::size_t threads = 1;            ///< the caller's included; they do not change the bits
    std::size_t lanes = 8;              ///< see Objective
    std::size_t tile = kTilePoints<T>;  ///< points that a thread computes at a time
  };

  /// Which optimiser takes the next step.
  enum class Phase : std::uint64_t {
    adam,                 ///< Adam has steps to take
    lbfgs,                ///< Adam is done, L-BFGS is not
    finished,             ///< no step is left
    quasi_newton,         ///< Adam and L-BFGS are done, the quasi-Newton method is not
    levenberg_marquardt,  ///< all others are done, Levenberg-Marquardt is not
  };

  /// What a line search saw at one of its steps.
  struct Trial {
    double loss = 0;                                       ///< at that step, finite or not
    std::array<double, Objective<T>::kMostTerms> parts{};  ///< its terms, weights included
  };
  static constexpr std::size_t kMostTrials = 64;  ///< more overwrite the oldest

  /// Info of a not_finite that is of no part of the loss.
  /// @{
  static constexpr int kOfGradient = -1;
  static constexpr int kOfWeights = -2;
  /// @}

  struct Storage {
    VectorView<T> gradient;
    VectorView<Trial> trials;
    VectorView<T> last_finite;  // the parameters before the last step of Adam
    VectorView<T> generators;   // of layers that are steps; of plain ones, the network's parameters
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    const std::size_t parameters = Mlp<T>::parameter_count(config.network.widths);
    const bool searches = config.lbfgs_iterations > 0 || config.quasi_newton_iterations > 0;
    const std::size_t trials = searches ? kMostTrials : 0;
    return {layout.vector<T>("gradient", parameters),
            layout.vector<Trial>("trials of a line search", trials),
            layout.vector<T>("last finite parameters", config.adam_steps > 0 ? parameters : 0),
            layout.vector<T>("generators",
                             config.layer_step.kind == LayerKind::plain ? 0 : parameters)};
  }

  /// Of the trainer, its network, objective and optimisers together, for the terms in the config,
  /// whose tapes are recorded.
  static Footprint footprint(const Config& config) {
    return footprint_of(config, Objective<T>::sharing_of(objective_config(config)));
  }

  /// The same before anything is recorded: enough for a term a tape, each tape within its config.
  /// The config's own terms do not count. Constant expressions give the size of a static array.
  ///
  ///     Trainer<float>::footprint({.network = {.widths = widths}}, tape_configs)
  static constexpr Footprint footprint(const Config& config,
                                       std::span<const typename Tape<T>::Config> tapes) {
    return footprint_of(config, Objective<T>::sharing_of(objective_config(config), tapes));
  }

  /// What keeps a training from working: what Objective::check() says, what LayerStep::check()
  /// says, bad_adam, bad_lbfgs, bad_quasi_newton, bad_levenberg_marquardt of the optimisers that
  /// have steps to take, layers_not_plain or no_sum_of_squares (info: index of the term) of what
  /// the last of these does not take, or not_finite: the slope of the network's leaky ReLU.
  static Status check(const Config& config) noexcept;

  /// Draws the initial weights. Where check() fails it takes nothing from the arena, and there is
  /// no network.
  Trainer(const Config& config, Arena& arena) noexcept : Trainer(config, arena, Arena({})) {}

  /// check(), what Workers::status() says, or out_of_memory: the arena was too small. What step()
  /// returns where it is not ok.
  Status status() const noexcept { return setup_; }

  /// One Adam step, or, once those are done, one iteration of L-BFGS, or of the quasi-Newton method
  /// after that, or of Levenberg-Marquardt after that. Allocates nothing. not_finite where a part
  /// of the loss (info: its index), the gradient (info kOfGradient) or the weights of a layer that
  /// is a step (info kOfWeights) is not; the step is not taken then. status() where that is not ok;
  /// such a trainer is never done. training_ended: done().
  Status step() noexcept;

  /// Computes loss() and parts() of the network as it stands, at any time; no step depends on it.
  /// One evaluation of the loss; allocates nothing. not_finite: a part (info: its index), or
  /// weights, as of step(); status() where that is not ok.
  Status evaluate_loss() noexcept;

  /// The loss of the network as it stands at points that are not trained on: of terms with the
  /// config's tapes, such as TrainingProblem::held_out_terms(); see Objective::evaluate_loss(). No
  /// step, nor loss() or parts(), depends on it; allocates nothing. status() where that is not ok.
  Status evaluate_held_out(std::span<const LossTerm<T>> terms, double& loss) noexcept;

  /// The loss of a term at each of other points, of the network as it stands: see
  /// Objective::evaluate_point_losses(). No step, nor loss() or parts(), depends on it; allocates
  /// nothing. status() where that is not ok.
  Status evaluate_point_losses(std::size_t term, MatrixView<const T> points,
                               VectorView<double> losses) noexcept;

  /// After points of a term were changed between two steps: the next one computes loss and gradient
  /// at them. L-BFGS forgets its steps, which are of another loss; the quasi-Newton method keeps
  /// its inverse Hessian, positive definite by its updates, and starts anew where rounding left
  /// that without a descent; Levenberg-Marquardt keeps its damping, Adam its moments.
  void points_changed() noexcept;

  /// After a not_finite of step() or evaluate_loss(): gives the network back the parameters that it
  /// had before the last step of Adam, at which loss and gradient were finite. steps() is then the
  /// number of steps to there, no step is left, and ending() is Ending::diverged. Returns false,
  /// and changes nothing, where this trainer has taken no step of Adam, has gone on from it by
  /// another method, which keeps a finite loss, or was given another state by visit_state().
  bool return_to_last_finite() noexcept;

  /// Whether no step is left: ending() says why.
  bool done() const noexcept { return phase() == Phase::finished; }

  /// What the next step() does.
  Phase phase() const noexcept { return static_cast<Phase>(state_.phase); }

  /// Steps taken, of all kinds, and the most that there may be.
  /// @{
  std::size_t steps() const noexcept { return state_.steps; }
  std::size_t total_steps() const noexcept {
    std::size_t steps = config_.adam_steps;
    for (const std::size_t more : {config_.lbfgs_iterations, config_.quasi_newton_iterations,
                                   config_.levenberg_marquardt_iterations}) {
      steps = Footprint::saturating_add(steps, more);
    }
    return steps;
  }
  /// @}

  /// Iterations that moved the network: of L-BFGS, of the quasi-Newton method, of
  /// Levenberg-Marquardt.
  /// @{
  std::size_t lbfgs_iterations() const noexcept { return lbfgs_.iterations(); }
  std::size_t quasi_newton_iterations() const noexcept { return quasi_newton_.iterations(); }
  std::size_t levenberg_marquardt_iterations() const noexcept {
    return levenberg_marquardt_.iterations();
  }
  /// @}

  /// Why training ended, or Ending::running.
  Ending ending() const noexcept {
    if (!done()) return Ending::running;
    // A step leads away from the last finite parameters: only the way back ends there.
    if (state_.steps == finite_steps_ && is_own_state()) return Ending::diverged;
    const Ending ending = ending_of_last_phase();
    return ending == Ending::running ? Ending::steps_used_up : ending;
  }

  /// The loss and its terms: before the last Adam step, or after the last iteration of another
  /// method; 0 where neither was taken. After evaluate_loss(), those of the network as it stands.
  /// @{
  double loss() const noexcept { return state_.loss; }
  VectorView<const double> parts() const noexcept { return std::span(state_.parts).first(terms_); }
  /// @}

  /// The name of a term. Precondition: part < parts().size().
  const char* part_name(std::size_t part) const noexcept { return objective_.terms()[part].name; }

  /// The network as it stands. It lives in the trainer's memory. Layers that are steps have the
  /// weights that were formed of their generators.
  const Mlp<T>& network() const noexcept { return network_; }

  /// What is trained, in the layout of Mlp::parameters(): the network's own parameters, but for
  /// layers that are steps their generators.
  VectorView<const T> parameters() const noexcept {
    return steps_.active() ? storage_.generators : network_.parameters();
  }

  /// The derivative of loss() by parameters(): where that was computed; zeros before the first.
  VectorView<const T> gradient() const noexcept { return storage_.gradient; }

  /// As given, with what the trainer filled in.
  const Config& config() const noexcept { return config_; }

  /// visit(name, std::span<std::byte>) for every block that a later step depends on, always in the
  /// same order: what a checkpoint keeps. Writing what another Trainer of the same config showed
  /// makes this one go on to the same bits.
  template <class Visit>
  void visit_state(Visit&& visit) noexcept {
    visit("trainer", std::as_writable_bytes(std::span(&state_, 1)));
    visit("parameters", std::as_writable_bytes(network_.parameters()));
    if (steps_.active()) visit("generators", std::as_writable_bytes(storage_.generators));
    adam_.visit_state(visit);
    lbfgs_.visit_state(visit);
    if (config_.quasi_newton_iterations > 0) quasi_newton_.visit_state(visit);
    if (config_.levenberg_marquardt_iterations > 0) levenberg_marquardt_.visit_state(visit);
  }

 private:
  Trainer(const Config& config, Arena& arena, Arena nothing) noexcept;

  static constexpr std::size_t kNoSteps = std::numeric_limits<std::size_t>::max();

  struct State {  // of eight bytes each: no gaps
    std::uint64_t phase = 0;
    std::uint64_t steps = 0;
    double loss = 0;
    std::array<double, Objective<T>::kMostTerms> parts{};
  };

  /// The config with what the trainer fills in.
  static constexpr Config completed(Config config) noexcept {
    const std::size_t parameters = Mlp<T>::parameter_count(config.network.widths);
    config.adam.parameters = config.adam_steps > 0 ? parameters : 0;
    config.lbfgs.parameters = config.lbfgs_iterations > 0 ? parameters : 0;
    config.quasi_newton.rules.parameters = config.quasi_newton_iterations > 0 ? parameters : 0;
    config.levenberg_marquardt.normal = {
        .parameters = config.levenberg_marquardt_iterations > 0 ? parameters : 0,
        .threads = config.threads,
        .lanes = config.lanes,
        .tile = config.tile};
    config.levenberg_marquardt.network = config.network;
    return config;
  }

  static constexpr typename Objective<T>::Config objective_config(const Config& config) noexcept {
    return {.widths = config.network.widths,
            .terms = config.terms,
            .threads = config.threads,
            .lanes = config.lanes,
            .tile = config.tile};
  }

  static constexpr typename StepMatrices<T>::Config steps_config(const Config& config) noexcept {
    return {.widths = config.network.widths, .step = config.layer_step};
  }

  static constexpr Footprint footprint_of(const Config& config,
                                          const typename Objective<T>::Sharing& sharing) {
    const Config whole = completed(config);
    return measure([&](Layout& measured) {
      layout(measured, whole);
      Mlp<T>::layout(measured, whole.network);
      StepMatrices<T>::layout(measured, steps_config(whole));
      Objective<T>::layout(measured, objective_config(whole), sharing);
      Adam<T>::layout(measured, whole.adam);
      Lbfgs<T>::layout(measured, whole.lbfgs);
      QuasiNewton<T>::layout(measured, whole.quasi_newton);
      LevenbergMarquardt<T>::layout_whole(measured, whole.levenberg_marquardt);
    });
  }

  VectorView<T> trained() noexcept {
    return steps_.active() ? storage_.generators : network_.parameters();
  }
  void form_network() noexcept;
  Status evaluate(VectorView<T> gradient, double& loss) noexcept;
  Status evaluate() noexcept;
  bool is_own_state() const noexcept;
  Status adam_step() noexcept;
  Status line_search_step(LineSearchMethod<T>& method) noexcept;
  Status levenberg_marquardt_step() noexcept;
  Status step_of_phase() noexcept;
  Ending ending_of_last_phase() const noexcept;
  void finish_phase() noexcept;

  Status setup_;
  Config config_;
  Storage storage_;
  Mlp<T> network_;
  StepMatrices<T> steps_;
  Status formed_;  // of the network's weights
  Objective<T> objective_;
  Adam<T> adam_;
  Lbfgs<T> lbfgs_;
  QuasiNewton<T> quasi_newton_;
  LevenbergMarquardt<T> levenberg_marquardt_;
  std::size_t terms_;
  State state_{};
  State own_state_{};                    // as this trainer left it
  std::size_t finite_steps_ = kNoSteps;  // to the last finite parameters
};

}  // namespace pinnscope
