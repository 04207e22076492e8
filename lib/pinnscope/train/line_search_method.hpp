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

/// What optimisers share that go along a direction until the strong Wolfe conditions hold (Nocedal
/// and Wright, Numerical Optimization, 2nd ed., 2006: algorithms 3.5 and 3.6) and learn the
/// curvature from the steps taken: the line search, the endings and the state. Lbfgs and
/// QuasiNewton add how a direction is made. Vectors are kept in T; dot products add up in double in
/// an order that is always the same.
template <class T>
class LineSearchMethod : Pinned {
 public:
  /// The constants of line search and endings, each with the meaning that Lbfgs::Config gives it.
  struct Rules {
    std::size_t parameters = 0;                ///< how many numbers are optimised
    double sufficient_decrease = 1e-4;         ///< c1
    double curvature = 0.9;                    ///< c2
    std::size_t line_search_evaluations = 25;  ///< of the loss, at most, in a line search
    double gradient_tolerance = 0;             ///< 0 stops only where the gradient is zero
    double loss_tolerance = 0;                 ///< 0 never stops
    double loss_floor = 0;                     ///< the least that loss_tolerance divides by
  };

  /// Whether rules can work: what Lbfgs::check() says.
  static bool can_work(const Rules& rules) noexcept;

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
  bool converged() const noexcept { return is_converged(ending()); }

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

 protected:
  /// What every method along a line needs.
  struct Storage {
    VectorView<T> origin;          ///< where the line search started
    VectorView<T> direction;       ///< of the line
    VectorView<T> gradient;        ///< at the origin, or where the last search ended
    VectorView<T> trial_gradient;  ///< at the point at hand
  };
  /// What a checkpoint keeps beside vectors, of eight bytes each: no gaps.
  struct State {
    double loss = 0;                ///< at the parameters as they stand
    double scale = 1;               ///< s.y / y.y of the last pair
    std::uint64_t iterations = 0;   ///< that moved the parameters
    std::uint64_t evaluations = 0;  ///< of the loss
    std::uint64_t pairs = 0;        ///< learnt from, of those that are held
    std::uint64_t next_pair = 0;    ///< the column that the next one takes, where pairs are kept
    std::uint64_t started = 0;      ///< 1 once the loss was computed
    std::uint64_t ending = 0;       ///< an Ending
  };
  /// What the last step teaches: s = x1 - x0 and y = g1 - g0.
  struct Pair {
    double curvature = 0;    ///< s.y
    double scale = 0;        ///< s.y / y.y
    double step_length = 0;  ///< of s along the direction
  };

  static constexpr Storage layout(Layout& layout, std::size_t parameters) {
    return {layout.vector<T>("line search origin", parameters),
            layout.vector<T>("line search direction", parameters),
            layout.vector<T>("line search gradient", parameters),
            layout.vector<T>("line search trial gradient", parameters)};
  }

  /// What a method adds: a table, since the library is built without type information.
  struct Curvature {
    /// direction <- -H gradient, with the H that `pairs` pairs have taught; steepest descent of
    /// none.
    void (*set_direction)(LineSearchMethod& method) noexcept = nullptr;
    /// Learns from the step from the origin to `parameters`, of the gradients of both.
    void (*learn)(LineSearchMethod& method, VectorView<const T> parameters,
                  const Pair& pair) noexcept = nullptr;
  };

  /// The functions of these names of a Method that inherits this and has it for a friend.
  template <class Method>
  static constexpr Curvature curvature_of() noexcept {
    return {
        [](LineSearchMethod& method) noexcept { static_cast<Method&>(method).set_direction(); },
        [](LineSearchMethod& method, VectorView<const T> parameters, const Pair& pair) noexcept {
          static_cast<Method&>(method).learn(parameters, pair);
        }};
  }

  /// Precondition: can_work(rules), and storage for as many parameters.
  LineSearchMethod(const Rules& rules, const Storage& storage, const Curvature& curvature) noexcept
      : rules_(rules), storage_(storage), curvature_(curvature) {}
  ~LineSearchMethod() = default;

  Rules rules_;      ///< as given
  Storage storage_;  ///< as laid out
  State state_{};    ///< where it stands

 private:
  struct Evaluation {
    Status (*call)(void* target, VectorView<T> gradient, double& loss) noexcept;
    void* target;
  };
  struct LineSearch;

  Status iterate_once(VectorView<T> parameters, const Evaluation& evaluate) noexcept;
  Status start(const Evaluation& evaluate) noexcept;
  Status descend(VectorView<T> parameters, const Evaluation& evaluate) noexcept;
  void learn_from_step(VectorView<const T> parameters, double step_length) noexcept;

  Curvature curvature_;
};

}  // namespace pinnscope
