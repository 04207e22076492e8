#include "pinnscope/tape/tape.hpp"

#include <algorithm>
#include <cmath>

#include "pinnscope/tape/collapse.hpp"

namespace pinnscope {
template <class T>
Tape<T>::Tape(const Config& config, Arena& arena) noexcept
    : capacity_(config.nodes),
      most_networks_(std::min(config.networks, kMostNetworks)),
      most_streams_(config.streams) {
  const auto widths = config.widths;
  if (widths.size() < 2 || std::find(widths.begin(), widths.end(), 0u) != widths.end()) {
    fail(StatusCode::bad_widths);
  } else if (config.nodes > kMostNodes) {
    fail(StatusCode::tape_too_large, kMostNodes);
  } else {
    Layout carver(arena);
    storage_ = layout(carver, config);
    status_ = arena.status();
  }
  if (!status_.ok()) {
    capacity_ = 0;
    storage_ = {};
    columns_ = 0;
    return;
  }
  std::copy(config.widths.begin(), config.widths.end(), storage_.widths.begin());
  columns_ = config.columns == 0 ? config.widths.front() : config.columns;
}

template <class T>
void Tape<T>::fail(StatusCode code, std::size_t info) noexcept {
  if (status_.ok()) status_ = {code, static_cast<int>(info)};
}

/// Whether a node is one of this tape's. On a failed tape expressions are void, and none is
/// foreign.
template <class T>
bool Tape<T>::owns(const Tape* tape, std::size_t node) const noexcept {
  return tape == this && (node < node_count_ || !status_.ok());
}

template <class T>
std::size_t Tape<T>::append(const TapeNode& node) noexcept {
  if (loss_.count > 0) fail(StatusCode::tape_closed);
  if (node_count_ >= capacity_) fail(StatusCode::tape_full, capacity_);
  if (loss_.count > 0 || node_count_ >= capacity_) return 0;
  storage_.nodes[node_count_] = node;
  return node_count_++;
}

/// What keeps a network from being recorded at `columns` columns of the points.
template <class T>
Status Tape<T>::check_network(const Derivatives& derivatives, std::size_t first_column,
                              std::size_t columns) const noexcept {
  const auto failure = [](StatusCode code, std::size_t info = 0) {
    return Status{code, static_cast<int>(info)};
  };
  if (!derivatives.status().ok()) return derivatives.status();
  if (loss_.count > 0) return failure(StatusCode::tape_closed);
  if (network_count_ == most_networks_) {
    return failure(StatusCode::too_many_networks, most_networks_);
  }
  if (derivatives.count() > most_streams_) {
    return failure(StatusCode::too_many_derivatives, most_streams_);
  }
  if (first_column > columns_ || columns > columns_ - first_column) {
    return failure(StatusCode::no_such_column, std::max(first_column, columns_));
  }
  if (derivatives.inputs_needed() > columns) {
    return failure(StatusCode::no_such_input, derivatives.inputs_needed() - 1);
  }
  return {};
}

template <class T>
std::size_t Tape<T>::add_network(const Derivatives& derivatives, std::size_t first_column,
                                 std::size_t columns) noexcept {
  const Status found = check_network(derivatives, first_column, columns);
  if (status_.ok()) status_ = found;
  if (!found.ok() || storage_.widths.empty()) return 0;
  TapeNetwork& network = networks_[network_count_];
  network.first_column = first_column;
  network.derivatives = network.streams = derivatives;
  return network_count_++;
}

template <class T>
NetworkExpression<T> Tape<T>::network(const Derivatives& derivatives,
                                      std::size_t first_column) noexcept {
  const std::size_t inputs = storage_.widths.empty() ? 0 : storage_.widths.front();
  const std::size_t index = add_network(derivatives, first_column, inputs);
  return {record_stream(index, 0, partial::value), index};
}

template <class T>
NetworkExpression<T> Tape<T>::network(const Derivatives& derivatives,
                                      std::span<const Expression<T>> inputs,
                                      std::size_t first_column) noexcept {
  const std::size_t columns = derivatives.inputs_needed();
  const std::size_t index = add_network(derivatives, first_column, columns);
  if (status_.ok() && inputs.size() != storage_.widths.front()) {
    fail(StatusCode::shape_mismatch, storage_.widths.front());
  }
  for (std::size_t i = 0; i < inputs.size() && status_.ok(); ++i) {
    if (!owns(inputs[i].tape(), inputs[i].node())) {
      fail(StatusCode::foreign_expression);
    } else if (storage_.nodes[inputs[i].node()].through_network) {
      fail(StatusCode::input_of_network, i);
    }
  }
  if (status_.ok()) record_features(networks_[index], inputs);
  return {record_stream(index, 0, partial::value), index};
}

/// The nodes of the features stand side by side: what they refer to is recorded before them.
template <class T>
void Tape<T>::record_features(TapeNetwork& network,
                              std::span<const Expression<T>> inputs) noexcept {
  for (const Expression<T> input : inputs) {
    for (const Derivative& derivative : network.derivatives.list()) {
      (void)record_derivative(input, derivative);
    }
  }
  network.features = static_cast<std::uint16_t>(node_count_);
  for (const Expression<T> input : inputs) {
    for (const Derivative& derivative : network.derivatives.list()) {
      const std::size_t node = record_derivative(input, derivative).node();
      append({.kind = NodeKind::feature,
              .a = static_cast<std::uint16_t>(node),
              .live = true,
              .early = true});
    }
  }
}

template <class T>
Expression<T> Tape<T>::point(std::size_t column) noexcept {
  if (column >= columns_ || column >= TapeNode::kNone) fail(StatusCode::no_such_column, column);
  return {*this, append({.kind = NodeKind::point,
                         .a = static_cast<std::uint16_t>(column),
                         .live = true,
                         .early = true})};
}

template <class T>
Expression<T> Tape<T>::constant(double value) noexcept {
  if (!std::isfinite(static_cast<T>(value))) fail(StatusCode::not_finite);
  return {*this,
          append({.kind = NodeKind::constant, .live = true, .early = true, .constant = value})};
}

template <class T>
Expression<T> Tape<T>::record(const Operation& operation, Expression<T> a, Expression<T> b,
                              double constant) noexcept {
  const bool two = operation.operands == 2;
  if (!std::isfinite(static_cast<T>(constant))) fail(StatusCode::not_finite);
  if (!owns(a.tape(), a.node()) || (two && !owns(b.tape(), b.node()))) {
    fail(StatusCode::foreign_expression);
  }
  if (!status_.ok()) return {*this, 0};
  const auto left = static_cast<std::uint16_t>(a.node());
  const auto right = static_cast<std::uint16_t>(b.node());
  const bool early = storage_.nodes[left].early && (!two || storage_.nodes[right].early);
  const bool through_network =
      storage_.nodes[left].through_network || (two && storage_.nodes[right].through_network);
  return {*this, append({.kind = NodeKind::pointwise,
                         .a = left,
                         .b = two ? right : TapeNode::kNone,
                         .live = true,
                         .early = early,
                         .through_network = through_network,
                         .constant = constant,
                         .operation = &operation})};
}

template <class T>
Expression<T> Tape<T>::record_stream(std::size_t network, std::size_t output,
                                     Derivative derivative) noexcept {
  if (!status_.ok()) return {*this, 0};
  if (output >= storage_.widths.back() || output >= TapeNode::kNone) {
    fail(StatusCode::no_such_output, output);
  } else if (derivative.order > 2) {
    fail(StatusCode::derivative_order, derivative.order);
  } else if (network >= network_count_ || !networks_[network].derivatives.contains(derivative)) {
    fail(StatusCode::derivative_missing, static_cast<std::size_t>(derivative_info(derivative)));
  }
  if (!status_.ok()) return {*this, 0};
  return {*this, append({.kind = NodeKind::stream,
                         .a = static_cast<std::uint16_t>(network),
                         .b = static_cast<std::uint16_t>(output),
                         .derivative = derivative,
                         .live = true,
                         .early = derivative.order == 0,
                         .through_network = true})};
}

/// From the loss down: operands stand in front of what needs them.
template <class T>
void Tape<T>::mark_live() noexcept {
  const auto nodes = storage_.nodes.first(node_count_);
  for (TapeNode& node : nodes) node.live = false;
  for (std::size_t i = 0; i < loss_.count; ++i) {
    nodes[loss_.terms[i].residual].live = true;
    if (loss_.terms[i].weighted) nodes[loss_.terms[i].weight].live = true;
  }
  for (std::size_t i = node_count_; i-- > 0;) {
    if (nodes[i].live) mark_operands(nodes[i]);
  }
}

template <class T>
void Tape<T>::mark_operands(const TapeNode& node) noexcept {
  switch (node.kind) {
    case NodeKind::point:
    case NodeKind::constant: return;
    case NodeKind::feature: storage_.nodes[node.a].live = true; return;
    case NodeKind::stream: return mark_features(networks_[node.a], node.derivative);
    case NodeKind::pointwise:
      storage_.nodes[node.a].live = true;
      if (node.operation->operands == 2) storage_.nodes[node.b].live = true;
      return;
    case NodeKind::combined: break;
  }
  const TapeNetwork& network = networks_[node.a];
  mark_features(network, partial::value);
  for (const auto& direction : std::span(network.directions).first(network.direction_count)) {
    if (direction.node != TapeNode::kNone) storage_.nodes[direction.node].live = true;
    mark_features(network, partial::first(direction.input));
  }
  for (const auto& curvature : std::span(network.curvatures).first(network.curvature_count)) {
    mark_features(network, partial::second(curvature.i, curvature.j));
  }
}

/// What a derivative of a network takes of its inputs: theirs, and those of its chain rule.
template <class T>
void Tape<T>::mark_features(const TapeNetwork& network, Derivative derivative) noexcept {
  if (network.features == TapeNode::kNone) return;
  Derivatives taken;
  taken.add(derivative);
  for (std::size_t input = 0; input < storage_.widths.front(); ++input) {
    for (const Derivative& stream : taken.list()) {
      storage_.nodes[network.feature(input, stream)].live = true;
    }
  }
}

/// What each network has to carry for the live nodes. The adjoint of an operator's coefficient c_i
/// takes du/dx_i.
template <class T>
void Tape<T>::mark_streams() noexcept {
  for (TapeNetwork& network : std::span(networks_).first(network_count_)) {
    network.streams = {};
    for (std::size_t i = 0; network.combined && i < network.curvature_count; ++i) {
      network.streams.add(partial::first(network.curvatures[i].i));
      network.streams.add(partial::first(network.curvatures[i].j));
    }
    for (std::size_t i = 0; network.combined && i < network.direction_count; ++i) {
      if (network.directions[i].through_network) {
        network.streams.add(partial::first(network.directions[i].input));
      }
    }
  }
  for (const TapeNode& node : nodes()) {
    if (node.live && node.kind == NodeKind::stream) {
      networks_[node.a].streams.add(node.derivative);
    }
  }
}

template <class T>
void Tape<T>::check_loss(const Loss<T>& loss) noexcept {
  if (loss_.count > 0) return fail(StatusCode::tape_closed);
  if (loss.overflowed || loss.count > Loss<T>::kCapacity) {
    return fail(StatusCode::too_many_terms, Loss<T>::kCapacity);
  }
  if (loss.count == 0) return fail(StatusCode::no_loss);
  bool trains = false;
  for (const auto& term : std::span(loss.terms).first(loss.count)) {
    if (!owns(term.residual_tape, term.residual) ||
        (term.weighted && !owns(term.weight_tape, term.weight))) {
      return fail(StatusCode::foreign_expression);
    }
    if (!std::isfinite(static_cast<T>(term.factor))) return fail(StatusCode::not_finite);
    if (!status_.ok() || static_cast<T>(term.factor) == 0) continue;
    trains = trains || storage_.nodes[term.residual].through_network ||
             (term.weighted && storage_.nodes[term.weight].through_network);
  }
  if (!trains) fail(StatusCode::loss_without_network);
}

template <class T>
Status Tape<T>::minimise(const Loss<T>& loss) noexcept {
  check_loss(loss);
  if (!status_.ok()) return status_;
  loss_ = loss;
  mark_live();
  mark_streams();
  if (storage_.widths.back() != 1) return status_;
  for (std::size_t k = 0; k < network_count_; ++k) {
    for (std::size_t i = 0; i < loss_.count && !networks_[k].combined; ++i) {
      const TapeNetwork before = networks_[k];
      const std::size_t nodes_before = node_count_;
      const std::size_t root = loss_.terms[i].residual;
      TapeNodes nodes{storage_.nodes, node_count_};
      const std::uint16_t sum = collapse(nodes, static_cast<std::uint16_t>(root),
                                         static_cast<std::uint16_t>(k), networks_[k]);
      if (sum != TapeNode::kNone) {
        node_count_ = nodes.count;
        loss_.terms[i].residual = sum;
        mark_live();
        mark_streams();
        if (networks_[k].stream_count() < before.stream_count()) continue;
      }
      networks_[k] = before;
      node_count_ = nodes_before;
      loss_.terms[i].residual = root;
      mark_live();
      mark_streams();
    }
  }
  return status_;
}

template class Tape<float>;
template class Tape<double>;

}  // namespace pinnscope
