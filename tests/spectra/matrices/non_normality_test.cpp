#include "pinnscope/spectra/matrices/non_normality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A square matrix by columns.
template <class T>
MatrixView<const T> square(const std::vector<T>& entries) {
  const auto order = static_cast<std::size_t>(std::lround(std::sqrt(entries.size())));
  return {entries.data(), order, order};
}

std::vector<double> random_matrix(std::size_t order, std::uint64_t stream) {
  const Philox source(21, stream);
  std::vector<double> w(order * order);
  for (std::size_t i = 0; i < w.size(); ++i) w[i] = source.normal(i);
  return w;
}

/// |W^k|_2, k = 1.., and their peak.
struct Growth {
  explicit Growth(std::size_t order, std::size_t powers)
      : memory(TransientGrowth::footprint({order, powers}).bytes),
        arena(memory),
        growth({order, powers}, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  TransientGrowth growth;
  TransientPeak peak;
};

/// The norm of (1 c; 0 1).
double shear_norm(double c) { return (c + std::sqrt(c * c + 4)) / 2; }

double departure_of(const std::vector<double>& w) {
  const auto view = square(w);
  std::vector<std::byte> memory(Eigenvalues<double>::footprint({.order = view.rows}).bytes);
  Arena arena(memory);
  Eigenvalues<double> eigenvalues({.order = view.rows}, arena);
  REQUIRE(eigenvalues.compute(view).ok());
  double departure = -1;
  REQUIRE(henrici_departure(view, eigenvalues.real(), eigenvalues.imaginary(), departure).ok());
  return departure;
}

}  // namespace

TEST_CASE("symmetric and antisymmetric matrices have the elliptic correlations 1 and -1") {
  EllipticCorrelation result;
  REQUIRE(
      elliptic_correlation(square(std::vector<double>{9, 1, 2, 1, 9, 4, 2, 4, 9}), result).ok());
  REQUIRE(test::close(result.tau, 1, 1e-15));
  REQUIRE(test::close(result.standard_error, std::sqrt(1.0 / 3), 1e-15));
  REQUIRE(
      elliptic_correlation(square(std::vector<float>{0, 1, 2, -1, 0, 3, -2, -3, 0}), result).ok());
  REQUIRE(test::close(result.tau, -1, 1e-15));
}

TEST_CASE("the elliptic correlation is that of the mirrored entries, whatever the diagonal") {
  // Below the diagonal 1, 2, 6, above it 3, 4, 2: mean 3; products 0, -1, -3; squares 4, 2, 10.
  for (const double diagonal : {0.0, 1e9}) {
    const std::vector<double> w{diagonal, 1, 2, 3, diagonal, 6, 4, 2, diagonal};
    EllipticCorrelation result;
    REQUIRE(elliptic_correlation(square(w), result).ok());
    REQUIRE(test::close(result.tau, -8.0 / 16, 1e-15));
  }
}

TEST_CASE("the elliptic correlation depends neither on the scale nor on the mean") {
  EllipticCorrelation expected;
  const std::vector<double> w = random_matrix(9, 1);
  REQUIRE(elliptic_correlation(square(w), expected).ok());
  for (const double scale : {0x1p1010, 0x1p-1000}) {
    std::vector<double> changed = w;
    for (double& entry : changed) entry = entry * scale;
    EllipticCorrelation result;
    REQUIRE(elliptic_correlation(square(changed), result).ok());
    REQUIRE(test::close(result.tau, expected.tau, 1e-15));
  }
  std::vector<double> changed = w;
  for (double& entry : changed) entry += 1000;
  EllipticCorrelation result;
  REQUIRE(elliptic_correlation(square(changed), result).ok());
  REQUIRE(test::close(result.tau, expected.tau, 1e-11));
}

TEST_CASE("a huge diagonal does not hide tiny entries from the elliptic correlation") {
  EllipticCorrelation result;
  REQUIRE(elliptic_correlation(square(std::vector<double>{1e300, 1e-300, -1e-300, 1e300}), result)
              .ok());
  REQUIRE(test::close(result.tau, -1, 1e-15));
}

TEST_CASE("a random matrix has no elliptic correlation within three standard errors") {
  EllipticCorrelation result;
  REQUIRE(elliptic_correlation(square(random_matrix(100, 2)), result).ok());
  REQUIRE(std::fabs(result.tau) < 3 * result.standard_error);
  REQUIRE(test::close(result.standard_error, std::sqrt(2.0 / 9900), 1e-15));
}

TEST_CASE("the elliptic correlation refuses what has none") {
  EllipticCorrelation result{.tau = 7};
  const std::vector<double> bad{1, 2, std::nan(""), 3};
  REQUIRE(elliptic_correlation(square(bad), result).code == StatusCode::not_finite);
  REQUIRE(elliptic_correlation(square(std::vector<double>{1}), result).code ==
          StatusCode::degenerate);
  REQUIRE(elliptic_correlation(square(std::vector<float>{5, 1, 1, 6}), result).code ==
          StatusCode::degenerate);
  REQUIRE(elliptic_correlation(square(std::vector<float>{}), result).code ==
          StatusCode::empty_input);
  REQUIRE(elliptic_correlation(MatrixView<const double>{bad.data(), 1, 2}, result).code ==
          StatusCode::shape_mismatch);
  REQUIRE(result.tau == 7);
}

TEST_CASE("a triangular matrix departs from normality by its entries off the diagonal") {
  REQUIRE(test::close(departure_of({1, 0, 3, 2}), 3 / std::sqrt(14.0), 1e-15));
  REQUIRE(departure_of({0, 0, 5, 0}) == 1);
}

TEST_CASE("normal matrices do not depart from normality, to the root of rounding") {
  REQUIRE(departure_of({2, 1, 1, 3}) < 1e-7);                 // symmetric
  REQUIRE(departure_of({.6, .8, -.8, .6}) < 1e-7);            // a rotation
  REQUIRE(departure_of({0, 1, 0, 0, 0, 1, 1, 0, 0}) < 1e-7);  // a permutation
}

TEST_CASE("the departure from normality does not depend on the scale, huge or tiny") {
  for (const double scale : {0x1p1020, 0x1p-1060}) {
    REQUIRE(
        test::close(departure_of({scale, 0, 3 * scale, 2 * scale}), 3 / std::sqrt(14.0), 1e-14));
  }
}

TEST_CASE("the departure from normality is never the root of a negative number") {
  double departure = -1;
  const std::vector<float> w{1, 0, 0, 1}, real{1.0000001f, 1.0000001f}, imaginary{0, 0};
  REQUIRE(henrici_departure(square(w), VectorView<const float>(real),
                            VectorView<const float>(imaginary), departure)
              .ok());
  REQUIRE(departure == 0);
}

TEST_CASE("the departure from normality refuses what has none") {
  double departure = 7;
  const std::vector<double> zeros(4), two{1, 2}, bad{1, kInfinity};
  const VectorView<const double> pair(two), infinite(bad);
  REQUIRE(henrici_departure(square(zeros), pair, pair, departure).code == StatusCode::degenerate);
  REQUIRE(henrici_departure(square(std::vector<double>{1, 2, 3, 4}), pair, infinite, departure) ==
          Status{StatusCode::not_finite, 1});
  REQUIRE(henrici_departure({bad.data(), 1, 1}, pair, pair, departure).code ==
          StatusCode::shape_mismatch);
  REQUIRE(henrici_departure(MatrixView<const double>{}, {}, {}, departure).code ==
          StatusCode::empty_input);
  REQUIRE(departure == 7);
}

TEST_CASE("the powers of a Jordan block grow before they fall") {
  constexpr double kEigenvalue = 0.9;
  Growth of(2, 200);
  REQUIRE(
      of.growth.compute(square(std::vector<double>{kEigenvalue, 0, 1, kEigenvalue}), of.peak).ok());
  TransientPeak expected;
  for (std::size_t k = 1; k <= 200; ++k) {
    const auto power = static_cast<double>(k);
    const double norm = std::pow(kEigenvalue, power) * shear_norm(power / kEigenvalue);
    CAPTURE(k);
    REQUIRE(test::relatively_close(of.growth.norms()[k - 1], norm, 1e-13));
    REQUIRE(test::close(of.growth.logarithms()[k - 1], std::log(norm), 1e-13));
    if (norm > expected.norm) expected = {k, norm, std::log(norm)};
  }
  REQUIRE(of.peak.power == expected.power);
  REQUIRE(of.peak.power > 5);
  REQUIRE(test::relatively_close(of.peak.norm, expected.norm, 1e-13));
}

TEST_CASE("the powers of a nilpotent matrix end") {
  // 2 on the first superdiagonal of order 3: norms 2, 4, 0.
  Growth of(3, 5);
  REQUIRE(of.growth.compute(square(std::vector<float>{0, 0, 0, 2, 0, 0, 0, 2, 0}), of.peak).ok());
  REQUIRE(test::close(of.growth.norms()[0], 2, 1e-15));
  REQUIRE(test::close(of.growth.norms()[1], 4, 1e-15));
  for (std::size_t k = 2; k < 5; ++k) {
    REQUIRE(of.growth.norms()[k] == 0);
    REQUIRE(of.growth.logarithms()[k] == -kInfinity);
  }
  REQUIRE(of.peak.power == 2);
}

TEST_CASE("the scale divides the matrix before its powers are taken") {
  Growth of(2, 3);
  REQUIRE(of.growth.compute(square(std::vector<double>{6, 0, 0, -3}), of.peak, 3).ok());
  REQUIRE(test::close(of.growth.norms()[2], 8, 1e-15));
  REQUIRE(of.peak.power == 3);
}

TEST_CASE("norms of powers beyond the range of double keep their logarithms") {
  for (const double size : {1e300, 1e-300}) {
    Growth of(2, 1000);
    REQUIRE(of.growth.compute(square(std::vector<double>{size, 0, 0, size / 2}), of.peak).ok());
    REQUIRE(test::relatively_close(of.growth.norms()[0], size, 1e-14));
    REQUIRE(of.growth.norms()[1] == (size > 1 ? kInfinity : 0));
    REQUIRE(test::relatively_close(of.growth.logarithms()[999], 1000 * std::log(size), 1e-13));
    REQUIRE(of.peak.power == (size > 1 ? 1000 : 1));
  }
}

TEST_CASE("the norms of powers are those of products written out") {
  constexpr std::size_t kOrder = 40;  // more than a block
  constexpr std::size_t kPowers = 6;
  const std::vector<double> w = random_matrix(kOrder, 3);
  const SingularValues<double>::Config config{.rows = kOrder, .columns = kOrder};
  std::vector<std::byte> memory(SingularValues<double>::footprint(config).bytes);
  Arena arena(memory);
  SingularValues<double> singular_values(config, arena);
  Growth of(kOrder, kPowers);
  REQUIRE(of.growth.compute(square(w), of.peak).ok());
  std::vector<double> power = w;
  for (std::size_t k = 0; k < kPowers; ++k) {
    REQUIRE(singular_values.compute(square(power)).ok());
    CAPTURE(k);
    REQUIRE(test::relatively_close(of.growth.norms()[k], singular_values.values().front(), 1e-12));
    std::vector<double> next(w.size());
    for (std::size_t i = 0; i < kOrder; ++i) {
      for (std::size_t j = 0; j < kOrder; ++j) {
        for (std::size_t m = 0; m < kOrder; ++m) {
          next[i + j * kOrder] += w[i + m * kOrder] * power[m + j * kOrder];
        }
      }
    }
    power = next;
  }
}

TEST_CASE("a matrix of zeros has powers of norm zero") {
  Growth of(2, 2);
  REQUIRE(of.growth.compute(square(std::vector<double>(4)), of.peak).ok());
  REQUIRE(of.peak.power == 1);
  REQUIRE(of.peak.norm == 0);
  REQUIRE(of.peak.logarithm == -kInfinity);
}

TEST_CASE("transient growth refuses wrong shapes, scales and numbers that are not finite") {
  Growth of(2, 3);
  const std::vector<double> bad{1, 2, kInfinity, 3}, good{1, 2, 3, 4};
  of.peak.norm = 7;
  REQUIRE(of.growth.compute(square(bad), of.peak).code == StatusCode::not_finite);
  REQUIRE(of.growth.compute(square(good), of.peak, 0).code == StatusCode::out_of_range);
  REQUIRE(of.growth.compute({good.data(), 1, 2}, of.peak).code == StatusCode::shape_mismatch);
  REQUIRE(of.peak.norm == 7);
  Growth none(2, 0), nothing(0, 3);
  REQUIRE(none.growth.compute(square(good), none.peak).code == StatusCode::empty_input);
  REQUIRE(nothing.growth.compute(MatrixView<const double>{}, nothing.peak).code ==
          StatusCode::empty_input);
}

TEST_CASE("large Gaussian matrices depart from normality by the root of a half", "[slow]") {
  constexpr int kDraws = 40;
  double mean = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    mean += departure_of(random_matrix(200, static_cast<std::uint64_t>(draw))) / kDraws;
  }
  REQUIRE(std::fabs(mean - std::numbers::sqrt2 / 2) < 1.0 / 200);  // the limit's error is O(1 / n)
}
