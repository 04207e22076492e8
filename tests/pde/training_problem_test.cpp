#include "pinnscope/pde/training_problem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/pde/problems.hpp"
#include "pinnscope/tape/replay.hpp"
#include "support/footprint.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

const std::vector<std::size_t> kWidths{2, 4, 1};
const Problem* const kViscous = find_problem("viscous");

using Owned = test::Owned<TrainingProblem<double>>;

}  // namespace

TEST_CASE("the paper's points: 10,000 inside, 201 at the start, 211 at each end") {
  const Owned owned({.problem = find_problem("inviscid"), .widths = kWidths});
  REQUIRE(owned->status().ok());
  const auto terms = owned->terms();
  REQUIRE(terms.size() == 4);
  const auto inside = terms[0].points;
  REQUIRE(inside.rows == 10000);
  REQUIRE(inside.columns == 2);
  for (std::size_t c = 0; c < 2; ++c) {
    double mean = 0;
    const auto column = inside.column(c);
    for (const double entry : column) mean += entry / 10000;
    // A mean of 10,000 uniform numbers has a standard deviation of 0.0029.
    CHECK(std::abs(mean - 0.5) < 0.012);
    CHECK(*std::min_element(column.begin(), column.end()) > 0);
    CHECK(*std::max_element(column.begin(), column.end()) < 1);
  }
  const auto initial = terms[1].points;
  REQUIRE(initial.rows == 201);
  REQUIRE(initial(0, 0) == 0);
  REQUIRE(initial(200, 0) == 1);
  REQUIRE(initial(99, 2) == 1);
  REQUIRE(initial(100, 0) == 0.5);
  REQUIRE(initial(100, 2) == 0);
  for (std::size_t side = 0; side < 2; ++side) {
    const auto points = terms[2 + side].points;
    REQUIRE(points.rows == 211);
    REQUIRE(points(17, 0) == static_cast<double>(side));
    REQUIRE(points(0, 1) == 0);
    REQUIRE(points(210, 1) == 1);
  }
}

TEST_CASE("points are drawn from the seed, apart from the weights") {
  const Owned one({.problem = kViscous, .widths = kWidths, .seed = 1, .points = 10});
  const Owned again({.problem = kViscous, .widths = kWidths, .seed = 1, .points = 20});
  const Owned other({.problem = kViscous, .widths = kWidths, .seed = 2, .points = 10});
  REQUIRE(one->terms()[0].points(3, 1) == again->terms()[0].points(3, 1));
  REQUIRE(one->terms()[0].points(3, 1) != other->terms()[0].points(3, 1));
}

TEST_CASE("held-out points are drawn apart from those of training, and change none of them") {
  const Owned with(
      {.problem = kViscous, .widths = kWidths, .points = 100, .held_out_points = 1000});
  const Owned without({.problem = kViscous, .widths = kWidths, .points = 100});
  REQUIRE(without->held_out_terms().empty());
  REQUIRE(with->held_out_terms().size() == with->terms().size());
  for (std::size_t k = 0; k < with->terms().size(); ++k) {
    const auto trained = with->terms()[k].points;
    const auto plain = without->terms()[k].points;
    const auto held_out = with->held_out_terms()[k].points;
    REQUIRE(with->held_out_terms()[k].tape == with->terms()[k].tape);
    REQUIRE(held_out.rows == (k == 0 ? 1000 : trained.rows));
    std::size_t common = 0;
    for (std::size_t i = 0; i < trained.rows; ++i) {
      for (std::size_t c = 0; c < trained.columns; ++c) REQUIRE(trained(i, c) == plain(i, c));
      for (std::size_t j = 0; j < held_out.rows; ++j) {
        common += trained(i, 0) == held_out(j, 0) && trained(i, 1) == held_out(j, 1);
      }
    }
    CHECK(common == 0);
  }
  const auto inside = with->held_out_terms()[0].points.column(0);
  double mean = 0;
  for (const double entry : inside) mean += entry / 1000;
  CHECK(std::abs(mean - 0.5) < 0.037);  // four standard deviations of 1/sqrt(12 000)
}

TEST_CASE("Burgers and heat go through the network as three streams") {
  for (const char* name : {"viscous", "inviscid", "heat"}) {
    const Owned owned({.problem = find_problem(name), .widths = kWidths, .points = 10});
    REQUIRE(owned->status().ok());
    REQUIRE(owned->terms()[0].tape->networks()[0].stream_count() == 3);
  }
}

TEST_CASE("a problem refuses a network of other shape, and too few points") {
  const std::vector<std::size_t> three{3, 4, 1};
  const std::vector<std::size_t> pair{2, 4, 2};
  REQUIRE(Owned({.problem = kViscous, .widths = three})->status().code == StatusCode::out_of_range);
  REQUIRE(Owned({.problem = kViscous, .widths = pair})->status().code == StatusCode::out_of_range);
  REQUIRE(Owned({.problem = kViscous, .widths = kWidths, .points = 0})->status().code ==
          StatusCode::out_of_range);
  REQUIRE(Owned({.problem = kViscous, .widths = kWidths, .initial_points = 1})->status().code ==
          StatusCode::out_of_range);
}

TEST_CASE("without a problem there is nothing to train on") {
  const Owned owned({.widths = kWidths, .points = 10});
  REQUIRE(owned->status() == Status{StatusCode::no_loss});
  REQUIRE(owned->terms().empty());
}

TEST_CASE("a problem of no widths is refused") {
  const std::vector<std::size_t> none;
  const std::vector<std::size_t> inputs{2};
  const std::vector<std::size_t> hole{2, 0, 1};
  REQUIRE_FALSE(Owned({.problem = kViscous, .widths = none, .points = 10})->status().ok());
  REQUIRE_FALSE(Owned({.problem = kViscous, .widths = inputs, .points = 10})->status().ok());
  REQUIRE(Owned({.problem = kViscous, .widths = hole, .points = 10})->status() ==
          Status{StatusCode::bad_widths});
}

TEST_CASE("a training problem is built in exactly its footprint") {
  const TrainingProblem<float>::Config config{.problem = kViscous,
                                              .widths = kWidths,
                                              .points = 7,
                                              .initial_points = 3,
                                              .boundary_points = 2,
                                              .held_out_points = 5};
  test::check_footprint<TrainingProblem<float>>(config, [](TrainingProblem<float>& problem) {
    REQUIRE(problem.status().ok());
    REQUIRE(problem.terms()[1].points(1, 0) == 0.5f);
  });
}

TEST_CASE("points inside are drawn as asked, held-out points uniformly and the same") {
  const Owned uniform(
      {.problem = kViscous, .widths = kWidths, .points = 64, .held_out_points = 20});
  const Owned even({.problem = kViscous,
                    .widths = kWidths,
                    .points = 64,
                    .held_out_points = 20,
                    .sampling = Sampling::sobol});
  const auto inside = even->terms()[0].points;
  std::vector<int> count(64);
  for (std::size_t i = 0; i < 64; ++i) {
    const auto cell = [](double part) { return static_cast<std::size_t>(8 * part); };
    ++count[8 * cell(inside(i, 0)) + cell(inside(i, 1))];
  }
  REQUIRE(std::count(count.begin(), count.end(), 1) == 64);
  for (std::size_t i = 0; i < 20; ++i) {
    REQUIRE(even->held_out_terms()[0].points(i, 0) == uniform->held_out_terms()[0].points(i, 0));
  }
}

namespace {

/// 500 of 2,000 candidates in the unit square, whose residual is `large` where x < 1/4, else 1.
double share_of_quarter(double power, double floor, double large, std::uint64_t draw = 1) {
  Owned owned({.problem = kViscous,
               .widths = kWidths,
               .points = 500,
               .candidates = 2000,
               .residual_power = power,
               .residual_floor = floor});
  owned->draw_candidates(draw);
  for (std::size_t i = 0; i < 2000; ++i) {
    owned->candidate_losses()[i] = owned->candidates()(i, 0) < 0.25 ? large * large : 1;
  }
  REQUIRE(owned->take_candidates(draw).ok());
  const auto x = owned->terms()[0].points.column(0);
  return static_cast<double>(std::count_if(x.begin(), x.end(), [](double v) { return v < 0.25; })) /
         500;
}

}  // namespace

TEST_CASE("candidates are taken in proportion to their weights, while few of them are taken") {
  // Without replacement fewer of the heavy ones are left the more are taken: where a share p of the
  // candidates weighs w and the rest 1, keys below q are taken, and p (1 - e^(-w q)) +
  // (1 - p) (1 - e^-q) = 1/4.
  const auto expected = [](double w) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; ++i) {
      const double q = (low + high) / 2;
      const double taken = 0.25 * (1 - std::exp(-w * q)) + 0.75 * (1 - std::exp(-q));
      (taken < 0.25 ? low : high) = q;
    }
    return 0.25 * (1 - std::exp(-w * low)) / 0.25;
  };
  // |r| = 7 and 1: mean 2.5. Of 500 points and 2,000 candidates the share has a spread of 0.02.
  CHECK(std::abs(share_of_quarter(1, 1, 7) - expected((7 / 2.5 + 1) / (1 / 2.5 + 1))) < 0.08);
  CHECK(std::abs(share_of_quarter(1, 0, 7) - expected(7)) < 0.08);
  CHECK(std::abs(share_of_quarter(2, 0, 3) - expected(9)) < 0.08);
  CHECK(std::abs(share_of_quarter(0, 0, 7) - 0.25) < 0.08);
  CHECK(std::abs(share_of_quarter(1, 0, 1e-9) - 0) < 1e-12);
}

TEST_CASE(
    "without a residual anywhere points are drawn evenly, with one at one point it is taken") {
  Owned owned(
      {.problem = kViscous, .widths = kWidths, .points = 3, .candidates = 50, .residual_floor = 0});
  owned->draw_candidates(4);
  REQUIRE(owned->take_candidates(4).ok());
  owned->draw_candidates(5);
  std::fill(owned->candidate_losses().begin(), owned->candidate_losses().end(), 0.0);
  owned->candidate_losses()[37] = 1e-12;
  const double x = owned->candidates()(37, 0);
  REQUIRE(owned->take_candidates(5).ok());
  const auto taken = owned->terms()[0].points.column(0);
  REQUIRE(std::count(taken.begin(), taken.end(), x) == 1);
}

TEST_CASE("a residual that is not finite leaves the points as they were") {
  Owned owned({.problem = kViscous, .widths = kWidths, .points = 3, .candidates = 50});
  const double before = owned->terms()[0].points(0, 0);
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), -1.0, std::numeric_limits<double>::infinity()}) {
    owned->draw_candidates(1);
    std::fill(owned->candidate_losses().begin(), owned->candidate_losses().end(), 1.0);
    owned->candidate_losses()[7] = bad;
    REQUIRE(owned->take_candidates(1) == Status{StatusCode::not_finite, 7});
    REQUIRE(owned->terms()[0].points(0, 0) == before);
  }
}

TEST_CASE("each draw has candidates and choices of its own, and no candidate is taken twice") {
  REQUIRE(share_of_quarter(1, 1, 7, 1) == share_of_quarter(1, 1, 7, 1));
  Owned owned({.problem = kViscous, .widths = kWidths, .points = 50, .candidates = 50});
  owned->draw_candidates(1);
  const double first = owned->candidates()(0, 0);
  std::fill(owned->candidate_losses().begin(), owned->candidate_losses().end(), 1.0);
  REQUIRE(owned->take_candidates(1).ok());
  for (std::size_t i = 0; i < 50; ++i) {  // all of them, in their order
    REQUIRE(owned->terms()[0].points(i, 0) == owned->candidates()(i, 0));
  }
  owned->draw_candidates(2);
  REQUIRE(owned->candidates()(0, 0) != first);
}

TEST_CASE("fewer candidates than points, and a power below zero, are refused") {
  REQUIRE(Owned({.problem = kViscous, .widths = kWidths, .points = 10, .candidates = 9})
              ->status()
              .code == StatusCode::out_of_range);
  REQUIRE(Owned({.problem = kViscous,
                 .widths = kWidths,
                 .points = 10,
                 .candidates = 10,
                 .residual_power = -1})
              ->status()
              .code == StatusCode::out_of_range);
}

TEST_CASE("a training problem with candidates is built in exactly its footprint") {
  const TrainingProblem<float>::Config config{
      .problem = kViscous, .widths = kWidths, .points = 7, .candidates = 30};
  test::check_footprint<TrainingProblem<float>>(config, [](TrainingProblem<float>& problem) {
    problem.draw_candidates(1);
    std::fill(problem.candidate_losses().begin(), problem.candidate_losses().end(), 1.0);
    REQUIRE(problem.take_candidates(1).ok());
  });
}
