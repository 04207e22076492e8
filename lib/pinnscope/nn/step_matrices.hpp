#pragma once

#include <algorithm>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/layer_kind.hpp"
#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

/// The weights of layers that are steps (see LayerKind), from their generators, and the way back of
/// a gradient. A network whose weights were formed is a plain one for whatever evaluates it:
///
///     StepMatrices<T> steps({.widths = widths, .step = {LayerKind::cayley, 0.5}}, arena);
///     status = steps.form(generators, network);                      // before an evaluation
///     status = objective.evaluate(network, gradient, loss);          // by the weights ...
///     if (status.ok()) status = steps.pull_back(network, gradient);  // ... by the generators
///
/// Generators and gradients have the layout of Mlp::parameters(); those of biases and of layers
/// that are no steps are these themselves.
template <class T>
class StepMatrices : Pinned {
 public:
  struct Config {
    VectorView<const std::size_t> widths;  ///< of the network
    LayerStep step{};                      ///< of its square hidden layers
  };

  struct Storage {
    MatrixView<double> first;
    MatrixView<double> second;
    VectorView<std::size_t> pivots;  // rows of the elimination
  };

  /// Explicit kinds need no storage, implicit ones two matrices of the widest step.
  static constexpr Storage layout(Layout& layout, const Config& config) {
    const std::size_t width = is_implicit(config.step.kind) ? widest(config.widths) : 0;
    return {layout.matrix<double>("step matrix, factors", width, width),
            layout.matrix<double>("step matrix, inverse", width, width),
            layout.vector<std::size_t>("step matrix, pivots", width)};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: config.step.check(config.widths).ok().
  StepMatrices(const Config& config, Arena& arena) noexcept;

  /// Whether there is anything to form: the kind is not plain.
  bool active() const noexcept { return step_.kind != LayerKind::plain; }

  /// The network's parameters <- the weights of these generators, which may be those parameters
  /// themselves. Implicit steps are inverted in double, by elimination with partial pivoting
  /// (Golub and Van Loan, Matrix Computations, 4th ed., section 3.4): no singular value of I - h A
  /// is below 1 + h gamma, none above 1 + h gamma + h |W - W^T|, so that no pivot is zero. Some
  /// 3 n^3 operations a layer. Allocates nothing. not_finite: an entry is not, in T.
  Status form(VectorView<const T> generators, Mlp<T>& network) noexcept;

  /// The gradient by the weights P that form() gave the network becomes that by their generators.
  /// With G = dL/dP and M = I - h A, or I - h A/2 of Cayley's, M^-1 being P or (P + I)/2,
  ///
  ///     dL/dA = h M^-T G M^-T  (h G, of the explicit step),    dL/dW = dL/dA - (dL/dA)^T:
  ///
  /// the adjoint of the solve. 4 n^3 operations a layer, in double. Allocates nothing. not_finite:
  /// an entry is not, in T.
  Status pull_back(const Mlp<T>& network, VectorView<T> gradient) noexcept;

 private:
  static constexpr bool is_implicit(LayerKind kind) noexcept {
    switch (kind) {
      case LayerKind::plain:
      case LayerKind::antisymmetric: return false;
      case LayerKind::backward_euler:
      case LayerKind::cayley: break;
    }
    return true;
  }
  static constexpr std::size_t widest(VectorView<const std::size_t> widths) noexcept {
    std::size_t width = 0;
    for (std::size_t l = 0; l < widths.size(); ++l) {
      if (LayerStep::is_step(widths, l)) width = std::max(width, widths[l]);
    }
    return width;
  }

  bool form_explicit(MatrixView<T> weights) noexcept;
  bool form_implicit(MatrixView<T> weights) noexcept;
  void invert(MatrixView<double> matrix, MatrixView<double> inverse) noexcept;
  void pull_back_explicit(MatrixView<T> gradient) noexcept;
  void pull_back_implicit(MatrixView<const T> weights, MatrixView<T> gradient) noexcept;

  LayerStep step_;
  Storage storage_;
};

}  // namespace pinnscope
