#include "pinnscope/signals/signal_pass.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "nn/network.hpp"
#include "support/owned.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Wide = long double;

/// What a SignalPass should say of one point, one neuron after the other in long double, the
/// Jacobian as the explicit product of its layers.
struct PlainLayer {
  std::vector<Wide> a;
  std::vector<Wide> z;
  std::vector<Wide> slopes;
  std::vector<std::vector<Wide>> jacobian;  // a column an input
};

/// Of tanh and identity in long double; of the others from the double that nn tests.
std::pair<Wide, Wide> activated(Activation activation, Wide z) {
  if (activation == Activation::tanh) {
    const Wide value = std::tanh(z);
    return {value, 1 / (std::cosh(z) * std::cosh(z))};
  }
  if (activation == Activation::identity) return {z, 1};
  const auto values = activation_values(activation, static_cast<double>(z));
  return {values.value, values.first};
}

std::vector<PlainLayer> follow(const Mlp<double>& network, const std::vector<double>& point) {
  std::vector<PlainLayer> layers;
  std::vector<Wide> a(point.begin(), point.end());
  std::vector<std::vector<Wide>> jacobian(point.size(), std::vector<Wide>(point.size()));
  for (std::size_t j = 0; j < point.size(); ++j) jacobian[j][j] = 1;
  for (std::size_t l = 0; l < network.layers(); ++l) {
    PlainLayer& layer = layers.emplace_back();
    layer.jacobian.resize(point.size());
    for (std::size_t k = 0; k < network.fan_out(l); ++k) {
      Wide z = network.biases(l)[k];
      for (std::size_t i = 0; i < a.size(); ++i) z += a[i] * network.weights(l)(i, k);
      const auto [value, slope] = activated(network.activation(l), z);
      layer.z.push_back(z);
      layer.a.push_back(value);
      layer.slopes.push_back(slope);
      for (std::size_t j = 0; j < point.size(); ++j) {
        Wide sum = 0;
        for (std::size_t i = 0; i < a.size(); ++i) sum += jacobian[j][i] * network.weights(l)(i, k);
        layer.jacobian[j].push_back(slope * sum);
      }
    }
    a = layer.a;
    jacobian = layer.jacobian;
  }
  return layers;
}

/// Singular values, descending: the columns of an explicit matrix turned until they are
/// orthogonal.
std::vector<Wide> singular_values(std::vector<std::vector<Wide>> columns) {
  for (int sweep = 0; sweep < 60; ++sweep) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      for (std::size_t j = i + 1; j < columns.size(); ++j) {
        Wide a = 0, b = 0, g = 0;
        for (std::size_t k = 0; k < columns[i].size(); ++k) {
          a += columns[i][k] * columns[i][k];
          b += columns[j][k] * columns[j][k];
          g += columns[i][k] * columns[j][k];
        }
        const Wide angle = std::atan2(2 * g, a - b) / 2;
        for (std::size_t k = 0; k < columns[i].size(); ++k) {
          const Wide u = columns[i][k], v = columns[j][k];
          columns[i][k] = std::cos(angle) * u + std::sin(angle) * v;
          columns[j][k] = std::cos(angle) * v - std::sin(angle) * u;
        }
      }
    }
  }
  std::vector<Wide> values;
  for (const auto& column : columns) {
    Wide squares = 0;
    for (const Wide entry : column) squares += entry * entry;
    values.push_back(std::sqrt(squares));
  }
  std::sort(values.rbegin(), values.rend());
  return values;
}

std::vector<std::size_t> widths_of(std::size_t inputs, std::size_t width, std::size_t hidden) {
  std::vector<std::size_t> widths(hidden + 2, width);
  widths.front() = inputs;
  widths.back() = 1;
  return widths;
}

/// Weights of variance gain^2 / fan_in, biases of up to 0.3.
void draw(Mlp<double>& network, double gain, std::uint64_t seed) {
  for (std::size_t l = 0; l < network.layers(); ++l) {
    const double limit = gain * std::sqrt(3.0 / static_cast<double>(network.fan_in(l)));
    const auto weights = test::random_numbers<double>(network.weights(l).size(), seed + 2 * l);
    std::transform(weights.begin(), weights.end(), network.weights(l).flat().begin(),
                   [&](double number) { return limit * number; });
    const auto biases = test::random_numbers<double>(network.fan_out(l), seed + 2 * l + 1);
    std::transform(biases.begin(), biases.end(), network.biases(l).begin(),
                   [](double number) { return 0.3 * number; });
  }
}

struct Followed {
  Status status;
  std::vector<LayerSignal> layers;
  std::vector<double> logarithms;
};

Followed followed(const Mlp<double>& network, const std::vector<double>& point,
                  const std::vector<double>& neighbour = {}) {
  const std::vector<std::size_t> widths(network.widths().begin(), network.widths().end());
  test::Owned<SignalPass<double>> pass({.widths = widths, .neighbour = neighbour});
  Followed result{{},
                  std::vector<LayerSignal>(network.layers()),
                  std::vector<double>(network.layers() * network.inputs())};
  result.status = pass->evaluate_point(network, point, result.layers, result.logarithms);
  return result;
}

}  // namespace

TEST_CASE("singular values of the input's Jacobian are those of the explicit product") {
  for (const std::size_t inputs : {1u, 2u, 3u, 6u}) {
    const std::vector<std::size_t> widths = widths_of(inputs, 30, 19);  // 20 layers
    test::Owned<Mlp<double>> network({.widths = widths});
    draw(*network, 1.4, 10 + inputs);
    const std::vector<double> point = test::random_numbers<double>(inputs, 7);
    const std::vector<PlainLayer> plain = follow(*network, point);
    const Followed found = followed(*network, point);
    REQUIRE(found.status.ok());
    for (std::size_t l = 0; l < network->layers(); ++l) {
      const std::vector<Wide> expected = singular_values(plain[l].jacobian);
      for (std::size_t k = 0; k < inputs; ++k) {
        const double logarithm = found.logarithms[l * inputs + k];
        if (l + 1 == network->layers() && k > 0) {  // one output: rank 1
          CHECK(logarithm == -std::numeric_limits<double>::infinity());
          continue;
        }
        // A difference of logarithms is a relative difference.
        CHECK(std::fabs(logarithm - static_cast<double>(std::log(expected[k]))) < 1e-10);
      }
      CHECK(found.layers[l].log_first_singular_value == found.logarithms[l * inputs]);
      CHECK(found.layers[l].log_last_singular_value == found.logarithms[(l + 1) * inputs - 1]);
    }
  }
}

TEST_CASE("a thousand layers neither overflow nor underflow") {
  // Each layer turns, stretches one direction by 3 and shrinks the other by 100, and turns again.
  const std::vector<std::size_t> widths = widths_of(2, 2, 1000);
  test::Owned<Mlp<double>> network({.widths = widths, .hidden = Activation::identity});
  const auto turn = [](std::size_t l, std::size_t i, std::size_t j) {
    const double angle = 0.7 * static_cast<double>(l);
    if (i == j) return std::cos(angle);
    return i < j ? -std::sin(angle) : std::sin(angle);
  };
  for (std::size_t l = 0; l < 1000; ++l) {
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 2; ++j) {
        network->weights(l)(i, j) =
            3 * turn(l, 0, i) * turn(l + 1, 0, j) + 0.01 * turn(l, 1, i) * turn(l + 1, 1, j);
      }
    }
  }
  const Followed found = followed(*network, {0, 0});
  for (const std::size_t l : {0u, 9u, 999u}) {
    const double times = static_cast<double>(l + 1);
    CHECK(test::relatively_close(found.logarithms[2 * l], times * std::log(3.0), 1e-12));
    CHECK(test::relatively_close(found.logarithms[2 * l + 1], times * std::log(0.01), 1e-12));
  }
  CHECK(test::relatively_close(signal_exponent(found.layers), std::log(3.0), 1e-12));
}

TEST_CASE("directions that overtake each other are told apart, whatever comes first") {
  const std::vector<std::size_t> widths = widths_of(2, 2, 1000);
  test::Owned<Mlp<double>> network({.widths = widths, .hidden = Activation::identity});
  for (std::size_t l = 0; l < 1000; ++l) {
    network->weights(l)(0, 0) = l == 0 ? 1e6 : 0.25;
    network->weights(l)(1, 1) = l == 0 ? 1e-6 : 4;
    network->weights(l)(0, 1) = l == 0 ? 1e-3 : 0;
  }
  const Followed found = followed(*network, {0, 0});
  REQUIRE(found.status.ok());
  const double volume = 0;  // of the logarithms: each layer keeps areas
  CHECK(test::close(found.logarithms[0] + found.logarithms[1], volume, 1e-9));
  // The larger direction was fed from 1e-3 of the first input.
  CHECK(test::relatively_close(found.logarithms[2 * 999], 999 * std::log(4.0) + std::log(1e-3),
                               1e-9));
  CHECK(test::close(found.logarithms[2 * 999] + found.logarithms[2 * 999 + 1], volume, 1e-9));
}

TEST_CASE("a deep chaotic network keeps finite exponents, a dead one has none") {
  const std::vector<std::size_t> widths = widths_of(2, 40, 1000);
  test::Owned<Mlp<double>> network({.widths = widths});
  draw(*network, 3, 5);
  const Followed chaotic = followed(*network, {0.3, 0.2});
  REQUIRE(chaotic.status.ok());
  CHECK(signal_exponent(chaotic.layers) > 0.1);
  CHECK(signal_exponent(chaotic.layers) < std::log(3.0));
  CHECK(std::isfinite(chaotic.layers[999].log_last_singular_value));

  test::Owned<Mlp<double>> dead({.widths = widths, .hidden = Activation::relu});
  draw(*dead, 1, 5);
  std::fill(dead->biases(3).begin(), dead->biases(3).end(), -100.0);
  const Followed nothing = followed(*dead, {0.3, 0.2});
  REQUIRE(nothing.status.ok());
  CHECK(nothing.layers[3].saturated == 1);
  CHECK(nothing.layers[3].l2_norm == 0);
  CHECK(nothing.layers[3].chi == 0);
  CHECK(nothing.layers[999].log_first_singular_value == -std::numeric_limits<double>::infinity());
}

TEST_CASE("a narrow layer leaves as many singular values as it has neurons") {
  const std::vector<std::size_t> widths{4, 20, 2, 20, 20, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  draw(*network, 1.5, 3);
  const Followed found = followed(*network, {0.1, -0.2, 0.3, 0.4});
  REQUIRE(found.status.ok());
  const auto positive = [&](std::size_t l) {
    return std::count_if(&found.logarithms[4 * l], &found.logarithms[4 * l] + 4,
                         [](double logarithm) { return std::isfinite(logarithm); });
  };
  CHECK(positive(0) == 4);
  CHECK(positive(1) == 2);
  CHECK(positive(3) == 2);
  CHECK(positive(4) == 1);
}

TEST_CASE("what arrives at a layer is what its neurons say, for every activation") {
  for (const Activation activation : kActivations) {
    const std::vector<std::size_t> widths{2, 23, 9, 31, 2};
    test::Owned<Mlp<double>> network({.widths = widths, .hidden = activation});
    draw(*network, 1.7, 40);
    const std::vector<double> point{0.4, -0.9};
    const std::vector<double> neighbour{0.02, -0.01};
    const std::vector<double> beside{0.42, -0.91};
    const std::vector<PlainLayer> plain = follow(*network, point);
    const std::vector<PlainLayer> plain_beside = follow(*network, beside);
    const Followed found = followed(*network, point, neighbour);
    REQUIRE(found.status.ok());
    for (std::size_t l = 0; l < network->layers(); ++l) {
      const std::vector<Wide>& a = plain[l].a;
      const std::vector<Wide>& b = plain_beside[l].a;
      const Wide count = static_cast<Wide>(a.size());
      Wide sum = 0, sizes = 0, squares = 0, q = 0, chi = 0, products = 0, squares_beside = 0;
      Wide saturated = 0;
      for (std::size_t k = 0; k < a.size(); ++k) {
        sum += a[k];
        sizes += std::fabs(a[k]);
        squares += a[k] * a[k];
        q += plain[l].z[k] * plain[l].z[k] / count;
        products += a[k] * b[k];
        squares_beside += b[k] * b[k];
        if (network->activation(l) == Activation::sigmoid)
          saturated += std::fabs(2 * a[k] - 1) > 0.9L;
        else
          saturated += plain[l].slopes[k] < 0.19L;
        for (std::size_t i = 0; i < network->fan_in(l); ++i) {
          const Wide growth = plain[l].slopes[k] * network->weights(l)(i, k);
          chi += growth * growth / count;
        }
      }
      const LayerSignal& signal = found.layers[l];
      const auto close = [](double value, Wide expected) {
        return test::close(value, static_cast<double>(expected), 1e-12);
      };
      CHECK(close(signal.l1_norm, sizes));
      CHECK(close(signal.l2_norm, std::sqrt(squares)));
      CHECK(close(signal.mean, sum / count));
      CHECK(close(signal.variance, squares / count - sum * sum / (count * count)));
      CHECK(close(signal.q, q));
      CHECK(close(signal.chi, chi));
      CHECK(close(signal.correlation, products / std::sqrt(squares * squares_beside)));
      if (*saturation_obstacle(network->activation(l)) != '\0') {
        CHECK(std::isnan(signal.saturated));
      } else {
        CHECK(close(signal.saturated, saturated / count));
      }
    }
  }
}

TEST_CASE("there is no exponent where the first layer passes nothing on, and it has no sign") {
  std::vector<LayerSignal> layers(4);
  for (LayerSignal& layer : layers) {
    layer.log_first_singular_value = -std::numeric_limits<double>::infinity();
  }
  CHECK(std::isnan(signal_exponent(layers)));
  CHECK_FALSE(std::signbit(signal_exponent(layers)));
  layers[0].log_first_singular_value = 1;
  CHECK(signal_exponent(layers) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("a cosine keeps within 1, whatever is rounded") {
  const std::vector<std::size_t> widths = widths_of(2, 23, 4);
  test::Owned<Mlp<double>> network({.widths = widths});
  draw(*network, 1.7, 40);
  const std::vector<double> points = test::random_numbers<double>(400, 9);
  for (std::size_t p = 0; p < 200; ++p) {
    const Followed found = followed(*network, {points[2 * p], points[2 * p + 1]}, {0, 0});
    REQUIRE(found.status.ok());
    for (const LayerSignal& layer : found.layers) {
      REQUIRE(std::fabs(layer.correlation) <= 1);
      REQUIRE(test::close(std::fabs(layer.correlation), 1.0, 1e-15));
    }
  }
}

TEST_CASE("invariant numbers do not know the labels of neurons, nor the signs of tanh neurons") {
  const std::vector<std::size_t> widths = widths_of(2, 24, 5);
  test::Owned<Mlp<double>> network({.widths = widths});
  draw(*network, 1.6, 8);
  const std::vector<double> point{0.4, 0.7};
  const std::vector<double> neighbour{0.05, 0.03};
  const Followed original = followed(*network, point, neighbour);
  bool mean_moved = false;
  for (std::uint64_t copy = 0; copy < 20; ++copy) {
    test::Owned<Mlp<double>> relabelled({.widths = widths});
    std::vector<std::size_t> places(2);  // of the neurons before the layer
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::vector<double> signs(2, 1.0);
    for (std::size_t l = 0; l < network->layers(); ++l) {
      const std::size_t width = network->fan_out(l);
      const std::vector<double> keys = test::random_numbers<double>(2 * width, 50 * copy + l);
      std::vector<std::size_t> next(width);
      std::iota(next.begin(), next.end(), std::size_t{0});
      std::sort(next.begin(), next.end(), [&](auto i, auto j) { return keys[i] < keys[j]; });
      std::vector<double> next_signs(width, 1.0);
      for (std::size_t k = 0; k < width; ++k) {
        if (l + 1 < network->layers() && keys[width + k] < 0) next_signs[k] = -1;
        relabelled->biases(l)[next[k]] = next_signs[k] * network->biases(l)[k];
        for (std::size_t i = 0; i < network->fan_in(l); ++i) {
          relabelled->weights(l)(places[i], next[k]) =
              signs[i] * next_signs[k] * network->weights(l)(i, k);
        }
      }
      places = next;
      signs = next_signs;
    }
    const Followed found = followed(*relabelled, point, neighbour);
    for (std::size_t l = 0; l < network->layers(); ++l) {
      for (const LayerSignalNumber& number : kLayerSignalNumbers) {
        const double expected = original.layers[l].*number.member;
        const double value = found.layers[l].*number.member;
        const bool same = expected == value || test::close(value, expected, 1e-9);
        if (number.invariant) CHECK(same);
        mean_moved |= !number.invariant && !same;
      }
    }
    CHECK(test::close(signal_exponent(found.layers), signal_exponent(original.layers), 1e-9));
  }
  CHECK(mean_moved);
}

TEMPLATE_TEST_CASE("what a point gives does not depend on the others, nor on the tile", "", float,
                   double) {
  const std::vector<std::size_t> widths{3, 20, 33, 2};
  test::Owned<Mlp<TestType>> network({.widths = widths});
  test::randomise(*network, 3);
  constexpr std::size_t kPoints = 50;
  const std::vector<TestType> points = test::random_numbers<TestType>(3 * kPoints, 4);
  const std::vector<double> neighbour{0.1, 0, 0};
  const auto run = [&](std::size_t tile) {
    test::Owned<SignalPass<TestType>> pass(
        {.widths = widths, .neighbour = neighbour, .tile = tile});
    std::vector<LayerSignal> signals(3 * kPoints);
    REQUIRE(
        pass->evaluate(*network, {points.data(), kPoints, 3}, {signals.data(), 3, kPoints}).ok());
    return signals;
  };
  const std::vector<LayerSignal> together = run(64);
  const auto same = [](const LayerSignal& left, const LayerSignal& right) {
    return std::all_of(kLayerSignalNumbers.begin(), kLayerSignalNumbers.end(),
                       [&](auto& number) { return left.*number.member == right.*number.member; });
  };
  for (const std::size_t tile : {1u, 7u, 16u}) {
    const std::vector<LayerSignal> apart = run(tile);
    for (std::size_t k = 0; k < apart.size(); ++k) CHECK(same(apart[k], together[k]));
  }
}

TEST_CASE("a signal that overflows is not known from there on, the others are") {
  const std::vector<std::size_t> widths{1, 3, 3, 3, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::randomise(*network, 9);
  network->weights(0)(0, 0) = 1e300;
  test::Owned<SignalPass<double>> pass({.widths = widths});
  const std::vector<double> points{0.5, 1e-300, 1e10, 0.25};
  std::vector<LayerSignal> signals(4 * 4);
  const Status status = pass->evaluate(*network, {points.data(), 4, 1}, {signals.data(), 4, 4});
  // 0.5e300 squared overflows already, though its tanh is 1.
  CHECK(status == Status{StatusCode::not_finite, 0});
  for (std::size_t l = 0; l < 4; ++l) {
    for (const std::size_t p : {0u, 2u, 3u}) CHECK(std::isnan(signals[4 * p + l].l2_norm));
    CHECK(std::isfinite(signals[4 + l].l2_norm));
  }
}

TEST_CASE("a sine of an argument without a fraction is not known") {
  const std::vector<std::size_t> widths{1, 2, 1};
  test::Owned<Mlp<double>> network({.widths = widths, .hidden = Activation::sine});
  network->weights(0)(0, 0) = 1;
  CHECK(followed(*network, {1e15}).status.ok());
  const Followed lost = followed(*network, {1e17});
  CHECK(lost.status == Status{StatusCode::not_finite, 0});
  CHECK(std::isnan(lost.layers[0].l1_norm));
  CHECK(std::isnan(lost.layers[1].l1_norm));
}

TEST_CASE("shapes that do not fit are refused, and nothing is written") {
  const std::vector<std::size_t> widths{2, 5, 1};
  const std::vector<std::size_t> wider{2, 6, 1};
  test::Owned<Mlp<double>> network({.widths = widths});
  test::Owned<Mlp<double>> wide({.widths = wider});
  test::Owned<SignalPass<double>> pass({.widths = widths});
  const std::vector<double> point{0, 0};
  std::vector<LayerSignal> layers(2);
  std::vector<double> logarithms(4);
  const Status mismatch{StatusCode::shape_mismatch};
  CHECK(pass->evaluate_point(*wide, point, layers) == mismatch);
  CHECK(pass->evaluate_point(*network, {point.data(), 1}, layers) == mismatch);
  CHECK(pass->evaluate_point(*network, point, {layers.data(), 1}) == mismatch);
  CHECK(pass->evaluate_point(*network, point, layers, {logarithms.data(), 3}) == mismatch);
  CHECK(std::isnan(layers[0].q));
  CHECK(pass->evaluate_point(*network, point, layers, logarithms).ok());
}

TEST_CASE("an exponent takes two hidden layers") {
  std::vector<LayerSignal> layers(2);
  CHECK(std::isnan(signal_exponent(layers)));
  layers.resize(4);
  layers[0].log_first_singular_value = 1;
  layers[2].log_first_singular_value = 2;
  layers[3].log_first_singular_value = 100;
  CHECK(signal_exponent(layers) == 0.5);
}

TEST_CASE("the exponents of the paper's viscous network are those on record") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  test::Owned<Mlp<double>> network({.widths = test::published_widths()});
  test::read_published(directory, "sine", *network);
  struct Place {
    double x, beyond_first, with_first;
  };
  // Calm places; towards the shock at x = 0.5, t = 0.3. Computed apart, in Python.
  for (const Place place : {Place{0.1, 0.25, 0.275}, Place{0.25, 0.25, 0.274},
                            Place{0.49, 0.65, 0.625}, Place{0.5, 0.80, 0.756}}) {
    const Followed found = followed(*network, {place.x, 0.3});
    CHECK(std::fabs(signal_exponent(found.layers) - place.beyond_first) <= 0.005);
    CHECK(std::fabs(found.layers[7].log_first_singular_value / 8 - place.with_first) <= 0.0005);
    CHECK(found.layers[7].saturated >= 0.46);
    CHECK(found.layers[7].saturated <= 0.57);
  }
}
