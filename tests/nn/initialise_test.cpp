#include "pinnscope/nn/initialise.hpp"

#include <array>
#include <cmath>

#include "network.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

struct Moments {
  double mean = 0;
  double variance = 0;
  double largest = 0;
};

Moments moments(VectorView<const double> sample) {
  Moments found;
  const double size = static_cast<double>(sample.size());
  for (const double x : sample) found.mean += x / size;
  for (const double x : sample) {
    found.variance += (x - found.mean) * (x - found.mean) / size;
    found.largest = std::fmax(found.largest, std::fabs(x));
  }
  return found;
}

const std::array<std::size_t, 4> kWidths{2, 200, 300, 1};

}  // namespace

TEST_CASE("limits and deviations are those of Glorot, He and LeCun") {
  REQUIRE(uniform_limit(Initialiser::glorot_uniform, 2, 100) == std::sqrt(6.0 / 102));
  REQUIRE(uniform_limit(Initialiser::he_uniform, 2, 100) == std::sqrt(3.0));
  REQUIRE(standard_deviation(Initialiser::glorot_normal, 100, 100) == 0.1);
  REQUIRE(standard_deviation(Initialiser::he_normal, 50, 7) == 0.2);
  REQUIRE(uniform_limit(Initialiser::lecun_uniform, 12, 100) == 0.5);
  REQUIRE(standard_deviation(Initialiser::lecun_normal, 25, 7) == 0.2);
}

TEST_CASE("drawn weights have the mean, variance and range of their law") {
  for (const Initialiser initialiser :
       {Initialiser::glorot_uniform, Initialiser::glorot_normal, Initialiser::he_uniform,
        Initialiser::he_normal, Initialiser::lecun_uniform, Initialiser::lecun_normal}) {
    test::Owned<Mlp<double>> network({.widths = kWidths});
    initialise(*network, initialiser, 5);
    const Moments found = moments(network->weights(1).flat());
    const double deviation = standard_deviation(initialiser, 200, 300);
    const bool uniform = is_uniform(initialiser);
    // Five standard errors for 60,000 draws: of the variance sqrt((kurtosis - 1) / n).
    CHECK(std::fabs(found.mean) < 5 * deviation / std::sqrt(60000));
    CHECK(std::fabs(found.variance / (deviation * deviation) - 1) <
          5 * std::sqrt((uniform ? 0.8 : 2.0) / 60000));
    if (uniform) {
      const double limit = uniform_limit(initialiser, 200, 300);
      CHECK(found.largest < limit);
      CHECK(found.largest > 0.999 * limit);
    } else {
      CHECK(found.largest > 3.5 * deviation);
    }
  }
}

TEST_CASE("initialising sets every bias to zero") {
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::randomise(*network, 1);
  initialise(*network, Initialiser::glorot_uniform, 5);
  for (std::size_t l = 0; l < network->layers(); ++l) {
    for (const double bias : network->biases(l)) REQUIRE(bias == 0);
  }
}

TEST_CASE("layers of the same shape are drawn independently") {
  const std::array<std::size_t, 4> widths{100, 100, 100, 100};
  test::Owned<Mlp<double>> network({.widths = widths});
  initialise(*network, Initialiser::glorot_normal, 5);
  double product = 0;
  for (std::size_t i = 0; i < 10000; ++i) {
    product += network->weights(0).flat()[i] * network->weights(1).flat()[i];
  }
  const double correlation = product / 10000 / 0.01;
  REQUIRE(std::fabs(correlation) < 5 / std::sqrt(10000));
}

TEST_CASE("a weight is the draw at its place in file order, in the stream of its layer") {
  test::Owned<Mlp<double>> network({.widths = kWidths});
  initialise(*network, Initialiser::he_normal, 77);
  REQUIRE(network->weights(1)(3, 8) ==
          standard_deviation(Initialiser::he_normal, 200, 300) * Philox(77, 1).normal(3 * 300 + 8));
}

TEST_CASE("the same seed gives the same network, another seed another one") {
  test::Owned<Mlp<double>> one({.widths = kWidths});
  test::Owned<Mlp<double>> two({.widths = kWidths});
  initialise(*one, Initialiser::glorot_uniform, 5);
  initialise(*two, Initialiser::glorot_uniform, 5);
  REQUIRE(
      std::equal(one->parameters().begin(), one->parameters().end(), two->parameters().begin()));
  initialise(*two, Initialiser::glorot_uniform, 6);
  REQUIRE(one->weights(0)(0, 0) != two->weights(0)(0, 0));
}

TEST_CASE("a float network is the double one rounded") {
  test::Owned<Mlp<double>> exact({.widths = kWidths});
  test::Owned<Mlp<float>> rounded({.widths = kWidths});
  initialise(*exact, Initialiser::glorot_normal, 5);
  initialise(*rounded, Initialiser::glorot_normal, 5);
  bool same = true;
  for (std::size_t i = 0; i < exact->parameters().size(); ++i) {
    same = same && rounded->parameters()[i] == static_cast<float>(exact->parameters()[i]);
  }
  REQUIRE(same);
}

TEST_CASE("initialising allocates nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  test::Owned<Mlp<float>> network({.widths = kWidths});
  REQUIRE(test::allocations_of([&] { initialise(*network, Initialiser::he_normal, 5); }) == 0);
}
