#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/nn/activation.hpp"

namespace pinnscope {

/// A dense layer as the model_config of a Keras file describes it.
struct KerasDense {
  std::string group;      // the layer of the outermost model that holds it, or itself
  std::string name;       // its own
  std::size_t units = 0;  // outputs; 0 where it is not said
  bool has_biases = true;
  AffineMap before{};  // of its inputs
  AffineMap behind{};  // of its outputs, ahead of the activation
};

/// What the model_config of a Keras file says of a network.
struct KerasConfig {
  std::vector<KerasDense> layers;  // in the order of the network; empty with an obstacle
  std::optional<Activation> hidden;
  std::optional<Activation> output;
  ActivationParameters activation_parameters;
  std::string obstacle;  // why the network cannot be computed: a layer by name, and what it is
};

/// Reads a model_config: a Sequential or Functional model of Keras 2 or 3, of chained layers,
/// models in models included. Known are Dense, Rescaling, the activations of nn as a part of Dense
/// or as layers (LeakyReLU, ReLU, ELU, Activation), and what does nothing at inference (InputLayer,
/// Dropout, noise, Flatten, Identity). Everything else is an obstacle: other layers, branches and
/// skip connections, layers called twice or with training=True, hidden layers of different
/// activations. Text of whatever kind gives a config or an obstacle. May throw std::bad_alloc.
/// Sources: get_config() of the layers of Keras 2.9 and 3.15; defaults as in keras.activations, by
/// which "leaky_relu" has a slope of 0.2, and of the layers, by which LeakyReLU has 0.3.
KerasConfig parse_keras_config(std::string_view text);

}  // namespace pinnscope
