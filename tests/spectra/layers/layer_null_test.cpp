#include "pinnscope/spectra/layers/layer_null.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/random_matrices/spikes.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "pinnscope/spectra/samples/kernel_density.hpp"
#include "spectra/layers/layer_values.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/paper_weights.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// A LayerNull and a table, with their memory.
struct Drawn {
  Drawn(std::size_t side, std::size_t draws, std::size_t threads, bool eigenvalues)
      : null_config{side, side, eigenvalues, threads},
        table_config{kLayerStatistics.size(), draws},
        memory(LayerNull::footprint(null_config).bytes +
               NullDistribution::footprint(table_config).bytes),
        arena(memory),
        null(null_config, arena),
        table(table_config, arena),
        crew(threads) {}

  void fill(const NullModel& model, const std::vector<double>& observed, std::uint64_t stream) {
    const std::size_t side = null_config.rows;
    REQUIRE(null.fill(model, {observed.data(), side, side}, 5, stream, crew, table).ok());
  }

  LayerNull::Config null_config;
  NullDistribution::Config table_config;
  std::vector<std::byte> memory;
  Arena arena;
  LayerNull null;
  NullDistribution table;
  Workers crew;
};

std::vector<double> gaussian(std::size_t side, std::uint64_t stream, double spike = 0) {
  const Philox source(77, stream);
  std::vector<double> entries(side * side);
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = source.normal(i);
  // Along (1, -1, 1, ...) / sqrt(n) on both sides: no entry stands out, and a permutation, which
  // keeps the mean, does not keep the spike.
  const double share = spike / std::sqrt(static_cast<double>(side));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i] += (i % side + i / side) % 2 == 0 ? share : -share;
  }
  return entries;
}

test::LayerValues statistics_of(const std::vector<double>& w, std::size_t side) {
  const LayerSpectra::Config config{side, side};
  std::vector<std::byte> memory(LayerSpectra::footprint(config).bytes);
  Arena arena(memory);
  LayerSpectra spectra(config, arena);
  REQUIRE(spectra.compute({w.data(), side, side}).ok());
  return test::values_of(spectra);
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// p-values of `matrices` layers, each against the table; the p-value of a uniform law for them.
double uniformity(const NullDistribution& table, std::size_t statistic,
                  const std::vector<test::LayerValues>& layers) {
  std::vector<double> p_values;
  for (const auto& values : layers) {
    NullPlacement placement;
    REQUIRE(table.compare(statistic, values[statistic], placement).ok());
    p_values.push_back(placement.p_upper);
  }
  std::sort(p_values.begin(), p_values.end());
  double distance = 0;
  REQUIRE(kolmogorov_smirnov_distance(
              VectorView<const double>(p_values), [](double p) { return p; }, distance)
              .ok());
  // The table is a sample of its own: n layers against B draws are a two-sample test, which has the
  // one-sample law at the size n B / (n + B).
  const double n = static_cast<double>(p_values.size());
  const double draws = static_cast<double>(table.draws());
  return kolmogorov_survival(std::sqrt(n * draws / (n + draws)) * (distance - 1 / (draws + 1)));
}

constexpr std::size_t kContinuous[] = {
    statistic_named("largest_singular_value"), statistic_named("smallest_singular_value"),
    statistic_named("energy_outside_bulk"),    statistic_named("marchenko_pastur_distance"),
    statistic_named("bulk_distance"),          statistic_named("spectral_entropy"),
    statistic_named("effective_rank"),         statistic_named("stable_rank"),
    statistic_named("spacing_ratio"),          statistic_named("tail_exponent")};

constexpr std::size_t kOfEigenvalues[] = {
    statistic_named("spectral_radius"),       statistic_named("circular_distance"),
    statistic_named("henrici_departure"),     statistic_named("elliptic_correlation"),
    statistic_named("complex_spacing_ratio"), statistic_named("complex_spacing_cosine")};

}  // namespace

TEST_CASE("draws under a null are the same for one, two and four threads") {
  const std::vector<double> w = gaussian(20, 1);
  Drawn alone(20, 40, 1, true);
  alone.fill({.kind = NullKind::permutation}, w, 3);
  for (const std::size_t threads : {std::size_t{2}, std::size_t{4}}) {
    Drawn crew(20, 40, threads, true);
    crew.fill({.kind = NullKind::permutation}, w, 3);
    for (std::size_t draw = 0; draw < 40; ++draw) {
      for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
        REQUIRE(same(crew.table.value(k, draw), alone.table.value(k, draw)));
      }
    }
  }
}

TEST_CASE("a drawn row is the statistics of the drawn matrix") {
  const std::vector<double> w = gaussian(15, 2);
  Drawn drawn(15, 5, 1, true);
  drawn.fill({.kind = NullKind::gaussian}, w, 9);
  std::vector<double> matrix(15 * 15);
  REQUIRE(draw_null({.kind = NullKind::gaussian}, {w.data(), 15, 15},
                    Philox(5, StreamPurpose::layer_nulls, 4, 9), {matrix.data(), 15, 15})
              .ok());
  const auto expected = statistics_of(matrix, 15);
  for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
    REQUIRE(same(drawn.table.value(k, 4), expected[k]));
  }
}

TEST_CASE("a permutation leaves no draw of the kurtosis, which it keeps") {
  Drawn drawn(12, 5, 1, false);
  drawn.fill({.kind = NullKind::permutation}, gaussian(12, 3), 0);
  NullPlacement placement;
  REQUIRE(drawn.table.compare(statistic_named("kurtosis"), 3, placement).code ==
          StatusCode::empty_input);
}

TEST_CASE("a layer, a table or a crew that does not fit is refused") {
  const std::vector<double> w = gaussian(12, 4);
  Drawn drawn(12, 5, 1, false);
  Workers two(2);
  NullModel model;
  REQUIRE(drawn.null.fill(model, {w.data(), 12, 11}, 1, 0, drawn.crew, drawn.table).code ==
          StatusCode::shape_mismatch);
  if (two.threads() == 2) {
    REQUIRE(drawn.null.fill(model, {w.data(), 12, 12}, 1, 0, two, drawn.table).code ==
            StatusCode::shape_mismatch);
  }
}

TEST_CASE("drawing under a null allocates nothing") {
  const std::vector<double> w = gaussian(30, 5);
  Drawn drawn(30, 10, 2, true);
  Status status;
  REQUIRE(test::allocations_of([&] {
            status = drawn.null.fill({}, {w.data(), 30, 30}, 5, 0, drawn.crew, drawn.table);
          }) == 0);
  REQUIRE(status.ok());
}

TEST_CASE("draws under a null live in exactly their footprint") {
  test::check_footprint<LayerNull>(LayerNull::Config{10, 10, true, 2}, [](LayerNull& null) {
    Drawn other(10, 3, 2, true);
    const std::vector<double> w = gaussian(10, 6);
    REQUIRE(null.fill({}, {w.data(), 10, 10}, 1, 0, other.crew, other.table).ok());
  });
}

TEST_CASE("a planted spike has the smallest p-value there is, noise has not") {
  for (const double theta : {0.0, 3.0}) {
    const std::vector<double> w = gaussian(40, 8, theta);
    Drawn drawn(40, 200, 2, false);
    drawn.fill({.kind = NullKind::permutation}, w, 1);
    NullPlacement placement;
    const std::size_t largest = statistic_named("largest_singular_value");
    REQUIRE(drawn.table.compare(largest, statistics_of(w, 40)[largest], placement).ok());
    if (theta > 0) {
      REQUIRE(placement.p_upper == 1.0 / 201);
    } else {
      REQUIRE(placement.p_upper > 0.05);
    }
  }
}

TEST_CASE("the published layers have as many spikes beyond their permutations as are known") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  constexpr std::size_t expected[2][7] = {{2, 3, 3, 3, 3, 3, 1}, {3, 3, 3, 4, 4, 3, 2}};
  for (int network = 0; network < 2; ++network) {
    for (int layer = 1; layer <= 7; ++layer) {
      const auto matrix = test::paper_matrix(directory, "weights", network, layer);
      Drawn drawn(100, 200, 2, false);
      drawn.fill({.kind = NullKind::permutation}, matrix.column_major,
                 static_cast<std::uint64_t>(10 * network + layer));
      double critical = 0;
      REQUIRE(drawn.table.quantile(statistic_named("largest_singular_value"), 0.95, critical).ok());
      std::vector<std::byte> memory(SingularValues<double>::footprint({100, 100}).bytes);
      Arena arena(memory);
      SingularValues<double> values({100, 100}, arena);
      REQUIRE(values.compute(matrix.view()).ok());
      INFO("network " << network << ", layer " << layer << ", critical " << critical);
      REQUIRE(count_spikes_beyond(values.values(), 100, 100, critical).standing ==
              expected[network][layer - 1]);
    }
  }
}

TEST_CASE("p-values of small Gaussian layers are uniform") {
  Drawn drawn(30, 400, 2, true);
  drawn.fill({.kind = NullKind::gaussian}, gaussian(30, 0), 0);
  std::vector<test::LayerValues> layers;
  for (std::size_t i = 0; i < 150; ++i) layers.push_back(statistics_of(gaussian(30, 1000 + i), 30));
  for (const std::size_t statistic : kContinuous) {
    INFO(kLayerStatistics[statistic].name);
    REQUIRE(uniformity(drawn.table, statistic, layers) > 0.001);
  }
}

TEST_CASE("p-values of a thousand Gaussian layers are uniform", "[slow]") {
  Drawn drawn(100, 4000, 2, true);
  drawn.fill({.kind = NullKind::gaussian}, gaussian(100, 0), 0);
  std::vector<test::LayerValues> layers;
  for (std::size_t i = 0; i < 1000; ++i) {
    layers.push_back(statistics_of(gaussian(100, 1000 + i), 100));
  }
  for (const std::size_t statistic : kContinuous) {
    INFO(kLayerStatistics[statistic].name);
    REQUIRE(uniformity(drawn.table, statistic, layers) > 0.01);
  }
  for (const std::size_t statistic : kOfEigenvalues) {
    INFO(kLayerStatistics[statistic].name);
    REQUIRE(uniformity(drawn.table, statistic, layers) > 0.01);
  }
}

TEST_CASE("p-values of a thousand layers are uniform under the law that drew them", "[slow]") {
  constexpr std::size_t kSide = 100;
  const NullModel models[] = {
      {.kind = NullKind::initialiser, .initialiser = Initialiser::glorot_uniform},
      {.kind = NullKind::fitted, .law = {.kind = LawKind::student_t, .freedom = 5}}};
  std::vector<double> w(kSide * kSide);
  const MatrixView<double> layer(w.data(), kSide, kSide);
  for (const NullModel& model : models) {
    Drawn drawn(kSide, 4000, 2, false);
    drawn.fill(model, gaussian(kSide, 0), 0);
    std::vector<test::LayerValues> layers;
    for (std::size_t i = 0; i < 1000; ++i) {
      REQUIRE(draw_null(model, layer, Philox(901, i), layer).ok());
      layers.push_back(statistics_of(w, kSide));
    }
    for (const std::size_t statistic : kContinuous) {
      INFO(text(model) << ", " << kLayerStatistics[statistic].name);
      REQUIRE(uniformity(drawn.table, statistic, layers) > 0.01);
    }
  }
}

TEST_CASE("permuted layers of uniform and of heavy-tailed entries have uniform p-values",
          "[slow]") {
  constexpr std::size_t kSide = 40;
  constexpr std::size_t kLayers = 200;
  const std::size_t largest = statistic_named("largest_singular_value");
  for (const bool heavy : {false, true}) {
    std::vector<double> p_values;
    Drawn drawn(kSide, 199, 2, false);
    for (std::size_t i = 0; i < kLayers; ++i) {
      std::vector<double> w(kSide * kSide);
      const Philox source(heavy ? 55 : 56, i);
      for (std::size_t j = 0; j < w.size(); ++j) {
        double squares = 0;  // Student's t with five degrees of freedom: z / sqrt(chi^2_5 / 5)
        for (std::size_t k = 1; heavy && k < 6; ++k) {
          squares += source.normal(6 * j + k) * source.normal(6 * j + k);
        }
        w[j] = heavy ? source.normal(6 * j) / std::sqrt(squares / 5) : source.uniform(j) - 0.5;
      }
      drawn.fill({.kind = NullKind::permutation}, w, 1 + i);
      NullPlacement placement;
      REQUIRE(drawn.table.compare(largest, statistics_of(w, kSide)[largest], placement).ok());
      p_values.push_back(placement.p_upper);
    }
    std::sort(p_values.begin(), p_values.end());
    double distance = 0;
    REQUIRE(kolmogorov_smirnov_distance(
                VectorView<const double>(p_values), [](double p) { return p; }, distance)
                .ok());
    INFO((heavy ? "heavy tails" : "uniform") << ", distance " << distance);
    REQUIRE(kolmogorov_smirnov_p_value(distance - 1.0 / 200, kLayers) > 0.01);
  }
}

TEST_CASE("the power curve is flat below the threshold and full at three times it", "[slow]") {
  constexpr std::size_t kLayers = 120;
  const std::size_t largest = statistic_named("largest_singular_value");
  for (const std::size_t side : {std::size_t{50}, std::size_t{100}}) {
    for (const double theta : {0.0, 0.5, 1.5, 2.0, 3.0}) {
      Drawn drawn(side, 199, 2, false);
      drawn.fill({.kind = NullKind::gaussian}, gaussian(side, 0), 0);
      double found = 0;
      for (std::size_t i = 0; i < kLayers; ++i) {
        NullPlacement placement;
        const auto values = statistics_of(gaussian(side, 5000 + i, theta), side);
        REQUIRE(drawn.table.compare(largest, values[largest], placement).ok());
        found += placement.p_upper <= 0.05 ? 1 : 0;
      }
      const double power = found / kLayers;
      INFO(side << " x " << side << ", theta " << theta << ": power " << power);
      if (theta < 1) REQUIRE(power < 0.05 + 3 * std::sqrt(0.05 * 0.95 / kLayers) + 0.03);
      if (theta == 2) REQUIRE(power > 0.7);
      if (theta == 3) REQUIRE(power > 0.95);
    }
  }
}

TEST_CASE("the null of a layer whose size overflows can never be served") {
  const std::size_t side = std::size_t{1} << 33;
  REQUIRE(LayerNull::footprint({.rows = side, .columns = side}).bytes ==
          std::numeric_limits<std::size_t>::max());
  REQUIRE(
      KernelDensity::footprint({.capacity = std::numeric_limits<std::size_t>::max() - 1}).bytes ==
      std::numeric_limits<std::size_t>::max());
}
