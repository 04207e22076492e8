#pragma once

#include <cstddef>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

namespace pinnscope::test {

/// Uniform numbers in (-1, 1).
template <class T>
std::vector<T> random_numbers(std::size_t count, std::uint64_t seed) {
  const Philox source(seed);
  std::vector<T> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = T(2 * source.uniform(i) - 1);
  return numbers;
}

/// A network whose parameters are uniform in (-1, 1), biases included.
template <class T>
void randomise(Mlp<T>& network, std::uint64_t seed) {
  const std::vector<T> numbers = random_numbers<T>(network.parameters().size(), seed);
  std::copy(numbers.begin(), numbers.end(), network.parameters().begin());
}

/// The numbers of a text file whose first line is a comment.
inline std::vector<double> numbers_in(const std::string& path) {
  std::ifstream file(path);
  file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  std::vector<double> numbers;
  for (double number; file >> number;) numbers.push_back(number);
  return numbers;
}

inline const std::vector<std::size_t>& published_widths() {
  static const std::vector<std::size_t> widths{2, 100, 100, 100, 100, 100, 100, 100, 100, 1};
  return widths;
}

/// Reads the published network `name` (sine, riemann): files of fan_in rows x fan_out columns.
template <class T>
void read_published(const std::string& directory, const std::string& name, Mlp<T>& network) {
  const std::string folder = directory + "/paper/weights_" + name + "/";
  for (std::size_t l = 0; l < network.layers(); ++l) {
    const std::string file = "_burgers_layer" + std::to_string(l) + ".txt";
    const std::vector<double> weights = numbers_in(folder + "weights" + file);
    const std::vector<double> biases = numbers_in(folder + "biases" + file);
    REQUIRE(weights.size() == network.weights(l).size());
    REQUIRE(biases.size() == network.biases(l).size());
    for (std::size_t j = 0; j < network.fan_out(l); ++j) {
      network.biases(l)[j] = static_cast<T>(biases[j]);
      for (std::size_t i = 0; i < network.fan_in(l); ++i) {
        network.weights(l)(i, j) = static_cast<T>(weights[i * network.fan_out(l) + j]);
      }
    }
  }
}

}  // namespace pinnscope::test
