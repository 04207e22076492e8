#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/derivatives.hpp"
#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/tape/expression.hpp"

namespace pinnscope {

/// What a node of a tape is.
enum class NodeKind : std::uint8_t {
  point,      ///< column a of the points
  constant,   ///< the same for all points
  stream,     ///< of network a, output b
  combined,   ///< the linear operator of network a, output 0, that collapse() put together
  pointwise,  ///< an operation on nodes a and b, or on a alone
  feature,    ///< an input of a network, or its derivative: that of node a
};

/// One record of a tape.
struct TapeNode {
  static constexpr std::uint16_t kNone = 0xffff;  ///< no node

  NodeKind kind = NodeKind::constant;  ///< what it is
  std::uint16_t a = kNone;             ///< operands: nodes; or what the kind says
  std::uint16_t b = kNone;             ///< likewise
  Derivative derivative{};             ///< of a stream
  bool live = false;                   ///< needed by the loss, or there is none yet
  bool early = false;                  ///< depends on points and network values, not on derivatives
  bool through_network = false;        ///< depends on a network, not on the points alone
  double constant = 0;                 ///< the number of a constant or pointwise node
  const Operation* operation = nullptr;  ///< of a pointwise node

  friend bool operator==(const TapeNode&, const TapeNode&) noexcept = default;
};

/// A network as a tape uses it: the columns of the points it is evaluated at, the streams it
/// carries, and the linear operator
///
///     q = sum_i c_i(x, u) du/dx_i + sum_ij C_ij d2u/dx_i dx_j
///
/// that goes through it as one more stream, behind the others, where collapse() found it.
struct TapeNetwork {
  /// c_i du/dx_i of the operator.
  struct Direction {
    std::uint16_t input = 0;               ///< i, counted from 0
    std::uint16_t node = TapeNode::kNone;  ///< c_i = factor, or factor times this node
    double factor = 0;                     ///< the constant part of c_i
    bool through_network = false;          ///< the node depends on the network
  };
  /// C_ij d2u/dx_i dx_j of the operator.
  struct Curvature {
    std::uint16_t i = 0;  ///< the first input
    std::uint16_t j = 0;  ///< the second input
    double factor = 0;    ///< C_ij
  };

  /// What a network has instead of columns where its inputs are expressions: the first node of
  /// their values and derivatives, an input after the other, in the order of `derivatives`.
  std::uint16_t features = TapeNode::kNone;

  std::size_t first_column = 0;     ///< of the points: the network's first input, or coordinate
  Derivatives derivatives;          ///< what may be read from it
  Derivatives streams;              ///< what it has to carry
  bool combined = false;            ///< whether the operator is one of its streams
  std::size_t direction_count = 0;  ///< entries of `directions` in use
  std::size_t curvature_count = 0;  ///< entries of `curvatures` in use
  std::array<Direction, Derivatives::kCapacity> directions{};  ///< first derivatives
  std::array<Curvature, Derivatives::kCapacity> curvatures{};  ///< second derivatives

  /// The node of an input, or of its derivative. Precondition: its inputs are expressions.
  std::size_t feature(std::size_t input, Derivative derivative) const noexcept {
    return features + input * derivatives.count() + derivatives.index_of(derivative);
  }

  /// Streams through a layer, the value and the operator included.
  std::size_t stream_count() const noexcept { return streams.count() + (combined ? 1 : 0); }
};

/// A recording of what is computed from the points of a tile and one network's parameters, in the
/// manner of reverse-mode automatic differentiation (Griewank and Walther, Evaluating Derivatives,
/// 2nd ed. 2008, ch. 3). It is recorded once; a Replay computes it, forward and backward.
///
///     Tape<float> tape({.widths = widths}, arena);
///     auto u = tape.network({dt, dxx});
///     Status status = tape.minimise(mean_square(u[dt] + u * u[dx] - nu * u[dxx]));
template <class T>
class Tape : Pinned {
 public:
  static constexpr std::size_t kMostNetworks = 4;  ///< the most calls of network() on one tape
  /// Room for what collapse() writes, beside the recording's own nodes.
  static constexpr std::size_t kSpareNodes = 16;
  /// The most operations that a tape can be made for.
  static constexpr std::size_t kMostNodes = TapeNode::kNone - kSpareNodes - 1;

  struct Config {
    VectorView<const std::size_t> widths;  ///< of the network, from inputs to outputs; copied
    std::size_t columns = 0;               ///< of the points; 0: as many as the network has inputs
    std::size_t nodes = 64;                ///< operations that can be recorded
    /// Both bound what a Replay or a Trainer needs, before anything is recorded.
    /// @{
    std::size_t networks = kMostNetworks;          ///< calls of network() at most
    std::size_t streams = Derivatives::kCapacity;  ///< of each, the value included
    /// @}
  };

  /// The derivative of a node: a number, or another node.
  struct Tangent {
    double number = 0;                     ///< where there is no node
    std::uint16_t node = TapeNode::kNone;  ///< the derivative
    bool needed = false;                   ///< whether it is asked for
  };

  struct Storage {
    VectorView<std::size_t> widths;
    VectorView<TapeNode> nodes;
    VectorView<Tangent> tangents;  // of nodes, while a derivative is recorded
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {layout.vector<std::size_t>("tape widths", config.widths.size()),
            layout.vector<TapeNode>("tape nodes", config.nodes + kSpareNodes),
            layout.vector<Tangent>("tape tangents", config.nodes)};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// bad_widths: fewer than two widths, or one of zero. tape_too_large: more than kMostNodes. See
  /// status().
  Tape(const Config& config, Arena& arena) noexcept;

  /// The network at the points, whose inputs are the columns from `first_column` on.
  NetworkExpression<T> network(const Derivatives& derivatives = {},
                               std::size_t first_column = 0) noexcept;

  /// The network at expressions of the points, one an input: scaled coordinates, sines and cosines.
  /// Its derivatives are those by the coordinates, the columns from `first_column` on. A node each
  /// for the value and the derivatives of every input.
  NetworkExpression<T> network(const Derivatives& derivatives,
                               std::span<const Expression<T>> inputs,
                               std::size_t first_column = 0) noexcept;
  NetworkExpression<T> network(const Derivatives& derivatives,
                               std::initializer_list<Expression<T>> inputs,
                               std::size_t first_column = 0) noexcept {
    return network(derivatives, std::span(inputs.begin(), inputs.size()), first_column);
  }

  /// Column `column` of the points: a coordinate, or data beside them.
  Expression<T> point(std::size_t column) noexcept;

  /// A number, the same at all points.
  Expression<T> constant(double value) noexcept;

  /// Says what to minimise and closes the tape: what the loss does not need is left out of it, and
  /// a linear differential operator is carried through the network as one stream where that saves
  /// streams (then its parts have no values of their own). Returns status(). tape_closed: called
  /// before. no_loss: a loss without terms; too_many_terms; foreign_expression; not_finite: a
  /// factor; loss_without_network: nothing in it with a factor other than 0 depends on the network.
  /// What is recorded after it is void, and tape_closed.
  Status minimise(const Loss<T>& loss) noexcept;

  /// The first failure stays: of the arena (out_of_memory) or the config; derivative_order,
  /// too_many_derivatives, no_such_input, no_such_column, too_many_networks of network(), and of
  /// one of expressions shape_mismatch (info: how many inputs it has) and input_of_network;
  /// derivative_missing, no_such_output of what is read from it; no_such_column of point();
  /// not_finite of a constant; no_such_input, derivative_order, derivative_missing and
  /// derivative_unknown of a derivative of an expression; tape_full; foreign_expression; and those
  /// of minimise(). StatusCode says what their info is. A training of a failed tape returns its
  /// status.
  Status status() const noexcept { return status_; }

  /// What was recorded: the widths of the network, the columns of the points, the nodes in the
  /// order in which they are computed, the networks, and the loss.
  /// @{
  VectorView<const std::size_t> widths() const noexcept { return storage_.widths; }
  std::size_t columns() const noexcept { return columns_; }
  VectorView<const TapeNode> nodes() const noexcept { return storage_.nodes.first(node_count_); }
  std::span<const TapeNetwork> networks() const noexcept {
    return std::span(networks_).first(network_count_);
  }
  const Loss<T>& loss() const noexcept { return loss_; }
  /// @}

  /// For Expression alone: appends an operation.
  Expression<T> record(const Operation& operation, Expression<T> a, Expression<T> b,
                       double constant) noexcept;

  /// For Expression alone: appends what a derivative of an expression is written with.
  Expression<T> record_derivative(Expression<T> of, Derivative derivative) noexcept;

  /// For TangentTerm alone: an expression that was just recorded, or the same of before, in place
  /// of which it is dropped.
  Expression<T> merged(Expression<T> last) noexcept;

  /// For NetworkExpression alone: appends the reading of a stream.
  Expression<T> record_stream(std::size_t network, std::size_t output,
                              Derivative derivative) noexcept;

 private:
  std::size_t append(const TapeNode& node) noexcept;
  Status check_network(const Derivatives& derivatives, std::size_t first_column,
                       std::size_t columns) const noexcept;
  std::size_t add_network(const Derivatives& derivatives, std::size_t first_column,
                          std::size_t columns) noexcept;
  void record_features(TapeNetwork& network, std::span<const Expression<T>> inputs) noexcept;
  void mark_operands(const TapeNode& node) noexcept;
  void mark_features(const TapeNetwork& network, Derivative derivative) noexcept;
  Expression<T> derived(Expression<T> of, std::uint16_t input) noexcept;
  void mark_needed(std::size_t node) noexcept;
  bool is_coordinate(std::size_t column, std::uint16_t input) const noexcept;
  TangentTerm<T> tangent(std::size_t node) noexcept;
  TangentTerm<T> differentiated(std::size_t index, std::uint16_t input) noexcept;
  void fail(StatusCode code, std::size_t info = 0) noexcept;
  bool owns(const Tape* tape, std::size_t node) const noexcept;
  void check_loss(const Loss<T>& loss) noexcept;
  void mark_live() noexcept;
  void mark_streams() noexcept;

  Storage storage_;
  std::size_t columns_;
  std::size_t capacity_;
  std::size_t most_networks_;
  std::size_t most_streams_;
  std::size_t node_count_ = 0;
  std::array<TapeNetwork, kMostNetworks> networks_{};
  std::size_t network_count_ = 0;
  Loss<T> loss_;
  Status status_;
};

}  // namespace pinnscope
