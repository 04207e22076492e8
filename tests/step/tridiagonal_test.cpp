#include "pinnscope/step/tridiagonal.hpp"

#include "step/step_support.hpp"

using namespace pinnscope;

namespace {

test::Dense cyclic_matrix(std::size_t size, double lower, double diagonal, double upper) {
  test::Dense matrix(size);
  for (std::size_t i = 0; i < size; ++i) {
    matrix(i, i) += diagonal;
    matrix(i, (i + size - 1) % size) += lower;
    matrix(i, (i + 1) % size) += upper;
  }
  return matrix;
}

}  // namespace

TEST_CASE("two recursive sweeps solve the cyclic system as a dense elimination does") {
  const Philox random(12);
  double worst = 0;
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::uint64_t trial = 0; trial < 8; ++trial) {
      const std::uint64_t index = 100 * size + 4 * trial;
      const double q = random.uniform(index);
      const double r = std::pow(10, 4 * random.uniform(index + 1) - 2);
      const double c =
          (2 * random.uniform(index + 2) - 1) * std::pow(10, 3 * random.uniform(index + 3) - 1);
      const double lower = -q * (r + c / 2);
      const double diagonal = 1 + 2 * q * r;
      const double upper = -q * (r - c / 2);
      const auto matrix = cyclic_matrix(size, lower, diagonal, upper);
      std::vector<double> z = test::random_signal<double>(size, index);
      const std::vector<double> right = z;
      CyclicTridiagonal(lower, diagonal, upper, size).solve_in_place(z);
      // Backward error: the residual against |A| |x|.
      const std::vector<double> residual = matrix.times(z);
      double largest = 0;
      for (const double value : z) largest = std::max(largest, std::abs(value));
      const double norm = std::abs(lower) + diagonal + std::abs(upper);
      for (std::size_t i = 0; i < size; ++i) {
        worst = std::max(worst, std::abs(residual[i] - right[i]) / (norm * largest));
      }
    }
  }
  INFO(worst);
  CHECK(worst < 2e-15);
}

TEST_CASE("a cyclic solve in float is as accurate as float") {
  const auto matrix = cyclic_matrix(100, -30.5, 61, -29.5);
  auto z = test::random_signal<float>(100, 3);
  const std::vector<double> right(z.begin(), z.end());
  CyclicTridiagonal(-30.5, 61, -29.5, 100).solve_in_place(VectorView<float>(z));
  CHECK(test::row_error(z, matrix.solve(right)) < 1e-6);
}

TEST_CASE("a tridiagonal matrix that elimination cannot factor is degenerate") {
  std::vector<double> factors(3);
  std::vector<double> pivots(3);
  TridiagonalRows rows{-1, 3, -1, 0, -1, -1, 3};
  CHECK(factor_tridiagonal<double>(rows, factors, pivots) == Status{StatusCode::degenerate, 0});
  rows.first_diagonal = 1.0 / 3;
  CHECK(factor_tridiagonal<double>(rows, factors, pivots) == Status{StatusCode::degenerate, 1});
}
