#pragma once

#include <algorithm>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/signals/layer_signal.hpp"

namespace pinnscope {

/// Follows inputs through a network and says what arrives at each layer: norms, saturation, and the
/// singular values of the Jacobian of the layer with respect to the input.
///
///     SignalPass<double> pass({.widths = network.widths()}, arena);
///     std::array<LayerSignal, 9> layers;                       // as many as the network has
///     const Status status = pass.evaluate_point(network, point, layers);
///     layers[7].saturated; layers[7].log_first_singular_value; signal_exponent(layers);
///
/// The Jacobian J_l = diag(f') W_l' J_(l-1) is kept as Q diag(s) V', V not computed: a layer
/// multiplies Q, whose columns are then made orthogonal again by Jacobi rotations of their products
/// with s (Hestenes, J. SIAM 6, 1958; relative accuracy for columns of any lengths: Demmel and
/// Veselic, SIAM J. Matrix Anal. Appl. 13, 1992). It is the thin QR of each layer whose R is
/// diagonal, so that s are the singular values after every layer, not in the limit alone. s is kept
/// as logarithms: any number of layers neither over- nor underflows. What a point gives depends on
/// it alone, not on the tile, nor on the other points.
template <class T>
class SignalPass : Pinned {
 public:
  struct Config {
    VectorView<const std::size_t> widths;  ///< of the network: the inputs and the largest count
    /// From an input to its neighbour, a number an input; none: no correlation.
    VectorView<const double> neighbour = {};
    std::size_t tile = 64;  ///< inputs that share one reading of a layer's weights
  };

  struct Storage {
    VectorView<double> neighbour;
    VectorView<T> points;  // the neighbours of a tile, column-major
    VectorView<T> input;   // of a layer, panel after panel
    VectorView<T> output;
    VectorView<T> neighbour_input;
    VectorView<T> neighbour_output;
    VectorView<T> directions;  // Q: for each panel as many as there are inputs of the network
    VectorView<T> next_directions;
    VectorView<T> slopes;           // f'(z)
    VectorView<double> logarithms;  // of s: for each panel a row of points an input of the network
    VectorView<double> mean_squares;
    VectorView<double> squared_norms;  // of each neuron's weights
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    const std::size_t inputs = config.widths.front();
    const std::size_t widest = *std::max_element(config.widths.begin(), config.widths.end());
    const std::size_t rows =
        Footprint::saturating_multiply(panel_count<T>(config.tile), kPanelRows<T>);
    const std::size_t entries = Footprint::saturating_multiply(rows, widest);
    const std::size_t columns = Footprint::saturating_multiply(entries, inputs);
    const std::size_t points = Footprint::saturating_multiply(rows, inputs);
    const bool beside = !config.neighbour.empty();
    return {layout.vector<double>("way to the neighbour", config.neighbour.size()),
            layout.vector<T>("neighbours", beside ? points : 0),
            layout.vector<T>("layer input", entries),
            layout.vector<T>("layer output", entries),
            layout.vector<T>("layer input of neighbours", beside ? entries : 0),
            layout.vector<T>("layer output of neighbours", beside ? entries : 0),
            layout.vector<T>("directions", columns),
            layout.vector<T>("directions behind the layer", columns),
            layout.vector<T>("slopes", entries),
            layout.vector<double>("logarithms of singular values", points),
            layout.vector<double>("mean squares", rows),
            layout.vector<double>("squared norms of neurons", widest)};
  }

  /// Does not depend on the number of points, nor on that of layers.
  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Preconditions: at least one width, none of them zero; tile > 0; a neighbour has an entry for
  /// each input.
  SignalPass(const Config& config, Arena& arena) noexcept;

  /// signals(l, p) is what arrives of points(p, :) at layer l. `points` is P x inputs, `signals`
  /// layers x P. `log_singular_values`, where it is not empty, is layers inputs x P: for each layer
  /// the natural logarithms of the singular values of da/dx, descending, -infinity for 0, which
  /// those are that rounding cannot tell from it. About 2 P (1 + inputs) parameters flops, twice
  /// that beside a neighbour; allocates nothing. shape_mismatch, nothing written, where shapes
  /// differ, or the network has other inputs or is wider than the pass was made for; not_finite,
  /// all points followed, where a signal or its neighbour is not a finite number or not known (see
  /// ForwardPass): such a point has NaN from that layer on, info is the first of them.
  Status evaluate(const Mlp<T>& network, MatrixView<const T> points,
                  MatrixView<LayerSignal> signals,
                  MatrixView<double> log_singular_values = {}) noexcept;

  /// The same for one point, of `inputs` entries.
  Status evaluate_point(const Mlp<T>& network, VectorView<const T> point,
                        VectorView<LayerSignal> signals,
                        VectorView<double> log_singular_values = {}) noexcept;

 private:
  /// Points on their way through the layers together.
  struct Tile {
    const Mlp<T>& network;
    MatrixView<const T> points;
    MatrixView<LayerSignal> signals;
    MatrixView<double> log_singular_values;
    std::size_t panels;
    std::size_t first_unknown;  // row
  };

  bool serves(const Mlp<T>& network, std::size_t coordinates) const noexcept;
  void pass_tile(Tile& tile) noexcept;
  void start(const Tile& tile) noexcept;
  void multiply(const Tile& tile, std::size_t layer) noexcept;
  void activate(const Tile& tile, std::size_t layer) noexcept;
  void square_weights(MatrixView<const T> weights) noexcept;
  void orthogonalise(std::size_t panel, std::size_t width, std::size_t rank) noexcept;
  void write(Tile& tile, std::size_t layer, std::size_t panel) noexcept;

  Storage storage_;
  const Kernels<T>& kernels_;
  StreamPlan<T> slope_plan_;  // one derivative, which is f' where it is 1 before the activation
  StreamPlan<T> value_plan_;
  std::size_t inputs_;
  std::size_t tile_;
};

extern template class SignalPass<float>;
extern template class SignalPass<double>;

}  // namespace pinnscope
