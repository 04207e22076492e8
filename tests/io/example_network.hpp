#pragma once

#include <armadillo>
#include <cstring>
#include <string>

#include "pinnscope/io/network_weights.hpp"

namespace pinnscope::test {

/// A network 2-3-1 whose numbers use every digit of their precision.
inline NetworkWeights example_network(Precision precision) {
  NetworkWeights network;
  network.precision = precision;
  double number = 0.1;
  const auto next = [&] {
    number = -1.7 * number + (number > 0 ? 1e-9 : 0.3);
    return precision == Precision::float32 ? static_cast<double>(static_cast<float>(number))
                                           : number;
  };
  for (const auto& [rows, columns] : {std::pair<arma::uword, arma::uword>{2, 3}, {3, 1}}) {
    LayerWeights layer{arma::mat(rows, columns), arma::vec(columns)};
    layer.weights.imbue(next);
    layer.biases.imbue(next);
    network.layers.push_back(layer);
  }
  return network;
}

inline bool same_bits(const arma::mat& a, const arma::mat& b) {
  return arma::size(a) == arma::size(b) &&
         std::memcmp(a.memptr(), b.memptr(), a.n_elem * sizeof(double)) == 0;
}

inline bool same_bits(const NetworkWeights& a, const NetworkWeights& b) {
  if (a.layers.size() != b.layers.size()) return false;
  for (std::size_t l = 0; l < a.layers.size(); ++l) {
    if (!same_bits(a.layers[l].weights, b.layers[l].weights)) return false;
    if (!same_bits(a.layers[l].biases, b.layers[l].biases)) return false;
  }
  return true;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline bool one_line(const std::string& text) {
  return !text.empty() && text.find('\n') == std::string::npos;
}

}  // namespace pinnscope::test
