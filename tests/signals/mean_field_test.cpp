#include "pinnscope/signals/mean_field.hpp"

#include <cmath>
#include <vector>

#include "nn/network.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/signals/signal_pass.hpp"
#include "pinnscope/signals/signal_summary.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// E function(g), g standard normal, by the trapezoid rule with so small a step that the number is
/// right to rounding for smooth functions.
template <class Function>
double trapezoid(Function&& function) {
  constexpr double kStep = 1.0 / 512;
  double sum = 0;
  for (int k = -12 * 512; k <= 12 * 512; ++k) {
    const double g = kStep * k;
    sum += std::exp(-g * g / 2) * function(g);
  }
  return sum * kStep / std::sqrt(2 * std::acos(-1.0));
}

/// Independent weights and normal biases. Two inputs do not make a neuron normal: weights must.
void draw(Mlp<float>& network, double sigma_w, double sigma_b, std::uint64_t seed) {
  initialise(network, Initialiser::lecun_uniform, seed);
  initialise(network.weights(0), Initialiser::lecun_normal, Philox(seed));
  for (std::size_t l = 0; l < network.layers(); ++l) {
    const Philox source(seed, 100 + l);
    for (float& weight : network.weights(l).flat()) weight *= static_cast<float>(sigma_w);
    for (std::size_t j = 0; j < network.fan_out(l); ++j) {
      network.biases(l)[j] = static_cast<float>(sigma_b * source.normal(j));
    }
  }
}

}  // namespace

TEST_CASE("q and chi of a tanh are the Gaussian means of their definition") {
  for (const double q : {0.0, 1e-6, 0.3, 1.0, 7.0, 100.0}) {
    const MeanField field{.sigma_w = 1.3, .sigma_b = 0.4};
    const double value =
        trapezoid([&](double g) { return std::pow(std::tanh(std::sqrt(q) * g), 2); });
    const double slope =
        trapezoid([&](double g) { return std::pow(std::cosh(std::sqrt(q) * g), -4); });
    CHECK(test::relatively_close(field.next_q(q), 1.69 * value + 0.16, 1e-12));
    CHECK(test::relatively_close(field.chi(q), 1.69 * slope, 1e-12));
  }
}

TEST_CASE("q and chi meet closed forms where there are any") {
  for (const double q : {0.01, 1.0, 30.0, 1000.0}) {
    const MeanField relu{.sigma_w = 1.5, .sigma_b = 0.2, .activation = Activation::relu};
    CHECK(test::relatively_close(relu.next_q(q), 2.25 * q / 2 + 0.04, 1e-13));
    CHECK(test::relatively_close(relu.chi(q), 2.25 / 2, 1e-13));
    const MeanField leaky{.sigma_w = 1.5,
                          .activation = Activation::leaky_relu,
                          .activation_parameters = {.negative_slope = 0.25}};
    CHECK(test::relatively_close(leaky.next_q(q), 2.25 * q * (1 + 0.0625) / 2, 1e-13));
    const MeanField sine{.sigma_w = 2, .activation = Activation::sine};
    CHECK(test::relatively_close(sine.next_q(q), 2 * (1 - std::exp(-2 * q)), 1e-12));
    CHECK(test::relatively_close(sine.chi(q), 2 * (1 + std::exp(-2 * q)), 1e-12));
    const MeanField fast{
        .sigma_w = 2, .activation = Activation::sine, .activation_parameters = {.omega = 30}};
    const double turned = std::exp(-2 * 900 * q);
    CHECK(test::relatively_close(fast.next_q(q), 2 * (1 - turned), 1e-12));
    CHECK(test::relatively_close(fast.chi(q), 900 * 2 * (1 + turned), 1e-12));
    const MeanField identity{.sigma_w = 0.5, .activation = Activation::identity};
    CHECK(test::relatively_close(identity.next_q(q), q / 4, 1e-13));
  }
}

TEST_CASE("an elu, which has a kink at 0, has the mean of both sides") {
  // q = 1: E elu^2 = 1/2 + 1/2 - 2 e^(1/2) Phi(-1) + e^2 Phi(-2), Phi the normal distribution.
  const auto phi = [](double x) { return std::erfc(-x / std::sqrt(2.0)) / 2; };
  const double expected = 1 - 2 * std::exp(0.5) * phi(-1) + std::exp(2.0) * phi(-2);
  const MeanField elu{.activation = Activation::elu};
  CHECK(test::relatively_close(elu.next_q(1), expected, 1e-13));
}

TEST_CASE("no q is no number") {
  const MeanField field;
  for (const double q : {-1e-9, 1.1e6, std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::quiet_NaN()}) {
    CHECK(std::isnan(field.next_q(q)));
    CHECK(std::isnan(field.chi(q)));
  }
}

TEST_CASE("the fixed point is left as it is, and 0 where order leaves nothing") {
  for (const double sigma_w : {0.5, 0.99, 1.01, 1.5, 3.0}) {
    for (const double sigma_b : {0.0, 0.05, 1.0}) {
      const MeanField field{.sigma_w = sigma_w, .sigma_b = sigma_b};
      double q = -1;
      REQUIRE(field.fixed_point(q).ok());
      CHECK(std::fabs(field.next_q(q) - q) <= 1e-13 * q);
      CHECK((q == 0) == (sigma_w < 1 && sigma_b == 0));
      if (q > 0) CHECK(field.next_q(q * 1.01) < q * 1.01);  // it draws from both sides
      if (q > 0) CHECK(field.next_q(q * 0.99) > q * 0.99);
    }
  }
  double critical = -1;
  REQUIRE(MeanField{.sigma_w = 1}.fixed_point(critical).ok());
  CHECK(critical == 0);
}

TEST_CASE("a rectifier that doubles its signal has no fixed point, one that halves it has") {
  double q = 5;
  const MeanField growing{.sigma_w = 2, .activation = Activation::relu};
  CHECK(growing.fixed_point(q).code == StatusCode::out_of_range);
  CHECK(q == 5);
  const MeanField creeping{
      .sigma_w = std::sqrt(2.0), .sigma_b = 0.01, .activation = Activation::relu};
  CHECK_FALSE(creeping.fixed_point(q).ok());
  const MeanField shrinking{.sigma_w = 1, .sigma_b = 0.5, .activation = Activation::relu};
  REQUIRE(shrinking.fixed_point(q).ok());
  CHECK(test::relatively_close(q, 0.5, 1e-13));  // 0.25 / (1 - 1/2)
}

TEST_CASE("the deviations of weights and biases are those of their draws") {
  const std::vector<double> weights{1, 2, 3, 4, 5, 6};
  const double squares = 1 + 4 + 9 + 16 + 25 + 36;
  CHECK(test::close(weight_deviation(MatrixView<const double>(weights.data(), 3, 2)),
                    std::sqrt(3 * squares / 6), 1e-15));
  CHECK(test::close(bias_deviation(VectorView<const double>(weights)), std::sqrt(squares / 6),
                    1e-15));
  const std::vector<float> single{1, 2, 3, 4, 5, 6};
  CHECK(weight_deviation(MatrixView<const float>(single.data(), 3, 2)) ==
        weight_deviation(MatrixView<const double>(weights.data(), 3, 2)));
}

TEST_CASE("random tanh networks of width 1000 have the q and chi of the theory within 2 %") {
  // Layers 2 to 11 of several networks: each of their layers is some 5 % off by chance.
  std::vector<std::size_t> widths(13, 1000);
  widths.front() = 2;
  widths.back() = 1;
  const std::vector<float> points{0.9f, -1.0f, 0.1f, 1.5f, 0.2f, -1.1f, -1.0f, 0.0f};
  struct Phase {
    double sigma_w, sigma_b;
  };
  for (const Phase phase : {Phase{0.9, 0.5}, Phase{1.3, 0.3}, Phase{2.0, 0.5}}) {
    const MeanField field{.sigma_w = phase.sigma_w, .sigma_b = phase.sigma_b};
    double q = 0, q_theory = 0, chi = 0, chi_theory = 0;
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u, 6u}) {
      test::Owned<Mlp<float>> network({.widths = widths});
      draw(*network, phase.sigma_w, phase.sigma_b, seed);
      test::Owned<SignalPass<float>> pass({.widths = widths});
      std::vector<LayerSignal> signals(4 * 12);
      REQUIRE(pass->evaluate(*network, {points.data(), 4, 2}, {signals.data(), 12, 4}).ok());
      for (std::size_t p = 0; p < 4; ++p) {
        double expected = field.sigma_b * field.sigma_b +
                          field.sigma_w * field.sigma_w *
                              (points[p] * points[p] + points[4 + p] * points[4 + p]) / 2;
        for (std::size_t l = 1; l < 11; ++l) {
          expected = field.next_q(expected);
          q += signals[p * 12 + l].q;
          chi += signals[p * 12 + l].chi;
          q_theory += expected;
          chi_theory += field.chi(expected);
        }
      }
    }
    INFO(q / q_theory << ' ' << chi / chi_theory);
    CHECK(test::relatively_close(q, q_theory, 0.02));
    CHECK(test::relatively_close(chi, chi_theory, 0.02));
    // The last of them are close to where all layers lead.
    double fixed = 0;
    REQUIRE(field.fixed_point(fixed).ok());
    CHECK(test::relatively_close(fixed, q_theory / (6 * 4 * 10), 0.1));
  }
}
