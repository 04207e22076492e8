#include "pinnscope/io/network_weights.hpp"

#include <cstddef>
#include <limits>
#include <vector>

#include "io/example_network.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

/// A network and the memory it lies in.
template <class T>
struct Held {
  explicit Held(const std::vector<std::size_t>& widths, Activation hidden = Activation::tanh)
      : memory(Mlp<T>::footprint({.widths = widths}).bytes),
        arena(memory),
        network({.widths = widths, .hidden = hidden}, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  Mlp<T> network;
};

}  // namespace

TEMPLATE_TEST_CASE("weights go into a network and come back bit for bit", "", float, double) {
  const Precision precision = sizeof(TestType) == 4 ? Precision::float32 : Precision::float64;
  const NetworkWeights weights = test::example_network(precision);
  Held<TestType> held({2, 3, 1}, Activation::sine);
  REQUIRE(copy_to(weights, held.network).ok());
  REQUIRE(static_cast<double>(held.network.weights(0)(1, 2)) == weights.layers[0].weights(1, 2));
  REQUIRE(static_cast<double>(held.network.biases(1)[0]) == weights.layers[1].biases(0));
  const NetworkWeights back = weights_of(held.network);
  REQUIRE(test::same_bits(back, weights));
  REQUIRE(back.precision == precision);
  REQUIRE(back.hidden == Activation::sine);
  REQUIRE(back.output == Activation::identity);
}

TEST_CASE("weights of other widths leave a network as it was") {
  Held<float> held({2, 4, 1});
  const FileStatus status = copy_to(test::example_network(Precision::float64), held.network);
  REQUIRE(status.code == StatusCode::shape_mismatch);
  REQUIRE(contains(status.message, "2-4-1"));
  REQUIRE(contains(status.message, "2-3-1"));
  REQUIRE(held.network.parameters()[0] == 0);
}

TEST_CASE("weights beyond the range of a float are refused") {
  NetworkWeights weights = test::example_network(Precision::float64);
  weights.layers[1].biases(0) = 1e39;
  Held<float> held({2, 3, 1});
  REQUIRE(copy_to(weights, held.network).code == StatusCode::out_of_range);
  REQUIRE(held.network.parameters()[0] == 0);
}

TEST_CASE("a network is checked for layers that fit and finite numbers") {
  NetworkWeights network = test::example_network(Precision::float64);
  REQUIRE(check_network(network, "x").ok());
  REQUIRE(network.widths() == std::vector<std::size_t>{2, 3, 1});
  REQUIRE(check_network({}, "x").code == StatusCode::empty_input);
  network.layers[1].weights.resize(4, 1);
  const FileStatus status = check_network(network, "x");
  REQUIRE(status.code == StatusCode::shape_mismatch);
  REQUIRE(contains(status.message, "x: layer 1: "));
  REQUIRE(contains(status.message, "2 x 3"));
  REQUIRE(contains(status.message, "4 x 1"));
  network.layers.pop_back();
  network.layers[0].weights(1, 2) = std::numeric_limits<double>::quiet_NaN();
  REQUIRE(contains(check_network(network, "x").message, "weight (1, 2) is not finite"));
  REQUIRE(check_network(network, "x", Numbers::any).ok());
}
