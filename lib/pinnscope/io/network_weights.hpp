#pragma once

#include <armadillo>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pinnscope/core/named.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/number_text.hpp"
#include "pinnscope/nn/activation.hpp"
#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

/// Bits of a number in a file: IEEE 754 binary32 or binary64.
enum class Precision : std::uint8_t { float32, float64 };

template <>
inline constexpr auto kNamed<Precision> =
    std::array{Named{Precision::float32, "float", "32 bits, some 7 digits"},
               Named{Precision::float64, "double", "64 bits, some 16 digits"}};

/// a -> scale a + offset, entry by entry: a number each, one for all, or none, which leaves a.
struct AffineMap {
  arma::vec scale;   ///< s, of as many entries as a, one, or none
  arma::vec offset;  ///< o, of as many entries

  /// Whether it leaves a as it is.
  bool empty() const { return scale.is_empty(); }
};

/// W (fan_in x fan_out) and b (fan_out) of a layer z = a W + b, and maps of its inputs a and
/// outputs z that the file keeps apart from W and b.
struct LayerWeights {
  arma::mat weights;   ///< W, fan_in x fan_out
  arma::vec biases;    ///< b, of fan_out entries
  AffineMap before{};  ///< of the inputs a
  AffineMap behind{};  ///< of the outputs z
};

/// W and b of the same layer without maps: (s a + o) W + b = a (diag(s) W) + (b + o W), and so on.
LayerWeights folded(const LayerWeights& layer);

/// Something in a file that is not part of the network, and why it was left out.
struct LeftOut {
  std::string name;    ///< as the file calls it
  std::string reason;  ///< half a sentence without a full stop
};

/// A network as it lies in a file. Numbers are doubles, which hold float32 exactly.
struct NetworkWeights {
  std::vector<LayerWeights> layers;          ///< from inputs to outputs
  Precision precision = Precision::float64;  ///< of the numbers in the file
  std::optional<Activation> hidden;          ///< where the file says it
  std::optional<Activation> output;          ///< likewise
  /// Where the file says them.
  ActivationParameters activation_parameters;   ///< likewise
  std::map<std::string, std::string> metadata;  ///< recipe, seed, initialiser, ...
  std::vector<LeftOut> left_out;                ///< what of the file is not part of it
  std::string obstacle;  ///< why its layers do not give its values, though the weights are right

  /// Inputs, hidden layers, outputs; empty without layers.
  std::vector<std::size_t> widths() const;
};

/// Checks that there is a layer, that none is empty, that biases and maps fit their weights and
/// layers each other, and that every number is finite, where not asked for otherwise. The message
/// starts with `name`.
FileStatus check_network(const NetworkWeights& network, const std::string& name,
                         Numbers numbers = Numbers::finite);

/// Checks that every number stays finite when it is rounded to `precision`.
FileStatus check_precision(const NetworkWeights& network, Precision precision,
                           const std::string& name);

/// Whether an activation that the file says has a parameter.
bool has_parameter(const NetworkWeights& network, const ActivationParameter& parameter);

/// Checks that layers without maps, and activations, are all that there is to the network, as the
/// formats that are written need it.
FileStatus check_plain(const NetworkWeights& network, const std::string& name);

/// Checks that nothing in the file keeps the network from being computed, and that the activation
/// of the hidden layers is known, or that there are none.
FileStatus check_activation(const NetworkWeights& network, const std::string& name);

/// Copies every weight and bias, the maps of layers folded in, rounded to T. shape_mismatch, the
/// network unchanged, where the widths differ; out_of_range where a number does not fit T.
/// Activations are the Mlp's own.
FileStatus copy_to(const NetworkWeights& weights, Mlp<float>& network);
FileStatus copy_to(const NetworkWeights& weights, Mlp<double>& network);

/// The weights, biases and activations of a network, with the parameters of these that were given
/// or are always written.
NetworkWeights weights_of(const Mlp<float>& network);
NetworkWeights weights_of(const Mlp<double>& network);

}  // namespace pinnscope
