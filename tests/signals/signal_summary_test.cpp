#include "pinnscope/signals/signal_summary.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("a summary has mean and standard deviation of each number, layer by layer") {
  test::Owned<SignalSummary> summary({.layers = 2});
  CHECK(std::isnan(summary->mean(0).q));
  const std::vector<double> values{3, -1, 4, 1e9, 5};
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / 5;
  for (const double value : values) squares += (value - mean) * (value - mean);
  for (const double value : values) {
    std::vector<LayerSignal> layers(2);
    for (std::size_t l = 0; l < 2; ++l) {
      for (const LayerSignalNumber& number : kLayerSignalNumbers) {
        layers[l].*number.member = value * static_cast<double>(l + 1);
      }
    }
    summary->add(layers);
  }
  CHECK(summary->count() == 5);
  for (std::size_t l = 0; l < 2; ++l) {
    for (const LayerSignalNumber& number : kLayerSignalNumbers) {
      const double times = static_cast<double>(l + 1);
      CHECK(test::relatively_close(summary->mean(l).*number.member, times * mean, 1e-14));
      CHECK(test::relatively_close(summary->standard_deviation(l).*number.member,
                                   times * std::sqrt(squares / 4), 1e-14));
    }
  }
}

TEST_CASE("one input has no spread, and what is not known of one is not known of all") {
  test::Owned<SignalSummary> summary({.layers = 1});
  LayerSignal known;
  known.q = 2;
  known.l1_norm = 3;
  known.log_first_singular_value = -std::numeric_limits<double>::infinity();
  summary->add({&known, 1});
  CHECK(summary->mean(0).q == 2);
  CHECK(std::isnan(summary->standard_deviation(0).q));
  LayerSignal other = known;
  other.l1_norm = LayerSignal::kUnknown;
  other.log_first_singular_value = 1;
  summary->add({&other, 1});
  CHECK(summary->standard_deviation(0).q == 0);
  CHECK(std::isnan(summary->mean(0).l1_norm));
  CHECK(summary->mean(0).log_first_singular_value == known.log_first_singular_value);
  CHECK(std::isnan(summary->standard_deviation(0).log_first_singular_value));
}
