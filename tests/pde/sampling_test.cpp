#include "pinnscope/pde/sampling.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr std::array<Input, 6> kBox{Input{"a", 0, 1},  Input{"b", -1, 1},  Input{"c", 2, 6},
                                    Input{"d", 0, 10}, Input{"e", -3, -1}, Input{"f", 0, 0.5}};

/// Points of the first `inputs` intervals of the box.
std::vector<double> drawn(Sampling sampling, std::uint64_t seed, std::size_t inputs,
                          std::size_t rows) {
  std::vector<double> points(inputs * rows);
  draw_points<double>(sampling, Philox(seed, StreamPurpose::own), std::span(kBox).first(inputs),
                      {points.data(), rows, inputs});
  return points;
}

/// Where a number stands in its interval, 0 to 1.
double part_of(const Input& input, double number) {
  return (number - input.low) / (input.high - input.low);
}

/// The square root of the mean square, over seeds, of the error of an integral over the unit
/// square: of exp(x) cos(y), (e - 1) sin(1).
double integration_error(Sampling sampling, std::size_t rows) {
  constexpr std::array<Input, 2> square{Input{"x", 0, 1}, Input{"y", 0, 1}};
  const double exact = (std::exp(1.0) - 1) * std::sin(1.0);
  double squares = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::vector<double> points(2 * rows);
    draw_points<double>(sampling, Philox(seed, StreamPurpose::own), square,
                        {points.data(), rows, 2});
    double mean = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      mean += std::exp(points[i]) * std::cos(points[rows + i]) / static_cast<double>(rows);
    }
    squares += (mean - exact) * (mean - exact) / 20;
  }
  return std::sqrt(squares);
}

}  // namespace

TEST_CASE("points of every kind lie in the box, differ with the seed and repeat with it") {
  for (const Sampling sampling : values_of<Sampling>()) {
    INFO(text(sampling));
    const auto points = drawn(sampling, 1, 6, 100);
    for (std::size_t k = 0; k < points.size(); ++k) {
      REQUIRE(points[k] > kBox[k / 100].low);
      REQUIRE(points[k] < kBox[k / 100].high);
    }
    REQUIRE(drawn(sampling, 1, 6, 100) == points);
    REQUIRE(drawn(sampling, 2, 6, 100) != points);
  }
}

TEST_CASE("uniform numbers are those of the generator, point by point") {
  const auto points = drawn(Sampling::uniform, 5, 3, 10);
  const Philox source(5, StreamPurpose::own);
  for (std::size_t i = 0; i < 10; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const double width = kBox[c].high - kBox[c].low;
      REQUIRE(points[10 * c + i] == kBox[c].low + width * source.uniform(3 * i + c));
    }
  }
}

TEST_CASE("a Latin hypercube has a point in each slab of each coordinate, in no order") {
  const std::size_t rows = 97;
  const auto points = drawn(Sampling::latin_hypercube, 3, 4, rows);
  for (std::size_t c = 0; c < 4; ++c) {
    std::vector<std::size_t> slabs(rows);
    std::size_t in_place = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      const double part = part_of(kBox[c], points[c * rows + i]);
      slabs[i] = static_cast<std::size_t>(part * static_cast<double>(rows));
      in_place += slabs[i] == i ? 1 : 0;
    }
    CHECK(in_place < 10);  // of a random permutation one, with a standard deviation of one
    std::sort(slabs.begin(), slabs.end());
    for (std::size_t i = 0; i < rows; ++i) REQUIRE(slabs[i] == i);
  }
}

TEST_CASE("of the first 2^k points of Sobol's sequence each dyadic rectangle has its share") {
  for (std::size_t k = 0; k <= 8; ++k) {
    const std::size_t rows = std::size_t{1} << k;
    const auto points = drawn(Sampling::sobol, 7, 2, rows);
    for (std::size_t across = 0; across <= k; ++across) {  // 2^across by 2^(k - across)
      const std::array cells{std::size_t{1} << across, std::size_t{1} << (k - across)};
      std::vector<int> count(rows);
      for (std::size_t i = 0; i < rows; ++i) {
        std::array<std::size_t, 2> cell{};
        for (std::size_t c = 0; c < 2; ++c) {
          const double part = part_of(kBox[c], points[c * rows + i]);
          cell[c] = static_cast<std::size_t>(part * static_cast<double>(cells[c]));
        }
        ++count[cell[0] * cells[1] + cell[1]];
      }
      for (const int points_there : count) REQUIRE(points_there == 1);
    }
  }
}

TEST_CASE("every coordinate of Sobol's sequence has a point in each of 2^k slabs") {
  const std::size_t rows = 1024;
  const auto points = drawn(Sampling::sobol, 7, 6, rows);
  for (std::size_t c = 0; c < 6; ++c) {
    std::vector<int> count(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      const double part = part_of(kBox[c], points[c * rows + i]);
      ++count[static_cast<std::size_t>(part * static_cast<double>(rows))];
    }
    for (const int points_there : count) REQUIRE(points_there == 1);
  }
}

TEST_CASE("Sobol's points, the shift taken off, are those of Joe and Kuo's table") {
  // In sixteenths, in the order of Gray's code, as Boost.Random's sobol gives them.
  constexpr std::array<std::array<std::uint32_t, 6>, 15> expected{{{{8, 8, 8, 8, 8, 8}},
                                                                   {{12, 4, 4, 4, 12, 12}},
                                                                   {{4, 12, 12, 12, 4, 4}},
                                                                   {{6, 6, 10, 14, 6, 2}},
                                                                   {{14, 14, 2, 6, 14, 10}},
                                                                   {{10, 2, 14, 10, 10, 14}},
                                                                   {{2, 10, 6, 2, 2, 6}},
                                                                   {{3, 5, 15, 7, 9, 5}},
                                                                   {{11, 13, 7, 15, 1, 13}},
                                                                   {{15, 1, 11, 3, 5, 9}},
                                                                   {{7, 9, 3, 11, 13, 1}},
                                                                   {{5, 3, 5, 9, 15, 7}},
                                                                   {{13, 11, 13, 1, 7, 15}},
                                                                   {{9, 7, 1, 13, 3, 11}},
                                                                   {{1, 15, 9, 5, 11, 3}}}};
  const std::size_t rows = 16;
  const auto points = drawn(Sampling::sobol, 11, 6, rows);
  const auto bits = [&](std::size_t i, std::size_t c) {
    return static_cast<std::uint32_t>(part_of(kBox[c], points[c * rows + i]) * 0x1p32);
  };
  for (std::size_t j = 1; j < rows; ++j) {
    for (std::size_t c = 0; c < 6; ++c) {
      CHECK((bits(j ^ j >> 1, c) ^ bits(0, c)) >> 28 == expected[j - 1][c]);
    }
  }
}

TEST_CASE(
    "an integral is closer with Latin hypercubes than with uniform points, closest by Sobol") {
  const double uniform = integration_error(Sampling::uniform, 1024);
  const double latin = integration_error(Sampling::latin_hypercube, 1024);
  const double sobol = integration_error(Sampling::sobol, 1024);
  // Of one point the standard deviation is 0.48; twenty seeds know it to a sixth.
  CHECK(std::abs(uniform - 0.48 / 32) < 0.6 * 0.48 / 32);
  CHECK(latin < 0.5 * uniform);
  CHECK(sobol < latin);
  CHECK(sobol < 0.1 * uniform);
}
