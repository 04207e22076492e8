#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <limits>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/activation.hpp"

namespace pinnscope {

/// A multilayer perceptron: shape, activations and parameters. Layer l computes, for points as
/// rows,
///
///     a_out = f(a_in W_l + b_l),    a_in: points x fan_in(l),  W_l: fan_in x fan_out,  b_l:
///     fan_out
///
/// All parameters stand in one vector, W_0, b_0, W_1, b_1, ..., each W column-major, so that
/// arma::Mat wraps weights(l) without a copy and an optimiser sees one vector. They start as zeros.
template <class T>
class Mlp : Pinned {
 public:
  struct Config {
    VectorView<const std::size_t> widths;          ///< inputs, hidden layers, outputs; copied
    Activation hidden = Activation::tanh;          ///< of every layer but the last
    Activation output = Activation::identity;      ///< of the last layer
    ActivationParameters activation_parameters{};  ///< of both, where they have any
  };

  struct Storage {
    VectorView<std::size_t> widths;
    VectorView<std::size_t> offsets;  // of W_l in the parameters, and their number at the end
    VectorView<T> parameters;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {layout.vector<std::size_t>("network widths", config.widths.size()),
            layout.vector<std::size_t>("network offsets", config.widths.size()),
            layout.vector<T>("network parameters", parameter_count(config.widths))};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: at least two widths, none of them zero.
  Mlp(const Config& config, Arena& arena) noexcept;

  /// Sum over the layers of (fan_in + 1) fan_out; the largest size_t where that overflows.
  static constexpr std::size_t parameter_count(VectorView<const std::size_t> widths) noexcept {
    constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
    std::size_t count = 0;
    for (std::size_t l = 0; l + 1 < widths.size(); ++l) {
      const std::size_t rows = Footprint::saturating_add(widths[l], 1);
      const bool fits = widths[l + 1] == 0 || rows <= kMost / widths[l + 1];
      count = Footprint::saturating_add(count, fits ? rows * widths[l + 1] : kMost);
    }
    return count;
  }

  /// Its shape: widths from inputs to outputs, layers counted from 0, and what layer l takes and
  /// gives.
  /// @{
  VectorView<const std::size_t> widths() const noexcept { return storage_.widths; }
  std::size_t inputs() const noexcept { return widths().front(); }
  std::size_t outputs() const noexcept { return widths().back(); }
  std::size_t layers() const noexcept { return widths().size() - 1; }
  std::size_t fan_in(std::size_t layer) const noexcept { return widths()[layer]; }
  std::size_t fan_out(std::size_t layer) const noexcept { return widths()[layer + 1]; }
  std::size_t largest_width() const noexcept {
    return *std::max_element(widths().begin(), widths().end());
  }
  /// @}

  /// What layer l does to z = a W + b.
  Activation activation(std::size_t layer) const noexcept {
    return layer + 1 == layers() ? output_ : hidden_;
  }

  /// Those that were given, rounded to T.
  const ActivationParameters& activation_parameters() const noexcept {
    return activation_parameters_;
  }

  /// Every weight and bias.
  VectorView<T> parameters() noexcept { return storage_.parameters; }
  VectorView<const T> parameters() const noexcept { return storage_.parameters; }

  /// W_l, fan_in x fan_out.
  MatrixView<T> weights(std::size_t layer) noexcept {
    return {storage_.parameters.data() + weight_offset(layer), fan_in(layer), fan_out(layer)};
  }
  MatrixView<const T> weights(std::size_t layer) const noexcept {
    return {storage_.parameters.data() + weight_offset(layer), fan_in(layer), fan_out(layer)};
  }

  /// b_l, fan_out entries.
  VectorView<T> biases(std::size_t layer) noexcept {
    return storage_.parameters.subspan(bias_offset(layer), fan_out(layer));
  }
  VectorView<const T> biases(std::size_t layer) const noexcept {
    return parameters().subspan(bias_offset(layer), fan_out(layer));
  }

  /// Where W_l and b_l start in parameters() (and in a gradient of the same shape).
  /// @{
  std::size_t weight_offset(std::size_t layer) const noexcept {
    assert(layer < layers());
    return storage_.offsets[layer];
  }
  std::size_t bias_offset(std::size_t layer) const noexcept {
    return weight_offset(layer) + fan_in(layer) * fan_out(layer);
  }
  /// @}

 private:
  Storage storage_;
  Activation hidden_;
  Activation output_;
  ActivationParameters activation_parameters_;
};

}  // namespace pinnscope
