#include "pinnscope/tape/replay.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "pinnscope/nn/panels.hpp"

namespace pinnscope {
namespace {

/// Streams that a network carries beside its value.
std::size_t derivatives_of(const TapeNetwork& network) noexcept {
  return network.stream_count() - 1;
}

template <class T>
StreamPlan<T> plan_of(const TapeNetwork& network) noexcept {
  StreamPlan<T> plan = plan_of<T>(network.streams);
  if (!network.combined) return plan;
  const auto stream = plan.derivatives++;
  for (std::size_t i = 0; i < network.curvature_count; ++i) {
    const TapeNetwork::Curvature& curvature = network.curvatures[i];
    const auto factor = [&](std::uint16_t input) {
      return static_cast<std::uint8_t>(network.streams.index_of(partial::first(input)) - 1);
    };
    plan.add({stream, factor(curvature.i), factor(curvature.j), static_cast<T>(curvature.factor)});
  }
  return plan;
}

template <class T>
const OperationLoops<T>& loops_of(const TapeNode& node) noexcept {
  return std::get<OperationLoops<T>>(node.operation->loops);
}

/// Calls f(i) for i in [0, size): the loops over the points of a tile.
template <class Function>
void for_each(std::size_t size, Function&& f) noexcept {
  for (std::size_t i = 0; i < size; ++i) f(i);
}

}  // namespace

template <class T>
typename Replay<T>::Shape Replay<T>::shape_of(const Tape<T>& tape) noexcept {
  Shape shape{
      .widths = tape.widths(), .nodes = tape.nodes().size(), .networks = tape.networks().size()};
  for (std::size_t k = 0; k < shape.networks; ++k) {
    shape.derivatives[k] = derivatives_of(tape.networks()[k]);
  }
  return shape;
}

template <class T>
Replay<T>::Replay(const Config& config, Arena& arena) noexcept
    : tape_(*config.tape), kernels_(fastest<Kernels<T>>()), tile_(config.tile) {
  assert(config.tape->status().ok() && config.tile > 0);
  Layout carver(arena);
  storage_ = layout(carver, shape_of(tape_), tile_);
  for (std::size_t k = 0; k < tape_.networks().size(); ++k) {
    const TapeNetwork& network = tape_.networks()[k];
    plans_[k] = plan_of<T>(network);
    for (std::size_t d = 0; network.combined && d < network.direction_count; ++d) {
      if (network.directions[d].node != TapeNode::kNone) in_two_passes_ = true;
    }
  }
}

template <class T>
void Replay<T>::forward(const Mlp<T>& network, MatrixView<const T> points) noexcept {
  assert(points.rows <= tile_ && points.columns == tape_.columns());
  assert(std::equal(network.widths().begin(), network.widths().end(), tape_.widths().begin(),
                    tape_.widths().end()));
  points_ = points;
  const std::size_t networks = tape_.networks().size();
  compute_nodes(Stage::points);
  for (std::size_t k = 0; k < networks; ++k) load_points(k);
  if (in_two_passes_) {
    for (std::size_t k = 0; k < networks; ++k) pass_network(network, k, Pass::values);
    compute_nodes(Stage::values);
  }
  for (std::size_t k = 0; k < networks; ++k) {
    if (derivative_count(k) > 0) seed_streams(k);
    if (!in_two_passes_) pass_network(network, k, Pass::both);
    if (in_two_passes_ && derivative_count(k) > 0) pass_network(network, k, Pass::derivatives);
  }
  if (!in_two_passes_) compute_nodes(Stage::values);
  compute_nodes(Stage::derivatives);
}

template <class T>
void Replay<T>::load_points(std::size_t k) noexcept {
  const TapeNetwork& use = tape_.networks()[k];
  const std::size_t inputs = tape_.widths().front();
  T* values = storage_.networks[k].input.values;
  if (use.features != TapeNode::kNone) {
    return load_features(k, partial::value, values, inputs * kPanelRows<T>);
  }
  load_panels(points_.block(0, use.first_column, points_.rows, inputs), values);
}

/// The panels of a network's inputs, or of a derivative of them.
template <class T>
void Replay<T>::load_features(std::size_t k, Derivative derivative, T* panels_of_inputs,
                              std::size_t panel_stride) noexcept {
  for (std::size_t input = 0; input < tape_.widths().front(); ++input) {
    const std::size_t node = tape_.networks()[k].feature(input, derivative);
    const T* from = value(tape_.nodes()[node].a);
    for (std::size_t panel = 0; panel < panels(); ++panel, from += kPanelRows<T>) {
      std::copy_n(from, kPanelRows<T>,
                  panels_of_inputs + panel * panel_stride + input * kPanelRows<T>);
    }
  }
}

/// What the inputs say of themselves, and, as the last stream, of the operator.
template <class T>
void Replay<T>::seed_streams(std::size_t k) noexcept {
  const TapeNetwork& use = tape_.networks()[k];
  const std::size_t entries = tape_.widths().front() * kPanelRows<T>;
  const std::size_t panel_stride = derivative_count(k) * entries;
  T* seeds = storage_.networks[k].input.derivatives;
  const std::size_t derivatives = use.streams.count() - 1;
  for (std::size_t s = 1; s <= derivatives && use.features != TapeNode::kNone; ++s) {
    load_features(k, use.streams[s], seeds + (s - 1) * entries, panel_stride);
  }
  for (std::size_t panel = 0; panel < panels(); ++panel, seeds += panel_stride) {
    if (use.features == TapeNode::kNone) {
      seed_derivatives(use.streams, tape_.widths().front(), kPanelRows<T>, seeds);
    }
    if (use.combined) seed_operator(k, panel, seeds + derivatives * entries);
  }
}

/// A panel of q of the inputs: c_i of coordinate i; of an expression z
/// sum_i c_i dz/dx_i + sum_ij C_ij d2z/dx_i dx_j.
template <class T>
void Replay<T>::seed_operator(std::size_t k, std::size_t panel, T* seeds) noexcept {
  const TapeNetwork& use = tape_.networks()[k];
  std::fill_n(seeds, tape_.widths().front() * kPanelRows<T>, T(0));
  for (const auto& direction : std::span(use.directions).first(use.direction_count)) {
    const T factor = static_cast<T>(direction.factor);
    const T* coefficient =
        direction.node == TapeNode::kNone ? nullptr : value(direction.node) + panel * kPanelRows<T>;
    add_feature(k, panel, partial::first(direction.input), factor, coefficient, seeds);
  }
  for (const auto& curvature : std::span(use.curvatures).first(use.curvature_count)) {
    const Derivative derivative = partial::second(curvature.i, curvature.j);
    add_feature(k, panel, derivative, static_cast<T>(curvature.factor), nullptr, seeds);
  }
}

/// Adds factor times coefficient, where there is one, times a derivative of the inputs.
template <class T>
void Replay<T>::add_feature(std::size_t k, std::size_t panel, Derivative derivative, T factor,
                            const T* coefficient, T* seeds) noexcept {
  const TapeNetwork& use = tape_.networks()[k];
  const auto times = [&](std::size_t i) {
    return coefficient == nullptr ? factor : factor * coefficient[i];
  };
  if (use.features == TapeNode::kNone) {
    if (derivative.order > 1) return;
    T* entries = seeds + derivative.i * kPanelRows<T>;
    return for_each(kPanelRows<T>, [&](std::size_t i) { entries[i] += times(i); });
  }
  for (std::size_t input = 0; input < tape_.widths().front(); ++input) {
    T* entries = seeds + input * kPanelRows<T>;
    const T* z = value(tape_.nodes()[use.feature(input, derivative)].a) + panel * kPanelRows<T>;
    for_each(kPanelRows<T>, [&](std::size_t i) { entries[i] += times(i) * z[i]; });
  }
}

template <class T>
typename Replay<T>::Layer Replay<T>::layer_of(std::size_t k, std::size_t layer) const noexcept {
  std::size_t neurons = 0;
  for (std::size_t l = 0; l < layer; ++l) neurons += tape_.widths()[l + 1];
  const NetworkStorage& storage = storage_.networks[k];
  const std::size_t entries = neurons * padded_rows();
  return {storage.layers.values + entries, storage.kept + entries,
          storage.layers.derivatives + entries * derivative_count(k)};
}

template <class T>
LayerActivation<T> Replay<T>::activation_of(const Mlp<T>& network, std::size_t k,
                                            std::size_t layer) const noexcept {
  return {network.activation(layer), network.activation_parameters(), plans_[k], panels(),
          network.fan_out(layer)};
}

/// Streams through the layers. Derivatives alone follow on a pass of the values.
template <class T>
void Replay<T>::pass_network(const Mlp<T>& network, std::size_t k, Pass pass) noexcept {
  Streams<T> a = storage_.networks[k].input;
  for (std::size_t l = 0; l < network.layers(); ++l) {
    const Layer layer = layer_of(k, l);
    const LayerActivation<T> activation = activation_of(network, k, l);
    PanelProduct<T> product{.panels = panels(),
                            .rows = network.fan_in(l),
                            .columns = network.fan_out(l),
                            .a = a.values,
                            .b = network.weights(l).data,
                            .row_stride = 1,
                            .column_stride = network.fan_in(l),
                            .biases = network.biases(l).data(),
                            .z = layer.values};
    if (pass != Pass::derivatives) {
      kernels_.multiply(product);
      kernels_.activate_values(activation, layer.values, layer.values, layer.kept);
    }
    const bool last = l + 1 == network.layers();
    if (pass != Pass::values && derivative_count(k) > 0) {
      product.panels = panels() * derivative_count(k);
      product.a = a.derivatives;
      product.biases = nullptr;
      product.z = layer.derivatives;
      kernels_.multiply(product);
      a.derivatives = last ? storage_.networks[k].output : storage_.derivatives;
      kernels_.activate_derivatives(activation, layer.activated(), a.derivatives);
    }
    a.values = layer.values;
  }
}

/// Panel `panel` of an output's stream; stream 0 is the value.
template <class T>
const T* Replay<T>::output_stream(std::size_t k, std::size_t output, std::size_t stream,
                                  std::size_t panel) const noexcept {
  const std::size_t outputs = tape_.widths().back();
  const T* first =
      stream == 0 ? layer_of(k, tape_.widths().size() - 2).values + panel * outputs * kPanelRows<T>
                  : storage_.networks[k].output +
                        (panel * derivative_count(k) + stream - 1) * outputs * kPanelRows<T>;
  return first + output * kPanelRows<T>;
}

template <class T>
std::size_t Replay<T>::stream_of(const TapeNode& node) const noexcept {
  const TapeNetwork& use = tape_.networks()[node.a];
  return node.kind == NodeKind::combined ? use.streams.count()
                                         : use.streams.index_of(node.derivative);
}

template <class T>
void Replay<T>::compute_nodes(Stage stage) noexcept {
  for (std::size_t i = 0; i < tape_.nodes().size(); ++i) {
    const TapeNode& node = tape_.nodes()[i];
    if (node.live && stage_of(node) == stage) compute_node(i);
  }
}

template <class T>
void Replay<T>::compute_node(std::size_t index) noexcept {
  const TapeNode& node = tape_.nodes()[index];
  const std::size_t rows = padded_rows();
  T* out = value(index);
  switch (node.kind) {
    case NodeKind::point: {
      const auto column = points_.column(node.a);
      std::copy(column.begin(), column.end(), out);
      std::fill(out + column.size(), out + rows, column.empty() ? T(0) : column.back());
      return;
    }
    case NodeKind::constant: std::fill_n(out, rows, static_cast<T>(node.constant)); return;
    case NodeKind::feature: return;  // read where it refers to
    case NodeKind::stream:
    case NodeKind::combined:
      for (std::size_t panel = 0; panel < panels(); ++panel, out += kPanelRows<T>) {
        std::copy_n(output_stream(node.a, node.b, stream_of(node), panel), kPanelRows<T>, out);
      }
      return;
    case NodeKind::pointwise: return loops_of<T>(node).forward(values_of(node, out));
  }
}

/// Of a pointwise node, for its forward loop.
template <class T>
NodeColumns<T> Replay<T>::values_of(const TapeNode& node, T* out) noexcept {
  const bool two = node.operation->operands == 2;
  return {.rows = padded_rows(),
          .constant = static_cast<T>(node.constant),
          .a = value(node.a),
          .b = two ? value(node.b) : nullptr,
          .value = out};
}

/// Likewise, for its backward loop.
template <class T>
void Replay<T>::reverse_pointwise(std::size_t index) noexcept {
  const TapeNode& node = tape_.nodes()[index];
  NodeColumns<T> columns = values_of(node, value(index));
  columns.rows = points_.rows;
  columns.adjoint = adjoint(index);
  columns.a_adjoint = adjoint(node.a);
  if (columns.b != nullptr) columns.b_adjoint = adjoint(node.b);
  loops_of<T>(node).backward(columns);
}

template <class T>
VectorView<const T> Replay<T>::values(Expression<T> expression) const noexcept {
  const bool own = expression.tape() == &tape_ && expression.node() < tape_.nodes().size();
  if (!own || !tape_.nodes()[expression.node()].live) return {};
  return {value(expression.node()), points_.rows};
}

template <class T>
double Replay<T>::loss() const noexcept {
  double total = 0;
  for (std::size_t k = 0; k < tape_.loss().count; ++k) {
    const auto& term = tape_.loss().terms[k];
    const T* r = value(term.residual);
    const T* w = term.weighted ? value(term.weight) : nullptr;
    double sum = 0;
    for (std::size_t i = 0; i < points_.rows; ++i) {
      const double square = static_cast<double>(r[i]) * static_cast<double>(r[i]);
      sum += w == nullptr ? square : static_cast<double>(w[i]) * square;
    }
    total += term.factor * sum;
  }
  return total;
}

template <class T>
void Replay<T>::point_losses(VectorView<double> losses) const noexcept {
  assert(losses.size() == points_.rows);
  std::fill(losses.begin(), losses.end(), 0.0);
  for (std::size_t k = 0; k < tape_.loss().count; ++k) {
    const auto& term = tape_.loss().terms[k];
    const T* r = value(term.residual);
    const T* w = term.weighted ? value(term.weight) : nullptr;
    for (std::size_t i = 0; i < points_.rows; ++i) {
      const double square = static_cast<double>(r[i]) * static_cast<double>(r[i]);
      losses[i] += term.factor * (w == nullptr ? square : static_cast<double>(w[i]) * square);
    }
  }
}

template <class T>
void Replay<T>::backward(const Mlp<T>& network, double scale, VectorView<T> gradient) noexcept {
  assert(gradient.size() == network.parameters().size());
  std::fill_n(storage_.adjoints.data, storage_.adjoints.size(), T(0));
  seed_loss(scale);
  reverse_nodes(false);
  reverse_nodes(true);
  for (std::size_t k = 0; k < tape_.networks().size(); ++k) {
    reverse_network(network, k, [&](std::size_t layer, Streams<const T> a, Streams<const T> bar) {
      add_gradient(network, k, layer, a, bar, gradient);
    });
  }
}

template <class T>
void Replay<T>::residual_rows(const Mlp<T>& network, std::size_t term, double scale,
                              const JacobianPanels<T>& rows) noexcept {
  assert(term < tape_.loss().count);
  std::fill_n(storage_.adjoints.data, storage_.adjoints.size(), T(0));
  seed_residual(term, scale, rows);
  reverse_nodes(false);
  reverse_nodes(true);
  for (std::size_t k = 0; k < tape_.networks().size(); ++k) {
    reverse_network(network, k, [&](std::size_t layer, Streams<const T> a, Streams<const T> bar) {
      add_rows(network, k, layer, a, bar, rows);
    });
  }
}

/// What a residual is multiplied by.
template <class T>
T Replay<T>::residual_root(std::size_t term, double scale, std::size_t point) const noexcept {
  const auto& loss = tape_.loss().terms[term];
  const T factor = static_cast<T>(std::sqrt(scale * loss.factor));
  return loss.weighted ? factor * std::sqrt(value(loss.weight)[point]) : factor;
}

template <class T>
void Replay<T>::residuals(std::size_t term, double scale,
                          const JacobianPanels<T>& rows) const noexcept {
  assert(term < tape_.loss().count);
  const T* r = value(tape_.loss().terms[term].residual);
  const std::size_t parameters = Mlp<T>::parameter_count(tape_.widths());
  for (std::size_t i = 0; i < padded_rows(); ++i) {
    rows.column(i / kPanelRows<T>, parameters)[i % kPanelRows<T>] =
        i < points_.rows ? residual_root(term, scale, i) * r[i] : 0;
  }
}

/// One for each residual, times the root before it, which may depend on the network as well.
template <class T>
void Replay<T>::seed_residual(std::size_t term, double scale,
                              const JacobianPanels<T>& rows) noexcept {
  residuals(term, scale, rows);
  const auto& loss = tape_.loss().terms[term];
  const T* w = loss.weighted ? value(loss.weight) : nullptr;
  const std::size_t parameters = Mlp<T>::parameter_count(tape_.widths());
  for (std::size_t i = 0; i < points_.rows; ++i) {
    const T residual = rows.column(i / kPanelRows<T>, parameters)[i % kPanelRows<T>];
    adjoint(loss.residual)[i] += residual_root(term, scale, i);
    if (w != nullptr && w[i] != 0) adjoint(loss.weight)[i] += residual / (2 * w[i]);
  }
}

/// Of each point the outer products of a layer's inputs with the adjoints of its sums, summed over
/// the streams.
template <class T>
void Replay<T>::add_rows(const Mlp<T>& network, std::size_t k, std::size_t layer,
                         Streams<const T> a, Streams<const T> bar,
                         const JacobianPanels<T>& rows) const noexcept {
  constexpr std::size_t kRows = kPanelRows<T>;
  const std::size_t fan_in = network.fan_in(layer);
  const std::size_t fan_out = network.fan_out(layer);
  const std::size_t derivatives = derivative_count(k);
  const auto add = [k](const T* sums, T* entries) {
    for (std::size_t e = 0; e < kRows; ++e) entries[e] = k == 0 ? sums[e] : entries[e] + sums[e];
  };
  for (std::size_t panel = 0; panel < panels(); ++panel) {
    for (std::size_t c = 0; c < fan_out; ++c) {
      const T* z = bar.values + (panel * fan_out + c) * kRows;
      for (std::size_t i = 0; i < fan_in; ++i) {
        const T* input = a.values + (panel * fan_in + i) * kRows;
        T sums[kRows];
        for (std::size_t e = 0; e < kRows; ++e) sums[e] = input[e] * z[e];
        for (std::size_t s = 0; s < derivatives; ++s) {
          const std::size_t stream = panel * derivatives + s;
          const T* input_s = a.derivatives + (stream * fan_in + i) * kRows;
          const T* z_s = bar.derivatives + (stream * fan_out + c) * kRows;
          for (std::size_t e = 0; e < kRows; ++e) sums[e] += input_s[e] * z_s[e];
        }
        add(sums, rows.column(panel, network.weight_offset(layer) + c * fan_in + i));
      }
      add(z, rows.column(panel, network.bias_offset(layer) + c));
    }
  }
}

/// Rows that are padding keep adjoints of zero.
template <class T>
void Replay<T>::seed_loss(double scale) noexcept {
  for (std::size_t k = 0; k < tape_.loss().count; ++k) {
    const auto& term = tape_.loss().terms[k];
    const T factor = static_cast<T>(scale * term.factor);
    const T* r = value(term.residual);
    T* r_bar = adjoint(term.residual);
    if (!term.weighted) {
      for_each(points_.rows, [&](std::size_t i) { r_bar[i] += 2 * factor * r[i]; });
      continue;
    }
    const T* w = value(term.weight);
    T* w_bar = adjoint(term.weight);
    for_each(points_.rows, [&](std::size_t i) {
      r_bar[i] += 2 * factor * (w[i] * r[i]);
      w_bar[i] += factor * (r[i] * r[i]);
    });
  }
}

template <class T>
void Replay<T>::reverse_nodes(bool early) noexcept {
  for (std::size_t i = tape_.nodes().size(); i-- > 0;) {
    const TapeNode& node = tape_.nodes()[i];
    if (!node.live || node.early != early) continue;
    if (node.kind == NodeKind::combined) {
      reverse_coefficients(i);
    } else if (node.kind == NodeKind::pointwise) {
      reverse_pointwise(i);
    }
  }
}

/// q is linear in its coefficients: the adjoint of c_i gains that of q times du/dx_i.
template <class T>
void Replay<T>::reverse_coefficients(std::size_t index) noexcept {
  const std::size_t k = tape_.nodes()[index].a;
  const TapeNetwork& use = tape_.networks()[k];
  const T* bar = adjoint(index);
  for (std::size_t d = 0; d < use.direction_count; ++d) {
    const TapeNetwork::Direction& direction = use.directions[d];
    if (!direction.through_network) continue;
    const std::size_t stream = use.streams.index_of(partial::first(direction.input));
    const T factor = static_cast<T>(direction.factor);
    T* coefficient_bar = adjoint(direction.node);
    for (std::size_t panel = 0; panel < panels(); ++panel) {
      const T* slope = output_stream(k, 0, stream, panel);
      const std::size_t start = panel * kPanelRows<T>;
      for_each(kPanelRows<T>, [&](std::size_t i) {
        coefficient_bar[start + i] += factor * (bar[start + i] * slope[i]);
      });
    }
  }
}

/// The adjoints of a network's stream nodes into panels.
template <class T>
void Replay<T>::gather_adjoints(const Mlp<T>& network, std::size_t k,
                                Streams<T> adjoint_panels) noexcept {
  const std::size_t outputs = network.outputs();
  const std::size_t derivatives = derivative_count(k);
  std::fill_n(adjoint_panels.values, outputs * padded_rows(), T(0));
  std::fill_n(adjoint_panels.derivatives, outputs * padded_rows() * derivatives, T(0));
  for (std::size_t n = 0; n < tape_.nodes().size(); ++n) {
    const TapeNode& node = tape_.nodes()[n];
    if (!node.live || node.a != k ||
        (node.kind != NodeKind::stream && node.kind != NodeKind::combined)) {
      continue;
    }
    const std::size_t stream = stream_of(node);
    const T* bar = adjoint(n);
    for (std::size_t panel = 0; panel < panels(); ++panel, bar += kPanelRows<T>) {
      T* target = stream == 0 ? adjoint_panels.values + panel * outputs * kPanelRows<T>
                              : adjoint_panels.derivatives +
                                    (panel * derivatives + stream - 1) * outputs * kPanelRows<T>;
      target += node.b * kPanelRows<T>;
      for_each(kPanelRows<T>, [&](std::size_t i) { target[i] += bar[i]; });
    }
  }
}

/// take(layer, its inputs, the adjoints of its sums) for every layer, the last one first.
template <class T>
template <class Take>
void Replay<T>::reverse_network(const Mlp<T>& network, std::size_t k, Take&& take) noexcept {
  Streams<T> bar = storage_.layer_adjoints[0];
  Streams<T> next = storage_.layer_adjoints[1];
  gather_adjoints(network, k, bar);
  for (std::size_t l = network.layers(); l-- > 0;) {
    const Layer layer = layer_of(k, l);
    kernels_.activate_adjoint(activation_of(network, k, l), layer.activated(), bar);
    Streams<T> a = storage_.networks[k].input;
    if (l > 0) {
      const Layer below = layer_of(k, l - 1);
      a = {below.values, storage_.derivatives};
      kernels_.activate_derivatives(activation_of(network, k, l - 1), below.activated(),
                                    a.derivatives);
    }
    take(l, Streams<const T>{a.values, a.derivatives},
         Streams<const T>{bar.values, bar.derivatives});
    if (l == 0) break;
    PanelProduct<T> product{.panels = panels(),
                            .rows = network.fan_out(l),
                            .columns = network.fan_in(l),
                            .a = bar.values,
                            .b = network.weights(l).data,
                            .row_stride = network.fan_in(l),
                            .column_stride = 1,
                            .biases = nullptr,
                            .z = next.values};
    kernels_.multiply(product);
    product.panels = panels() * derivative_count(k);
    product.a = bar.derivatives;
    product.z = next.derivatives;
    kernels_.multiply(product);
    std::swap(bar, next);
  }
}

template <class T>
void Replay<T>::add_gradient(const Mlp<T>& network, std::size_t k, std::size_t layer,
                             Streams<const T> a, Streams<const T> bar,
                             VectorView<T> gradient) noexcept {
  const std::size_t fan_out = network.fan_out(layer);
  kernels_.accumulate({panels(), derivative_count(k), network.fan_in(layer), fan_out, a, bar,
                       &gradient[network.weight_offset(layer)], storage_.packed});
  kernels_.accumulate_sums(panels(), fan_out, bar.values, &gradient[network.bias_offset(layer)]);
}

template class Replay<float>;
template class Replay<double>;

}  // namespace pinnscope
