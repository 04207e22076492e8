#include "pinnscope/spectra/random_matrices/edge_laws.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/random_matrices/tracy_widom.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

struct Spectrum {
  Spectrum(std::size_t rows, std::size_t columns)
      : entries(rows * columns),
        memory(SingularValues<double>::footprint({rows, columns}).bytes),
        arena(memory),
        values({rows, columns}, arena) {}

  /// The singular values of a Gaussian matrix.
  VectorView<const double> draw(std::size_t rows, std::size_t columns, std::uint64_t stream) {
    const Philox source(11, stream);
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = source.normal(i);
    REQUIRE(values.compute({entries.data(), rows, columns}).ok());
    return values.values();
  }

  std::vector<double> entries;
  std::vector<std::byte> memory;
  Arena arena;
  SingularValues<double> values;
};

}  // namespace

TEST_CASE("the edge of a 100 x 100 matrix lies where Ma puts it") {
  const EdgeScale edge = largest_edge(100, 100);
  REQUIRE(test::relatively_close(edge.centre, 4 * 99.5, 1e-15));
  REQUIRE(test::relatively_close(edge.scale, 2 * std::sqrt(99.5) * std::cbrt(2 / std::sqrt(99.5)),
                                 1e-14));
  const EdgeScale wide = largest_edge(20, 50);
  const EdgeScale tall = largest_edge(50, 20);
  REQUIRE(wide.centre == tall.centre);
  REQUIRE(wide.scale == tall.scale);
  REQUIRE(largest_singular_value_score(3 * std::sqrt(edge.centre), 100, 100, 3) < 1e-12);
}

TEST_CASE("the smallest singular value of a square matrix has Edelman's law") {
  constexpr std::array<double, 6> t{.05, .2, .5, 1, 2, 5};
  constexpr std::array<double, 6> expected{.220, .421, .616, .777, .911, .991};
  for (std::size_t i = 0; i < t.size(); ++i) {
    const double s = 0.7 * std::sqrt(t[i] / 64);
    const double p = smallest_singular_value_distribution(s, 64, 64, 0.7);
    REQUIRE(test::close(p, 1 - std::exp(-t[i] / 2 - std::sqrt(t[i])), 1e-14));
    REQUIRE(std::fabs(p - expected[i]) < 6e-4);
  }
  REQUIRE(smallest_singular_value_distribution(0, 64, 64, 1) == 0);
  REQUIRE(smallest_singular_value_distribution(1e-200, 64, 64, 1) > 0);
}

TEST_CASE("the smallest singular value of a large rectangular matrix scores as to first order") {
  constexpr std::size_t kRows = 10000000000;
  constexpr std::size_t kColumns = 2500000000;
  const double gap = 1e5 - 5e4;  // sqrt N - sqrt M
  const double scale = gap * std::cbrt(1 / 5e4 - 1 / 1e5);
  for (const double score : {-3.0, -1.268575, 0.0, 2.0}) {
    const double s = std::sqrt(gap * gap - score * scale);
    const double p = smallest_singular_value_distribution(0.1 * s, kRows, kColumns, 0.1);
    REQUIRE(std::fabs(p - tracy_widom_survival(score)) < 1e-3);
    REQUIRE(smallest_singular_value_distribution(0.1 * s, kColumns, kRows, 0.1) == p);
  }
}

TEST_CASE("the law of the smallest singular value goes from none to all, and NaN gives NaN") {
  for (const std::size_t columns : {64U, 32U}) {
    const double infinity = std::numeric_limits<double>::infinity();
    REQUIRE(smallest_singular_value_distribution(-1, 64, columns, 1) == 0);
    REQUIRE(smallest_singular_value_distribution(0, 64, columns, 1) == 0);
    REQUIRE(smallest_singular_value_distribution(1e200, 64, columns, 1) == 1);
    REQUIRE(smallest_singular_value_distribution(infinity, 64, columns, 1) == 1);
    REQUIRE(std::isnan(smallest_singular_value_distribution(
        std::numeric_limits<double>::quiet_NaN(), 64, columns, 1)));
  }
}

TEST_CASE("extreme singular values of Gaussian matrices follow their laws", "[slow]") {
  constexpr std::size_t kDraws = 1500;
  for (const auto& [rows, columns] : {std::array<std::size_t, 2>{100, 100}, {40, 100}}) {
    Spectrum spectrum(rows, columns);
    std::array<double, 3> largest{};
    std::array<double, 3> smallest{};
    constexpr std::array<double, 3> levels{0.1, 0.5, 0.9};
    for (std::size_t draw = 0; draw < kDraws; ++draw) {
      const auto values = spectrum.draw(rows, columns, draw);
      const double above =
          tracy_widom_survival(largest_singular_value_score(values.front(), rows, columns, 1));
      const double below = smallest_singular_value_distribution(values.back(), rows, columns, 1);
      for (std::size_t k = 0; k < levels.size(); ++k) {
        largest[k] += above <= levels[k] ? 1.0 / kDraws : 0;
        smallest[k] += below <= levels[k] ? 1.0 / kDraws : 0;
      }
    }
    for (std::size_t k = 0; k < levels.size(); ++k) {
      const double error = std::sqrt(levels[k] * (1 - levels[k]) / kDraws);
      INFO(rows << " x " << columns << " at " << levels[k] << ": largest " << largest[k]
                << ", smallest " << smallest[k]);
      REQUIRE(std::fabs(largest[k] - levels[k]) < 3 * error);
      REQUIRE(std::fabs(smallest[k] - levels[k]) < 3 * error);
    }
  }
}
