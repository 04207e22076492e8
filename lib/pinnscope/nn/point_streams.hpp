#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/derivatives.hpp"
#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/nn/panels.hpp"

namespace pinnscope {

/// One point through a network: a panel holds as many neurons of the one point here as points of
/// one neuron elsewhere, and a stream is padded to whole panels. multiply(layer, stream, a, z)
/// takes a stream through the weights of a layer; `a` and `z` hold all streams of the widest layer.
/// `values` gets the last layer, stream after stream; NaN where a value before an activation is
/// not below its unknown_from(). Returns not_finite where one of them is not.
template <class T, class Multiply>
Status pass_streams(const Mlp<T>& network, const Kernels<T>& kernels,
                    const Derivatives& derivatives, const StreamPlan<T>& plan,
                    VectorView<const T> point, T* a, T* z, VectorView<T> values,
                    Multiply&& multiply) noexcept {
  const auto padded = [](std::size_t width) { return panel_count<T>(width) * kPanelRows<T>; };
  std::copy(point.begin(), point.end(), a);
  seed_derivatives(derivatives, padded(network.inputs()), 1, a + padded(network.inputs()));
  bool known = true;
  for (std::size_t l = 0; l < network.layers(); ++l) {
    const std::size_t fan_in = padded(network.fan_in(l));
    const std::size_t fan_out = padded(network.fan_out(l));
    for (std::size_t s = 0; s < derivatives.count(); ++s) {
      multiply(l, s, a + s * fan_in, z + s * fan_out);
    }
    const Streams<T> streams{z, z + fan_out};
    known &= kernels.activate({network.activation(l), network.activation_parameters(), plan, 1,
                               panel_count<T>(network.fan_out(l))},
                              {streams.values, streams.derivatives}, streams);
    std::swap(a, z);
  }
  for (std::size_t s = 0; s < derivatives.count(); ++s) {
    std::copy_n(a + s * padded(network.outputs()), network.outputs(),
                values.begin() + static_cast<std::ptrdiff_t>(s * network.outputs()));
  }
  if (!known) std::fill(values.begin(), values.end(), std::numeric_limits<T>::quiet_NaN());
  return {all_finite<T>(values) ? StatusCode::ok : StatusCode::not_finite};
}

}  // namespace pinnscope
