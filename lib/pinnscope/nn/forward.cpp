#include "pinnscope/nn/forward.hpp"

#include <utility>

namespace pinnscope {

template <class T>
ForwardPass<T>::ForwardPass(const Config& config, Arena& arena) noexcept
    : derivatives_(config.derivatives), tile_(config.tile) {
  assert(config.tile > 0);
  Layout carver(arena);
  storage_ = layout(carver, config);
}

template <class T>
bool ForwardPass<T>::serves(const Mlp<T>& network) const noexcept {
  return kPanelRows<T> * network.largest_width() * derivatives_.count() <= storage_.input.rows &&
         derivatives_.inputs_needed() <= network.inputs();
}

template <class T>
Status ForwardPass<T>::evaluate(const Mlp<T>& network, MatrixView<const T> points,
                                MatrixView<T> values) noexcept {
  if (!serves(network) || points.columns != network.inputs() || values.rows != points.rows ||
      values.columns != value_columns(network)) {
    return {StatusCode::shape_mismatch};
  }
  const std::size_t streams = derivatives_.count();
  for (std::size_t start = 0; start < points.rows; start += tile_) {
    const std::size_t rows = std::min(tile_, points.rows - start);
    load(points.block(start, 0, rows, points.columns));
    for (std::size_t l = 0; l < network.layers(); ++l) {
      const std::size_t fan_in = kPanelRows<T> * network.fan_in(l);
      const std::size_t fan_out = kPanelRows<T> * network.fan_out(l);
      for (std::size_t panel = 0; panel < panels(rows); ++panel) {
        const T* a = storage_.input.column(panel).data();
        T* z = storage_.output.column(panel).data();
        for (std::size_t s = 0; s < streams; ++s) {
          const auto biases = s == 0 ? network.biases(l) : VectorView<const T>{};
          multiply_panel(a + s * fan_in, network.weights(l), biases, z + s * fan_out);
        }
        activate_panels(network.activation(l), network.negative_slope(), derivatives_,
                        network.fan_out(l), z);
      }
      std::swap(storage_.input, storage_.output);
    }
    store(values.block(start, 0, rows, values.columns));
  }
  return {};
}

/// A panel holds as many neurons of the one point here as points of one neuron above; a stream is
/// padded to whole panels.
template <class T>
Status ForwardPass<T>::evaluate_point(const Mlp<T>& network, VectorView<const T> point,
                                      VectorView<T> values) noexcept {
  if (!serves(network) || point.size() != network.inputs() ||
      values.size() != value_columns(network)) {
    return {StatusCode::shape_mismatch};
  }
  const auto padded = [](std::size_t width) { return panels(width) * kPanelRows<T>; };
  T* a = storage_.input.data;
  T* z = storage_.output.data;
  std::copy(point.begin(), point.end(), a);
  seed(a, padded(network.inputs()), 1);
  for (std::size_t l = 0; l < network.layers(); ++l) {
    const std::size_t fan_in = padded(network.fan_in(l));
    const std::size_t fan_out = padded(network.fan_out(l));
    for (std::size_t s = 0; s < derivatives_.count(); ++s) {
      const auto biases = s == 0 ? network.biases(l) : VectorView<const T>{};
      multiply_point(a + s * fan_in, network.weights(l), biases, z + s * fan_out);
    }
    activate_panels(network.activation(l), network.negative_slope(), derivatives_,
                    panels(network.fan_out(l)), z);
    std::swap(a, z);
  }
  for (std::size_t s = 0; s < derivatives_.count(); ++s) {
    std::copy_n(a + s * padded(network.outputs()), network.outputs(),
                values.begin() + static_cast<std::ptrdiff_t>(s * network.outputs()));
  }
  return {};
}

/// Points into the panels of the value stream, zeros where a panel is not full.
template <class T>
void ForwardPass<T>::load(MatrixView<const T> points) noexcept {
  for (std::size_t panel = 0; panel < panels(points.rows); ++panel) {
    T* streams = storage_.input.column(panel).data();
    const std::size_t start = panel * kPanelRows<T>;
    const std::size_t rows = std::min(kPanelRows<T>, points.rows - start);
    for (std::size_t i = 0; i < points.columns; ++i) {
      T* entries = streams + i * kPanelRows<T>;
      std::copy_n(&points(start, i), rows, entries);
      std::fill_n(entries + rows, kPanelRows<T> - rows, T(0));
    }
    seed(streams, points.columns * kPanelRows<T>, kPanelRows<T>);
  }
}

/// What the inputs say of themselves: dx_i/dx_j is 1 for i = j, every other derivative is 0.
template <class T>
void ForwardPass<T>::seed(T* streams, std::size_t distance, std::size_t rows) const noexcept {
  for (std::size_t s = 1; s < derivatives_.count(); ++s) {
    T* stream = streams + s * distance;
    std::fill_n(stream, distance, T(0));
    if (derivatives_[s].order == 1) std::fill_n(stream + derivatives_[s].i * rows, rows, T(1));
  }
}

/// The panels of the last layer into columns, without the padding.
template <class T>
void ForwardPass<T>::store(MatrixView<T> values) const noexcept {
  for (std::size_t panel = 0; panel < panels(values.rows); ++panel) {
    const T* streams = storage_.input.column(panel).data();
    const std::size_t start = panel * kPanelRows<T>;
    const std::size_t rows = std::min(kPanelRows<T>, values.rows - start);
    for (std::size_t column = 0; column < values.columns; ++column) {
      std::copy_n(streams + column * kPanelRows<T>, rows, &values(start, column));
    }
  }
}

template class ForwardPass<float>;
template class ForwardPass<double>;

}  // namespace pinnscope
