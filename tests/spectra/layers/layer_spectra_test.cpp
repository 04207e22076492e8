#include "pinnscope/spectra/layers/layer_spectra.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "spectra/layers/layer_values.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/paper_weights.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Values = test::LayerValues;

std::vector<double> gaussian(std::size_t count, std::uint64_t stream) {
  const Philox source(31, stream);
  std::vector<double> entries(count);
  for (std::size_t i = 0; i < count; ++i) entries[i] = source.normal(i);
  return entries;
}

struct Computed {
  Status status;
  Values values{};
  std::vector<double> singular_values;
};

Computed compute(MatrixView<const double> w, bool eigenvalues = true) {
  const LayerSpectra::Config config{w.rows, w.columns, eigenvalues};
  std::vector<std::byte> memory(LayerSpectra::footprint(config).bytes);
  Arena arena(memory);
  LayerSpectra spectra(config, arena);
  REQUIRE(arena.status().ok());
  Computed result;
  result.status = spectra.compute(w);
  if (result.status.ok()) {
    result.values = test::values_of(spectra);
    result.singular_values.assign(spectra.singular_values().begin(),
                                  spectra.singular_values().end());
  }
  return result;
}

/// The rows of the table of the published layers, NumPy's numbers.
struct PublishedLayer {
  double largest;
  double distance;
  double real;
  double radius;
  double entropy;
  double rank;
  double exponent;
};

constexpr PublishedLayer kPublished[2][7] = {{{13.68, .0603, 12, 1.080, 3.886, 77.64, 3.29},
                                              {12.50, .0874, 10, 1.010, 3.840, 76.85, 2.79},
                                              {11.89, .0882, 8, 1.031, 3.785, 75.77, 2.64},
                                              {11.26, .0757, 8, .996, 3.849, 76.52, 2.84},
                                              {9.98, .0686, 10, 1.035, 3.905, 77.11, 3.01},
                                              {11.92, .0650, 8, 1.061, 3.913, 77.88, 3.10},
                                              {5.75, .0257, 8, 1.011, 4.075, 80.05, 5.19}},
                                             {{25.57, .1793, 8, .941, 3.244, 71.39, 2.37},
                                              {28.83, .1969, 6, .946, 3.184, 69.81, 2.40},
                                              {22.32, .2227, 6, 1.128, 3.182, 68.04, 2.18},
                                              {15.33, .1821, 12, 1.037, 3.442, 70.20, 2.16},
                                              {13.32, .1278, 14, 1.060, 3.664, 73.59, 2.43},
                                              {11.56, .0778, 6, 1.025, 3.853, 76.61, 3.04},
                                              {5.42, .0379, 10, 1.055, 4.052, 78.92, 4.20}}};

double at(const Values& values, std::size_t statistic) { return values[statistic]; }

}  // namespace

TEST_CASE("statistics of the published layers are NumPy's, to the digits of its table") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (int network = 0; network < 2; ++network) {
    for (int layer = 1; layer <= 7; ++layer) {
      const auto matrix = test::paper_matrix(directory, "weights", network, layer);
      const Computed found = compute(matrix.view());
      const PublishedLayer& expected = kPublished[network][layer - 1];
      INFO("network " << network << ", layer " << layer);
      REQUIRE(found.status.ok());
      const Values& v = found.values;
      REQUIRE(std::fabs(at(v, statistic_named("largest_singular_value")) - expected.largest) <
              5.01e-3);
      REQUIRE(std::fabs(at(v, statistic_named("marchenko_pastur_distance")) - expected.distance) <
              5.01e-5);
      REQUIRE(at(v, statistic_named("real_eigenvalues")) == expected.real);
      REQUIRE(std::fabs(at(v, statistic_named("spectral_radius")) - expected.radius) < 5.01e-4);
      // 5.5: layer 3 of network 0 has 3.78445, which the table rounds twice.
      REQUIRE(std::fabs(at(v, statistic_named("spectral_entropy")) - expected.entropy) < 5.5e-4);
      REQUIRE(std::fabs(at(v, statistic_named("effective_rank")) - expected.rank) < 5.01e-3);
      REQUIRE(std::fabs(at(v, statistic_named("tail_exponent")) - expected.exponent) < 5.01e-3);
    }
  }
}

TEST_CASE("no statistic depends on the scale of the weights") {
  const std::vector<double> entries = gaussian(30 * 30, 1);
  const Computed reference = compute({entries.data(), 30, 30});
  for (const double factor : {1e-200, 0.3, 1e200}) {
    std::vector<double> scaled = entries;
    for (double& entry : scaled) entry *= factor;
    const Computed found = compute({scaled.data(), 30, 30});
    REQUIRE(found.status.ok());
    for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
      INFO(kLayerStatistics[k].name);
      REQUIRE(test::close(found.values[k], reference.values[k], 1e-10));
    }
  }
}

TEST_CASE("a rectangular layer has the singular statistics of its transpose and no eigenvalues") {
  const std::vector<double> entries = gaussian(40 * 25, 2);
  std::vector<double> transposed(entries.size());
  for (std::size_t i = 0; i < 40; ++i) {
    for (std::size_t j = 0; j < 25; ++j) transposed[j + 25 * i] = entries[i + 40 * j];
  }
  const Computed tall = compute({entries.data(), 40, 25});
  const Computed wide = compute({transposed.data(), 25, 40});
  REQUIRE(tall.status.ok());
  REQUIRE(wide.status.ok());
  for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
    INFO(kLayerStatistics[k].name);
    if (test::of_eigenvalues(k)) {
      REQUIRE(std::isnan(tall.values[k]));
    } else {
      REQUIRE(test::close(tall.values[k], wide.values[k], 1e-10));
    }
  }
}

TEST_CASE("statistics of eigenvalues are left out where they are not asked for") {
  const std::vector<double> entries = gaussian(20 * 20, 3);
  const Computed all = compute({entries.data(), 20, 20});
  const Computed some = compute({entries.data(), 20, 20}, false);
  for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
    if (test::of_eigenvalues(k)) {
      REQUIRE(std::isnan(some.values[k]));
    } else {
      REQUIRE(some.values[k] == all.values[k]);
    }
  }
}

TEST_CASE("one row has a kurtosis and no spectrum to speak of") {
  const std::vector<double> entries = gaussian(50, 4);
  const Computed found = compute({entries.data(), 1, 50});
  REQUIRE(found.status.ok());
  REQUIRE(found.values[statistic_named("kurtosis")] > 1);
  REQUIRE(std::isnan(found.values[statistic_named("largest_singular_value")]));
  REQUIRE(std::isnan(found.values[statistic_named("spacing_ratio")]));
  REQUIRE(found.singular_values.size() == 1);
}

TEST_CASE("a layer of zeros, of NaNs or of another shape is refused") {
  std::vector<double> entries(100);
  REQUIRE(compute({entries.data(), 10, 10}).status.code == StatusCode::degenerate);
  entries[7] = std::numeric_limits<double>::quiet_NaN();
  REQUIRE(compute({entries.data(), 10, 10}).status.code == StatusCode::not_finite);
  REQUIRE(compute({entries.data(), 0, 10}).status.code == StatusCode::empty_input);
  const LayerSpectra::Config config{5, 5};
  std::vector<std::byte> memory(LayerSpectra::footprint(config).bytes);
  Arena arena(memory);
  LayerSpectra spectra(config, arena);
  REQUIRE(spectra.compute({entries.data(), 10, 10}).code == StatusCode::shape_mismatch);
}

TEST_CASE("the smallest layers have what can be said of them") {
  const std::vector<double> entries{3, -4, 1, 2};
  const Computed one = compute({entries.data(), 1, 1});
  REQUIRE(one.status.ok());
  REQUIRE(one.singular_values.front() == 1);
  const Computed two = compute({entries.data(), 2, 2});
  REQUIRE(two.status.ok());
  // |W|^2 = 30, det = 10: s^2 = 15 +- sqrt(125), over 2 rms^2 = 15.
  REQUIRE(test::close(two.values[statistic_named("largest_singular_value")],
                      (15 + std::sqrt(125.0)) / 15, 1e-13));
  REQUIRE(std::isnan(two.values[statistic_named("spacing_ratio")]));
  const std::vector<double> infinite{1, std::numeric_limits<double>::infinity(), 2, 3};
  REQUIRE(compute({infinite.data(), 2, 2}).status.code == StatusCode::not_finite);
}

TEST_CASE("a constant layer is one spike: what it has not is NaN and nothing fails") {
  const std::vector<double> entries(12 * 12, 2.5);
  const Computed found = compute({entries.data(), 12, 12});
  REQUIRE(found.status.ok());
  REQUIRE(test::close(found.values[statistic_named("stable_rank")], 1, 1e-12));
  REQUIRE(test::close(found.values[statistic_named("largest_singular_value")], 12, 1e-12));
  REQUIRE(std::isnan(found.values[statistic_named("kurtosis")]));
}

TEST_CASE("decompositions of a layer live in exactly their footprint") {
  for (const bool eigenvalues : {true, false}) {
    const std::vector<double> entries = gaussian(144, 5);
    test::check_footprint<LayerSpectra>(LayerSpectra::Config{12, 12, eigenvalues},
                                        [&](LayerSpectra& spectra) {
                                          REQUIRE(spectra.compute({entries.data(), 12, 12}).ok());
                                        });
  }
}

TEST_CASE("decomposing a layer and computing its statistics allocate nothing") {
  const std::vector<double> entries = gaussian(60 * 60, 6);
  const LayerSpectra::Config config{60, 60};
  std::vector<std::byte> memory(LayerSpectra::footprint(config).bytes);
  Arena arena(memory);
  LayerSpectra spectra(config, arena);
  Values values{};
  Status status;
  REQUIRE(test::allocations_of([&] {
            status = spectra.compute({entries.data(), 60, 60});
            values = test::values_of(spectra);
          }) == 0);
  REQUIRE(status.ok());
  REQUIRE(values[statistic_named("stable_rank")] > 1);
}

TEST_CASE("a layer that is refused still has its moments and its live rows and columns") {
  std::vector<double> entries(30);
  for (std::size_t i = 0; i < 10; ++i) entries[i] = static_cast<double>(i);
  entries[3] = std::numeric_limits<double>::infinity();
  const LayerSpectra::Config config{10, 3};
  std::vector<std::byte> memory(LayerSpectra::footprint(config).bytes);
  Arena arena(memory);
  LayerSpectra spectra(config, arena);
  REQUIRE(spectra.compute({entries.data(), 10, 3}).code == StatusCode::not_finite);
  REQUIRE(spectra.live_rows() == 9);
  REQUIRE(spectra.live_columns() == 1);
  REQUIRE(std::isnan(spectra.moments().mean));
  std::fill(entries.begin(), entries.end(), 0);
  REQUIRE(spectra.compute({entries.data(), 10, 3}).code == StatusCode::degenerate);
  REQUIRE(spectra.live_rows() == 0);
  REQUIRE(spectra.moments().mean == 0);
  REQUIRE(std::isnan(spectra.moments().kurtosis));
}
