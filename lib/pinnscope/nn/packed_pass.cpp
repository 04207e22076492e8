#include "pinnscope/nn/packed_pass.hpp"

#include <cassert>

#include "pinnscope/nn/point_streams.hpp"

namespace pinnscope {

template <class T>
PackedPass<T>::PackedPass(const Config& config, Arena& arena) noexcept
    : derivatives_(config.derivatives),
      plan_(plan_of<T>(config.derivatives)),
      kernels_(fastest<Kernels<T>>()) {
  assert(config.widths.size() >= 2);
  if (!derivatives_.status().ok()) return;
  Layout carver(arena);
  storage_ = layout(carver, config);
}

template <class T>
Status PackedPass<T>::load(const Mlp<T>& network) noexcept {
  if (!derivatives_.status().ok()) return derivatives_.status();
  const std::size_t widest = kPanelRows<T> * panel_count<T>(network.largest_width());
  if (packed_size(network.widths()) > storage_.weights.size() ||
      widest * derivatives_.count() > storage_.input.size() ||
      derivatives_.inputs_needed() > network.inputs()) {
    return {StatusCode::shape_mismatch};
  }
  network_ = &network;
  T* packed = storage_.weights.data();
  for (std::size_t l = 0; l < network.layers(); ++l) {
    const MatrixView<const T> weights = network.weights(l);
    for (std::size_t first = 0; first < weights.columns; first += kPanelRows<T>) {
      const std::size_t count = std::min(kPanelRows<T>, weights.columns - first);
      std::copy_n(network.biases(l).data() + first, count, packed);
      std::fill_n(packed + count, kPanelRows<T> - count, T(0));
      packed += kPanelRows<T>;
      for (std::size_t k = 0; k < weights.rows; ++k, packed += kPanelRows<T>) {
        for (std::size_t c = 0; c < kPanelRows<T>; ++c) {
          packed[c] = c < count ? weights(k, first + c) : T(0);
        }
      }
    }
  }
  return {};
}

template <class T>
Status PackedPass<T>::evaluate(VectorView<const T> point, VectorView<T> values) noexcept {
  if (network_ == nullptr) return {StatusCode::empty_input};
  const Mlp<T>& network = *network_;
  if (point.size() != network.inputs() ||
      values.size() != network.outputs() * derivatives_.count()) {
    return {StatusCode::shape_mismatch};
  }
  const T* packed = storage_.weights.data();
  return pass_streams(network, kernels_, derivatives_, plan_, point, storage_.input.data(),
                      storage_.output.data(), values,
                      [&](std::size_t layer, std::size_t stream, const T* a, T* z) {
                        const std::size_t rows = network.fan_in(layer);
                        const std::size_t panels = panel_count<T>(network.fan_out(layer));
                        kernels_.multiply_packed(a, packed, rows, panels, stream == 0, z);
                        if (stream + 1 == derivatives_.count()) {
                          packed += (rows + 1) * panels * kPanelRows<T>;
                        }
                      });
}

template class PackedPass<float>;
template class PackedPass<double>;

}  // namespace pinnscope
