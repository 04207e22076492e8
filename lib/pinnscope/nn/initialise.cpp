#include "pinnscope/nn/initialise.hpp"

#include <algorithm>
#include <cmath>

namespace pinnscope {
namespace {

/// The root of a multiple of one weight's variance.
double root_of_variance(double multiple, Initialiser initialiser, std::size_t fan_in,
                        std::size_t fan_out) noexcept {
  const double in = static_cast<double>(fan_in);
  const double out = static_cast<double>(fan_out);
  switch (initialiser) {
    case Initialiser::glorot_uniform:
    case Initialiser::glorot_normal: return std::sqrt(multiple * 2 / (in + out));
    case Initialiser::he_uniform:
    case Initialiser::he_normal: return std::sqrt(multiple * 2 / in);
    case Initialiser::lecun_uniform:
    case Initialiser::lecun_normal: break;
  }
  return std::sqrt(multiple / in);
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
    draw_layer(network.weights(l), initialiser, Philox(seed, StreamPurpose::weights, l));
    std::fill(network.biases(l).begin(), network.biases(l).end(), T(0));
  }
}

}  // namespace

double standard_deviation(Initialiser initialiser, std::size_t fan_in,
                          std::size_t fan_out) noexcept {
  return root_of_variance(1, initialiser, fan_in, fan_out);
}

double uniform_limit(Initialiser initialiser, std::size_t fan_in, std::size_t fan_out) noexcept {
  return root_of_variance(3, initialiser, fan_in, fan_out);
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
