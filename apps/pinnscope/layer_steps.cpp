#include "layer_steps.hpp"

#include "common/command_line.hpp"
#include "common/network_file.hpp"
#include "pinnscope/nn/activation.hpp"
#include "pinnscope/readings/pde_reading.hpp"

namespace pinnscope::apps {

void require_steps(const NetworkWeights& network, std::size_t points) {
  std::size_t numbers = 0;
  for (const LayerWeights& layer : network.layers) {
    const arma::mat& weights = layer.weights;
    const std::size_t copies = weights.n_rows == weights.n_cols ? points + 2 : 1;
    numbers =
        Footprint::saturating_add(numbers, Footprint::saturating_multiply(copies, weights.n_elem));
  }
  require_memory(Footprint::saturating_multiply(numbers, sizeof(double)),
                 "for the layers as steps");
}

std::vector<StepOfLayer> steps_of(const std::vector<LayerWeights>& layers,
                                  const NetworkWeights& network) {
  std::vector<StepOfLayer> steps;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const arma::mat& weights = layers[l].weights;
    if (weights.n_rows != weights.n_cols) continue;
    steps.push_back({l, "", weights.t(), layers[l].biases, free_labels(network, l).transposed()});
  }
  return steps;
}

FileStatus add_linearised(const std::string& words, const std::vector<LayerWeights>& layers,
                          const NetworkWeights& network, std::vector<StepOfLayer>& steps) {
  std::vector<double> input;
  const FileStatus status = parse_input("--at", words, layers.front().weights.n_rows, input);
  if (!status.ok()) return status;
  arma::rowvec a(input);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const arma::mat& weights = layers[l].weights;
    const bool last = l + 1 == layers.size();
    const Activation activation =
        last ? network.output.value_or(Activation::identity) : *network.hidden;
    const arma::rowvec z = arma::sum(weights.each_col() % a.t(), 0) + layers[l].biases.t();
    StepOfLayer step{l, words, arma::mat(weights.n_cols, weights.n_rows), layers[l].biases,
                     free_labels(network, l).transposed()};
    arma::vec slopes(z.n_elem);
    a = arma::rowvec(z.n_elem);
    for (std::size_t i = 0; i < z.n_elem; ++i) {
      const ActivationValues<double> f =
          activation_values(activation, z[i], network.activation_parameters);
      a[i] = f.value;
      slopes[i] = f.first;
      step.source[i] = f.value - f.first * (z[i] - layers[l].biases[i]);
    }
    if (weights.n_rows != weights.n_cols) continue;
    const Status read = step_of_layer(view(weights), view(slopes), view(step.step));
    if (!read.ok()) return {read.code, read.text()};
    steps.push_back(std::move(step));
  }
  return {};
}

}  // namespace pinnscope::apps
