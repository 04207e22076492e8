#include "pinnscope/readings/pde_reading.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "readings/steps.hpp"
#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("the Euler reading of a stencil gives back its numbers") {
  const test::Step step(Scheme::ftcs, 12, 0.3, 0.2);
  for (std::size_t row = 0; row < 12; ++row) {
    const PdeCoefficients euler = read_row(step.view(), row, Neighbours::ring).euler;
    REQUIRE(std::abs(euler.reaction) < 1e-14);
    REQUIRE(std::abs(euler.velocity - 0.3) < 1e-14);
    REQUIRE(std::abs(euler.diffusivity - 0.2) < 1e-14);
    REQUIRE(std::abs(euler.dispersion + 0.05) < 1e-14);  // -c / 6
  }
  const test::Step upwind(Scheme::upwind, 12, -0.3, 0.2);
  const PdeCoefficients euler = read_mean_row(upwind.view(), Neighbours::ring).euler;
  REQUIRE(std::abs(euler.velocity + 0.3) < 1e-14);
  REQUIRE(std::abs(euler.diffusivity - 0.35) < 1e-14);  // r + |c| / 2: its own diffusion
}

// The third-derivative coefficient of the modified equation of FTCS is -(U dx^2 / 6)(1 - 6 r +
// 2 c^2) (Warming and Hyett, J. Comput. Phys. 14, 159 (1974)).
TEST_CASE("the flow reading is the modified equation") {
  for (const auto& [c, r] : {std::array{0.3, 0.2}, std::array{1.0, 1.0}, std::array{-0.7, 0.4}}) {
    const test::Step step(Scheme::ftcs, 11, c, r);
    const PdeCoefficients flow = read_row(step.view(), 4, Neighbours::ring).flow;
    REQUIRE(std::abs(flow.reaction) < 1e-14);
    REQUIRE(std::abs(flow.velocity - c) < 1e-14);
    REQUIRE(std::abs(flow.diffusivity - (r - c * c / 2)) < 1e-14);
    REQUIRE(std::abs(flow.dispersion + c / 6 * (1 - 6 * r + 2 * c * c)) < 1e-14);
  }
}

// Exact in time, its flow is the space-discrete equation: a kernel of Skellam's law.
TEST_CASE("the flow reading of what is exact in time has the numbers of the equation") {
  const test::Step step(Scheme::exact, 60, 0.8, 0.6);
  const PdeCoefficients flow = read_mean_row(step.view(), Neighbours::ring).flow;
  REQUIRE(std::abs(flow.velocity - 0.8) < 1e-12);
  REQUIRE(std::abs(flow.diffusivity - 0.6) < 1e-12);
  REQUIRE(std::abs(flow.dispersion + 0.8 / 6) < 1e-12);
}

TEST_CASE("a row that sums to nothing has no flow") {
  const std::array<double, 9> entries{0, -1, 1, 1, 0, -1, -1, 1, 0};
  const PdeReading reading = read_row({entries.data(), 3, 3}, 0, Neighbours::ring);
  REQUIRE(reading.euler.reaction == -1);
  REQUIRE(std::isnan(reading.flow.reaction));
  REQUIRE(std::isnan(reading.flow.velocity));
}

TEST_CASE("a reversed ring flows the other way, half of it counted either way") {
  constexpr std::size_t kCells = 8;
  const Philox source(5);
  std::vector<double> w(kCells * kCells);
  for (std::size_t k = 0; k < w.size(); ++k) w[k] = source.uniform(k);
  std::vector<double> reversed(w.rbegin(), w.rend());  // entry (i, j) is (N-1-i, N-1-j)
  for (std::size_t row = 0; row < kCells; ++row) {
    const PdeReading there = read_row({w.data(), kCells, kCells}, row, Neighbours::ring);
    const PdeReading back =
        read_row({reversed.data(), kCells, kCells}, kCells - 1 - row, Neighbours::ring);
    REQUIRE(std::abs(there.euler.velocity + back.euler.velocity) < 1e-13);
    REQUIRE(std::abs(there.flow.dispersion + back.flow.dispersion) < 1e-12);
    REQUIRE(std::abs(there.flow.diffusivity - back.flow.diffusivity) < 1e-13);
  }
  REQUIRE(std::abs(cell_distance(1, 5, 8, Neighbours::ring)) == 4);
  REQUIRE(cell_distance(7, 0, 8, Neighbours::ring) == 1);
  REQUIRE(cell_distance(0, 7, 8, Neighbours::ring) == -1);
  REQUIRE(cell_distance(0, 7, 8, Neighbours::line) == 7);
}

TEST_CASE("on a line the ends are far apart") {
  const test::Step step(Scheme::ftcs, 10, 0, 0.25);
  REQUIRE(std::abs(read_row(step.view(), 0, Neighbours::ring).euler.velocity) < 1e-15);
  REQUIRE(std::abs(read_row(step.view(), 0, Neighbours::line).euler.velocity + 2.5) < 1e-14);
}

// sd(U_i) of independent entries of variance s^2 / N is s N / sqrt(12).
TEST_CASE("moments of noise grow with the width") {
  constexpr std::size_t kCells = 100;
  const Philox source(9);
  std::vector<double> w(kCells * kCells);
  for (std::size_t k = 0; k < w.size(); ++k) w[k] = source.normal(k) / 10;
  double sum = 0;
  for (std::size_t row = 0; row < kCells; ++row) {
    const double u = read_row({w.data(), kCells, kCells}, row, Neighbours::ring).euler.velocity;
    sum += u * u;
  }
  const double expected = 100 / std::sqrt(12.0);
  REQUIRE(std::abs(std::sqrt(sum / kCells) / expected - 1) < 0.25);
}

TEST_CASE("the step of a layer is its transpose, each row times its slope") {
  const std::array<double, 4> weights{1, 2, 3, 4};  // W = (1 3; 2 4)
  const std::array<double, 2> slopes{10, 100};
  std::array<double, 4> step{};
  const MatrixView<double> view{step.data(), 2, 2};
  REQUIRE(step_of_layer({weights.data(), 2, 2}, slopes, view).ok());
  REQUIRE(step == std::array<double, 4>{10, 300, 20, 400});
  REQUIRE(step_of_layer({weights.data(), 2, 2}, {}, view).ok());
  REQUIRE(step == std::array<double, 4>{1, 3, 2, 4});
  const std::array<double, 1> one{1};
  REQUIRE(step_of_layer({weights.data(), 2, 2}, one, view).code == StatusCode::shape_mismatch);
}
