#include "pinnscope/nn/activation.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// Magnitudes from 1e-12 to `largest`, spread evenly in the logarithm, both signs.
template <class T>
T sample(const Philox& source, std::uint64_t index, double largest) {
  const double size = 1e-12 * std::pow(largest * 1e12, source.uniform(2 * index));
  return static_cast<T>(source.uniform(2 * index + 1) < 0.5 ? -size : size);
}

constexpr ActivationParameters kOther{.negative_slope = 0.2, .omega = 1.7};

}  // namespace

static_assert([] {
  for (const Activation activation : kActivations) {
    Activation found = Activation::identity;
    if (!parse(text(activation), found) || found != activation) return false;
  }
  return true;
}());

// A name that went to the file of another activation would be read as that one.
static_assert([]<std::size_t... i>(std::index_sequence<i...>) {
  return (... && is_spelled<kActivations[i]>(text(kActivations[i])));
}(std::make_index_sequence<kActivations.size()>{}));

TEST_CASE("an unknown activation is not found and changes nothing") {
  Activation found = Activation::sine;
  REQUIRE_FALSE(parse("Tanh", found));
  REQUIRE_FALSE(parse("", found));
  REQUIRE(found == Activation::sine);
}

TEMPLATE_TEST_CASE("an activation has the same bits in a vector and alone", "", float, double) {
  const Philox source(13);
  constexpr std::size_t kCount = sizeof(Lanes<TestType, 16>) / sizeof(TestType);
  bool same = true;
  for (const Activation activation : kActivations) {
    for (std::uint64_t i = 0; i < 2000; ++i) {
      Lanes<TestType, 16> z{};
      for (std::size_t lane = 0; lane < kCount; ++lane) {
        z[lane] = sample<TestType>(source, 16 * i + lane, 30);
      }
      with_activation<TestType>(activation, {}, [&](auto function) {
        const auto together = function(z);
        for (std::size_t lane = 0; lane < kCount; ++lane) {
          const auto alone = function(TestType(z[lane]));
          same = same && alone.value == together.value[lane] &&
                 alone.first == together.first[lane] && alone.second == together.second[lane] &&
                 alone.third == together.third[lane];
        }
      });
    }
  }
  REQUIRE(same);
}

TEST_CASE("tanh has the derivatives of the closed forms") {
  for (const double z : {-2.0, -0.4, 0.0, 0.1, 1.5}) {
    const double t = std::tanh(z);
    const auto f = activation_values(Activation::tanh, z);
    REQUIRE(test::close(f.value, t, 1e-15));
    REQUIRE(test::close(f.first, 1 - t * t, 1e-15));
    REQUIRE(test::close(f.second, -2 * t * (1 - t * t), 1e-15));
    REQUIRE(test::close(f.third, -2 * (1 - t * t) * (1 - 3 * t * t), 2e-15));
  }
}

TEST_CASE("sine has the derivatives cos, -sin, -cos") {
  const auto f = activation_values(Activation::sine, 0.7);
  REQUIRE(test::relatively_close(f.value, std::sin(0.7), 2e-16));
  REQUIRE(test::relatively_close(f.first, std::cos(0.7), 2e-16));
  REQUIRE(f.second == -f.value);
  REQUIRE(f.third == -f.first);
}

TEST_CASE("each derivative is the slope of the one before it") {
  const double h = 1e-5;
  for (const Activation activation : kActivations) {
    INFO(text(activation));
    for (const double z : {-2.3, -0.8, 0.31, 1.7}) {
      const auto f = activation_values(activation, z, kOther);
      const auto above = activation_values(activation, z + h, kOther);
      const auto below = activation_values(activation, z - h, kOther);
      REQUIRE(test::close((above.value - below.value) / (2 * h), f.first, 1e-9));
      REQUIRE(test::close((above.first - below.first) / (2 * h), f.second, 1e-9));
      REQUIRE(test::close((above.second - below.second) / (2 * h), f.third, 1e-9));
    }
  }
}

TEST_CASE("at the kink relu has slope 0 and leaky_relu its negative slope") {
  REQUIRE(activation_values(Activation::relu, 0.0).first == 0);
  REQUIRE(activation_values(Activation::leaky_relu, 0.0, kOther).first == 0.2);
  REQUIRE(activation_values(Activation::leaky_relu, -2.0).value == -0.02);
  REQUIRE(activation_values(Activation::relu, -2.0).value == 0);
}

TEST_CASE("a sine of omega has its powers before its derivatives") {
  const double omega = 30;
  const double z = 0.0123;
  const auto f = activation_values(Activation::sine, z, {.omega = omega});
  REQUIRE(test::relatively_close(f.value, std::sin(omega * z), 1e-15));
  REQUIRE(test::relatively_close(f.first, omega * std::cos(omega * z), 1e-15));
  REQUIRE(test::relatively_close(f.second, -900 * std::sin(omega * z), 1e-15));
  REQUIRE(test::relatively_close(f.third, -27000 * std::cos(omega * z), 1e-15));
}

TEMPLATE_TEST_CASE("a parameter of its standard value has the bits of one that is not given", "",
                   float, double) {
  ActivationParameters standard;
  for_each_parameter([&](const ActivationParameter& parameter) {
    standard.*parameter.place = parameter.standard;
  });
  REQUIRE(standard == ActivationParameters{.negative_slope = 0.01, .omega = 1});
  const Philox source(29);
  for (const Activation activation : kActivations) {
    INFO(text(activation));
    for (std::uint64_t i = 0; i < 500; ++i) {
      const auto z = sample<TestType>(source, i, 100);
      const auto given = activation_values(activation, z, standard);
      const auto none = activation_values(activation, z);
      REQUIRE(std::memcmp(&given, &none, sizeof given) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("a sine is unknown where omega z is known to a radian", "", float, double) {
  using Function = activations::Sine<TestType>;
  const TestType coarse = 1 / std::numeric_limits<TestType>::epsilon();
  REQUIRE(Function({}).unknown_from() == coarse);
  REQUIRE(Function({.omega = 4}).unknown_from() == coarse / 4);
  REQUIRE(Function({.omega = -0.5}).unknown_from() == coarse * 2);
  REQUIRE(Function({.omega = 0}).unknown_from() == std::numeric_limits<TestType>::infinity());
}

TEST_CASE("each parameter belongs to the activation that reads it") {
  std::vector<std::string> found;
  for_each_parameter([&](const ActivationParameter& parameter) {
    for (const Activation activation : kActivations) {
      ActivationParameters changed;
      changed.*parameter.place = parameter.standard + 0.5;
      const double z = -0.7;
      const bool changes =
          activation_values(activation, z, changed).value != activation_values(activation, z).value;
      INFO(text(activation) << ", " << parameter.name);
      CHECK(changes == has_parameter(activation, parameter));
      if (changes) found.push_back(std::string(text(activation)) + " " + parameter.name);
    }
  });
  REQUIRE(found == std::vector<std::string>{"leaky_relu negative_slope", "sine omega"});
}

TEST_CASE("no activation hides a NaN") {
  for (const Activation activation : kActivations) {
    INFO(text(activation));
    REQUIRE(std::isnan(activation_values(activation, std::nan("")).value));
  }
}
