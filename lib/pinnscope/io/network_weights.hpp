#pragma once

#include <armadillo>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/nn/activation.hpp"
#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

/// Bits of a number in a file: IEEE 754 binary32 or binary64.
enum class Precision : std::uint8_t { float32, float64 };

/// W (fan_in x fan_out) and b (fan_out) of a layer z = a W + b.
struct LayerWeights {
  arma::mat weights;
  arma::vec biases;
};

/// Something in a file that is not part of the network, and why it was left out.
struct LeftOut {
  std::string name;
  std::string reason;
};

/// A network as it lies in a file. Numbers are doubles, which hold float32 exactly.
struct NetworkWeights {
  std::vector<LayerWeights> layers;
  Precision precision = Precision::float64;     // of the numbers in the file
  std::optional<Activation> hidden;             // where the file says it
  std::optional<Activation> output;             // likewise
  std::optional<double> negative_slope;         // of a leaky ReLU, likewise
  std::map<std::string, std::string> metadata;  // recipe, seed, initialiser, ...
  std::vector<LeftOut> left_out;

  /// Inputs, hidden layers, outputs; empty without layers.
  std::vector<std::size_t> widths() const;
};

/// Checks that there is a layer, that none is empty, that biases fit their weights and layers each
/// other, and that every number is finite. The message starts with `name`.
FileStatus check_network(const NetworkWeights& network, const std::string& name);

/// Checks that every number stays finite when it is rounded to `precision`.
FileStatus check_precision(const NetworkWeights& network, Precision precision,
                           const std::string& name);

/// Checks that the activation of the hidden layers is known, or that there are none.
FileStatus check_activation(const NetworkWeights& network, const std::string& name);

/// Copies every weight and bias, rounded to T. shape_mismatch, the network unchanged, where the
/// widths differ; out_of_range where a number does not fit T. Activations are the Mlp's own.
FileStatus copy_to(const NetworkWeights& weights, Mlp<float>& network);
FileStatus copy_to(const NetworkWeights& weights, Mlp<double>& network);

/// The weights, biases and activations of a network, with the slope of a leaky ReLU.
NetworkWeights weights_of(const Mlp<float>& network);
NetworkWeights weights_of(const Mlp<double>& network);

}  // namespace pinnscope
