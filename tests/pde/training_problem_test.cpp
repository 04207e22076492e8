#include "pinnscope/pde/training_problem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/pde/cole_hopf.hpp"
#include "pinnscope/tape/replay.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

const std::vector<std::size_t> kWidths{2, 4, 1};

struct Owned {
  std::vector<std::byte> memory;
  Arena arena;
  TrainingProblem<double> problem;
  explicit Owned(const TrainingProblem<double>::Config& config)
      : memory(TrainingProblem<double>::footprint(config).bytes),
        arena(memory),
        problem(config, arena) {}
};

}  // namespace

TEST_CASE("the paper's points: 10,000 inside, 201 at the start, 211 at each end") {
  const Owned owned({.kind = ProblemKind::inviscid, .widths = kWidths});
  REQUIRE(owned.problem.status().ok());
  const auto terms = owned.problem.terms();
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
  const Owned one({.widths = kWidths, .seed = 1, .points = 10});
  const Owned again({.widths = kWidths, .seed = 1, .points = 20});
  const Owned other({.widths = kWidths, .seed = 2, .points = 10});
  REQUIRE(one.problem.terms()[0].points(3, 1) == again.problem.terms()[0].points(3, 1));
  REQUIRE(one.problem.terms()[0].points(3, 1) != other.problem.terms()[0].points(3, 1));
}

TEST_CASE("Burgers and heat go through the network as three streams") {
  for (const ProblemKind kind : kProblemKinds) {
    const Owned owned({.kind = kind, .widths = kWidths, .points = 10});
    REQUIRE(owned.problem.status().ok());
    REQUIRE(owned.problem.terms()[0].tape->networks()[0].stream_count() == 3);
  }
}

TEST_CASE("a problem refuses a network of other shape, and too few points") {
  const std::vector<std::size_t> three{3, 4, 1};
  const std::vector<std::size_t> pair{2, 4, 2};
  REQUIRE(Owned({.widths = three}).problem.status().code == StatusCode::out_of_range);
  REQUIRE(Owned({.widths = pair}).problem.status().code == StatusCode::out_of_range);
  REQUIRE(Owned({.widths = kWidths, .points = 0}).problem.status().code ==
          StatusCode::out_of_range);
  REQUIRE(Owned({.widths = kWidths, .initial_points = 1}).problem.status().code ==
          StatusCode::out_of_range);
}

TEST_CASE("a problem that is none is trained on nothing, and has no solution") {
  const auto none = static_cast<ProblemKind>(200);
  const Owned owned({.kind = none, .widths = kWidths, .points = 10});
  REQUIRE(owned.problem.status() == Status{StatusCode::no_loss});
  REQUIRE(std::isnan(initial_value(none, 0.5)));
  double u = 5;
  REQUIRE(exact_solution(none, 0.5, 0.5, u).code == StatusCode::unsupported);
  REQUIRE(u == 5);
}

TEST_CASE("a problem of no widths is refused") {
  const std::vector<std::size_t> none;
  const std::vector<std::size_t> inputs{2};
  const std::vector<std::size_t> hole{2, 0, 1};
  REQUIRE_FALSE(Owned({.widths = none, .points = 10}).problem.status().ok());
  REQUIRE_FALSE(Owned({.widths = inputs, .points = 10}).problem.status().ok());
  REQUIRE(Owned({.widths = hole, .points = 10}).problem.status() == Status{StatusCode::bad_widths});
}

TEST_CASE("exact solutions satisfy their equations, initial and boundary data") {
  for (const ProblemKind kind : {ProblemKind::viscous, ProblemKind::heat}) {
    const auto u = [&](double x, double t) {
      double value = 0;
      REQUIRE(exact_solution(kind, x, t, value).ok());
      return value;
    };
    const bool heat = kind == ProblemKind::heat;
    for (const double x : {0.1, 0.3, 0.85}) {
      CHECK(test::close(u(x, 0), initial_value(kind, x), 1e-13));
      const double t = 0.1;
      const double h = 1e-3;
      const double u_t = (u(x, t + h) - u(x, t - h)) / (2 * h);
      const double u_x = (u(x + h, t) - u(x - h, t)) / (2 * h);
      const double u_xx = (u(x + h, t) - 2 * u(x, t) + u(x - h, t)) / (h * h);
      const double residual =
          heat ? u_t - kHeatDiffusivity * u_xx : u_t + u(x, t) * u_x - kBurgersViscosity * u_xx;
      CHECK(std::abs(residual) < 2e-3);
    }
    CHECK(std::abs(u(0, 0.4)) < 1e-12);
    CHECK(std::abs(u(1, 0.4)) < 1e-12);
  }
  double shock = 0;
  REQUIRE(exact_solution(ProblemKind::inviscid, 0.64, 0.3, shock).ok());
  REQUIRE(shock == 1);
  REQUIRE(exact_solution(ProblemKind::inviscid, 0.66, 0.3, shock).ok());
  REQUIRE(shock == 0);
}

TEST_CASE("an exact solution refuses negative and non-finite times") {
  double u = 5;
  for (const ProblemKind kind : kProblemKinds) {
    REQUIRE_FALSE(exact_solution(kind, 0.5, -1, u).ok());
    REQUIRE_FALSE(exact_solution(kind, 0.5, std::numeric_limits<double>::quiet_NaN(), u).ok());
    REQUIRE(u == 5);
  }
}

TEST_CASE("a training problem is built in exactly its footprint") {
  const TrainingProblem<float>::Config config{
      .widths = kWidths, .points = 7, .initial_points = 3, .boundary_points = 2};
  test::check_footprint<TrainingProblem<float>>(config, [](TrainingProblem<float>& problem) {
    REQUIRE(problem.status().ok());
    REQUIRE(problem.terms()[1].points(1, 0) == 0.5f);
  });
}

TEST_CASE("problems are found by their names") {
  for (const ProblemKind kind : kProblemKinds) {
    ProblemKind found = ProblemKind::viscous;
    REQUIRE(parse(text(kind), found));
    REQUIRE(found == kind);
  }
  ProblemKind kept = ProblemKind::heat;
  REQUIRE_FALSE(parse("waves", kept));
  REQUIRE(kept == ProblemKind::heat);
}
