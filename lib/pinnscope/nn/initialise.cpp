#include "pinnscope/nn/initialise.hpp"

#include <algorithm>
#include <cmath>

namespace pinnscope {
namespace {

bool is_uniform(Initialiser initialiser) noexcept {
  return initialiser == Initialiser::glorot_uniform || initialiser == Initialiser::he_uniform;
}

bool is_glorot(Initialiser initialiser) noexcept {
  return initialiser == Initialiser::glorot_uniform || initialiser == Initialiser::glorot_normal;
}

template <class T>
void draw_layer(MatrixView<T> weights, Initialiser initialiser, const Philox& source) noexcept {
  const double limit = uniform_limit(initialiser, weights.rows, weights.columns);
  const double deviation = standard_deviation(initialiser, weights.rows, weights.columns);
  for (std::size_t j = 0; j < weights.columns; ++j) {
    for (std::size_t i = 0; i < weights.rows; ++i) {
      const std::uint64_t index = std::uint64_t{i} * weights.columns + j;
      const double draw = is_uniform(initialiser) ? limit * (2 * source.uniform(index) - 1)
                                                  : deviation * source.normal(index);
      weights(i, j) = static_cast<T>(draw);
    }
  }
}

template <class T>
void draw_network(Mlp<T>& network, Initialiser initialiser, std::uint64_t seed) noexcept {
  for (std::size_t l = 0; l < network.layers(); ++l) {
    draw_layer(network.weights(l), initialiser, Philox(seed, l));
    std::fill(network.biases(l).begin(), network.biases(l).end(), T(0));
  }
}

}  // namespace

double standard_deviation(Initialiser initialiser, std::size_t fan_in,
                          std::size_t fan_out) noexcept {
  const double in = static_cast<double>(fan_in);
  const double out = static_cast<double>(fan_out);
  return is_glorot(initialiser) ? std::sqrt(2 / (in + out)) : std::sqrt(2 / in);
}

double uniform_limit(Initialiser initialiser, std::size_t fan_in, std::size_t fan_out) noexcept {
  const double in = static_cast<double>(fan_in);
  const double out = static_cast<double>(fan_out);
  return is_glorot(initialiser) ? std::sqrt(6 / (in + out)) : std::sqrt(6 / in);
}

void initialise(MatrixView<float> weights, Initialiser initialiser, const Philox& source) noexcept {
  draw_layer(weights, initialiser, source);
}
void initialise(MatrixView<double> weights, Initialiser initialiser,
                const Philox& source) noexcept {
  draw_layer(weights, initialiser, source);
}

void initialise(Mlp<float>& network, Initialiser initialiser, std::uint64_t seed) noexcept {
  draw_network(network, initialiser, seed);
}
void initialise(Mlp<double>& network, Initialiser initialiser, std::uint64_t seed) noexcept {
  draw_network(network, initialiser, seed);
}

}  // namespace pinnscope
