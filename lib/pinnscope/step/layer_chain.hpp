#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/activation.hpp"
#include "pinnscope/step/normalisation.hpp"

namespace pinnscope {

/// On which side of the signal a layer's weights stand.
enum class LayerOrientation : std::uint8_t {
  signal_first,   // z W + b, W fan_in x fan_out: a network's layer
  weights_first,  // W z + b, W fan_out x fan_in: a stencil, what Stepper::matrix() gives
};

/// Sends a signal through layers, z <- f(W z + b) or f(z W + b), of any widths up to `width`.
template <class T>
class LayerChain : Pinned {
 public:
  struct Config {
    std::size_t width = 0;                         ///< the largest fan_in or fan_out
    Activation activation = Activation::tanh;      ///< of every layer
    ActivationParameters activation_parameters{};  ///< slope, omega and the like, by name
    /// p, from 0 to 1: in place of `activation` every layer has f(z) = p tanh(z) + (1 - p) max(z,
    /// 0).
    std::optional<double> blend{};
    /// On which side the weights stand.
    LayerOrientation orientation = LayerOrientation::signal_first;
    Normalisation normalise = Normalisation::none;  ///< what happens to the signal after each layer
  };

  struct Storage {
    VectorView<T> sum;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {layout.vector<T>("weighted sums", config.width)};
  }

  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& layout) { return LayerChain::layout(layout, config); });
  }

  LayerChain(const Config& config, Arena& arena) noexcept;

  /// ok, empty_input (width 0), not_finite (a parameter of the activation, as a T), out_of_range (a
  /// blend that is none) or out_of_memory.
  Status status() const noexcept { return status_; }

  /// What it was made with.
  const Config& config() const noexcept { return config_; }

  /// `output` <- the layer applied to `input`, then normalised; both may be the same view (z in
  /// place, for a square W), or else must not overlap. An empty bias is 0. fan_in * fan_out fused
  /// operations. Returns status() or shape_mismatch with the output unchanged; not_finite (index of
  /// the entry in `info`), or degenerate where the norm is 0, with the output not normalised.
  Status apply(MatrixView<const T> weights, VectorView<const T> bias, VectorView<const T> input,
               VectorView<T> output) noexcept;

  /// z <- the layer applied to z, in place: apply() with a square W.
  Status step(MatrixView<const T> weights, VectorView<const T> bias, VectorView<T> z) noexcept {
    return apply(weights, bias, z, z);
  }

  /// The weighted sums of the last layer, what its activation took. A view of the chain's storage,
  /// until the next layer.
  VectorView<const T> sums() const noexcept { return storage_.sum.first(fan_out_); }

  /// The share of them where |f'| is below `slope`, from 0 to 1: of saturated neurons, for one. 0
  /// before the first layer.
  double share_below(double slope) const noexcept;

  /// The sum of the logarithms of what normalisation divided by: the growth that it hides.
  /// @{
  double log_norm() const noexcept { return log_norm_; }
  void reset_log_norm() noexcept { log_norm_ = 0; }
  /// @}

 private:
  Config config_;
  Storage storage_;
  std::size_t fan_out_ = 0;  // of the last layer
  double log_norm_ = 0;
  Status status_{};
};

extern template class LayerChain<float>;
extern template class LayerChain<double>;

}  // namespace pinnscope
