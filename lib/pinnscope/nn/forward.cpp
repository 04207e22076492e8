#include "pinnscope/nn/forward.hpp"

#include <limits>
#include <utility>

#include "pinnscope/nn/panels.hpp"
#include "pinnscope/nn/point_streams.hpp"

namespace pinnscope {
namespace {

/// Of a network that a pass does not serve: a set of derivatives that cannot be gives it no room.
Status refusal(const Derivatives& derivatives) noexcept {
  return derivatives.status().ok() ? Status{StatusCode::shape_mismatch} : derivatives.status();
}

}  // namespace

template <class T>
ForwardPass<T>::ForwardPass(const Config& config, Arena& arena) noexcept
    : derivatives_(config.derivatives),
      plan_(plan_of<T>(config.derivatives)),
      kernels_(fastest<Kernels<T>>()),
      tile_(config.tile) {
  assert(config.tile > 0);
  if (!derivatives_.status().ok()) return;
  Layout carver(arena);
  storage_ = layout(carver, config);
}

template <class T>
bool ForwardPass<T>::serves(const Mlp<T>& network) const noexcept {
  return kPanelRows<T> * panel_count<T>(tile_) * network.largest_width() <= storage_.input.rows &&
         derivatives_.inputs_needed() <= network.inputs();
}

template <class T>
Streams<T> ForwardPass<T>::streams_of(MatrixView<T> storage) const noexcept {
  return {storage.data, storage.data + storage.rows};
}

template <class T>
Status ForwardPass<T>::evaluate(const Mlp<T>& network, MatrixView<const T> points,
                                MatrixView<T> values) noexcept {
  if (!serves(network) || points.columns != network.inputs() || values.rows != points.rows ||
      values.columns != value_columns(network)) {
    return refusal(derivatives_);
  }
  const auto block = [](auto matrix, std::size_t start, std::size_t rows) {
    return matrix.block(start, 0, rows, matrix.columns);
  };
  std::size_t finite = 0;  // rows before the first that is not
  for (std::size_t start = 0; start < points.rows; start += tile_) {
    const std::size_t rows = std::min(tile_, points.rows - start);
    const MatrixView<T> results = block(values, start, rows);
    if (!pass_tile(network, block(points, start, rows), results)) {
      for (std::size_t row = 0; row < rows; ++row) {
        const MatrixView<T> result = block(results, row, 1);
        const bool known = pass_tile(network, block(points, start + row, 1), result);
        for (std::size_t c = 0; !known && c < result.columns; ++c) {
          result(0, c) = std::numeric_limits<T>::quiet_NaN();
        }
      }
    }
    if (finite == start) finite += finite_rows<T>(results);
  }
  if (finite == points.rows) return {};
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  return {StatusCode::not_finite, static_cast<int>(std::min(finite, kMost))};
}

/// At most a tile of points. Returns whether every value before an activation is below
/// unknown_from() of that activation.
template <class T>
bool ForwardPass<T>::pass_tile(const Mlp<T>& network, MatrixView<const T> points,
                               MatrixView<T> values) noexcept {
  const std::size_t panels = panel_count<T>(points.rows);
  const Streams<T> input = streams_of(storage_.input);
  load_panels(points, input.values);
  for (std::size_t panel = 0; panel < panels; ++panel) {
    const std::size_t entries = plan_.derivatives * points.columns * kPanelRows<T>;
    seed_derivatives(derivatives_, points.columns, kPanelRows<T>,
                     input.derivatives + panel * entries);
  }
  bool known = true;
  for (std::size_t l = 0; l < network.layers(); ++l) {
    multiply(network, l, panels);
    const Streams<T> z = streams_of(storage_.output);
    known &= kernels_.activate(
        {network.activation(l), network.activation_parameters(), plan_, panels, network.fan_out(l)},
        {z.values, z.derivatives}, z);
    std::swap(storage_.input, storage_.output);
  }
  store(values);
  return known;
}

/// z = a W (+ b for the values), from the input into the output.
template <class T>
void ForwardPass<T>::multiply(const Mlp<T>& network, std::size_t layer,
                              std::size_t panels) noexcept {
  const Streams<T> a = streams_of(storage_.input);
  const Streams<T> z = streams_of(storage_.output);
  PanelProduct<T> product{.panels = panels,
                          .rows = network.fan_in(layer),
                          .columns = network.fan_out(layer),
                          .a = a.values,
                          .b = network.weights(layer).data,
                          .row_stride = 1,
                          .column_stride = network.fan_in(layer),
                          .biases = network.biases(layer).data(),
                          .z = z.values};
  kernels_.multiply(product);
  product.panels = panels * plan_.derivatives;
  product.a = a.derivatives;
  product.biases = nullptr;
  product.z = z.derivatives;
  kernels_.multiply(product);
}

template <class T>
Status ForwardPass<T>::evaluate_point(const Mlp<T>& network, VectorView<const T> point,
                                      VectorView<T> values) noexcept {
  if (!serves(network) || point.size() != network.inputs() ||
      values.size() != value_columns(network)) {
    return refusal(derivatives_);
  }
  return pass_streams(
      network, kernels_, derivatives_, plan_, point, storage_.input.data, storage_.output.data,
      values, [&](std::size_t layer, std::size_t stream, const T* a, T* z) {
        kernels_.multiply_point(a, network.weights(layer).data, network.fan_in(layer),
                                network.fan_out(layer),
                                stream == 0 ? network.biases(layer).data() : nullptr, z);
      });
}

/// The panels of the last layer into columns, without the padding.
template <class T>
void ForwardPass<T>::store(MatrixView<T> values) const noexcept {
  const std::size_t outputs = values.columns / derivatives_.count();
  const Streams<T> streams{storage_.input.data, storage_.input.data + storage_.input.rows};
  for (std::size_t start = 0, panel = 0; start < values.rows; start += kPanelRows<T>, ++panel) {
    const std::size_t rows = std::min(kPanelRows<T>, values.rows - start);
    for (std::size_t column = 0; column < values.columns; ++column) {
      const T* source =
          column < outputs
              ? streams.values + panel * outputs * kPanelRows<T> + column * kPanelRows<T>
              : streams.derivatives +
                    (panel * plan_.derivatives * outputs + column - outputs) * kPanelRows<T>;
      std::copy_n(source, rows, &values(start, column));
    }
  }
}

template class ForwardPass<float>;
template class ForwardPass<double>;

}  // namespace pinnscope
