#include <array>
#include <vector>

#include "nn/network.hpp"
#include "pinnscope/signals/family_chain.hpp"
#include "pinnscope/signals/mean_field.hpp"
#include "pinnscope/signals/signal_pass.hpp"
#include "pinnscope/signals/signal_summary.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr std::array<std::size_t, 4> kWidths{2, 5, 4, 1};
constexpr std::array<double, 2> kNeighbour{0.01, 0};

// Known as it is compiled: 30 spreads of 40 bytes.
static_assert(SignalSummary::footprint({.layers = 3}).payload == 1216);
static_assert(SignalPass<float>::footprint({.widths = kWidths, .tile = 1}).payload ==
              64 * (2 * 5 + 2 * 2 * 5 + 5 + 4 + 2 + 1));

}  // namespace

TEMPLATE_TEST_CASE("a signal pass is built in exactly its footprint", "", float, double) {
  test::Owned<Mlp<TestType>> network({.widths = kWidths});
  test::randomise(*network, 3);
  const std::vector<TestType> points = test::random_numbers<TestType>(2 * 70, 4);
  for (const bool beside : {false, true}) {
    typename SignalPass<TestType>::Config config{.widths = kWidths, .tile = 20};
    if (beside) config.neighbour = kNeighbour;
    test::check_footprint<SignalPass<TestType>>(config, [&](SignalPass<TestType>& pass) {
      std::vector<LayerSignal> signals(3 * 70);
      std::vector<double> logarithms(3 * 2 * 70);
      REQUIRE(pass.evaluate(*network, {points.data(), 70, 2}, {signals.data(), 3, 70},
                            {logarithms.data(), 6, 70})
                  .ok());
      REQUIRE(std::isnan(signals.back().correlation) == !beside);
    });
  }
}

TEST_CASE("a signal summary is built in exactly its footprint") {
  test::check_footprint<SignalSummary>(SignalSummary::Config{.layers = 3},
                                       [](SignalSummary& summary) {
                                         const std::array<LayerSignal, 3> layers{};
                                         summary.add(layers);
                                         REQUIRE(summary.spread(2, 9).count == 1);
                                       });
}

TEST_CASE("signals, their summary and the mean field allocate nothing once they are made") {
  const std::vector<std::size_t>& widths = test::published_widths();
  test::Owned<Mlp<double>> network({.widths = widths});
  test::randomise(*network, 5);
  test::Owned<SignalPass<double>> pass({.widths = widths, .neighbour = kNeighbour});
  test::Owned<SignalSummary> summary({.layers = 9});
  const std::vector<double> points = test::random_numbers<double>(2 * 200, 6);
  std::vector<LayerSignal> signals(9 * 200);
  std::vector<double> logarithms(18 * 200);
  Status status{StatusCode::empty_input};
  double q = 0;
  const std::size_t allocations = test::allocations_of([&] {
    status = pass->evaluate(*network, {points.data(), 200, 2}, {signals.data(), 9, 200},
                            {logarithms.data(), 18, 200});
    for (std::size_t p = 0; p < 200; ++p) summary->add({&signals[9 * p], 9});
    q = MeanField{.sigma_w = 1.5}.chi(1) + summary->spread(3, 6).mean +
        weight_deviation(std::as_const(*network).weights(1));
    double fixed = 0;
    if (MeanField{.sigma_w = 1.5}.fixed_point(fixed).ok()) q += fixed;
  });
  CHECK(allocations == 0);
  CHECK(status.ok());
  CHECK(q > 0);
}

TEMPLATE_TEST_CASE("a chain of a family is built in exactly its footprint, and allocates nothing",
                   "", float, double) {
  const typename FamilyChain<TestType>::Config config{
      .matrix = {.family = LayerFamily::gaussian, .cells = 9},
      .redraw = true,
      .normalise = Normalisation::rms};
  const auto run = [](FamilyChain<TestType>& chain) {
    std::vector<TestType> z = test::random_numbers<TestType>(9, 7);
    FamilySignal signal;
    Status started, stepped;
    REQUIRE(test::allocations_of([&] {
              started = chain.start(z, 1);
              stepped = chain.step(z, signal);
            }) == 0);
    REQUIRE((started.ok() && stepped.ok()));
  };
  test::check_footprint<FamilyChain<TestType>>(config, run);
  test::Owned<FamilyChain<TestType>> chain({.matrix = {.family = LayerFamily::identity, .cells = 9},
                                            .activation = Activation::identity});
  std::vector<TestType> z = test::random_numbers<TestType>(9, 7);
  LayerGrowth growth;
  Status status = chain->start(z, 0);
  REQUIRE(test::allocations_of(
              [&] { status = measure_growth(*chain, VectorView<TestType>(z), growth); }) == 0);
  REQUIRE((status.ok() && growth.settled && growth.log_growth == 0));
}
