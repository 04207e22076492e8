#include "pinnscope/nn/mlp.hpp"

#include <array>
#include <limits>

#include "network.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/nn/packed_pass.hpp"
#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("parameters stand in one vector: weights, then biases, layer after layer") {
  const std::array<std::size_t, 4> widths{2, 3, 4, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  REQUIRE(network->parameters().size() == 2 * 3 + 3 + 3 * 4 + 4 + 4 * 1 + 1);
  for (std::size_t i = 0; i < network->parameters().size(); ++i) {
    network->parameters()[i] = static_cast<double>(i);
  }
  REQUIRE(network->weights(0)(1, 2) == 5);
  REQUIRE(network->biases(0)[0] == 6);
  REQUIRE(network->weights(1)(0, 0) == 9);
  REQUIRE(network->weights(1)(0, 1) == 12);
  REQUIRE(network->biases(2)[0] == 29);
  REQUIRE(network->weight_offset(2) == 25);
  REQUIRE(network->bias_offset(2) == 29);
}

TEST_CASE("a network knows its shape and activations") {
  const std::array<std::size_t, 4> widths{2, 3, 4, 1};
  test::Owned<Mlp<float>> network(
      {.widths = widths, .hidden = Activation::sine, .output = Activation::tanh});
  REQUIRE(network->layers() == 3);
  REQUIRE(network->inputs() == 2);
  REQUIRE(network->outputs() == 1);
  REQUIRE(network->fan_in(1) == 3);
  REQUIRE(network->fan_out(1) == 4);
  REQUIRE(network->largest_width() == 4);
  REQUIRE(network->activation(1) == Activation::sine);
  REQUIRE(network->activation(2) == Activation::tanh);
}

TEST_CASE("widths are copied: the ones in the config may go") {
  std::vector<std::size_t> widths{2, 3, 1};
  test::Owned<Mlp<float>> network({.widths = widths});
  widths.assign(3, 99);
  REQUIRE(network->fan_out(0) == 3);
}

TEST_CASE("a network whose size overflows can never be served") {
  const std::array<std::size_t, 2> widths{std::size_t{1} << 40, std::size_t{1} << 40};
  REQUIRE(Mlp<double>::footprint({.widths = widths}).bytes ==
          std::numeric_limits<std::size_t>::max());
  std::array<std::byte, 256> memory{};
  Arena arena(memory);
  const Mlp<double> network({.widths = widths}, arena);
  REQUIRE(arena.status().code == StatusCode::out_of_memory);
}

TEST_CASE("passes of a network whose size overflows can never be served either") {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  const std::array<std::size_t, 3> widths{2, std::size_t{1} << 62, 1};
  REQUIRE(ForwardPass<float>::footprint({.widths = widths}).bytes == kMost);
  REQUIRE(ForwardPass<double>::footprint({.widths = widths, .tile = kMost}).bytes == kMost);
  const std::array<std::size_t, 4> square{2, std::size_t{1} << 32, std::size_t{1} << 32, 1};
  REQUIRE(PackedPass<float>::footprint({.widths = square}).bytes == kMost);
  REQUIRE(PackedPass<double>::footprint({.widths = widths}).bytes == kMost);
}
