#include "pinnscope/readings/scheme_verdict.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "readings/steps.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

std::vector<double> gaussian(std::size_t cells, std::uint64_t stream) {
  const Philox source(21, stream);
  std::vector<double> entries(cells * cells);
  for (std::size_t k = 0; k < entries.size(); ++k) entries[k] = source.normal(k);
  return entries;
}

SchemeVerdict judged(MatrixView<const double> a, const FreeLabels& free, std::size_t draws = 99,
                     std::size_t threads = 1, std::uint64_t stream = 0) {
  test::Owned<SchemeJudge> judge({.cells = a.rows, .draws = draws, .threads = threads});
  Workers crew(threads);
  SchemeVerdict verdict;
  REQUIRE(judge->judge(a, free, 7, stream, crew, verdict).ok());
  return verdict;
}

/// How uniform percentiles are that have 2 draws + 1 values at most.
double uniformity(std::vector<double> percentiles, double draws) {
  std::ranges::sort(percentiles);
  double distance = 0;
  REQUIRE(kolmogorov_smirnov_distance(
              VectorView<const double>(percentiles), [](double p) { return p / 100; }, distance)
              .ok());
  const double steps = 1 / (draws + 1);
  return kolmogorov_smirnov_p_value(std::max(0.0, distance - steps), percentiles.size());
}

}  // namespace

TEST_CASE("the step of a scheme is said to be one") {
  for (const Scheme scheme : kSchemes) {
    const test::Step step(scheme, 20, 0.3, 0.2);
    const SchemeVerdict verdict = judged(step.view(), {});
    CAPTURE(text(scheme));
    REQUIRE(verdict.answer == SchemeAnswer::scheme);
    REQUIRE(verdict.permuted.p_upper == 0.01);
    REQUIRE(verdict.permuted.percentile == 100);
    REQUIRE(verdict.relabelled.percentile == 100);
  }
}

TEST_CASE("Gaussian matrices are no scheme, and their percentiles are uniform") {
  std::vector<double> permuted;
  std::vector<double> relabelled;
  std::vector<double> velocity;
  int none = 0;
  constexpr int kMatrices = 40;
  for (int matrix = 0; matrix < kMatrices; ++matrix) {
    const std::vector<double> w = gaussian(20, static_cast<std::uint64_t>(matrix));
    const SchemeVerdict verdict = judged({w.data(), 20, 20}, {});
    none += verdict.answer == SchemeAnswer::none ? 1 : 0;
    permuted.push_back(verdict.permuted.percentile);
    relabelled.push_back(verdict.relabelled.percentile);
    velocity.push_back(verdict.euler.velocity);
  }
  REQUIRE(none >= kMatrices - 2);
  REQUIRE(uniformity(permuted, 99) > 0.01);
  REQUIRE(uniformity(relabelled, 99) > 0.01);
  REQUIRE(uniformity(velocity, 99) > 0.01);
}

TEST_CASE("what a verdict draws has a purpose: entries, labels of rows and of columns") {
  const std::vector<double> w = gaussian(9, 6);
  const MatrixView<const double> step{w.data(), 9, 9};
  const SchemeVerdict verdict = judged(step, {}, 1, 1, 5);
  test::Owned<SchemeSearch> search({.cells = 9});
  std::vector<double> entries(81);
  const MatrixView<double> drawn{entries.data(), 9, 9};
  SchemeFits fits;
  REQUIRE(draw_null({}, step, Philox(7, StreamPurpose::permuted_steps, 0, 5), drawn).ok());
  REQUIRE(search->fit(drawn, fits).ok());
  REQUIRE(verdict.permuted.mean == fits.nearest().share);
  std::vector<std::size_t> orders(18);
  std::vector<double> signs(18);
  const Labels rows{VectorView<std::size_t>(orders).first(9), VectorView<double>(signs).first(9)};
  const Labels columns{VectorView<std::size_t>(orders).last(9), VectorView<double>(signs).last(9)};
  rows.draw(Philox(7, StreamPurpose::row_labels, 0, 5), true);
  columns.draw(Philox(7, StreamPurpose::column_labels, 0, 5), true);
  REQUIRE(relabel<double>(step, rows, columns, drawn).ok());
  REQUIRE(search->fit(drawn, fits).ok());
  REQUIRE(verdict.relabelled.mean == fits.nearest().share);
}

TEST_CASE("entries of a step in random order are no scheme") {
  for (const Scheme scheme : {Scheme::ftcs, Scheme::rk4, Scheme::spectral}) {
    const test::Step step(scheme, 20, 0.3, 0.2);
    std::vector<double> mixed(400);
    const MatrixView<double> view{mixed.data(), 20, 20};
    for (std::uint64_t draw = 0; draw < 4; ++draw) {
      REQUIRE(draw_null({.kind = NullKind::permutation}, step.view(), Philox(4, draw), view).ok());
      const SchemeVerdict verdict = judged(view, {});
      CAPTURE(text(scheme), draw, verdict.critical_share, verdict.power);
      REQUIRE(verdict.answer == SchemeAnswer::none);
    }
  }
}

TEST_CASE("nothing can be said of a few neurons, of few draws, or of entries that are all alike") {
  const std::vector<double> small = gaussian(2, 1);
  REQUIRE(judged({small.data(), 2, 2}, {}).answer == SchemeAnswer::cannot_tell);
  const std::vector<double> w = gaussian(20, 1);
  const SchemeVerdict few = judged({w.data(), 20, 20}, {}, 50);
  REQUIRE(few.answer == SchemeAnswer::cannot_tell);
  REQUIRE(std::isnan(few.critical_share));
  REQUIRE(few.power == 0);
  const std::vector<double> flat(400, 0.05);
  REQUIRE(judged({flat.data(), 20, 20}, {}).answer == SchemeAnswer::cannot_tell);
}

TEST_CASE("a relabelled step keeps its percentile for nobody: labels made the reading") {
  const test::Step step(Scheme::ftcs, 24, 0.4, 0.3);
  std::vector<std::size_t> orders(48);
  std::vector<double> signs(48);
  const VectorView<std::size_t> all(orders);
  const VectorView<double> all_signs(signs);
  const Labels rows{all.first(24), all_signs.first(24)};
  const Labels columns{all.last(24), all_signs.last(24)};
  rows.draw(Philox(1), true);
  columns.draw(Philox(2), true);
  std::vector<double> mixed(24 * 24);
  const MatrixView<double> view{mixed.data(), 24, 24};
  REQUIRE(relabel<double>(step.view(), rows, columns, view).ok());
  const SchemeVerdict verdict = judged(view, {});
  REQUIRE(verdict.answer != SchemeAnswer::scheme);
  REQUIRE(verdict.relabelled.percentile < 99);
}

TEST_CASE("without free labels there are no relabellings; with orders alone the sum is invariant") {
  const std::vector<double> w = gaussian(12, 4);
  const MatrixView<const double> view{w.data(), 12, 12};
  const SchemeVerdict fixed = judged(view, {.rows = false, .columns = false});
  REQUIRE(fixed.relabelled.draws == 0);
  REQUIRE(std::isnan(fixed.euler.velocity));
  const SchemeVerdict orders = judged(view, {.signs = false});
  REQUIRE(std::isnan(orders.euler.reaction));
  REQUIRE(orders.relabelled.draws == 99);
  REQUIRE(orders.euler.velocity >= 0);
  REQUIRE(judged(view, {.rows = false}).relabelled.draws == 99);
}

TEST_CASE("a verdict has the same bits for any crew") {
  const std::vector<double> w = gaussian(16, 9);
  const SchemeVerdict alone = judged({w.data(), 16, 16}, {}, 99, 1, 3);
  const SchemeVerdict crew = judged({w.data(), 16, 16}, {}, 99, 3, 3);
  REQUIRE(std::memcmp(&alone.permuted, &crew.permuted, sizeof alone.permuted) == 0);
  REQUIRE(std::memcmp(&alone.relabelled, &crew.relabelled, sizeof alone.relabelled) == 0);
  REQUIRE(std::memcmp(&alone.critical_share, &crew.critical_share, sizeof(double)) == 0);
  REQUIRE(std::memcmp(&alone.euler, &crew.euler, sizeof alone.euler) == 0);
  REQUIRE(judged({w.data(), 16, 16}, {}, 99, 1, 4).permuted.mean != alone.permuted.mean);
}

TEST_CASE("a judge uses the memory that it measures and allocates nothing") {
  const SchemeJudge::Config config{.cells = 6, .draws = 5};
  const std::vector<double> w = gaussian(6, 2);
  Workers crew(1);
  test::check_footprint<SchemeJudge>(config, [&](SchemeJudge& judge) {
    SchemeVerdict verdict;
    Status status;
    REQUIRE(test::allocations_of([&] {
              status = judge.judge({w.data(), 6, 6}, {}, 1, 0, crew, verdict);
            }) == 0);
    REQUIRE(status.ok());
    REQUIRE(verdict.permuted.draws == 5);
  });
  test::Owned<SchemeJudge> judge(config);
  SchemeVerdict verdict;
  Workers three(3);
  REQUIRE(judge->judge({w.data(), 6, 6}, {}, 1, 0, three, verdict).code ==
          StatusCode::shape_mismatch);
  const std::vector<double> nothing(36);
  REQUIRE(judge->judge({nothing.data(), 6, 6}, {}, 1, 0, crew, verdict).code ==
          StatusCode::degenerate);
}
