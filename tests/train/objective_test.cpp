#include "pinnscope/train/objective.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "nn/network.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

const std::vector<std::size_t> kWidths{2, 7, 5, 1};

/// Burgers' residual at `points` points and a fit of sin x at `data` of them, weighted by 3.
template <class T>
struct Setting {
  std::vector<T> coordinates;
  test::Owned<Tape<T>> residual{{.widths = kWidths}};
  test::Owned<Tape<T>> fit{{.widths = kWidths}};
  std::array<LossTerm<T>, 2> terms;

  Setting(std::size_t points, std::size_t data)
      : coordinates(test::random_numbers<T>(2 * points, 3)) {
    const auto u = residual->network({dt, dxx});
    REQUIRE(residual->minimise(mean_square(u[dt] + u * u[dx] - 0.01 * u[dxx])).ok());
    REQUIRE(fit->minimise(mean_square(fit->network() - sin(fit->point(0)))).ok());
    terms = {LossTerm<T>{"residual", &*residual, {coordinates.data(), points, 2}},
             LossTerm<T>{"fit", &*fit, {coordinates.data(), data, 2, points}, 3}};
  }
};

template <class T>
struct Result {
  double loss = 0;
  std::vector<T> gradient;
  std::vector<double> parts;
};

template <class T>
Result<T> evaluated(const Setting<T>& setting, std::size_t threads, std::size_t lanes = 8,
                    std::size_t tile = 16) {
  test::Owned<Mlp<T>> network({.widths = kWidths});
  test::randomise(*network, 8);
  test::Owned<Objective<T>> objective({.widths = kWidths,
                                       .terms = setting.terms,
                                       .threads = threads,
                                       .lanes = lanes,
                                       .tile = tile});
  Result<T> result{0, std::vector<T>(network->parameters().size()), {}};
  REQUIRE(objective->evaluate(*network, result.gradient, result.loss).ok());
  result.parts.assign(objective->parts().begin(), objective->parts().end());
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("a loss and its gradient have the same bits for any number of threads", "",
                   float, double) {
  const Setting<TestType> setting(333, 50);
  const auto one = evaluated(setting, 1);
  for (const std::size_t threads : std::vector<std::size_t>{2, 3, 4, 9}) {
    const auto more = evaluated(setting, threads);
    REQUIRE(more.loss == one.loss);
    REQUIRE(more.parts == one.parts);
    REQUIRE(more.gradient == one.gradient);
  }
}

TEST_CASE("lanes and tiles change a gradient by no more than rounding") {
  const Setting<double> setting(333, 50);
  const auto expected = evaluated(setting, 1, 1, 400);
  for (const std::size_t lanes : std::vector<std::size_t>{1, 3, 64}) {
    for (const std::size_t tile : std::vector<std::size_t>{1, 7, 64}) {
      const auto result = evaluated(setting, 2, lanes, tile);
      CHECK(test::relatively_close(result.loss, expected.loss, 1e-13));
      for (std::size_t i = 0; i < result.gradient.size(); ++i) {
        CHECK(test::close(result.gradient[i], expected.gradient[i], 1e-13));
      }
    }
  }
}

TEST_CASE("a loss is the weighted sum of its parts, and its gradient their derivative") {
  const Setting<double> setting(40, 9);
  const auto result = evaluated(setting, 2);
  CHECK(test::relatively_close(result.parts[0] + result.parts[1], result.loss, 1e-15));
  // The second part by hand: 3 times the mean of (u - sin x)^2.
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::randomise(*network, 8);
  test::Owned<ForwardPass<double>> pass({.widths = kWidths});
  std::vector<double> u(9);
  REQUIRE(pass->evaluate(*network, setting.terms[1].points, {u.data(), 9, 1}).ok());
  double sum = 0;
  for (std::size_t i = 0; i < 9; ++i) sum += std::pow(u[i] - std::sin(setting.coordinates[i]), 2);
  CHECK(test::relatively_close(result.parts[1], 3 * sum / 9, 1e-13));
  // One entry of the gradient by a central difference.
  test::Owned<Objective<double>> objective({.widths = kWidths, .terms = setting.terms});
  std::vector<double> unused(network->parameters().size());
  for (const std::size_t entry : std::vector<std::size_t>{0, 20, 50}) {
    const double middle = network->parameters()[entry];
    const double step = 1e-5;
    double above = 0;
    double below = 0;
    network->parameters()[entry] = middle + step;
    REQUIRE(objective->evaluate(*network, unused, above).ok());
    network->parameters()[entry] = middle - step;
    REQUIRE(objective->evaluate(*network, unused, below).ok());
    network->parameters()[entry] = middle;
    CHECK(test::close(result.gradient[entry], (above - below) / (2 * step), 1e-8));
  }
}

TEST_CASE("a loss that is not finite is told with the part that broke") {
  Setting<double> setting(40, 9);
  setting.coordinates[40 + 3] = std::numeric_limits<double>::quiet_NaN();
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::randomise(*network, 8);
  test::Owned<Objective<double>> objective({.widths = kWidths, .terms = setting.terms});
  std::vector<double> gradient(network->parameters().size());
  double loss = 0;
  REQUIRE(objective->evaluate(*network, gradient, loss) == Status{StatusCode::not_finite, 0});
  setting.coordinates[40 + 3] = 0;
  setting.coordinates[3] = 1e300;
  network->parameters()[0] = 1e200;
  const Status status = objective->evaluate(*network, gradient, loss);
  REQUIRE(status.code != StatusCode::ok);
}

TEST_CASE("memory does not grow with the number of points") {
  const Setting<float> few(10, 5);
  const Setting<float> many(5000, 500);
  const auto bytes = [](const Setting<float>& setting) {
    return Objective<float>::footprint({.widths = kWidths, .terms = setting.terms}).bytes;
  };
  REQUIRE(bytes(few) == bytes(many));
}

TEST_CASE("evaluating a loss allocates nothing") {
  const Setting<float> setting(333, 50);
  test::Owned<Mlp<float>> network({.widths = kWidths});
  test::randomise(*network, 8);
  test::Owned<Objective<float>> objective(
      {.widths = kWidths, .terms = setting.terms, .threads = 2});
  std::vector<float> gradient(network->parameters().size());
  double loss = 0;
  Status status;
  REQUIRE(test::allocations_of([&] { status = objective->evaluate(*network, gradient, loss); }) ==
          0);
  REQUIRE(status.ok());
}

TEMPLATE_TEST_CASE("a loss without its gradient has the bits of a loss with it", "", float,
                   double) {
  using T = TestType;
  const Setting<T> setting(333, 50);
  const auto expected = evaluated(setting, 1);
  test::Owned<Mlp<T>> network({.widths = kWidths});
  test::randomise(*network, 8);
  const Setting<T> other(90, 20);
  for (const std::size_t threads : std::vector<std::size_t>{1, 2, 9}) {
    test::Owned<Objective<T>> objective(
        {.widths = kWidths, .terms = setting.terms, .threads = threads, .tile = 16});
    // What evaluate() says at the same points is what evaluate_loss() says of other points.
    auto elsewhere = setting.terms;
    for (std::size_t k = 0; k < 2; ++k) elsewhere[k].points = other.terms[k].points;
    std::vector<T> gradient(network->parameters().size());
    double loss = 0;
    REQUIRE(objective->evaluate_loss(*network, setting.terms, loss).ok());
    CHECK(loss == expected.loss);
    REQUIRE(objective->evaluate_loss(*network, elsewhere, loss).ok());
    CHECK(loss == evaluated(other, 1).loss);
    // Nor does it leave a trace in a later gradient.
    REQUIRE(objective->evaluate(*network, gradient, loss).ok());
    CHECK(gradient == expected.gradient);
  }
}

TEST_CASE("a loss without its gradient allocates nothing, and tells the part that broke") {
  Setting<double> setting(333, 50);
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::randomise(*network, 8);
  test::Owned<Objective<double>> objective(
      {.widths = kWidths, .terms = setting.terms, .threads = 2});
  double loss = 0;
  Status status;
  const auto evaluate = [&] { status = objective->evaluate_loss(*network, setting.terms, loss); };
  REQUIRE(test::allocations_of(evaluate) == 0);
  REQUIRE(status.ok());
  setting.coordinates[333 + 3] = std::numeric_limits<double>::quiet_NaN();
  evaluate();
  REQUIRE(status == Status{StatusCode::not_finite, 0});
}
