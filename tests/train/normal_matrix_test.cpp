#include "pinnscope/train/normal_matrix.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "nn/network.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

// 181 parameters: three blocks of the matrix, the last of them not full.
const std::vector<std::size_t> kWidths{2, 10, 12, 1};

/// Burgers' residual and a fit of sin x at fewer points, by a network that was drawn.
template <class T>
struct Setting {
  std::vector<T> coordinates = test::random_numbers<T>(2 * 150, 3);
  test::Owned<Tape<T>> residual{{.widths = kWidths}};
  test::Owned<Tape<T>> fit{{.widths = kWidths}};
  test::Owned<Mlp<T>> network{{.widths = kWidths}};
  std::array<LossTerm<T>, 2> terms;

  Setting() {
    const auto u = residual->network({dt, dxx});
    REQUIRE(residual->minimise(mean_square(u[dt] + u * u[dx] - 0.01 * u[dxx])).ok());
    REQUIRE(fit->minimise(mean_square(fit->network() - sin(fit->point(0)))).ok());
    terms = {LossTerm<T>{"residual", &*residual, {coordinates.data(), 150, 2}},
             LossTerm<T>{"fit", &*fit, {coordinates.data(), 70, 2, 150}, 3}};
    test::randomise(*network, 8);
  }
};

/// An objective and the matrix of its residuals.
template <class T>
struct Normal {
  test::Owned<Objective<T>> objective;
  test::Owned<NormalMatrix<T>> matrix;

  explicit Normal(const Setting<T>& setting, std::size_t threads = 1)
      : objective({.widths = kWidths,
                   .terms = setting.terms,
                   .threads = threads,
                   .lanes = 3,
                   .tile = 20}),
        matrix({&*objective, setting.network->parameters().size(), threads, 3, 20}) {}
};

/// J'J of a term by rows of the residual, which are differences here: J is a column a parameter.
std::vector<std::vector<double>> jacobian_of(const Setting<double>& setting, std::size_t term) {
  const LossTerm<double>& part = setting.terms[term];
  test::Owned<Mlp<double>> network({.widths = kWidths});
  std::copy(setting.network->parameters().begin(), setting.network->parameters().end(),
            network->parameters().begin());
  const std::size_t points = part.points.rows;
  const std::size_t parameters = network->parameters().size();
  test::Owned<Replay<double>> replay({.tape = part.tape, .tile = points});
  const std::size_t stride = panel_count<double>(points) * JacobianPanels<double>::panel_entries();
  std::vector<double> room(stride * JacobianPanels<double>::blocks(parameters + 1) + 8);
  Arena arena(std::as_writable_bytes(std::span(room)));
  auto* aligned = reinterpret_cast<double*>(arena.take((room.size() - 8) * sizeof(double)));
  const JacobianPanels<double> rows{aligned, stride};
  replay->forward(*network, part.points);
  replay->residual_rows(*network, 0, part.weight / static_cast<double>(points), rows);
  std::vector<std::vector<double>> columns(parameters + 1, std::vector<double>(points));
  for (std::size_t p = 0; p <= parameters; ++p) {
    for (std::size_t i = 0; i < points; ++i) columns[p][i] = rows.column(i / 8, p)[i % 8];
  }
  return columns;
}

}  // namespace

TEST_CASE("a normal matrix is the product of the rows of all terms") {
  const Setting<double> setting;
  Normal<double> normal(setting);
  REQUIRE(normal.matrix->compute(*setting.network).ok());
  const std::array columns{jacobian_of(setting, 0), jacobian_of(setting, 1)};
  const std::size_t parameters = setting.network->parameters().size();
  const auto product = [&](std::size_t i, std::size_t j) {
    long double sum = 0;
    for (const auto& term : columns) {
      for (std::size_t k = 0; k < term[i].size(); ++k) {
        sum += static_cast<long double>(term[i][k]) * static_cast<long double>(term[j][k]);
      }
    }
    return static_cast<double>(sum);
  };
  for (std::size_t i = 0; i < parameters; ++i) {
    for (std::size_t j = 0; j < parameters; j += 7) {
      CHECK(test::close(normal.matrix->normal(i, j), product(i, j), 1e-13));
    }
    CHECK(test::close(normal.matrix->right_side(i), product(i, parameters), 1e-13));
  }
}

TEMPLATE_TEST_CASE("the right side is half of the gradient and the square of residuals the loss",
                   "", float, double) {
  const double tolerance = 100 * std::numeric_limits<TestType>::epsilon();
  const Setting<TestType> setting;
  Normal<TestType> normal(setting, 2);
  REQUIRE(normal.matrix->compute(*setting.network).ok());
  std::vector<TestType> gradient(setting.network->parameters().size());
  double loss = 0;
  REQUIRE(normal.objective->evaluate(*setting.network, gradient, loss).ok());
  CHECK(test::relatively_close(normal.matrix->loss(), loss, tolerance));
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    CHECK(
        test::close(2 * normal.matrix->right_side(i), static_cast<double>(gradient[i]), tolerance));
  }
}

TEMPLATE_TEST_CASE("a normal matrix and its solution have the same bits for any number of threads",
                   "", float, double) {
  const Setting<TestType> setting;
  const std::size_t parameters = setting.network->parameters().size();
  const std::vector<double> added(parameters, 0.1);
  std::vector<double> expected;
  for (const std::size_t threads : {1u, 2u, 4u}) {
    Normal<TestType> normal(setting, threads);
    REQUIRE(normal.matrix->compute(*setting.network).ok());
    REQUIRE(normal.matrix->factorise(added).ok());
    std::vector<double> result(parameters, 1.0);
    normal.matrix->solve(result);
    for (std::size_t i = 0; i < parameters; ++i) {
      for (std::size_t j = 0; j <= i; ++j) result.push_back(normal.matrix->normal(i, j));
    }
    if (expected.empty()) expected = result;
    CHECK(result == expected);
  }
}

TEMPLATE_TEST_CASE("normal equations are solved with what was added to their diagonal", "", float,
                   double) {
  const Setting<TestType> setting;
  Normal<TestType> normal(setting, 2);
  REQUIRE(normal.matrix->compute(*setting.network).ok());
  const std::size_t parameters = setting.network->parameters().size();
  std::vector<double> added(parameters), step(parameters);
  for (std::size_t i = 0; i < parameters; ++i) added[i] = 0.1 + 0.01 * static_cast<double>(i);
  REQUIRE(normal.matrix->factorise(added).ok());
  for (std::size_t i = 0; i < parameters; ++i) step[i] = -normal.matrix->right_side(i);
  normal.matrix->solve(step);
  for (std::size_t i = 0; i < parameters; ++i) {
    long double left = static_cast<long double>(added[i]) * static_cast<long double>(step[i]);
    long double size = std::abs(left);
    for (std::size_t j = 0; j < parameters; ++j) {
      const long double summand =
          static_cast<long double>(normal.matrix->normal(i, j)) * static_cast<long double>(step[j]);
      left += summand;
      size += std::abs(summand);
    }
    const long double rounding =
        100 * static_cast<long double>(std::numeric_limits<TestType>::epsilon());
    CHECK(std::abs(left + static_cast<long double>(normal.matrix->right_side(i))) <=
          rounding * (size + 1));
  }
}

TEMPLATE_TEST_CASE("the curvature of residuals along a step is that of their closed form", "",
                   float, double) {
  // u = a x + b y + c and r = sqrt(3 / 70) u^2, whose second derivative along (d, e, f) is 2 sqrt(3
  // / 70) (d x + e y + f)^2.
  const std::vector<std::size_t> widths{2, 1};
  const auto points = test::random_numbers<TestType>(140, 3);
  test::Owned<Tape<TestType>> tape({.widths = widths});
  const auto u = tape->network();
  REQUIRE(tape->minimise(mean_square(u * u)).ok());
  const std::array terms{LossTerm<TestType>{"square", &*tape, {points.data(), 70, 2}, 3}};
  test::Owned<Objective<TestType>> objective(
      {.widths = widths, .terms = terms, .threads = 2, .lanes = 3, .tile = 20});
  test::Owned<NormalMatrix<TestType>> normal({&*objective, 3, 2, 3, 20});
  test::Owned<Mlp<TestType>> network({.widths = widths}), ahead({.widths = widths});
  const std::array<double, 3> step{0.5, -1, 0.25};
  for (std::size_t i = 0; i < 3; ++i) {
    network->parameters()[i] = static_cast<TestType>(0.25 + 0.5 * static_cast<double>(i));
    ahead->parameters()[i] = network->parameters()[i] + static_cast<TestType>(0.5 * step[i]);
  }
  std::array<double, 3> result{}, expected{};
  normal->curvature(*network, *ahead, step, 0.5, result);
  for (std::size_t k = 0; k < 70; ++k) {
    const std::array<double, 3> inputs{points[k], points[70 + k], 1};
    double output = 0;
    double along = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      output += (0.25 + 0.5 * static_cast<double>(i)) * inputs[i];
      along += step[i] * inputs[i];
    }
    for (std::size_t i = 0; i < 3; ++i) {
      expected[i] += 3.0 / 70 * 2 * output * inputs[i] * 2 * along * along;
    }
  }
  const double tolerance = 100 * std::numeric_limits<TestType>::epsilon();
  for (std::size_t i = 0; i < 3; ++i) CHECK(test::close(result[i], expected[i], tolerance));
}

TEST_CASE("a matrix that is not positive definite has no factor") {
  const Setting<double> setting;
  Normal<double> normal(setting);
  REQUIRE(normal.matrix->compute(*setting.network).ok());
  std::vector<double> added(setting.network->parameters().size(), 1.0);
  REQUIRE(normal.matrix->factorise(added).ok());
  added[100] = -1e6;
  CHECK(normal.matrix->factorise(added).code == StatusCode::degenerate);
}

TEST_CASE("residuals that are not finite have no normal matrix") {
  Setting<double> setting;
  setting.coordinates[1] = std::numeric_limits<double>::quiet_NaN();
  Normal<double> normal(setting);
  CHECK(normal.matrix->compute(*setting.network).code == StatusCode::not_finite);
}

TEST_CASE("a normal matrix is computed and solved without allocating") {
  const Setting<double> setting;
  Normal<double> normal(setting, 2);
  const std::size_t parameters = setting.network->parameters().size();
  const std::vector<double> added(parameters, 0.1);
  std::vector<double> step(parameters, 1.0);
  REQUIRE(test::allocations_of([&] {
            static_cast<void>(normal.matrix->compute(*setting.network));
            static_cast<void>(normal.matrix->factorise(added));
            normal.matrix->solve(step);
          }) == 0);
  CHECK(step[0] != 1);
}

TEST_CASE("a normal matrix is built in exactly its footprint") {
  const Setting<double> setting;
  Normal<double> normal(setting);
  const std::size_t parameters = setting.network->parameters().size();
  test::check_footprint<NormalMatrix<double>>(
      NormalMatrix<double>::Config{&*normal.objective, parameters, 1, 3, 20},
      [&](NormalMatrix<double>& matrix) {
        REQUIRE(matrix.compute(*setting.network).ok());
        REQUIRE(matrix.factorise(std::vector<double>(parameters, 0.1)).ok());
      });
}
