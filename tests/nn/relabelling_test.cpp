#include "pinnscope/nn/relabelling.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "network.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr std::array<std::size_t, 5> kWidths{2, 7, 7, 5, 2};

/// u at twenty points.
template <class T>
std::vector<T> values_of(const Mlp<T>& network) {
  test::Owned<ForwardPass<T>> pass({.widths = kWidths});
  const std::vector<T> points = test::random_numbers<T>(40, 8);
  std::vector<T> values;
  for (std::size_t i = 0; i < 20; ++i) {
    std::array<T, 2> u{};
    const std::array<T, 2> point{points[2 * i], points[2 * i + 1]};
    REQUIRE(pass->evaluate_point(network, VectorView<const T>(point), VectorView<T>(u)).ok());
    values.insert(values.end(), u.begin(), u.end());
  }
  return values;
}

/// The largest change of u under `copies` relabellings.
template <class T>
double change_under_relabelling(Activation activation, bool with_signs, int copies) {
  const typename Mlp<T>::Config config{.widths = kWidths, .hidden = activation};
  test::Owned<Mlp<T>> network(config);
  test::Owned<Mlp<T>> relabelled(config);
  test::Owned<Relabelling> relabelling({.widths = kWidths});
  test::randomise(*network, 4);
  const std::vector<T> before = values_of(*network);
  double change = 0;
  for (int copy = 0; copy < copies; ++copy) {
    relabelling->draw(static_cast<std::uint64_t>(copy), with_signs);
    REQUIRE(relabelling->apply<T>(*network, *relabelled).ok());
    REQUIRE_FALSE(std::ranges::equal(network->parameters(), relabelled->parameters()));
    const std::vector<T> after = values_of(*relabelled);
    for (std::size_t i = 0; i < before.size(); ++i) {
      change = std::max(change, static_cast<double>(std::abs(after[i] - before[i])));
    }
  }
  return change;
}

}  // namespace

TEST_CASE("a relabelled network is the same function, orders of any activation") {
  for (const Activation activation : kActivations) {
    REQUIRE(change_under_relabelling<double>(activation, false, 20) < 1e-13);
  }
  REQUIRE(change_under_relabelling<float>(Activation::tanh, false, 20) < 1e-5);
}

TEST_CASE("signs may change where the activation is odd, and nowhere else") {
  for (const Activation activation : kActivations) {
    const double change = change_under_relabelling<double>(activation, true, 20);
    REQUIRE(is_odd(activation) == (change < 1e-13));
  }
  REQUIRE(is_odd(Activation::tanh));
  REQUIRE(is_odd(Activation::sine));
  REQUIRE(is_odd(Activation::identity));
  REQUIRE(is_odd(Activation::leaky_relu, {.negative_slope = 1}));
  REQUIRE_FALSE(is_odd(Activation::leaky_relu));
  REQUIRE_FALSE(is_odd(Activation::gelu));
}

TEST_CASE("drawn labels are an order and signs, each as likely as the next") {
  std::vector<std::size_t> order(4);
  std::vector<double> signs(4);
  const Labels labels{order, signs};
  std::array<int, 16> places{};
  int negative = 0;
  constexpr int kDraws = 4000;
  for (int draw = 0; draw < kDraws; ++draw) {
    labels.draw(Philox(3, static_cast<std::uint64_t>(draw)), true);
    for (std::size_t i = 0; i < 4; ++i) {
      ++places[4 * i + order[i]];
      negative += signs[i] < 0 ? 1 : 0;
      REQUIRE(std::abs(signs[i]) == 1);
    }
    std::vector<std::size_t> sorted = order;
    std::ranges::sort(sorted);
    REQUIRE(sorted == std::vector<std::size_t>{0, 1, 2, 3});
  }
  // Five standard deviations: sqrt(4000 / 4 * 3 / 4) and sqrt(16000 / 4).
  for (const int count : places) REQUIRE(std::abs(count - kDraws / 4) < 5 * 27.4);
  REQUIRE(std::abs(negative - 2 * kDraws) < 5 * 63.3);
}

// With one seed for all: permutations are no function of the weights that they are compared with.
TEST_CASE("labels of a network are drawn from streams that its weights are not drawn from") {
  test::Owned<Relabelling> relabelling({.widths = kWidths});
  relabelling->draw(5, true);
  for (std::size_t side = 1; side <= 2; ++side) {
    std::vector<std::size_t> order(kWidths[side]);
    std::vector<double> signs(kWidths[side]);
    const Labels expected{order, signs};
    expected.draw(Philox(5, StreamPurpose::network_labels, side - 1), true);
    REQUIRE(std::ranges::equal(relabelling->labels(side).order, order));
    REQUIRE(std::ranges::equal(relabelling->labels(side).signs, signs));
    for (const StreamPurpose other : {StreamPurpose::weights, StreamPurpose::row_labels}) {
      expected.draw(Philox(5, other, side - 1), true);
      REQUIRE_FALSE(std::ranges::equal(relabelling->labels(side).order, order));
    }
  }
}

TEST_CASE("labels say which neuron stands where") {
  std::array<std::size_t, 2> row_order{1, 0};
  std::array<double, 2> row_signs{1, -1};
  std::array<std::size_t, 3> column_order{2, 0, 1};
  std::array<double, 3> column_signs{1, 1, -1};
  const std::array<double, 6> entries{1, 2, 3, 4, 5, 6};  // (1 3 5; 2 4 6)
  std::array<double, 6> relabelled{};
  const Labels rows{row_order, row_signs};
  const Labels columns{column_order, column_signs};
  REQUIRE(relabel<double>({entries.data(), 2, 3}, rows, columns, {relabelled.data(), 2, 3}).ok());
  REQUIRE(relabelled == std::array<double, 6>{6, -5, 2, -1, -4, 3});
}

TEST_CASE("labels and relabellings of other shapes are refused") {
  std::array<std::size_t, 2> order{0, 1};
  std::array<double, 2> signs{1, 1};
  const std::array<double, 6> entries{};
  std::array<double, 6> out{7};
  const Labels labels{order, signs};
  REQUIRE(relabel<double>({entries.data(), 2, 3}, labels, labels, {out.data(), 2, 3}).code ==
          StatusCode::shape_mismatch);
  REQUIRE(out[0] == 7);
  const std::array<std::size_t, 3> widths{2, 3, 1};
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::Owned<Mlp<double>> other({.widths = widths});
  test::Owned<Relabelling> relabelling({.widths = kWidths});
  REQUIRE(relabelling->apply<double>(*network, *other).code == StatusCode::shape_mismatch);
  REQUIRE(relabelling->apply<double>(*other, *network).code == StatusCode::shape_mismatch);
}

TEST_CASE("a relabelling uses the memory that it measures and allocates nothing") {
  const Relabelling::Config config{.widths = kWidths};
  test::check_footprint<Relabelling>(config, [](Relabelling& relabelling) {
    test::Owned<Mlp<double>> network({.widths = kWidths});
    test::Owned<Mlp<double>> copy({.widths = kWidths});
    Status status;
    REQUIRE(test::allocations_of([&] {
              relabelling.draw(1, true);
              status = relabelling.apply<double>(*network, *copy);
            }) == 0);
    REQUIRE(status.ok());
  });
}
