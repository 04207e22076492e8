#include <vector>

#include "pinnscope/spectra/laws/weight_law_bootstrap.hpp"
#include "pinnscope/spectra/laws/weight_law_fit.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

static_assert(WeightLawFitter::footprint({100}).payload == 832);
static_assert(WeightLawBootstrap::footprint({100, 16, 2}).payload == 1600 + 128);

TEST_CASE("fits of weight laws live in exactly their footprint") {
  for (const std::size_t n : {std::size_t{3}, std::size_t{64}, std::size_t{101}}) {
    std::vector<double> sample(n);
    for (std::size_t i = 0; i < n; ++i) sample[i] = static_cast<double>(i * i % 37);
    test::check_footprint<WeightLawFitter>(WeightLawFitter::Config{n}, [&](auto& fitter) {
      WeightLawFit fit;
      REQUIRE(fitter.load(sample).ok());
      REQUIRE(fitter.fit({LawKind::laplace}, fit).ok());
      REQUIRE(fitter.fit({LawKind::normal_laplace}, fit).code != StatusCode::empty_input);
    });
  }
}

TEST_CASE("bootstraps of weight laws live in exactly their footprint") {
  Workers pair(2);
  const WeightLawBootstrap::Config config{50, 11, 2};
  test::check_footprint<WeightLawBootstrap>(config, [&](WeightLawBootstrap& bootstrap) {
    BootstrapResult result;
    const WeightLawFit fit{{LawKind::normal, 0, 1, 1}};
    REQUIRE(bootstrap.run(fit, {LawKind::normal}, 50, 11, 1, 0, pair, result).ok());
  });
}
