#include "pinnscope/step/family_matrix.hpp"
#include "pinnscope/step/measured_symbol.hpp"
#include "step/step_support.hpp"
#include "support/footprint.hpp"

using namespace pinnscope;

// Two blocks of 100 + 256 cells, each rounded up to an odd number of half KiB.
static_assert(Stepper<double>::footprint({.scheme = Scheme::rk4, .cells = 100}).payload ==
              2 * 7 * 512);
static_assert(Stepper<double>::footprint({.scheme = Scheme::crank_nicolson, .cells = 100})
                  .payload == 2 * 7 * 512);
static_assert(Stepper<float>::footprint({.scheme = Scheme::ftcs, .cells = 1 << 30}).payload <=
              30 * 1024);
static_assert(Stepper<double>::footprint({.scheme = Scheme::backward_euler, .cells = 100}).bytes ==
              0);
static_assert(Stepper<double>::footprint({.scheme = Scheme::exact, .cells = 64}).payload ==
              3 * 512);
static_assert(LayerChain<float>::footprint({.width = 16}).payload == 64);

TEMPLATE_TEST_CASE("a stepper uses its footprint for every scheme and boundary", "", float,
                   double) {
  for (const Scheme scheme : kSchemes) {
    for (const Boundary boundary : kBoundaries) {
      if (is_periodic_only(scheme) && boundary != Boundary::periodic) continue;
      const typename Stepper<TestType>::Config config{.scheme = scheme,
                                                      .cells = 19,
                                                      .velocity = 0.5,
                                                      .diffusivity = 0.25,
                                                      .boundary = boundary};
      test::check_footprint<Stepper<TestType>>(config, [](Stepper<TestType>& stepper) {
        auto z = test::random_signal<TestType>(19, 1);
        REQUIRE(stepper.step(z).ok());
      });
    }
  }
}

TEMPLATE_TEST_CASE("a layer chain uses its footprint", "", float, double) {
  const typename LayerChain<TestType>::Config config{.width = 19};
  test::check_footprint<LayerChain<TestType>>(config, [](LayerChain<TestType>& chain) {
    const auto weights = test::random_signal<TestType>(361, 1);
    auto z = test::random_signal<TestType>(19, 1);
    REQUIRE(chain.step({weights.data(), 19, 19}, {}, z).ok());
  });
}

TEMPLATE_TEST_CASE("a meter of symbols uses its footprint", "", float, double) {
  const typename SymbolMeter<TestType>::Config config{.cells = 19};
  test::check_footprint<SymbolMeter<TestType>>(config, [](SymbolMeter<TestType>& meter) {
    SymbolReport report;
    REQUIRE(meter.measure([](VectorView<TestType>) noexcept {}, report).ok());
  });
}

TEMPLATE_TEST_CASE("the matrix of every family uses its footprint", "", float, double) {
  const std::vector<double> symbol(20, 0.5);
  for (const LayerFamily family : kLayerFamilies) {
    const typename FamilyMatrix<TestType>::Config config{
        .family = family, .cells = 19, .parameters = {.symbol = symbol, .scheme = Scheme::rk4}};
    test::check_footprint<FamilyMatrix<TestType>>(config, [](FamilyMatrix<TestType>& matrix) {
      REQUIRE(matrix.status().ok());
      matrix.draw(2, 3);
    });
  }
}
