#include "pinnscope/train/levenberg_marquardt.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "nn/network.hpp"
#include "state.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// A fit of the last column of the points by a network of the first ones.
template <class T>
struct Fit {
  using Config = typename LevenbergMarquardt<T>::Config;

  std::vector<std::size_t> widths;
  std::vector<T> points;
  test::Owned<Tape<T>> tape;
  std::array<LossTerm<T>, 1> terms;
  test::Owned<Objective<T>> objective;
  test::Owned<Mlp<T>> network;
  test::Owned<LevenbergMarquardt<T>> method;

  Fit(const std::vector<std::size_t>& layers, const std::vector<T>& columns, Config config = {},
      std::size_t threads = 1)
      : widths(layers),
        points(columns),
        tape({.widths = widths, .columns = widths.front() + 1}),
        terms{recorded()},
        objective({.widths = widths, .terms = terms, .threads = threads, .lanes = 3, .tile = 16}),
        network({.widths = widths}),
        method(completed(config, threads)) {
    test::randomise(*network, 5);
  }

  LossTerm<T> recorded() {
    const std::size_t columns = widths.front() + 1;
    REQUIRE(tape->minimise(mean_square(tape->network() - tape->point(columns - 1))).ok());
    return {"fit", &*tape, {points.data(), points.size() / columns, columns}};
  }
  Config completed(Config config, std::size_t threads) {
    config.normal = {&*objective, Mlp<T>::parameter_count(widths), threads, 3, 16};
    config.network.widths = widths;
    return config;
  }
  Status iterate() { return method->iterate(*network); }
};

/// x and sin 3x + x / 2 at random points.
template <class T>
std::vector<T> wave(std::size_t points) {
  std::vector<T> columns = test::random_numbers<T>(2 * points, 3);
  for (std::size_t i = 0; i < points; ++i) {
    columns[points + i] = std::sin(3 * columns[i]) + columns[i] / 2;
  }
  return columns;
}

template <class T>
std::vector<T> parameters_of(const Mlp<T>& network) {
  return {network.parameters().begin(), network.parameters().end()};
}

}  // namespace

TEST_CASE("linear least squares are solved in one step") {
  const auto numbers = test::random_numbers<double>(3 * 40, 9);
  for (const bool scaled : {false, true}) {
    Fit<double> fit({2, 1}, numbers, {.scaled = scaled, .damping = 1e-14});
    REQUIRE(fit.iterate().ok());
    // The normal equations of (x, y, 1) by elimination.
    std::array<std::array<long double, 4>, 3> rows{};
    for (std::size_t k = 0; k < 40; ++k) {
      const std::array<long double, 4> row{numbers[k], numbers[40 + k], 1, numbers[80 + k]};
      for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 4; ++j) rows[i][j] += row[i] * row[j];
      }
    }
    for (std::size_t p = 0; p < 3; ++p) {
      for (std::size_t i = 0; i < 3; ++i) {
        const long double factor = rows[i][p] / rows[p][p];
        for (std::size_t j = 0; j < 4 && i != p; ++j) rows[i][j] -= factor * rows[p][j];
      }
    }
    for (std::size_t p = 0; p < 3; ++p) {
      CHECK(test::close(fit.network->parameters()[p], static_cast<double>(rows[p][3] / rows[p][p]),
                        1e-12));
    }
  }
}

TEST_CASE("a network that fits its points exactly is found to rounding") {
  test::Owned<Mlp<double>> teacher({.widths = std::vector<std::size_t>{1, 3, 1}});
  test::randomise(*teacher, 5);
  for (double& parameter : teacher->parameters()) parameter *= 4;  // neurons that differ
  std::vector<double> points = test::random_numbers<double>(100, 3);
  test::Owned<ForwardPass<double>> pass({.widths = std::vector<std::size_t>{1, 3, 1}});
  REQUIRE(pass->evaluate(*teacher, {points.data(), 50, 1}, {points.data() + 50, 50, 1}).ok());
  for (const bool scaled : {false, true}) {
    Fit<double> fit({1, 3, 1}, points, {.scaled = scaled});
    for (int k = 0; k < 300 && fit.method->loss() + (k < 2) > 1e-28; ++k) {
      if (!fit.iterate().ok()) break;
    }
    CHECK(fit.method->loss() < 1e-26);
  }
}

TEST_CASE("a step follows the bend of the residuals, and is straight where that is too large") {
  // r = b^2 - 1.2 c^2 at b = c: d = 0.1 c, r'' = 2 d^2 and a = -d^2 / c, so that 2 |a| / d is 0.2.
  const std::vector<std::size_t> widths{1, 1};
  constexpr double kC = 1.5;
  const std::array<double, 2> point{0, 1.2 * kC * kC};
  test::Owned<Tape<double>> tape({.widths = widths, .columns = 2});
  const auto u = tape->network();
  REQUIRE(tape->minimise(mean_square(u * u - tape->point(1))).ok());
  const std::array terms{LossTerm<double>{"root", &*tape, {point.data(), 1, 2}}};
  test::Owned<Objective<double>> objective({.widths = widths, .terms = terms});
  for (const double most : {0.0, 0.19, 0.21}) {
    test::Owned<LevenbergMarquardt<double>> method({.normal = {&*objective, 2},
                                                    .network = {.widths = widths},
                                                    .most_acceleration = most,
                                                    .damping = 1e-13});
    test::Owned<Mlp<double>> network({.widths = widths});
    network->biases(0)[0] = kC;
    REQUIRE(method->iterate(*network).ok());
    const double expected = most > 0.2 ? 1.1 - 0.005 : 1.1;
    CHECK(test::close(network->biases(0)[0], kC * expected, 1e-11));
  }
}

TEMPLATE_TEST_CASE("steps lower the loss and say what it is", "", float, double) {
  Fit<TestType> fit({1, 8, 1}, wave<TestType>(60));
  std::vector<TestType> gradient(fit.network->parameters().size());
  double loss = std::numeric_limits<double>::infinity();
  for (std::size_t k = 1; k <= 10; ++k) {
    REQUIRE(fit.iterate().ok());
    CHECK(fit.method->iterations() == k);
    CHECK(fit.method->loss() < loss);
    REQUIRE(fit.objective->evaluate(*fit.network, gradient, loss).ok());
    CHECK(fit.method->loss() == loss);
    CHECK(std::equal(gradient.begin(), gradient.end(), fit.method->gradient().begin()));
  }
  CHECK(loss < 1e-2);
}

TEST_CASE("Levenberg-Marquardt has the same bits for any number of threads") {
  std::vector<double> expected;
  for (const std::size_t threads : {1u, 2u, 4u}) {
    Fit<double> fit({1, 9, 7, 1}, wave<double>(90), {}, threads);
    for (int k = 0; k < 5; ++k) REQUIRE(fit.iterate().ok());
    if (expected.empty()) expected = parameters_of(*fit.network);
    CHECK(parameters_of(*fit.network) == expected);
  }
}

TEST_CASE("Levenberg-Marquardt goes on from a saved state to the same bits") {
  Fit<double> whole({1, 8, 1}, wave<double>(60));
  for (int k = 0; k < 4; ++k) REQUIRE(whole.iterate().ok());
  const test::SavedState state = test::save(*whole.method);
  Fit<double> resumed({1, 8, 1}, wave<double>(60));
  test::restore(state, *resumed.method);
  std::copy(whole.network->parameters().begin(), whole.network->parameters().end(),
            resumed.network->parameters().begin());
  for (int k = 0; k < 6; ++k) {
    REQUIRE(whole.iterate().ok());
    REQUIRE(resumed.iterate().ok());
  }
  CHECK(parameters_of(*whole.network) == parameters_of(*resumed.network));
  CHECK(whole.method->damping() == resumed.method->damping());
}

TEST_CASE("two neurons that are one leave J'J singular and the loss falls all the same") {
  for (const bool scaled : {false, true}) {
    Fit<double> fit({1, 2, 1}, wave<double>(60), {.scaled = scaled, .damping = 1e-18});
    const auto values = fit.network->parameters();
    values[1] = values[0];
    values[3] = values[2];
    values[5] = values[4];
    REQUIRE(fit.iterate().ok());
    const double first = fit.method->loss();
    for (int k = 0; k < 5; ++k) REQUIRE(fit.iterate().ok());
    CHECK(fit.method->loss() < first);
  }
}

TEST_CASE("Levenberg-Marquardt does not start where residuals are not finite") {
  std::vector<double> points = wave<double>(60);
  points[7] = std::numeric_limits<double>::quiet_NaN();
  Fit<double> fit({1, 4, 1}, points);
  const auto before = parameters_of(*fit.network);
  CHECK(fit.iterate().code == StatusCode::not_finite);
  CHECK(parameters_of(*fit.network) == before);
}

TEST_CASE("Levenberg-Marquardt does not take a gradient that is no number for zero") {
  const std::vector<std::size_t> widths{1, 1};
  const std::vector<double> points = wave<double>(30);
  test::Owned<Tape<double>> tape({.widths = widths, .columns = 2});
  const auto u = tape->network();
  REQUIRE(tape->minimise(mean_square(sqrt(u * u) - tape->point(1))).ok());  // |u|: no slope at 0
  const std::array terms{LossTerm<double>{"fit", &*tape, {points.data(), 30, 2}}};
  test::Owned<Objective<double>> objective(
      {.widths = widths, .terms = terms, .lanes = 3, .tile = 16});
  test::Owned<LevenbergMarquardt<double>> method(
      {.normal = {&*objective, 2, 1, 3, 16}, .network = {.widths = widths}});
  test::Owned<Mlp<double>> network({.widths = widths});  // u = 0
  std::ranges::fill(network->parameters(), 0.0);
  CHECK(method->iterate(*network) == Status{StatusCode::not_finite, -1});
  CHECK(method->ending() == Ending::running);
  CHECK(parameters_of(*network) == std::vector<double>{0, 0});
}

TEST_CASE("Levenberg-Marquardt ends where no step lowers the loss") {
  Fit<double> fit({2, 1}, test::random_numbers<double>(3 * 40, 9));
  Status status;
  for (int k = 0; k < 200 && status.ok(); ++k) status = fit.iterate();
  REQUIRE(status.code == StatusCode::not_converged);
  CHECK(status.info == static_cast<int>(fit.method->ending()));
  // A step d changes the loss by |J d|^2, which is lost in its rounding where J d, and the gradient
  // with it, is within the root of that.
  const double level = std::sqrt(std::numeric_limits<double>::epsilon());
  for (const double entry : fit.method->gradient()) CHECK(test::close(entry, 0, level));
}

TEST_CASE("Levenberg-Marquardt ends by its tolerances") {
  Fit<double> by_gradient({1, 8, 1}, wave<double>(60), {.gradient_tolerance = 1e3});
  REQUIRE(by_gradient.iterate().ok());
  CHECK(by_gradient.method->ending() == Ending::gradient_small);
  CHECK(by_gradient.method->iterations() == 0);
  Fit<double> by_loss({1, 8, 1}, wave<double>(60), {.loss_tolerance = 1});
  REQUIRE(by_loss.iterate().ok());
  CHECK(by_loss.method->ending() == Ending::loss_levelled_off);
  CHECK(by_loss.method->converged());
}

TEST_CASE("the loss is computed anew where points were changed, and the damping stays") {
  Fit<double> fit({1, 8, 1}, wave<double>(60));
  for (int k = 0; k < 4; ++k) REQUIRE(fit.iterate().ok());
  for (std::size_t i = 60; i < 120; ++i) fit.points[i] += 1;
  std::vector<double> gradient(fit.network->parameters().size());
  double before = 0;
  REQUIRE(fit.objective->evaluate(*fit.network, gradient, before).ok());
  REQUIRE(before > 2 * fit.method->loss());
  const double damping = fit.method->damping();
  fit.method->points_changed();
  REQUIRE(fit.iterate().ok());
  CHECK(fit.method->loss() < before);
  CHECK(fit.method->damping() < 10 * damping);
  CHECK(fit.method->damping() > 0.1 * damping);
}

TEST_CASE("constants of Levenberg-Marquardt that cannot work are refused") {
  using Method = LevenbergMarquardt<double>;
  CHECK(Method::check({}).ok());
  const Status refused{StatusCode::bad_levenberg_marquardt};
  CHECK(Method::check({.damping = 0}) == refused);
  CHECK(Method::check({.damping = std::numeric_limits<double>::infinity()}) == refused);
  CHECK(Method::check({.most_trials = 0}) == refused);
  CHECK(Method::check({.most_acceleration = -1}) == refused);
  CHECK(Method::check({.loss_tolerance = std::nan("")}) == refused);
}

TEST_CASE("Levenberg-Marquardt allocates nothing") {
  Fit<double> fit({1, 8, 1}, wave<double>(60), {}, 2);
  REQUIRE(test::allocations_of([&] {
            for (int k = 0; k < 5; ++k) static_cast<void>(fit.iterate());
          }) == 0);
  CHECK(fit.method->iterations() == 5);
}

TEST_CASE("Levenberg-Marquardt is built in exactly its footprint") {
  Fit<double> fit({1, 4, 1}, wave<double>(30));
  test::check_footprint<LevenbergMarquardt<double>>(
      fit.completed({}, 1),
      [&](LevenbergMarquardt<double>& method) { REQUIRE(method.iterate(*fit.network).ok()); });
}
