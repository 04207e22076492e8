// What layers.csv shows, by the library alone.

#include "pinnscope/spectra/layers/layer_description.hpp"

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/layers/layer_columns.hpp"
#include "pinnscope/spectra/layers/layer_null.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// A description with its memory.
struct Described {
  Described(std::size_t rows, std::size_t columns)
      : memory(LayerDescription::footprint({rows, columns}).bytes),
        arena(memory),
        layer({rows, columns}, arena) {
    REQUIRE(arena.status().ok());
  }

  Status describe(const std::vector<double>& w) {
    return layer.describe({w.data(), layer.rows(), layer.columns()});
  }
  std::vector<LayerNumber> numbers() const {
    std::vector<LayerNumber> found;
    for (const LayerColumn& column : kLayerColumns) found.push_back(number_of(column, layer));
    return found;
  }
  double value(std::size_t column) const { return number_of(kLayerColumns[column], layer).value; }
  std::string reason(std::size_t column) const {
    return number_of(kLayerColumns[column], layer).reason;
  }

  std::vector<std::byte> memory;
  Arena arena;
  LayerDescription layer;
};

std::vector<double> gaussian(std::size_t count, std::uint64_t stream) {
  const Philox source(53, stream);
  std::vector<double> entries(count);
  for (std::size_t i = 0; i < count; ++i) entries[i] = source.normal(i);
  return entries;
}

bool same(const LayerNumber& a, const LayerNumber& b) {
  return std::string(a.reason) == b.reason &&
         (a.value == b.value || (std::isnan(a.value) && std::isnan(b.value)));
}

}  // namespace

TEST_CASE("diag(1, ..., 12) is described by numbers in closed form") {
  constexpr std::size_t n = 12;
  std::vector<double> w(n * n);
  for (std::size_t i = 0; i < n; ++i) w[i * n + i] = static_cast<double>(i + 1);
  Described found(n, n);
  REQUIRE(found.describe(w).ok());
  const auto close = [&](std::size_t column, double expected) {
    INFO(kLayerColumns[column].name << ": " << found.value(column));
    REQUIRE(test::close(found.value(column), expected, 1e-9));
  };
  close(column_named("rows"), 12);
  close(column_named("columns"), 12);
  close(column_named("mean"), 78.0 / 144);
  close(column_named("standard_deviation"), std::sqrt(650.0 / 144 - 78.0 * 78 / 144 / 144));
  close(column_named("minimum"), 0);
  close(column_named("maximum"), 12);
  close(column_named("rms"), std::sqrt(650.0 / 144));
  close(column_named("live_rows"), 12);
  close(column_named("live_columns"), 12);
  close(column_named("numerical_rank"), 12);
  close(column_named("zero_share"), 0);
  close(column_named("spectral_norm"), 12);
  close(column_named("frobenius_norm"), std::sqrt(650.0));
  close(column_named("log_norm"), std::log10(650.0));
  close(column_named("largest_singular_value"), 144 * 12 / 650.0);
  close(column_named("real_eigenvalues"), 12);
  close(column_named("transient_growth"), 1);
  close(column_named("transient_power"), 1);
  double entropy = 0;
  for (double s = 1; s <= 12; ++s) entropy -= s * s / 650 * std::log(s * s / 650);
  close(column_named("matrix_entropy"), entropy / std::log(12.0));
  close(column_named("alpha_weighted"),
        found.value(column_named("tail_exponent")) * 2 * std::log10(12.0));
}

TEST_CASE("what a layer was before leaves no trace in its next description") {
  const std::vector<double> noise = gaussian(400, 1);
  const std::vector<double> zeros(400);
  std::vector<double> constant(400, 2.5);
  std::vector<double> broken = noise;
  broken[7] = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> halved = noise;  // ten columns of zeros
  std::fill(halved.begin() + 200, halved.end(), 0);
  Described found(20, 20);
  for (const auto& first : {noise, zeros, constant, broken, halved}) {
    for (const auto& second : {noise, zeros, constant, broken, halved}) {
      static_cast<void>(found.describe(first));
      const Status status = found.describe(second);
      Described fresh(20, 20);
      REQUIRE(fresh.describe(second) == status);
      const auto expected = fresh.numbers();
      const auto numbers = found.numbers();
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        INFO(kLayerColumns[k].name << ": " << numbers[k].value << ", " << expected[k].value);
        REQUIRE(same(numbers[k], expected[k]));
      }
      REQUIRE(found.layer.vectors().size() == fresh.layer.vectors().size());
    }
  }
}

TEST_CASE("a number is NaN exactly where a reason says why") {
  std::vector<std::vector<double>> layers{gaussian(400, 2), std::vector<double>(400),
                                          std::vector<double>(400, -1.5)};
  layers.push_back(gaussian(400, 3));
  for (double& entry : layers.back()) entry *= 1e200;
  layers.push_back(std::vector<double>(400));  // nilpotent
  for (std::size_t i = 0; i + 1 < 20; ++i) layers.back()[i + 20 * (i + 1)] = 1;
  Described square(20, 20);
  Described column(400, 1);
  for (const std::vector<double>& w : layers) {
    for (Described* found : {&square, &column}) {
      static_cast<void>(found->describe(w));
      for (const LayerColumn& row : kLayerColumns) {
        const LayerNumber number = number_of(row, found->layer);
        INFO(row.name << ": " << number.value << ", " << number.reason);
        REQUIRE(std::isnan(number.value) != (*number.reason == 0));
      }
    }
  }
  // No law of an initialiser is 1e200 wide: what would follow from one is not known either.
  static_cast<void>(square.describe(layers[3]));
  REQUIRE(square.reason(column_named("surviving_share")) ==
          "the entries are 1e9 times wider or narrower than that law");
  REQUIRE(std::isnan(square.value(column_named("entropy_initialiser"))));
}

TEST_CASE("a layer that is refused has its shape and its moments, and says why") {
  std::vector<double> w = gaussian(60, 4);
  w[3] = std::numeric_limits<double>::infinity();
  Described found(10, 6);
  REQUIRE(found.describe(w).code == StatusCode::not_finite);
  REQUIRE(std::string(found.layer.failure()) == "a weight is not finite");
  REQUIRE(found.value(column_named("rows")) == 10);
  REQUIRE(found.value(column_named("live_columns")) == 6);
  REQUIRE(found.reason(column_named("stable_rank")) == "a weight is not finite");
  REQUIRE(found.describe(std::vector<double>(60)).code == StatusCode::degenerate);
  REQUIRE(found.value(column_named("mean")) == 0);
  REQUIRE(found.value(column_named("live_rows")) == 0);
  REQUIRE(found.reason(column_named("kurtosis")) == "every weight is zero");
  const std::vector<double> other = gaussian(60, 5);
  REQUIRE(found.layer.describe({other.data(), 6, 10}).code == StatusCode::shape_mismatch);
  REQUIRE(std::string(found.layer.failure()) == "every weight is zero");
}

TEST_CASE("a layer whose columns lie apart is described as one whose columns do not") {
  const std::vector<double> w = gaussian(15 * 8, 6);
  std::vector<double> apart(20 * 8, 77);
  for (std::size_t j = 0; j < 8; ++j) std::copy_n(&w[15 * j], 15, &apart[20 * j]);
  Described together(15, 8);
  Described strided(15, 8);
  REQUIRE(together.describe(w).ok());
  REQUIRE(strided.layer.describe({apart.data(), 15, 8, 20}).ok());
  for (const LayerColumn& column : kLayerColumns) {
    INFO(column.name);
    REQUIRE(same(number_of(column, together.layer), number_of(column, strided.layer)));
  }
}

TEST_CASE("spikes are those beyond the layer's own permutations, from 19 of them on") {
  constexpr std::size_t n = 40;
  std::vector<double> w = gaussian(n * n, 8);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      w[i + n * j] +=
          0.6 * (i % 2 == 0 ? 1 : -1) + 0.6 * (i < n / 2 ? 1 : -1) * (j % 2 == 0 ? 1 : -1);
    }
  }
  const LayerNull::Config null_config{n, n, false, 1};
  Workers alone(1);
  Described found(n, n);
  REQUIRE(found.describe(w).ok());
  REQUIRE(std::isnan(found.value(column_named("spikes"))));
  for (const std::size_t draws : {std::size_t{18}, std::size_t{99}}) {
    const NullDistribution::Config table_config{kLayerStatistics.size(), draws};
    std::vector<std::byte> memory(LayerNull::footprint(null_config).bytes +
                                  NullDistribution::footprint(table_config).bytes);
    Arena arena(memory);
    LayerNull null(null_config, arena);
    NullDistribution table(table_config, arena);
    REQUIRE(null.fill({.kind = NullKind::permutation}, {w.data(), n, n}, 1, 0, alone, table).ok());
    found.layer.count_spikes(table);
    if (draws < kFewestPermutations) {
      REQUIRE(std::isnan(found.value(column_named("spikes"))));
      REQUIRE(found.reason(column_named("spikes")).find("at least 19 draws") != std::string::npos);
    } else {
      REQUIRE(found.value(column_named("spikes")) == 2);
    }
  }
  REQUIRE(found.describe(w).ok());
  REQUIRE(std::isnan(found.value(column_named("spikes"))));
}

TEST_CASE("describing a layer allocates nothing") {
  const std::vector<double> w = gaussian(30 * 30, 9);
  Described found(30, 30);
  Status status;
  double sum = 0;
  REQUIRE(test::allocations_of([&] {
            status = found.layer.describe({w.data(), 30, 30});
            for (const LayerColumn& column : kLayerColumns) {
              sum += number_of(column, found.layer).value;
            }
          }) == 0);
  REQUIRE(status.ok());
}

TEST_CASE("a description lives in exactly its footprint") {
  for (const LayerDescription::Config& config :
       {LayerDescription::Config{7, 7}, LayerDescription::Config{12, 5}}) {
    const std::vector<double> w = gaussian(config.rows * config.columns, 10);
    test::check_footprint<LayerDescription>(config, [&](LayerDescription& layer) {
      REQUIRE(layer.describe({w.data(), config.rows, config.columns}).ok());
    });
  }
}
