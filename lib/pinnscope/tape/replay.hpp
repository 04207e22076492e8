#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/tape/jacobian_panels.hpp"
#include "pinnscope/tape/tape.hpp"

namespace pinnscope {

/// Points that a tape is computed over at a time, unless told otherwise: enough for long sums over
/// them, few enough for what eight layers of 100 neurons keep of them to stay near the processor.
template <class T>
inline constexpr std::size_t kTilePoints = sizeof(T) == sizeof(float) ? 128 : 96;

/// More in a tile are refused, before sizes overflow.
inline constexpr std::size_t kMostTilePoints = std::size_t{1} << 24;

/// The workspace in which a tape is computed over a tile of points, forward and backward. One tape
/// serves any number of replays, one a thread. A layer takes its value and derivative streams
/// through the same weights and keeps a = f(z), f'(z) (or z) and the z_s; the activated derivatives
/// are computed again on the way back. Adjoint of forward Taylor mode: see activate_adjoint of
/// Kernels.
template <class T>
class Replay : Pinned {
 public:
  struct Config {
    const Tape<T>* tape = nullptr;      ///< recorded to its end; must outlive the replay
    std::size_t tile = kTilePoints<T>;  ///< points at a time, kMostTilePoints at most
  };

  /// What the storage depends on: of a recorded tape, or the most of one that is yet to be
  /// recorded.
  struct Shape {
    VectorView<const std::size_t> widths;  ///< of the network
    std::size_t nodes = 0;                 ///< of the tape, spare ones included
    std::size_t networks = 0;              ///< on the tape
    std::array<std::size_t, Tape<T>::kMostNetworks> derivatives{};  ///< of each, beside its value
  };

  /// The shape of a recorded tape, and the most that a config allows.
  static Shape shape_of(const Tape<T>& tape) noexcept;
  static constexpr Shape shape_of(const typename Tape<T>::Config& config) noexcept {
    Shape shape{.widths = config.widths,
                .nodes = Footprint::saturating_add(config.nodes, Tape<T>::kSpareNodes),
                .networks = std::min(config.networks, Tape<T>::kMostNetworks)};
    const std::size_t streams = std::min(config.streams, Derivatives::kCapacity);
    shape.derivatives.fill(streams - std::min<std::size_t>(streams, 1));
    return shape;
  }

  /// What is kept of a network on the tape: panels of the whole tile, one layer after the other.
  struct NetworkStorage {
    Streams<T> input;   ///< of the first layer
    Streams<T> layers;  ///< a = f(z), and z_s of the derivatives
    T* kept;            ///< beside them: f'(z), or z, as the activation has it
    T* output;          ///< activated derivatives of the last layer
  };
  struct Storage {
    MatrixView<T> values;    // of each node, a row a point
    MatrixView<T> adjoints;  // likewise
    std::array<NetworkStorage, Tape<T>::kMostNetworks> networks{};
    T* derivatives = nullptr;  // of one layer, activated
    std::array<Streams<T>, 2> layer_adjoints{};
    T* packed = nullptr;  // rows of a layer's gradient
  };

  static constexpr Storage layout(Layout& layout, const Shape& shape, std::size_t tile);

  static Footprint footprint(const Config& config) {
    return measure(
        [&](Layout& measured) { return layout(measured, shape_of(*config.tape), config.tile); });
  }

  /// Of any tape that a config allows, before it is recorded: no replay of one needs more.
  static constexpr Footprint footprint(const typename Tape<T>::Config& config, std::size_t tile) {
    return measure([&](Layout& measured) { return layout(measured, shape_of(config), tile); });
  }

  /// Precondition: tape.status().ok(), 0 < tile <= kMostTilePoints.
  Replay(const Config& config, Arena& arena) noexcept;

  /// Points of a tile.
  std::size_t tile() const noexcept { return tile_; }

  /// Computes every live node at `points`, at most a tile of them, with the tape's columns.
  /// Preconditions: those, and the network has the tape's widths. Allocates nothing.
  void forward(const Mlp<T>& network, MatrixView<const T> points) noexcept;

  /// The values of an expression at the points of the last forward(). It must be live: recorded
  /// and, once the tape has a loss, needed by it; there are none otherwise.
  VectorView<const T> values(Expression<T> expression) const noexcept;

  /// Sum over the points of the last forward() of the loss's weighted squares: divided by the
  /// number of all points, the tape's loss. Summed in double.
  double loss() const noexcept;

  /// What loss() sums up, point by point. Precondition: as many numbers as points.
  void point_losses(VectorView<double> losses) const noexcept;

  /// gradient += scale times the gradient of loss() with respect to the network's parameters, in
  /// their order. After forward() with the same network. Allocates nothing; takes about twice as
  /// long as forward().
  void backward(const Mlp<T>& network, double scale, VectorView<T> gradient) noexcept;

  /// Of term `term` of the loss, a factor times the sum of w r^2: the residuals sqrt(scale factor
  /// w) r of the points of the last forward(), whose squares sum up to its part of scale loss(),
  /// and their derivatives by the network's parameters, a row a point; rows beyond the points are
  /// zeros up to a whole panel. After forward() with the same network. A weight w of zero counts as
  /// constant there; what is negative under the root gives NaN. Allocates nothing; takes as long as
  /// backward().
  void residual_rows(const Mlp<T>& network, std::size_t term, double scale,
                     const JacobianPanels<T>& rows) noexcept;

  /// Of these the residuals alone, where residual_rows() writes them: behind the derivatives.
  void residuals(std::size_t term, double scale, const JacobianPanels<T>& rows) const noexcept;

 private:
  enum class Pass : std::uint8_t { values, derivatives, both };
  // What nodes wait for: the points, the values of networks, or their derivatives.
  enum class Stage : std::uint8_t { points, values, derivatives };
  static Stage stage_of(const TapeNode& node) noexcept {
    return !node.through_network ? Stage::points : node.early ? Stage::values : Stage::derivatives;
  }

  std::size_t panels() const noexcept { return panel_count<T>(points_.rows); }
  std::size_t padded_rows() const noexcept { return panels() * kPanelRows<T>; }
  std::size_t derivative_count(std::size_t k) const noexcept { return plans_[k].derivatives; }
  T* value(std::size_t node) noexcept { return storage_.values.column(node).data(); }
  const T* value(std::size_t node) const noexcept { return storage_.values.column(node).data(); }
  T* adjoint(std::size_t node) noexcept { return storage_.adjoints.column(node).data(); }

  struct Layer {
    T* values;
    T* kept;
    T* derivatives;
    ActivatedLayer<T> activated() const noexcept { return {values, kept, derivatives}; }
  };
  Layer layer_of(std::size_t k, std::size_t layer) const noexcept;
  LayerActivation<T> activation_of(const Mlp<T>& network, std::size_t k,
                                   std::size_t layer) const noexcept;
  const T* output_stream(std::size_t k, std::size_t output, std::size_t stream,
                         std::size_t panel) const noexcept;
  std::size_t stream_of(const TapeNode& node) const noexcept;
  void load_points(std::size_t k) noexcept;
  void seed_streams(std::size_t k) noexcept;
  void pass_network(const Mlp<T>& network, std::size_t k, Pass pass) noexcept;
  void load_features(std::size_t k, Derivative derivative, T* panels_of_inputs,
                     std::size_t panel_stride) noexcept;
  void add_feature(std::size_t k, std::size_t panel, Derivative derivative, T factor,
                   const T* coefficient, T* seeds) noexcept;
  void seed_operator(std::size_t k, std::size_t panel, T* seeds) noexcept;
  void compute_nodes(Stage stage) noexcept;
  void compute_node(std::size_t index) noexcept;
  void seed_loss(double scale) noexcept;
  void reverse_nodes(bool early) noexcept;
  NodeColumns<T> values_of(const TapeNode& node, T* out) noexcept;
  void reverse_pointwise(std::size_t index) noexcept;
  void reverse_coefficients(std::size_t index) noexcept;
  void gather_adjoints(const Mlp<T>& network, std::size_t k, Streams<T> adjoint) noexcept;
  template <class Take>
  void reverse_network(const Mlp<T>& network, std::size_t k, Take&& take) noexcept;
  void add_gradient(const Mlp<T>& network, std::size_t k, std::size_t layer, Streams<const T> a,
                    Streams<const T> bar, VectorView<T> gradient) noexcept;
  T residual_root(std::size_t term, double scale, std::size_t point) const noexcept;
  void seed_residual(std::size_t term, double scale, const JacobianPanels<T>& rows) noexcept;
  void add_rows(const Mlp<T>& network, std::size_t k, std::size_t layer, Streams<const T> a,
                Streams<const T> bar, const JacobianPanels<T>& rows) const noexcept;

  Storage storage_;
  const Tape<T>& tape_;
  const Kernels<T>& kernels_;
  std::size_t tile_;
  std::array<StreamPlan<T>, Tape<T>::kMostNetworks> plans_{};
  MatrixView<const T> points_;
  bool in_two_passes_ = false;  // values first: an operator's coefficients depend on them
};

template <class T>
constexpr typename Replay<T>::Storage Replay<T>::layout(Layout& layout, const Shape& shape,
                                                        std::size_t tile) {
  const std::size_t rows = panel_count<T>(tile) * kPanelRows<T>;
  const auto widths = shape.widths;
  const auto times = Footprint::saturating_multiply;
  std::size_t neurons = 0;
  for (const std::size_t width : widths.subspan(widths.empty() ? 0 : 1)) {
    neurons = Footprint::saturating_add(neurons, width);
  }
  std::size_t most = 0;  // derivatives of a network
  const auto streams = [&](const char* name, std::size_t width, std::size_t derivatives) {
    const std::size_t values = times(rows, width);
    const VectorView<T> block = layout.vector<T>(name, times(values, 1 + derivatives));
    return Streams<T>{block.data(), block.empty() ? nullptr : block.data() + values};
  };
  Storage storage;
  storage.values = layout.matrix<T>("node values", rows, shape.nodes);
  storage.adjoints = layout.matrix<T>("node adjoints", rows, shape.nodes);
  for (std::size_t k = 0; k < shape.networks; ++k) {
    const std::size_t derivatives = shape.derivatives[k];
    most = std::max(most, derivatives);
    storage.networks[k] = {
        streams("network input", widths.front(), derivatives),
        streams("network layers", neurons, derivatives),
        layout.vector<T>("kept beside the layers", times(rows, neurons)).data(),
        layout.vector<T>("network output", times(rows, times(widths.back(), derivatives))).data()};
  }
  std::size_t widest = 0;
  for (const std::size_t width : widths) widest = std::max(widest, width);
  storage.derivatives =
      layout.vector<T>("layer derivatives", times(rows, times(widest, most))).data();
  for (Streams<T>& adjoints : storage.layer_adjoints) {
    adjoints = streams("layer adjoint", widest, most);
  }
  const std::size_t packed = packed_entries<T>(rows / kPanelRows<T>, most);
  storage.packed =
      layout.vector<T>("packed rows of a gradient", shape.networks > 0 ? packed : 0).data();
  return storage;
}

}  // namespace pinnscope
