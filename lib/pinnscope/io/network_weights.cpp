#include "pinnscope/io/network_weights.hpp"

#include <algorithm>
#include <cmath>

namespace pinnscope {
namespace {

std::string shape(arma::uword rows, arma::uword columns) {
  return std::to_string(rows) + " x " + std::to_string(columns);
}

std::string shape(const arma::mat& matrix) { return shape(matrix.n_rows, matrix.n_cols); }

std::string text_of(VectorView<const std::size_t> widths) {
  std::string text;
  for (const std::size_t width : widths) {
    text.append(text.empty() ? "" : "-").append(std::to_string(width));
  }
  return text.empty() ? "no layers" : text;
}

FileStatus check_layer(const LayerWeights& layer, const std::string& name, const std::string& place,
                       Numbers numbers) {
  if (layer.weights.is_empty()) {
    return file_failure(StatusCode::empty_input, name,
                        place + "expected weights, found " + shape(layer.weights));
  }
  if (layer.biases.n_elem != layer.weights.n_cols) {
    return file_failure(StatusCode::shape_mismatch, name,
                        place + "expected " + std::to_string(layer.weights.n_cols) +
                            " biases for weights of " + shape(layer.weights) + ", found " +
                            std::to_string(layer.biases.n_elem));
  }
  const auto fits = [](const AffineMap& map, arma::uword size) {
    const bool number_each = map.scale.n_elem <= 1 || map.scale.n_elem == size;
    return map.offset.n_elem == map.scale.n_elem && number_each && map.scale.is_finite() &&
           map.offset.is_finite();
  };
  if (!fits(layer.before, layer.weights.n_rows) || !fits(layer.behind, layer.weights.n_cols)) {
    return file_failure(StatusCode::shape_mismatch, name,
                        place + "expected a rescaling of " + std::to_string(layer.weights.n_rows) +
                            " inputs or " + std::to_string(layer.weights.n_cols) +
                            " outputs, found another number of scales or offsets");
  }
  if (numbers == Numbers::any) return {};
  if (!layer.weights.is_finite()) {
    const arma::uvec where = arma::find_nonfinite(layer.weights);
    return file_failure(StatusCode::not_finite, name,
                        place + "weight (" + std::to_string(where[0] % layer.weights.n_rows) +
                            ", " + std::to_string(where[0] / layer.weights.n_rows) +
                            ") is not finite");
  }
  if (!layer.biases.is_finite()) {
    const arma::uvec where = arma::find_nonfinite(layer.biases);
    return file_failure(StatusCode::not_finite, name,
                        place + "bias " + std::to_string(where[0]) + " is not finite");
  }
  return {};
}

template <class T>
constexpr Precision kPrecision = sizeof(T) == sizeof(float) ? Precision::float32
                                                            : Precision::float64;

template <class T>
FileStatus copy_rounded(const NetworkWeights& weights, Mlp<T>& network) {
  const std::vector<std::size_t> widths = weights.widths();
  if (!std::ranges::equal(widths, network.widths())) {
    return file_failure(
        StatusCode::shape_mismatch, "the network",
        "expected widths " + text_of(network.widths()) + ", found " + text_of(widths));
  }
  FileStatus status = check_network(weights, "the network");
  NetworkWeights plain;
  for (const LayerWeights& layer : weights.layers) {
    if (status.ok()) plain.layers.push_back(folded(layer));
  }
  if (status.ok()) status = check_network(plain, "the network");
  if (status.ok()) status = check_precision(plain, kPrecision<T>, "the network");
  if (!status.ok()) return status;
  const auto round = [](double number) { return static_cast<T>(number); };
  for (std::size_t l = 0; l < weights.layers.size(); ++l) {
    const LayerWeights& layer = plain.layers[l];
    std::ranges::transform(layer.weights, network.weights(l).flat().begin(), round);
    std::ranges::transform(layer.biases, network.biases(l).begin(), round);
  }
  return {};
}

template <class T>
NetworkWeights weights_in(const Mlp<T>& network) {
  NetworkWeights weights;
  weights.precision = kPrecision<T>;
  for (std::size_t l = 0; l < network.layers(); ++l) {
    LayerWeights layer{arma::mat(network.fan_in(l), network.fan_out(l)),
                       arma::vec(network.fan_out(l))};
    std::ranges::copy(network.weights(l).flat(), layer.weights.begin());
    std::ranges::copy(network.biases(l), layer.biases.begin());
    weights.layers.push_back(std::move(layer));
  }
  if (network.layers() > 1) weights.hidden = network.activation(0);
  weights.output = network.activation(network.layers() - 1);
  for_each_parameter([&](const ActivationParameter& parameter) {
    if (!has_parameter(weights, parameter)) return;
    const ActivationParameters& given = network.activation_parameters();
    if (!(given.*parameter.place) && !parameter.always_written) return;
    weights.activation_parameters.*parameter.place =
        static_cast<double>(static_cast<T>(parameter.value_in(given)));
  });
  return weights;
}

}  // namespace

LayerWeights folded(const LayerWeights& layer) {
  LayerWeights plain{layer.weights, layer.biases};
  const auto each = [](const arma::vec& numbers, arma::uword size) {
    return numbers.n_elem == size ? numbers : arma::vec(size).fill(numbers(0));
  };
  if (!layer.before.empty()) {
    const arma::vec offset = each(layer.before.offset, layer.weights.n_rows);
    plain.biases += arma::sum(layer.weights.each_col() % offset, 0).t();
    plain.weights.each_col() %= each(layer.before.scale, layer.weights.n_rows);
  }
  if (!layer.behind.empty()) {
    const arma::vec scale = each(layer.behind.scale, layer.weights.n_cols);
    plain.weights.each_row() %= scale.t();
    plain.biases = scale % plain.biases + each(layer.behind.offset, layer.weights.n_cols);
  }
  return plain;
}

std::vector<std::size_t> NetworkWeights::widths() const {
  std::vector<std::size_t> widths;
  for (const LayerWeights& layer : layers) {
    if (widths.empty()) widths.push_back(layer.weights.n_rows);
    widths.push_back(layer.weights.n_cols);
  }
  return widths;
}

FileStatus check_network(const NetworkWeights& network, const std::string& name, Numbers numbers) {
  if (network.layers.empty()) {
    return file_failure(StatusCode::empty_input, name, "expected at least one layer, found none");
  }
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const LayerWeights& layer = network.layers[l];
    const std::string place = "layer " + std::to_string(l) + ": ";
    FileStatus status = check_layer(layer, name, place, numbers);
    if (!status.ok()) return status;
    if (l > 0 && layer.weights.n_rows != network.layers[l - 1].weights.n_cols) {
      const arma::mat& before = network.layers[l - 1].weights;
      return file_failure(StatusCode::shape_mismatch, name,
                          place + "expected weights of " +
                              shape(before.n_cols, layer.weights.n_cols) + " after a layer of " +
                              shape(before) + ", found " + shape(layer.weights));
    }
  }
  return {};
}

FileStatus check_precision(const NetworkWeights& network, Precision precision,
                           const std::string& name) {
  if (precision == Precision::float64) return {};
  const auto fits = [](double number) { return std::isfinite(static_cast<float>(number)); };
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const LayerWeights& layer = network.layers[l];
    if (!std::ranges::all_of(layer.weights, fits) || !std::ranges::all_of(layer.biases, fits)) {
      return file_failure(StatusCode::out_of_range, name,
                          "layer " + std::to_string(l) +
                              ": expected numbers within the range of a float, found a larger one");
    }
  }
  return {};
}

bool has_parameter(const NetworkWeights& network, const ActivationParameter& parameter) {
  return (network.hidden && has_parameter(*network.hidden, parameter)) ||
         (network.output && has_parameter(*network.output, parameter));
}

FileStatus check_plain(const NetworkWeights& network, const std::string& name) {
  const bool plain = std::ranges::all_of(network.layers, [](const LayerWeights& layer) {
    return layer.before.empty() && layer.behind.empty();
  });
  if (plain && network.obstacle.empty()) return {};
  return file_failure(StatusCode::unsupported, name,
                      plain ? network.obstacle : "the format has no place for a rescaling");
}

FileStatus check_activation(const NetworkWeights& network, const std::string& name) {
  if (!network.obstacle.empty()) {
    return file_failure(StatusCode::unsupported, name, network.obstacle);
  }
  if (network.hidden || network.layers.size() < 2) return {};
  return file_failure(StatusCode::unsupported, name,
                      "it does not say which activation its hidden layers have");
}

FileStatus copy_to(const NetworkWeights& weights, Mlp<float>& network) {
  return copy_rounded(weights, network);
}
FileStatus copy_to(const NetworkWeights& weights, Mlp<double>& network) {
  return copy_rounded(weights, network);
}

NetworkWeights weights_of(const Mlp<float>& network) { return weights_in(network); }
NetworkWeights weights_of(const Mlp<double>& network) { return weights_in(network); }

}  // namespace pinnscope
