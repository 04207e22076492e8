#include <cmath>
#include <limits>
#include <vector>

#include "nn/network.hpp"
#include "pinnscope/tape/replay.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

const std::vector<std::size_t> kWidths{2, 9, 6, 1};
constexpr std::size_t kPoints = 19;

/// Rows of a residual as a reader has them: one a point, the residual behind the parameters.
template <class T>
std::vector<std::vector<T>> rows_of(const Tape<T>& tape, const Mlp<T>& network, std::size_t term,
                                    double scale, MatrixView<const T> points) {
  test::Owned<Replay<T>> replay({.tape = &tape, .tile = kPoints});
  const std::size_t columns = network.parameters().size() + 1;
  const std::size_t panels = panel_count<T>(kPoints);
  const std::size_t stride = panels * JacobianPanels<T>::panel_entries();
  const std::size_t entries = JacobianPanels<T>::blocks(columns) * stride;
  std::vector<T> room(entries + kPanelRows<T>, std::numeric_limits<T>::quiet_NaN());
  Arena arena(std::as_writable_bytes(std::span(room)));
  T* const aligned = reinterpret_cast<T*>(arena.take(entries * sizeof(T)));
  std::fill_n(aligned, entries, std::numeric_limits<T>::quiet_NaN());
  const JacobianPanels<T> target{aligned, stride};
  replay->forward(network, points);
  replay->residual_rows(network, term, scale, target);
  std::vector<std::vector<T>> rows(panels * kPanelRows<T>, std::vector<T>(columns));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t p = 0; p < columns; ++p) {
      rows[i][p] = target.column(i / kPanelRows<T>, p)[i % kPanelRows<T>];
    }
  }
  return rows;
}

/// Burgers' residual weighted by 1 + u^2, and a fit: two terms, two uses of the network.
template <class T>
void record(Tape<T>& tape) {
  const auto u = tape.network({dt, dxx});
  const auto end = tape.network();
  const auto r = u[dt] + u * u[dx] - 0.1 * u[dxx];
  REQUIRE(
      tape.minimise(mean_square(r, 1 + u * u) + 3 * mean_square(end - sin(tape.point(0)))).ok());
}

}  // namespace

TEST_CASE("rows of residuals are their derivatives by the parameters") {
  test::Owned<Tape<double>> tape({.widths = kWidths});
  record(*tape);
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::randomise(*network, 4);
  const auto numbers = test::random_numbers<double>(2 * kPoints, 7);
  const MatrixView<const double> points{numbers.data(), kPoints, 2};
  for (const std::size_t term : {0u, 1u}) {
    const auto rows = rows_of(*tape, *network, term, 0.7, points);
    const std::size_t parameters = network->parameters().size();
    for (std::size_t p = 0; p < parameters; p += 5) {
      const double middle = network->parameters()[p];
      const double step = 1e-5;
      network->parameters()[p] = middle + step;
      const auto above = rows_of(*tape, *network, term, 0.7, points);
      network->parameters()[p] = middle - step;
      const auto below = rows_of(*tape, *network, term, 0.7, points);
      network->parameters()[p] = middle;
      for (std::size_t i = 0; i < kPoints; ++i) {
        const double slope = (above[i][parameters] - below[i][parameters]) / (2 * step);
        CHECK(test::close(rows[i][p], slope, 1e-8));
      }
    }
    for (std::size_t i = kPoints; i < rows.size(); ++i) {
      for (const double entry : rows[i]) CHECK(entry == 0);
    }
  }
}

TEMPLATE_TEST_CASE("residuals have the loss for a square and its gradient for a product", "", float,
                   double) {
  using T = TestType;
  const double tolerance = 200 * std::numeric_limits<T>::epsilon();
  test::Owned<Tape<T>> tape({.widths = kWidths});
  record(*tape);
  test::Owned<Mlp<T>> network({.widths = kWidths});
  test::randomise(*network, 4);
  const auto numbers = test::random_numbers<T>(2 * kPoints, 7);
  const MatrixView<const T> points{numbers.data(), kPoints, 2};
  test::Owned<Replay<T>> replay({.tape = &*tape, .tile = kPoints});
  replay->forward(*network, points);
  std::vector<T> gradient(network->parameters().size());
  replay->backward(*network, 0.7, gradient);
  std::vector<long double> products(gradient.size() + 1);
  for (const std::size_t term : {0u, 1u}) {
    for (const auto& row : rows_of(*tape, *network, term, 0.7, points)) {
      for (std::size_t p = 0; p < row.size(); ++p) {
        products[p] += static_cast<long double>(row[p]) * static_cast<long double>(row.back());
      }
    }
  }
  CHECK(test::relatively_close(static_cast<double>(products.back()), 0.7 * replay->loss(),
                               tolerance));
  for (std::size_t p = 0; p < gradient.size(); ++p) {
    CHECK(test::close(static_cast<double>(gradient[p]), static_cast<double>(2 * products[p]),
                      tolerance));
  }
}

TEST_CASE("a weight of zero leaves a row of zeros and a negative one no number") {
  test::Owned<Tape<double>> tape({.widths = kWidths});
  REQUIRE(tape->minimise(mean_square(tape->network(), tape->point(0))).ok());
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::randomise(*network, 4);
  std::vector<double> numbers(2 * kPoints, 0.5);
  numbers[0] = 0;
  numbers[1] = -1;
  const auto rows = rows_of(*tape, *network, 0, 1.0, {numbers.data(), kPoints, 2});
  for (const double entry : rows[0]) CHECK(entry == 0);
  CHECK(std::isnan(rows[1].back()));
  CHECK(std::isfinite(rows[2].back()));
}
