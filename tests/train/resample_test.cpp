#include "pinnscope/train/resample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "pinnscope/pde/problems.hpp"
#include "support/allocation.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"
#include "train/state.hpp"

using namespace pinnscope;

namespace {

const std::vector<std::size_t> kWidths{2, 8, 8, 1};

/// A training of every optimiser whose points are chosen anew every seven steps.
template <class T>
struct Training {
  test::Owned<TrainingProblem<T>> problem;
  test::Owned<Trainer<T>> trainer;

  explicit Training(std::size_t threads = 1)
      : problem({.problem = find_problem("viscous"),
                 .widths = kWidths,
                 .points = 200,
                 .initial_points = 20,
                 .boundary_points = 20,
                 .held_out_points = 50,
                 .candidates = 900}),
        trainer({.network = {.widths = kWidths},
                 .terms = problem->terms(),
                 .adam_steps = 20,
                 .adam = {.learning_rate = 1e-2},
                 .lbfgs_iterations = 20,
                 .quasi_newton_iterations = 20,
                 .levenberg_marquardt_iterations = 20,
                 .threads = threads}) {}

  void step() {
    REQUIRE(trainer->step().ok());
    if (trainer->steps() % 7 == 0) {
      REQUIRE(resample(*problem, *trainer, trainer->steps() / 7).ok());
    }
  }

  std::vector<T> points() const {
    const auto matrix = problem->terms()[0].points;
    std::vector<T> copy;
    for (std::size_t c = 0; c < matrix.columns; ++c) {
      copy.insert(copy.end(), matrix.column(c).begin(), matrix.column(c).end());
    }
    return copy;
  }

  std::vector<T> parameters() const {
    const auto parameters = trainer->parameters();
    return {parameters.begin(), parameters.end()};
  }
};

}  // namespace

TEST_CASE("points are chosen by the residuals that the tape has at each candidate alone") {
  Training<double> training(2);
  for (int k = 0; k < 5; ++k) training.step();
  training.problem->draw_candidates(3);
  const auto candidates = training.problem->candidates();
  std::vector<double> losses(candidates.rows);
  REQUIRE(training.trainer->evaluate_point_losses(0, candidates, losses).ok());
  const auto all = training.problem->terms();
  std::vector<LossTerm<double>> terms(all.begin(), all.end());
  for (std::size_t i = 0; i < candidates.rows; i += 97) {
    terms[0].points = candidates.block(i, 0, 1, 2);
    double loss = 0;
    REQUIRE(training.trainer->evaluate_held_out(terms, loss).ok());
    terms[0].weight = 0;
    double of_conditions = 0;
    REQUIRE(training.trainer->evaluate_held_out(terms, of_conditions).ok());
    terms[0].weight = 1;
    CHECK(std::abs(losses[i] - (loss - of_conditions)) < 1e-12 * (1 + loss));
  }
}

namespace {

/// The means of |r| and of r^2 of the equation at points.
std::array<double, 2> mean_residuals(Training<double>& training, MatrixView<const double> points) {
  std::vector<double> squares(points.rows);
  REQUIRE(training.trainer->evaluate_point_losses(0, points, squares).ok());
  const auto count = static_cast<double>(points.rows);
  std::array<double, 2> means{};
  for (const double square : squares) {
    means[0] += std::sqrt(square) / count;
    means[1] += square / count;
  }
  return means;
}

}  // namespace

TEST_CASE("resampled points have larger residuals; held-out points and conditions stay") {
  Training<double> training;
  for (int k = 0; k < 20; ++k) REQUIRE(training.trainer->step().ok());
  const auto points_before = training.points();
  const double held_out = training.problem->held_out_terms()[0].points(3, 1);
  const double condition = training.problem->terms()[1].points(3, 0);
  double excess = 0;
  double expected = 0;
  for (std::uint64_t draw = 1; draw <= 20; ++draw) {
    REQUIRE(resample(*training.problem, *training.trainer, draw).ok());
    const auto [even, square] = mean_residuals(training, training.problem->candidates());
    const auto [chosen, _] = mean_residuals(training, training.problem->terms()[0].points);
    excess += (chosen / even - 1) / 20;
    expected += (square / (even * even) - 1) / 2 / 20;
  }
  // With weights |r| / mean + 1 their mean |r| is (1 + mean r^2 / mean^2) / 2 times that of all
  // candidates where few of these are taken, and less where more are.
  CAPTURE(excess);
  CHECK(expected > 0.1);
  CHECK(excess > 0.6 * expected);
  CHECK(excess < 1.05 * expected);
  REQUIRE(training.points() != points_before);
  REQUIRE(training.problem->held_out_terms()[0].points(3, 1) == held_out);
  REQUIRE(training.problem->terms()[1].points(3, 0) == condition);
}

TEMPLATE_TEST_CASE("a resampled training has the same bits for any number of threads", "", float,
                   double) {
  Training<TestType> one(1);
  Training<TestType> three(3);
  while (!one.trainer->done()) one.step();
  while (!three.trainer->done()) three.step();
  REQUIRE(one.points() == three.points());
  REQUIRE(one.parameters() == three.parameters());
}

TEST_CASE("a resampled training goes on to the same bits from any step, in every phase") {
  Training<double> whole;
  std::vector<test::SavedState> problems;
  std::vector<test::SavedState> trainers;
  while (!whole.trainer->done()) {
    problems.push_back(test::save(*whole.problem));
    trainers.push_back(test::save(*whole.trainer));
    whole.step();
  }
  REQUIRE(problems.size() == 80);
  for (const std::size_t k : {0u, 7u, 14u, 22u, 36u, 42u, 63u, 72u}) {
    Training<double> resumed;
    test::restore(problems[k], *resumed.problem);
    test::restore(trainers[k], *resumed.trainer);
    while (!resumed.trainer->done()) resumed.step();
    REQUIRE(resumed.parameters() == whole.parameters());
  }
}

TEST_CASE("resampling allocates nothing") {
  Training<float> training;
  for (int k = 0; k < 25; ++k) REQUIRE(training.trainer->step().ok());
  bool ok = true;
  const auto allocations = test::allocations_of([&] {
    for (std::uint64_t draw = 1; draw <= 3; ++draw) {
      ok = resample(*training.problem, *training.trainer, draw).ok() && ok;
      ok = training.trainer->step().ok() && ok;
    }
  });
  REQUIRE(ok);
  REQUIRE(allocations == 0);
}

TEST_CASE("line searches start from the loss of the new points, and the loss falls from there") {
  Training<double> training;
  while (training.trainer->phase() == Trainer<double>::Phase::adam) training.step();
  for (std::uint64_t draw = 100; !training.trainer->done(); ++draw) {
    REQUIRE(resample(*training.problem, *training.trainer, draw).ok());
    REQUIRE(training.trainer->evaluate_loss().ok());
    const double before = training.trainer->loss();
    REQUIRE(training.trainer->step().ok());
    CHECK(training.trainer->loss() < before);
  }
  REQUIRE(training.trainer->steps() == 80);
}
