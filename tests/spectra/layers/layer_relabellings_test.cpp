// Numbers of layers under other labels of the same network.

#include "pinnscope/spectra/layers/layer_relabellings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr std::array<std::size_t, 5> kWidths{2, 14, 14, 12, 1};
constexpr int kCopies = 20;

using Numbers = std::vector<LayerNumber>;

/// Skewed entries with a mean, and a direction that stands out: nothing in them is special.
void fill(MatrixView<double> w, std::uint64_t stream) {
  const Philox source(91, stream);
  for (std::size_t j = 0; j < w.columns; ++j) {
    for (std::size_t i = 0; i < w.rows; ++i) {
      const double z = source.normal(i + j * w.rows);
      w(i, j) = 0.1 + z + 0.1 * z * z + 0.05 * static_cast<double>(i) * std::sin(0.7 + double(j));
    }
  }
}

std::vector<double> generic(std::size_t rows, std::size_t columns, std::uint64_t stream) {
  std::vector<double> entries(rows * columns);
  fill({entries.data(), rows, columns}, stream);
  return entries;
}

/// Every column of every layer of a network.
class Describer {
 public:
  Describer() {
    for (std::size_t l = 0; l + 1 < kWidths.size(); ++l) {
      const LayerDescription::Config config{kWidths[l], kWidths[l + 1]};
      layers_.push_back(std::make_unique<test::Owned<LayerDescription>>(config));
    }
  }

  Numbers describe(const Mlp<double>& network) {
    Numbers numbers;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      LayerDescription& layer = **layers_[l];
      REQUIRE(layer.describe(network.weights(l)).ok());
      for (const LayerColumn& column : kLayerColumns) numbers.push_back(number_of(column, layer));
    }
    return numbers;
  }

 private:
  std::vector<std::unique_ptr<test::Owned<LayerDescription>>> layers_;
};

double change(double before, double after) {
  return std::fabs(after - before) / std::max(1.0, std::fabs(before));
}

/// A table of relabellings with its memory.
struct Drawn {
  Drawn(std::size_t rows, std::size_t columns, std::size_t draws, std::size_t threads = 1)
      : relabellings({rows, columns, threads}),
        table({kLabelledColumns.size(), draws}),
        crew(threads) {}

  Status fill(const std::vector<double>& w, const FreeLabels& free, std::size_t rows,
              std::size_t columns) {
    return relabellings->fill({w.data(), rows, columns}, 0, free, 7, 3, crew, *table);
  }

  test::Owned<LayerRelabellings> relabellings;
  test::Owned<NullDistribution> table;
  Workers crew;
};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

constexpr std::size_t kRadius = labelled_column_named("spectral_radius");

}  // namespace

TEST_CASE("what no label changes agrees in twenty relabelled copies of a network") {
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::Owned<Mlp<double>> copy({.widths = kWidths});
  test::Owned<Relabelling> relabelling({.widths = kWidths});
  for (std::size_t l = 0; l + 1 < kWidths.size(); ++l) fill(network->weights(l), l);
  Describer describer;
  const Numbers before = describer.describe(*network);
  std::array<std::array<double, kLayerColumns.size()>, 2> largest{};
  for (const bool signs : {false, true}) {
    const Invariance by = signs ? kRelabelling : Invariance::permutation;
    for (int k = 0; k < kCopies; ++k) {
      relabelling->draw(static_cast<std::uint64_t>(k), signs);
      REQUIRE(relabelling->apply<double>(*network, *copy).ok());
      const Numbers after = describer.describe(*copy);
      for (std::size_t i = 0; i < before.size(); ++i) {
        const std::size_t column = i % kLayerColumns.size();
        double& most = largest[signs ? 1 : 0][column];
        if (!std::isnan(before[i].value)) {
          most = std::max(most, change(before[i].value, after[i].value));
        }
        if (!includes(kLayerColumns[column].invariance, by)) continue;
        INFO(kLayerColumns[column].name << ": " << before[i].value << ", " << after[i].value);
        REQUIRE(std::string(before[i].reason) == after[i].reason);
        REQUIRE((std::isnan(before[i].value) || change(before[i].value, after[i].value) < 1e-9));
      }
    }
  }
  // What is spread over relabellings does change, but for numbers of few values.
  for (const std::size_t place : kLabelledColumns) {
    const std::string name = kLayerColumns[place].name;
    const bool few_values = name.find("bound") != std::string::npos ||
                            name.find("_p_value") != std::string::npos ||
                            name == "expected_real_eigenvalues";
    INFO(name << ": " << largest[0][place] << ", " << largest[1][place]);
    REQUIRE((few_values || largest[1][place] > 1e-6));
  }
}

TEST_CASE("the radius of a diagonal matrix is spread as the cycles of a permutation are") {
  // P D Q has the eigenvalues of D Q P, and R = Q P is any permutation: each cycle gives the
  // geometric mean of its entries. Signs change arguments alone.
  const std::vector<double> w{1, 0, 0, 0, 2, 0, 0, 0, 3};
  constexpr std::size_t kDraws = 600;
  const double unit = std::sqrt(14.0 / 3);  // rms sqrt(n)
  const std::array<std::pair<double, double>, 4> law{{{3 / unit, 1. / 3},
                                                      {2 / unit, 1. / 6},
                                                      {std::sqrt(6) / unit, 1. / 6},
                                                      {std::cbrt(6) / unit, 1. / 3}}};
  for (const bool signs : {false, true}) {
    Drawn drawn(3, 3, kDraws);
    REQUIRE(drawn.fill(w, {.signs = signs}, 3, 3).ok());
    std::size_t counted = 0;
    for (const auto& [radius, share] : law) {
      std::size_t count = 0;
      for (std::size_t draw = 0; draw < kDraws; ++draw) {
        count += test::close(drawn.table->value(kRadius, draw), radius, 1e-12) ? 1 : 0;
      }
      INFO("radius " << radius << ": " << count);
      const double deviation = std::sqrt(kDraws * share * (1 - share));
      REQUIRE(std::fabs(static_cast<double>(count) - kDraws * share) < 4 * deviation);
      counted += count;
    }
    REQUIRE(counted == kDraws);
  }
}

TEST_CASE("sides that are inputs or outputs keep their labels") {
  // Columns alone: |eigenvalues| of D Q again; with neither side free there is nothing to draw.
  const std::vector<double> w = generic(6, 6, 1);
  Drawn none(6, 6, 8);
  REQUIRE(none.fill(w, {.rows = false, .columns = false}, 6, 6).ok());
  for (std::size_t k = 0; k < kLabelledColumns.size(); ++k) {
    for (std::size_t draw = 0; draw < 8; ++draw) REQUIRE(std::isnan(none.table->value(k, draw)));
  }
  // A column of the first layer holds its two inputs in their order whatever its place and sign.
  const std::vector<double> two{1, 10, 2, 20, 3, 30};
  Drawn first(2, 3, 40);
  REQUIRE(first.fill(two, {.rows = false}, 2, 3).ok());
  for (std::size_t draw = 0; draw < 40; ++draw) {
    const double mean = first.table->value(labelled_column_named("mean"), draw) * 6 / 11;
    REQUIRE(test::close(mean, std::round(mean), 1e-12));
    REQUIRE(std::fabs(mean) <= 6);
  }
}

TEST_CASE("where signs stay what orders keep has no draws, and fits are made for one in four") {
  const std::vector<double> w = generic(12, 12, 2);
  const std::size_t kurtosis = labelled_column_named("kurtosis");
  const std::size_t beta = labelled_column_named("generalized_gaussian_beta");
  for (const bool signs : {false, true}) {
    Drawn drawn(12, 12, 9);
    REQUIRE(drawn.fill(w, {.signs = signs}, 12, 12).ok());
    for (std::size_t draw = 0; draw < 9; ++draw) {
      REQUIRE(std::isfinite(drawn.table->value(kRadius, draw)));
      REQUIRE(std::isfinite(drawn.table->value(kurtosis, draw)) == signs);
      REQUIRE(std::isfinite(drawn.table->value(beta, draw)) ==
              (signs && draw % kRelabellingsAFit == 0));
    }
  }
}

TEST_CASE("relabelled numbers are those of the description of the relabelled layer") {
  const std::vector<double> w = generic(10, 10, 4);
  Drawn drawn(10, 10, 2);
  REQUIRE(drawn.fill(w, {}, 10, 10).ok());
  test::Owned<LayerDescription> layer({10, 10});
  std::vector<double> relabelled(100);
  std::vector<std::size_t> order(20);
  std::vector<double> sign(20);
  const VectorView<std::size_t> orders(order);
  const VectorView<double> signs(sign);
  for (std::uint64_t draw = 0; draw < 2; ++draw) {
    const Labels rows{orders.first(10), signs.first(10)};
    const Labels columns{orders.last(10), signs.last(10)};
    rows.draw(Philox(7, StreamPurpose::layer_row_labels, draw, 3), true);
    columns.draw(Philox(7, StreamPurpose::layer_column_labels, draw, 3), true);
    REQUIRE(relabel<double>({w.data(), 10, 10}, rows, columns, {relabelled.data(), 10, 10}).ok());
    REQUIRE(layer->describe({relabelled.data(), 10, 10}).ok());
    for (std::size_t k = 0; k < kLabelledColumns.size(); ++k) {
      const LayerColumn& column = kLayerColumns[kLabelledColumns[k]];
      const bool fitted = draw % kRelabellingsAFit == 0;
      const double number = drawn.table->value(k, draw);
      INFO(column.name);
      if (fitted || std::isfinite(number)) REQUIRE(same(number, number_of(column, *layer).value));
    }
  }
}

TEST_CASE("relabellings are the same for one, two and four threads") {
  const std::vector<double> w = generic(11, 11, 5);
  Drawn alone(11, 11, 12);
  REQUIRE(alone.fill(w, {}, 11, 11).ok());
  for (const std::size_t threads : {std::size_t{2}, std::size_t{4}}) {
    Drawn crew(11, 11, 12, threads);
    REQUIRE(crew.fill(w, {}, 11, 11).ok());
    for (std::size_t k = 0; k < kLabelledColumns.size(); ++k) {
      for (std::size_t draw = 0; draw < 12; ++draw) {
        REQUIRE(same(crew.table->value(k, draw), alone.table->value(k, draw)));
      }
    }
  }
}

TEST_CASE("a layer, a table or a crew that does not fit relabellings is refused") {
  const std::vector<double> w = generic(6, 6, 6);
  Drawn drawn(6, 6, 2);
  REQUIRE(drawn.fill(w, {}, 6, 5).code == StatusCode::shape_mismatch);
  test::Owned<NullDistribution> other({kLabelledColumns.size() - 1, 2});
  REQUIRE(drawn.relabellings->fill({w.data(), 6, 6}, 0, {}, 1, 0, drawn.crew, *other).code ==
          StatusCode::shape_mismatch);
  Workers two(2);
  if (two.threads() < 2) return;
  REQUIRE(drawn.relabellings->fill({w.data(), 6, 6}, 0, {}, 1, 0, two, *drawn.table).code ==
          StatusCode::shape_mismatch);
}

TEST_CASE("relabelling allocates nothing and lives in exactly its footprint") {
  const std::vector<double> w = generic(10, 10, 8);
  Drawn drawn(10, 10, 6, 2);
  Status status{StatusCode::unsupported};
  REQUIRE(test::allocations_of([&] { status = drawn.fill(w, {}, 10, 10); }) == 0);
  REQUIRE(status.ok());
  for (const LayerRelabellings::Config& config :
       {LayerRelabellings::Config{8, 8, 2}, LayerRelabellings::Config{4, 7, 2}}) {
    const std::vector<double> entries = generic(config.rows, config.columns, 9);
    const MatrixView<const double> layer(entries.data(), config.rows, config.columns);
    Drawn other(config.rows, config.columns, 3, 2);
    test::check_footprint<LayerRelabellings>(config, [&](LayerRelabellings& relabellings) {
      REQUIRE(relabellings.fill(layer, 0, {}, 1, 0, other.crew, *other.table).ok());
    });
  }
}
