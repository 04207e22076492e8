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

template <class T>
NetworkExpression<T> Tape<T>::network(const Derivatives& derivatives,
                                      std::size_t first_column) noexcept {
  std::size_t index = 0;
  const std::size_t inputs = storage_.widths.empty() ? 0 : storage_.widths.front();
  if (!derivatives.status().ok()) {
    if (status_.ok()) status_ = derivatives.status();
  } else if (loss_.count > 0) {
    fail(StatusCode::tape_closed);
  } else if (network_count_ == most_networks_) {
    fail(StatusCode::too_many_networks, most_networks_);
  } else if (derivatives.count() > most_streams_) {
    fail(StatusCode::too_many_derivatives, most_streams_);
  } else if (first_column > columns_ || inputs > columns_ - first_column) {
    fail(StatusCode::no_such_column, std::max(first_column, columns_));
  } else if (derivatives.inputs_needed() > inputs) {
    fail(StatusCode::no_such_input, derivatives.inputs_needed() - 1);
  } else if (inputs > 0) {
    index = network_count_++;
    networks_[index].first_column = first_column;
    networks_[index].derivatives = networks_[index].streams = derivatives;
  }
  return {record_stream(index, 0, partial::value), index};
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
    const TapeNode& node = nodes[i];
    if (!node.live) continue;
    if (node.kind == NodeKind::pointwise) {
      nodes[node.a].live = true;
      if (node.operation->operands == 2) nodes[node.b].live = true;
    }
    if (node.kind != NodeKind::combined) continue;
    const TapeNetwork& network = networks_[node.a];
    for (std::size_t d = 0; d < network.direction_count; ++d) {
      const std::uint16_t coefficient = network.directions[d].node;
      if (coefficient != TapeNode::kNone) nodes[coefficient].live = true;
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
