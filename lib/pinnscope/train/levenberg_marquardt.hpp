#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/object_grid.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/train/ending.hpp"
#include "pinnscope/train/normal_matrix.hpp"
#include "pinnscope/train/objective.hpp"

namespace pinnscope {

/// Levenberg-Marquardt on the residuals r of an Objective: steps d of (J'J + mu D) d = -J'r, for
/// the last digits of small networks (Marquardt, J. SIAM 11, 431 (1963)). mu falls and rises by
/// Nielsen's rule (Damping parameter in Marquardt's method, IMM-REP-1999-05): with rho the fall of
/// the loss over the predicted one, by max(1/3, 1 - (2 rho - 1)^3) where it fell, by 2, 4, 8, ...
/// where it did not. A step follows the bend of the residuals, d + a / 2 with (J'J + mu D) a =
/// -J'r'' of their second derivative r'' along d, unless a is too large to be trusted (Transtrum,
/// Sethna, arXiv 1201.5885): the larger part of what such losses lack in a quadratic. Memory and
/// cost are those of NormalMatrix: J'J once an iteration, and a factor and what two gradients take
/// a damping.
///
///     LevenbergMarquardt<double> optimiser({.normal = {&objective, parameters},
///                                         .network = {.widths = widths}}, arena);
///     while (!optimiser.converged() && optimiser.iterate(network).ok()) {}
template <class T>
class LevenbergMarquardt : Pinned {
 public:
  struct Config {
    typename NormalMatrix<T>::Config normal{};  ///< whose residuals
    typename Mlp<T>::Config network{};          ///< that of the networks that are trained
    /// D is the largest diagonal of J'J so far (More, Lecture Notes in Mathematics 630, 105
    /// (1978)), or else the identity.
    bool scaled = false;
    /// The most that 2 |a| / |d| may be in the norm of D; 0: no step is bent.
    double most_acceleration = 0.75;
    double damping = 1e-2;          ///< the first mu, over the largest diagonal of J'J by that of D
    std::size_t most_trials = 40;   ///< of a damping in an iteration
    double gradient_tolerance = 0;  ///< 0 stops only where the gradient is zero
    double loss_tolerance = 0;      ///< of an iteration's relative fall of the loss; 0 never stops
    double loss_floor = 0;          ///< the least that loss_tolerance divides by
  };

  /// bad_levenberg_marquardt: no trials, a damping that is not positive and finite, a
  /// tolerance, a floor or a most_acceleration that is negative or not finite.
  static Status check(const Config& config) noexcept;

  struct Storage {
    VectorView<T> origin;          ///< parameters before a step
    VectorView<T> gradient;        ///< of the loss at the parameters as they stand
    VectorView<T> trial_gradient;  ///< of the loss behind a step
    VectorView<double> scale;      ///< D
    VectorView<double> added;      ///< mu D
    VectorView<double> step;       ///< d
    VectorView<double> bend;       ///< a
    ObjectGrid<Mlp<T>> ahead;      ///< the network moved by a part of d
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    const std::size_t parameters = config.normal.parameters;
    return {layout.vector<T>("Levenberg-Marquardt origin", parameters),
            layout.vector<T>("Levenberg-Marquardt gradient", parameters),
            layout.vector<T>("Levenberg-Marquardt trial gradient", parameters),
            layout.vector<double>("Levenberg-Marquardt scale", parameters),
            layout.vector<double>("Levenberg-Marquardt damping", parameters),
            layout.vector<double>("Levenberg-Marquardt step", parameters),
            layout.vector<double>("Levenberg-Marquardt acceleration", parameters),
            ObjectGrid<Mlp<T>>::layout(layout, "network ahead", 1, parameters == 0 ? 0 : 1)};
  }

  /// Lays out whatever the constructor carves.
  static constexpr void layout_whole(Layout& measured, const Config& config) {
    layout(measured, config);
    if (config.normal.parameters > 0) Mlp<T>::layout(measured, config.network);
    NormalMatrix<T>::layout(measured, config.normal);
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { layout_whole(measured, config); });
  }

  /// Precondition: check(config).ok(); NormalMatrix::check() takes the objective's terms.
  LevenbergMarquardt(const Config& config, Arena& arena) noexcept;

  /// One iteration: moves the network to a lower loss; nobody else may move it between iterations.
  /// not_finite: the loss (info: its part), its gradient or J'J (info -1) at the network as it
  /// stands; not_converged: no lower loss, `info` is the ending(): step_too_small, or
  /// evaluations_used_up. The network is where it was then. Allocates nothing.
  Status iterate(Mlp<T>& network) noexcept;

  /// To be said where the objective's points were changed: the next iteration computes the loss and
  /// its gradient anew. Damping and D stay as they are.
  void points_changed() noexcept { state_.started = 0; }

  /// Why the last iteration was the last one, or Ending::running.
  Ending ending() const noexcept { return static_cast<Ending>(state_.ending); }

  /// Whether the last iteration met a tolerance: the ending is gradient_zero, gradient_small or
  /// loss_levelled_off.
  bool converged() const noexcept { return is_converged(ending()); }

  /// Loss, its parts and its gradient at the network as it stands; zeros before the first
  /// iteration.
  /// @{
  double loss() const noexcept { return state_.loss; }
  VectorView<const double> parts() const noexcept {
    return std::span(state_.parts).first(config_.normal.objective->terms().size());
  }
  VectorView<const T> gradient() const noexcept { return storage_.gradient; }
  /// @}

  /// mu.
  double damping() const noexcept { return state_.damping; }

  /// Iterations that moved the network, and evaluations of the loss for all of them.
  /// @{
  std::size_t iterations() const noexcept { return state_.iterations; }
  std::size_t evaluations() const noexcept { return state_.evaluations; }
  /// @}

  /// As of Lbfgs: what a checkpoint keeps. J'J is computed again.
  template <class Visit>
  void visit_state(Visit&& visit) noexcept {
    visit("Levenberg-Marquardt counters", std::as_writable_bytes(std::span(&state_, 1)));
    visit("Levenberg-Marquardt gradient", std::as_writable_bytes(storage_.gradient));
    visit("Levenberg-Marquardt scale", std::as_writable_bytes(storage_.scale));
  }

 private:
  struct State {  // of eight bytes each: no gaps
    double loss = 0;
    double damping = 0;
    double growth = 2;
    std::uint64_t iterations = 0;
    std::uint64_t evaluations = 0;
    std::uint64_t started = 0;
    std::uint64_t ending = 0;
    std::array<double, Objective<T>::kMostTerms> parts{};
  };
  struct Trial;

  Status end(Ending ending) noexcept;
  Status start(const Mlp<T>& network) noexcept;
  void set_scale() noexcept;
  Status descend(Mlp<T>& network) noexcept;
  bool factorise() noexcept;
  void set_step(const Mlp<T>& network) noexcept;
  bool set_bend(const Mlp<T>& network) noexcept;
  bool move(VectorView<T> parameters) const noexcept;
  Trial try_step(Mlp<T>& network) noexcept;
  double predicted_fall() const noexcept;
  void damp_more() noexcept;
  void damp_by(double ratio) noexcept;
  void accept(double loss) noexcept;

  Config config_;
  Storage storage_;
  NormalMatrix<T> normal_;
  State state_{};
};

extern template class LevenbergMarquardt<float>;
extern template class LevenbergMarquardt<double>;

}  // namespace pinnscope
