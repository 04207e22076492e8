#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/derivatives.hpp"
#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

/// The workspace that takes points through a network, and the pass itself: values alone, or values
/// with derivatives along the inputs (forward Taylor mode; Griewank and Walther, Evaluating
/// Derivatives, 2nd ed. 2008, ch. 13). A layer takes each stream through the same weights,
///
///     z = a W + b,   z_i = a_i W,   z_ij = a_ij W,       then the activation.
///
/// One pass serves every network that is no wider than its config says. An entry's bits depend on
/// its point alone: not on the tile, on the other points, or on the derivatives carried along.
template <class T>
class ForwardPass : Pinned {
 public:
  struct Config {
    VectorView<const std::size_t> widths;  ///< of the network; only the largest one counts
    Derivatives derivatives = {};          ///< that the pass carries; {} is the value alone
    std::size_t tile = 64;                 ///< points that share one reading of a layer's weights
  };

  struct Storage {
    MatrixView<T> input;   // of a layer: a column of panels for the values, one a derivative
    MatrixView<T> output;  // of a layer, likewise
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    const std::size_t widest = *std::max_element(config.widths.begin(), config.widths.end());
    const std::size_t rows =
        Footprint::saturating_multiply(panel_count<T>(config.tile), kPanelRows<T>);
    const std::size_t entries = Footprint::saturating_multiply(rows, widest);
    return {layout.matrix<T>("layer input", entries, config.derivatives.count()),
            layout.matrix<T>("layer output", entries, config.derivatives.count())};
  }

  /// Does not depend on the number of points.
  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: at least one width, tile > 0.
  ForwardPass(const Config& config, Arena& arena) noexcept;

  /// The streams that the pass carries, in the order of what it writes.
  const Derivatives& derivatives() const noexcept { return derivatives_; }

  /// Columns of what evaluate() writes: outputs times streams.
  std::size_t value_columns(const Mlp<T>& network) const noexcept {
    return network.outputs() * derivatives_.count();
  }

  /// values(p, s outputs + o) = stream s of output o at points(p, :). `points` is P x inputs,
  /// `values` P x value_columns(network): with one output and Derivatives{dx, dt, dxx} its columns
  /// are u, u_x, u_t, u_xx. About 2 P streams parameters flops; allocates nothing. shape_mismatch,
  /// `values` unchanged, where shapes differ, the network is wider than the pass was made for, or
  /// a derivative names an input that it does not have; what derivatives().status() says where that
  /// is not ok. not_finite, all points evaluated, where a value is not finite; info is the first
  /// such row. A point has NaN in all columns where a sum before an activation overflows, which a
  /// tanh would hide, or where a sine's argument is 1 / epsilon or more, so that rounding leaves
  /// nothing.
  Status evaluate(const Mlp<T>& network, MatrixView<const T> points, MatrixView<T> values) noexcept;

  /// The same for one point with less delay: `point` has `inputs` entries, `values` has
  /// value_columns(network), stream after stream. not_finite has info 0. PackedPass has the least
  /// delay for many points of one network.
  Status evaluate_point(const Mlp<T>& network, VectorView<const T> point,
                        VectorView<T> values) noexcept;

 private:
  bool serves(const Mlp<T>& network) const noexcept;
  Streams<T> streams_of(MatrixView<T> storage) const noexcept;
  void multiply(const Mlp<T>& network, std::size_t layer, std::size_t panels) noexcept;
  bool pass_tile(const Mlp<T>& network, MatrixView<const T> points, MatrixView<T> values) noexcept;
  void store(MatrixView<T> values) const noexcept;

  Storage storage_;
  Derivatives derivatives_;
  StreamPlan<T> plan_;
  const Kernels<T>& kernels_;
  std::size_t tile_;
};

}  // namespace pinnscope
