#include "pinnscope/spectra/nulls/null_distribution.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Table {
  explicit Table(const NullDistribution::Config& config)
      : memory(NullDistribution::footprint(config).bytes), arena(memory), null(config, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  NullDistribution null;
};

}  // namespace

TEST_CASE("p-values count the draws as extreme as the observed number, and the number itself") {
  Workers alone(1);
  Table table({.statistics = 1, .draws = 9});
  table.null.fill(alone, [](std::size_t draw, std::size_t, VectorView<double> out) {
    out[0] = static_cast<double>(draw);  // 0 ... 8
  });
  NullPlacement placement;
  REQUIRE(table.null.compare(0, 7.5, placement).ok());
  REQUIRE(placement.p_upper == 0.2);
  REQUIRE(placement.p_lower == 0.9);
  REQUIRE(placement.p_value == 0.4);
  REQUIRE(placement.draws == 9);
  REQUIRE(placement.mean == 4);
  REQUIRE(test::close(placement.standard_deviation, std::sqrt(7.5), 1e-15));
  REQUIRE(test::close(placement.percentile, 800.0 / 9, 1e-13));
  REQUIRE(table.null.compare(0, 4, placement).ok());
  REQUIRE(placement.p_upper == 0.6);
  REQUIRE(placement.p_lower == 0.6);
  REQUIRE(placement.p_value == 1);
  REQUIRE(placement.percentile == 50);
}

TEST_CASE("quantiles are drawn numbers that the asked share does not exceed") {
  Workers alone(1);
  Table table({.statistics = 1, .draws = 21});
  table.null.fill(alone, [](std::size_t draw, std::size_t, VectorView<double> out) {
    out[0] = draw == 3 ? kNan : static_cast<double>((draw * 8) % 21);  // 0 ... 20 but for 3
  });
  double quantile = -1;
  REQUIRE(table.null.quantile(0, 0.95, quantile).ok());
  REQUIRE(quantile == 19);
  REQUIRE(table.null.quantile(0, 1, quantile).ok());
  REQUIRE(quantile == 20);
  REQUIRE(table.null.quantile(0, 1e-9, quantile).ok());
  REQUIRE(quantile == 0);
  REQUIRE(table.null.quantile(0, 0, quantile).code == StatusCode::out_of_range);
  REQUIRE(table.null.quantile(1, 0.5, quantile).code == StatusCode::out_of_range);
  REQUIRE(quantile == 0);
}

TEST_CASE("draws without a number are left out") {
  Workers alone(1);
  Table table({.statistics = 2, .draws = 10});
  table.null.fill(alone, [](std::size_t draw, std::size_t, VectorView<double> out) {
    out[0] = draw % 2 == 0 ? kNan : 1;
    out[1] = kNan;
  });
  NullPlacement placement;
  REQUIRE(table.null.compare(0, 0, placement).ok());
  REQUIRE(placement.draws == 5);
  REQUIRE(placement.p_lower == 1.0 / 6);
  REQUIRE(table.null.compare(1, 0, placement).code == StatusCode::empty_input);
  REQUIRE(table.null.compare(0, kNan, placement).code == StatusCode::not_finite);
  REQUIRE(table.null.compare(2, 0, placement).code == StatusCode::out_of_range);
  REQUIRE(placement.draws == 5);
}

TEST_CASE("the table is the same for one, two and four threads, and filling allocates nothing") {
  const NullDistribution::Config config{.statistics = 3, .draws = 50};
  Table reference(config);
  const auto draw = [](std::size_t index, std::size_t, VectorView<double> out) {
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = Philox(9, index).normal(k);
  };
  Workers alone(1);
  reference.null.fill(alone, draw);
  for (const std::size_t threads : {std::size_t{2}, std::size_t{4}}) {
    Workers crew(threads);
    Table table(config);
    NullPlacement placement;
    REQUIRE(test::allocations_of([&] {
              table.null.fill(crew, draw);
              static_cast<void>(table.null.compare(0, 0.5, placement));
            }) == 0);
    for (std::size_t i = 0; i < config.draws; ++i) {
      for (std::size_t k = 0; k < config.statistics; ++k) {
        REQUIRE(table.null.value(k, i) == reference.null.value(k, i));
      }
    }
  }
}

TEST_CASE("a null distribution lives in exactly its footprint") {
  test::check_footprint<NullDistribution>(
      NullDistribution::Config{.statistics = 3, .draws = 7}, [](NullDistribution& null) {
        Workers alone(1);
        null.fill(alone, [](std::size_t draw, std::size_t, VectorView<double> out) {
          for (double& value : out) value = static_cast<double>(draw);
        });
        NullPlacement placement;
        REQUIRE(null.compare(2, 3, placement).ok());
      });
}

TEST_CASE("Holm's correction steps down and never below an earlier one") {
  const std::array<double, 5> p{0.03, 0.01, kNan, 0.04, 0.005};
  std::array<double, 5> adjusted{};
  adjust_by_holm(p, adjusted);
  REQUIRE(test::close(adjusted[4], 0.02, 1e-15));
  REQUIRE(test::close(adjusted[1], 0.03, 1e-15));
  REQUIRE(test::close(adjusted[0], 0.06, 1e-15));
  REQUIRE(test::close(adjusted[3], 0.06, 1e-15));
  REQUIRE(std::isnan(adjusted[2]));
}

TEST_CASE("Holm's correction treats ties alike and stays below one") {
  const std::array<double, 4> p{0.5, 0.02, 0.02, 0};
  std::array<double, 4> adjusted{};
  adjust_by_holm(p, adjusted);
  REQUIRE(adjusted[3] == 0);
  REQUIRE(test::close(adjusted[1], 0.06, 1e-15));
  REQUIRE(adjusted[1] == adjusted[2]);
  REQUIRE(adjusted[0] == 0.5);
  const std::array<double, 2> large{0.9, 0.8};
  std::array<double, 2> bounded{};
  adjust_by_holm(large, bounded);
  REQUIRE(bounded[0] == 1);
  REQUIRE(bounded[1] == 1);
}
