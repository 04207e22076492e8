#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/train/ending.hpp"

namespace pinnscope {

/// Limited-memory BFGS with a strong Wolfe line search (Nocedal and Wright, Numerical Optimization,
/// 2nd ed., 2006: algorithms 7.4, 3.5 and 3.6). Vectors are kept in T; dot products add up in
/// double in an order that is always the same.
template <class T>
class Lbfgs : Pinned {
 public:
  /// sufficient_decrease and curvature are the constants c1 and c2 of (3.7), with the book's values
  /// for quasi-Newton methods.
  struct Config {
    std::size_t parameters = 0;         ///< how many numbers are optimised
    std::size_t pairs = 10;             ///< steps remembered; 0 is steepest descent
    double sufficient_decrease = 1e-4;  ///< c1, in (0, curvature)
    double curvature = 0.9;             ///< c2, in (sufficient_decrease, 1)
    /// Of the loss, at most, in a line search; 1 or more.
    std::size_t line_search_evaluations = 25;
    /// Stops where no entry of the gradient is larger in magnitude; in units of the loss a unit of
    /// a parameter. 0 stops only where the gradient is zero.
    double gradient_tolerance = 0;
    /// Stops where (f_k - f_{k+1}) / max(|f_k|, |f_{k+1}|, loss_floor) is no larger, of the losses
    /// f of two iterations; 0 never does. With a floor of 0 it is relative, as libLBFGS's delta,
    /// whose default is 0 too. A floor of 1 with 2.220446049250313e-9 is SciPy's ftol (minimize,
    /// L-BFGS-B); like MATLAB's FunctionTolerance, of 1 + |f_k|, it is absolute where the loss is
    /// below 1, as that of a trained network is.
    double loss_tolerance = 0;
    double loss_floor = 0;  ///< the least that loss_tolerance divides by; in units of the loss
  };

  /// Whether a config can work. bad_lbfgs: not 0 < sufficient_decrease < curvature < 1, a line
  /// search without an evaluation, or a tolerance or floor that is not 0 or more and finite.
  static Status check(const Config& config) noexcept;

  struct Storage {
    VectorView<T> origin;  ///< of the line search
    VectorView<T> direction;
    VectorView<T> gradient;
    VectorView<T> trial_gradient;
    MatrixView<T> steps;             ///< s_k = x_{k+1} - x_k, one a column
    MatrixView<T> gradient_changes;  ///< y_k = g_{k+1} - g_k
    VectorView<double> curvatures;   ///< s_k . y_k
    VectorView<double> weights;      ///< alpha_k of the two-loop recursion
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {layout.vector<T>("L-BFGS origin", config.parameters),
            layout.vector<T>("L-BFGS direction", config.parameters),
            layout.vector<T>("L-BFGS gradient", config.parameters),
            layout.vector<T>("L-BFGS trial gradient", config.parameters),
            layout.matrix<T>("L-BFGS steps", config.parameters, config.pairs),
            layout.matrix<T>("L-BFGS gradient changes", config.parameters, config.pairs),
            layout.vector<double>("L-BFGS curvatures", config.pairs),
            layout.vector<double>("L-BFGS weights", config.pairs)};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: check(config).ok().
  Lbfgs(const Config& config, Arena& arena) noexcept;

  /// One iteration at `parameters`, which is moved to the accepted point; nobody else may move it
  /// between iterations. evaluate(VectorView<T> gradient, double& loss) -> Status computes both at
  /// the parameters as they stand, and must not throw. A trial point where they are not finite, or
  /// evaluate says not_finite or not_converged, counts as a step too long. Does nothing where the
  /// gradient is within its tolerance.
  ///
  /// not_finite: at the starting point. not_converged: no acceptable step, also not along the
  /// steepest descent; `info` is the ending(): no_descent, step_too_small where the bracket shrank
  /// to a rounding, or evaluations_used_up. parameters, loss() and gradient() are then those of the
  /// lowest loss seen. Any other failure of evaluate is passed on, with the
  /// point that the line search started from.
  template <class Evaluate>
  Status iterate(VectorView<T> parameters, Evaluate&& evaluate) noexcept {
    using Target = std::remove_reference_t<Evaluate>;
    const auto call = [](void* target, VectorView<T> gradient, double& loss) noexcept -> Status {
      return (*static_cast<Target*>(target))(gradient, loss);
    };
    void* const target = const_cast<void*>(static_cast<const void*>(std::addressof(evaluate)));
    return iterate_once(parameters, {call, target});
  }

  /// Why the last iteration was the last one, or Ending::running.
  Ending ending() const noexcept { return static_cast<Ending>(state_.ending); }

  /// Whether the last iteration met a tolerance: the ending is gradient_zero, gradient_small or
  /// loss_levelled_off.
  bool converged() const noexcept;

  /// Loss and gradient at the current parameters; 0 and zeros before the first iteration.
  /// @{
  double loss() const noexcept { return state_.loss; }
  VectorView<const T> gradient() const noexcept { return storage_.gradient; }
  /// @}

  /// Iterations that moved the parameters, and evaluations of the loss for all of them.
  /// @{
  std::size_t iterations() const noexcept { return state_.iterations; }
  std::size_t evaluations() const noexcept { return state_.evaluations; }
  /// @}

  /// visit(name, std::span<std::byte>) for every block that a later iteration depends on, the
  /// parameters excepted: what a checkpoint keeps. Writing what another Lbfgs of the same config
  /// showed makes this one go on where that one stood.
  template <class Visit>
  void visit_state(Visit&& visit) noexcept {
    visit("L-BFGS counters", std::as_writable_bytes(std::span(&state_, 1)));
    visit("L-BFGS gradient", std::as_writable_bytes(storage_.gradient));
    visit("L-BFGS steps", std::as_writable_bytes(storage_.steps.flat()));
    visit("L-BFGS gradient changes", std::as_writable_bytes(storage_.gradient_changes.flat()));
    visit("L-BFGS curvatures", std::as_writable_bytes(storage_.curvatures));
  }

 private:
  struct Evaluation {
    Status (*call)(void* target, VectorView<T> gradient, double& loss) noexcept;
    void* target;
  };
  struct State {  // of eight bytes each: no gaps
    double loss = 0;
    double scale = 1;  // s.y / y.y of the last pair
    std::uint64_t iterations = 0;
    std::uint64_t evaluations = 0;
    std::uint64_t pairs = 0;      // held
    std::uint64_t next_pair = 0;  // the column that the next one takes
    std::uint64_t started = 0;
    std::uint64_t ending = 0;
  };
  struct LineSearch;

  Status iterate_once(VectorView<T> parameters, const Evaluation& evaluate) noexcept;
  Status start(const Evaluation& evaluate) noexcept;
  Status descend(VectorView<T> parameters, const Evaluation& evaluate) noexcept;
  void set_direction() noexcept;
  void remember_pair(VectorView<const T> parameters) noexcept;
  Ending ending_by_gradient() const noexcept;
  bool levels_off(double before) const noexcept;

  Config config_;
  Storage storage_;
  State state_{};
};

}  // namespace pinnscope
