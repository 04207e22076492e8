#include <vector>

#include "pinnscope/spectra/laws/power_law.hpp"
#include "pinnscope/spectra/matrices/non_normality.hpp"
#include "pinnscope/spectra/matrices/scaled_copy.hpp"
#include "pinnscope/spectra/random_matrices/ginibre.hpp"
#include "pinnscope/spectra/random_matrices/random_vectors.hpp"
#include "pinnscope/spectra/random_matrices/spacing_ratios.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

static_assert(PowerLawTail::footprint({.capacity = 100}).payload == 4 * 832);
static_assert(UnfoldedSpacings::footprint({.capacity = 100}).payload == 832);
static_assert(TransientGrowth::footprint({.order = 8, .powers = 8}).block_count == 8);

namespace {

/// Descending, without ties.
std::vector<double> spectrum(std::size_t n) {
  std::vector<double> values(n);
  for (std::size_t k = 0; k < n; ++k) {
    const auto rank = static_cast<double>(n - k);
    values[k] = rank + rank * rank / 100;
  }
  return values;
}

}  // namespace

TEST_CASE("power-law tails live in exactly their footprint") {
  for (const std::size_t n : {std::size_t{3}, std::size_t{64}, std::size_t{101}}) {
    const std::vector<double> sample = spectrum(n);
    test::check_footprint<PowerLawTail>(PowerLawTail::Config{.capacity = n},
                                        [&](PowerLawTail& tail) {
                                          PowerLawFit fit;
                                          REQUIRE(tail.fit(sample, fit).ok());
                                        });
  }
}

TEST_CASE("unfolded spacings live in exactly their footprint") {
  for (const std::size_t n : {std::size_t{3}, std::size_t{64}, std::size_t{101}}) {
    const std::vector<double> values = spectrum(n);
    test::check_footprint<UnfoldedSpacings>(UnfoldedSpacings::Config{.capacity = n},
                                            [&](UnfoldedSpacings& spacings) {
                                              UnfoldedSpacingFit fit;
                                              REQUIRE(spacings.compare(values, n, n, 10, fit).ok());
                                            });
  }
}

TEST_CASE("transient growth lives in exactly its footprint") {
  for (const std::size_t n : {std::size_t{1}, std::size_t{12}}) {
    std::vector<double> w(n * n);
    fill_generic(MatrixView<double>{w.data(), n, n});
    test::check_footprint<TransientGrowth>(
        TransientGrowth::Config{.order = n, .powers = 5}, [&](TransientGrowth& growth) {
          TransientPeak peak;
          REQUIRE(growth.compute(MatrixView<const double>{w.data(), n, n}, peak).ok());
        });
  }
}

TEST_CASE("transient growth allocates nothing, from the first call on") {
  constexpr std::size_t kOrder = 130;
  std::vector<double> w(kOrder * kOrder);
  fill_generic(MatrixView<double>{w.data(), kOrder, kOrder});
  const TransientGrowth::Config config{.order = kOrder, .powers = 3};
  std::vector<std::byte> memory(TransientGrowth::footprint(config).bytes);
  Arena arena(memory);
  TransientGrowth growth(config, arena);
  TransientPeak peak;
  Status status{StatusCode::unsupported};
  const auto allocations = test::allocations_of([&] {
    status = growth.compute(MatrixView<const double>{w.data(), kOrder, kOrder}, peak, 11);
  });
  REQUIRE(status.ok());
  REQUIRE(allocations == 0);
}

TEST_CASE("tails, spacings and laws of a finite size allocate nothing") {
  const std::vector<double> values = spectrum(50);
  const VectorView<const double> view(values);
  const MatrixView<const double> square{values.data(), 7, 7};
  std::vector<std::byte> memory(
      (PowerLawTail::footprint({.capacity = 50}) + UnfoldedSpacings::footprint({.capacity = 50}))
          .bytes);
  Arena arena(memory);
  PowerLawTail tail({.capacity = 50}, arena);
  UnfoldedSpacings unfolded({.capacity = 50}, arena);
  REQUIRE(arena.status().ok());
  PowerLawFit power_law;
  UnfoldedSpacingFit spacings;
  SpacingRatio ratio;
  ComplexSpacingRatio complex_ratio;
  EllipticCorrelation correlation;
  double departure = 0, participation = 0, entropy = 0, sum = 0;
  bool ok = true;
  const auto allocations = test::allocations_of([&] {
    ok = tail.fit(view, power_law).ok() && unfolded.compare(view, 50, 60, 4, spacings).ok() &&
         spacing_ratio(view, ratio).ok() &&
         complex_spacing_ratio(view, view, complex_ratio, {0, 1000}).ok() &&
         elliptic_correlation(square, correlation).ok() &&
         henrici_departure(square, view.first(7), view.first(7), departure).ok() &&
         inverse_participation_ratio(view, participation).ok() &&
         vector_entropy(view, entropy).ok();
    sum = ginibre_radius_quantile(100, 0.95) + ginibre_radial_distribution(100, 1) +
          expected_real_eigenvalues(100) + random_component_distribution(100, 0.01) +
          random_vector_entropy(100) + page_entropy(100, 100);
  });
  REQUIRE(ok);
  REQUIRE(sum > 0);
  REQUIRE(allocations == 0);
}
