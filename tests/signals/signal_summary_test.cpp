#include "pinnscope/signals/signal_summary.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Spread spread_of(const std::vector<double>& values) {
  Spread spread;
  for (const double value : values) spread.add(value);
  return spread;
}

}  // namespace

TEST_CASE("a spread has mean, standard deviation and extremes of numbers one by one") {
  const std::vector<double> values{3, -1, 4, 1e9, 5};
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / 5;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const Spread spread = spread_of(values);
  CHECK(spread.count == 5);
  CHECK(test::relatively_close(spread.mean, mean, 1e-14));
  CHECK(test::relatively_close(spread.standard_deviation(), std::sqrt(squares / 4), 1e-14));
  CHECK(spread.least == -1);
  CHECK(spread.largest == 1e9);
}

TEST_CASE("a spread of none is not known, that of one number has no deviation") {
  CHECK(std::isnan(Spread{}.mean));
  CHECK(std::isnan(Spread{}.least));
  CHECK(std::isnan(Spread{}.standard_deviation()));
  const Spread one = spread_of({2});
  CHECK(one.mean == 2);
  CHECK(one.largest == 2);
  CHECK(std::isnan(one.standard_deviation()));
  CHECK(spread_of({2, 2}).standard_deviation() == 0);
}

TEST_CASE(
    "what is not known of one number is not known of all, what is infinite has no deviation") {
  for (const auto& values : {std::vector{LayerSignal::kUnknown, 1.0, 2.0},
                             std::vector{1.0, LayerSignal::kUnknown, 2.0}}) {
    const Spread unknown = spread_of(values);
    CHECK(std::isnan(unknown.mean));
    CHECK(std::isnan(unknown.standard_deviation()));
    CHECK(std::isnan(unknown.least));
    CHECK(std::isnan(unknown.largest));
  }
  for (const auto& values :
       {std::vector{-kInfinity, 1.0}, std::vector{1.0, -kInfinity, -kInfinity}}) {
    const Spread infinite = spread_of(values);
    CHECK(infinite.mean == -kInfinity);
    CHECK(infinite.least == -kInfinity);
    CHECK(infinite.largest == 1);
    CHECK(std::isnan(infinite.standard_deviation()));
  }
}

TEST_CASE("a summary has the spread of each number of each layer") {
  test::Owned<SignalSummary> summary({.layers = 2});
  CHECK(std::isnan(summary->mean(0).q));
  for (const double value : {1.0, 4.0}) {
    std::vector<LayerSignal> layers(2);
    for (std::size_t l = 0; l < 2; ++l) {
      for (std::size_t k = 0; k < kLayerSignalNumbers.size(); ++k) {
        layers[l].*kLayerSignalNumbers[k].member = value + static_cast<double>(10 * l + 100 * k);
      }
    }
    summary->add(layers);
  }
  CHECK(summary->layers() == 2);
  for (std::size_t l = 0; l < 2; ++l) {
    for (std::size_t k = 0; k < kLayerSignalNumbers.size(); ++k) {
      const Spread& spread = summary->spread(l, k);
      CHECK(spread.mean == 2.5 + static_cast<double>(10 * l + 100 * k));
      CHECK(spread.largest - spread.least == 3);
      CHECK(summary->mean(l).*kLayerSignalNumbers[k].member == spread.mean);
    }
  }
}
