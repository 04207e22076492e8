#include <array>

#include "pinnscope/nn/forward.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/nn/packed_pass.hpp"
#include "pinnscope/nn/step_matrices.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

constexpr std::array<std::size_t, 4> kWidths{2, 5, 4, 1};

// A board writes these down at compile time: 44 parameters, 4 widths, 4 offsets.
static_assert(Mlp<float>::footprint({.widths = kWidths}).payload == 64 + 64 + 192);
// Two buffers of five neurons, four streams, one panel of eight points.
static_assert(
    ForwardPass<double>::footprint({.widths = kWidths, .derivatives = {dx, dt, dxx}, .tile = 8})
        .payload == 2 * 5 * 4 * 8 * sizeof(double));

}  // namespace

TEMPLATE_TEST_CASE("a network is built in exactly its footprint", "", float, double) {
  test::check_footprint<Mlp<TestType>>(typename Mlp<TestType>::Config{.widths = kWidths},
                                       [](Mlp<TestType>& network) {
                                         for (const TestType parameter : network.parameters())
                                           REQUIRE(parameter == 0);
                                         network.parameters().back() = 1;
                                         REQUIRE(network.biases(2)[0] == 1);
                                       });
}

TEMPLATE_TEST_CASE("a forward pass is built in exactly its footprint", "", float, double) {
  std::array<std::byte, Mlp<TestType>::footprint({.widths = kWidths}).bytes> memory{};
  Arena arena(memory);
  Mlp<TestType> network({.widths = kWidths}, arena);
  network.biases(2)[0] = 1;
  const typename ForwardPass<TestType>::Config config{
      .widths = kWidths, .derivatives = {dx, dt, dxx}, .tile = 20};
  test::check_footprint<ForwardPass<TestType>>(config, [&](ForwardPass<TestType>& pass) {
    const std::array<TestType, 2 * 50> points{};
    std::array<TestType, 4 * 50> values{};
    REQUIRE(pass.evaluate(network, {points.data(), 50, 2}, {values.data(), 50, 4}).ok());
    REQUIRE(values[49] == 1);
    REQUIRE(values[50] == 0);
    REQUIRE(pass.evaluate_point(network, {points.data(), 2}, {values.data(), 4}).ok());
    REQUIRE(values[0] == 1);
  });
}

TEMPLATE_TEST_CASE("a point pass is built in exactly its footprint", "", float, double) {
  std::array<std::byte, Mlp<TestType>::footprint({.widths = kWidths}).bytes> memory{};
  Arena arena(memory);
  Mlp<TestType> network({.widths = kWidths}, arena);
  network.biases(2)[0] = 1;
  const typename PackedPass<TestType>::Config config{.widths = kWidths,
                                                     .derivatives = {dx, dt, dxx}};
  test::check_footprint<PackedPass<TestType>>(config, [&](PackedPass<TestType>& pass) {
    const std::array<TestType, 2> point{};
    std::array<TestType, 4> values{};
    REQUIRE(pass.load(network).ok());
    REQUIRE(pass.evaluate(point, values).ok());
    REQUIRE(values[0] == 1);
    REQUIRE(values[1] == 0);
  });
}

namespace {

constexpr std::array<std::size_t, 6> kSteps{2, 5, 5, 3, 3, 1};

// An explicit step is formed in place; an implicit one has two matrices of 25 doubles, and pivots.
static_assert(StepMatrices<float>::footprint({.widths = kSteps, .step = {LayerKind::antisymmetric}})
                  .bytes == 0);
static_assert(StepMatrices<float>::footprint({.widths = kSteps, .step = {LayerKind::cayley}})
                  .payload == 2 * 256 + 64);

}  // namespace

TEMPLATE_TEST_CASE("step matrices are built in exactly their footprint", "", float, double) {
  std::array<std::byte, Mlp<TestType>::footprint({.widths = kSteps}).bytes> memory{};
  Arena arena(memory);
  Mlp<TestType> network({.widths = kSteps}, arena);
  for (const LayerKind kind : values_of<LayerKind>()) {
    const typename StepMatrices<TestType>::Config config{.widths = kSteps, .step = {kind}};
    test::check_footprint<StepMatrices<TestType>>(config, [&](StepMatrices<TestType>& steps) {
      std::ranges::fill(network.parameters(), TestType(0));
      REQUIRE(steps.form(network.parameters(), network).ok());
      const TestType identity = kind == LayerKind::plain ? 0 : 1;
      REQUIRE(network.weights(1)(4, 4) == identity);
      REQUIRE(network.weights(3)(2, 2) == identity);
      std::array<TestType, Mlp<TestType>::parameter_count(kSteps)> gradient{};
      REQUIRE(steps.pull_back(network, gradient).ok());
    });
  }
}
