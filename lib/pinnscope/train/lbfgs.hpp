#pragma once

#include <cstddef>
#include <span>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/train/line_search_method.hpp"

namespace pinnscope {

/// Limited-memory BFGS with a strong Wolfe line search (Nocedal and Wright, Numerical Optimization,
/// 2nd ed., 2006: algorithms 7.4, 3.5 and 3.6).
template <class T>
class Lbfgs : public LineSearchMethod<T> {
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
    typename LineSearchMethod<T>::Storage search;
    MatrixView<T> steps;             ///< s_k = x_{k+1} - x_k, one a column
    MatrixView<T> gradient_changes;  ///< y_k = g_{k+1} - g_k
    VectorView<double> curvatures;   ///< s_k . y_k
    VectorView<double> weights;      ///< alpha_k of the two-loop recursion
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {LineSearchMethod<T>::layout(layout, config.parameters),
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

  /// The loss is another function from the next iteration on, as of other points: loss and gradient
  /// are computed anew, and the steps remembered are forgotten.
  void points_changed() noexcept { state_.started = state_.pairs = 0; }

  /// visit(name, std::span<std::byte>) for every block that a later iteration depends on, the
  /// parameters excepted: what a checkpoint keeps. Writing what another Lbfgs of the same config
  /// showed makes this one go on where that one stood.
  template <class Visit>
  void visit_state(Visit&& visit) noexcept {
    visit("L-BFGS counters", std::as_writable_bytes(std::span(&state_, 1)));
    visit("L-BFGS gradient", std::as_writable_bytes(storage_.gradient));
    visit("L-BFGS steps", std::as_writable_bytes(memory_.steps.flat()));
    visit("L-BFGS gradient changes", std::as_writable_bytes(memory_.gradient_changes.flat()));
    visit("L-BFGS curvatures", std::as_writable_bytes(memory_.curvatures));
  }

 private:
  friend LineSearchMethod<T>;

  Lbfgs(const Config& config, const Storage& storage) noexcept;

  void set_direction() noexcept;
  void learn(VectorView<const T> parameters,
             const typename LineSearchMethod<T>::Pair& pair) noexcept;

  using LineSearchMethod<T>::storage_;
  using LineSearchMethod<T>::state_;

  std::size_t most_pairs_;
  Storage memory_;
};

extern template class Lbfgs<float>;
extern template class Lbfgs<double>;

}  // namespace pinnscope
