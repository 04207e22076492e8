#include "pinnscope/spectra/random_matrices/ginibre.hpp"

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

/// 1 - exp(-x) sum_{j < k} x^j / j!, term after term.
double regularised_gamma(std::size_t k, double x) {
  long double term = std::exp(static_cast<long double>(-x));
  long double sum = 0;
  for (std::size_t j = 0; j < k; ++j) {
    sum += term;
    term *= static_cast<long double>(x) / static_cast<long double>(j + 1);
  }
  return static_cast<double>(1 - sum);
}

/// sqrt(2) sum (2 m - 1)!! / (2 m)!! over m = 0, 2, .., n - 2; for odd n over m = 1, 3, .., n - 2,
/// plus 1.
double expected_by_summation(std::size_t n) {
  long double sum = 0;
  long double ratio = 1;
  for (std::size_t m = 0; m + 2 <= n; ++m) {
    if (m % 2 == n % 2) sum += ratio;
    ratio *= static_cast<long double>(2 * m + 1) / static_cast<long double>(2 * m + 2);
  }
  return static_cast<double>(static_cast<long double>(n % 2) +
                             std::numbers::sqrt2_v<long double> * sum);
}

}  // namespace

TEST_CASE("the radial law of complex Ginibre matrices meets the known values at n = 100") {
  constexpr double kKnown[][2] = {{.9, .80928446543436257},
                                  {.96, .91003646946772797},
                                  {1.0, .96013900319085286},
                                  {1.02, .97663354975871491},
                                  {1.08, .99744197677583610}};
  constexpr double kNote[] = {.809284, .910036, .960139, .976634, .997442};
  for (std::size_t i = 0; i < 5; ++i) {
    const double found = ginibre_radial_distribution(100, kKnown[i][0]);
    CAPTURE(kKnown[i][0]);
    REQUIRE(test::close(found, kKnown[i][1], 1e-13));
    REQUIRE(std::fabs(found - kNote[i]) < 5.01e-7);
  }
}

TEST_CASE("the radial law is the mean of incomplete gamma functions for small and large n") {
  REQUIRE(test::close(ginibre_radial_distribution(2, .7), 0.440786462711414687, 1e-14));
  REQUIRE(test::close(ginibre_radial_distribution(7, 1.1), 0.924371238419781753, 1e-14));
  REQUIRE(test::close(ginibre_radial_distribution(1000, 1.02), 0.998415505395329092, 1e-13));
  for (const std::size_t n : {1u, 2u, 5u, 30u}) {
    for (const double r : {0.6, 0.9, 1.0, 1.3}) {
      double sum = 0;
      const double x = static_cast<double>(n) * r * r;
      for (std::size_t k = 1; k <= n; ++k) sum += regularised_gamma(k, x);
      CAPTURE(n, r);
      REQUIRE(test::close(ginibre_radial_distribution(n, r), sum / static_cast<double>(n), 1e-13));
    }
  }
}

TEST_CASE("the radial law tends to the circular law") {
  REQUIRE(test::close(ginibre_radial_distribution(1000000, 0.5), 0.25, 1e-14));
  REQUIRE(test::relatively_close(ginibre_radial_distribution(100, 1e-5), 1e-10, 1e-14));
  REQUIRE(ginibre_radial_distribution(1000000, 1.1) == 1);
}

TEST_CASE("the law of the spectral radius is the product of incomplete gamma functions") {
  REQUIRE(test::close(ginibre_radius_distribution(100, 1), 0.008283705763179571557, 1e-14));
  REQUIRE(test::relatively_close(ginibre_radius_distribution(100, .9), 1.5257510001195344263e-19,
                                 1e-12));
  REQUIRE(test::close(ginibre_radius_distribution(100, 1.057093), 0.499993104857304025, 1e-13));
  REQUIRE(test::close(ginibre_radius_distribution(100, 1.3), 0.99999999135638371386, 1e-14));
  REQUIRE(test::close(ginibre_radius_distribution(2, .7), 0.160472598846498467, 1e-14));
  REQUIRE(test::close(ginibre_radius_distribution(7, 1.1), 0.556164097686288017, 1e-14));
  REQUIRE(test::close(ginibre_radius_distribution(1000, 1.02), 0.195595888039514179, 1e-12));
}

TEST_CASE("the quantiles of the spectral radius at n = 100 are the known ones") {
  constexpr double kKnown[][2] = {
      {.05, 1.015763}, {.5, 1.057093}, {.95, 1.112343}, {.99, 1.140058}};
  for (const auto& known : kKnown) {
    CAPTURE(known[0]);
    REQUIRE(std::fabs(ginibre_radius_quantile(100, known[0]) - known[1]) < 5.01e-7);
  }
}

TEST_CASE("the quantile of the spectral radius is the inverse of its distribution") {
  for (const std::size_t n : {1u, 2u, 10u, 100u, 3000u}) {
    for (const double p : {1e-200, 1e-6, 0.1, 0.5, 0.999}) {
      CAPTURE(n, p);
      REQUIRE(test::relatively_close(ginibre_radius_distribution(n, ginibre_radius_quantile(n, p)),
                                     p, 2e-12));
    }
  }
  REQUIRE(
      test::relatively_close(ginibre_radius_quantile(1, 0.5), std::sqrt(std::numbers::ln2), 1e-14));
}

TEST_CASE("the laws of complex Ginibre matrices are 0 and 1 at the ends, and NaN for NaN") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const std::size_t n : {1u, 2u, 100u}) {
    for (const double r : {-1.0, 0.0}) {
      REQUIRE(ginibre_radial_distribution(n, r) == 0);
      REQUIRE(ginibre_radius_distribution(n, r) == 0);
    }
    for (const double r : {1e100, 1e300, kInfinity}) {
      REQUIRE(ginibre_radial_distribution(n, r) == 1);
      REQUIRE(ginibre_radius_distribution(n, r) == 1);
    }
    REQUIRE(ginibre_radius_quantile(n, 0) == 0);
    REQUIRE(ginibre_radius_quantile(n, 1) == kInfinity);
    REQUIRE(std::isnan(ginibre_radius_quantile(n, 1.5)));
    REQUIRE(std::isnan(ginibre_radius_quantile(n, std::nan(""))));
    REQUIRE(std::isnan(ginibre_radial_distribution(n, std::nan(""))));
    REQUIRE(std::isnan(ginibre_radius_distribution(n, std::nan(""))));
  }
}

TEST_CASE("the expected number of real eigenvalues meets the known values") {
  struct Known {
    std::size_t n;
    double value;
  };
  constexpr Known kKnown[] = {
      {1, 1},           {2, 1.41421356},   {3, 1.70710678},   {4, 1.94454365},    {10, 2.92799349},
      {50, 6.09952993}, {100, 8.44890645}, {101, 8.48885020}, {1000, 25.72186288}};
  for (const Known& known : kKnown) {
    CAPTURE(known.n);
    REQUIRE(std::fabs(expected_real_eigenvalues(known.n) - known.value) < 5.01e-9);
  }
}

TEST_CASE("the expected number of real eigenvalues is the sum of double factorials") {
  for (const std::size_t n : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 100u, 101u, 9999u, 10000u}) {
    CAPTURE(n);
    REQUIRE(test::relatively_close(expected_real_eigenvalues(n), expected_by_summation(n), 1e-14));
  }
}

TEST_CASE("the expected number of real eigenvalues is exact for huge matrices") {
  REQUIRE(test::relatively_close(expected_real_eigenvalues(99999), 252.8110444525830354, 1e-14));
  REQUIRE(test::relatively_close(expected_real_eigenvalues(1000000), 798.38426159613635441, 1e-14));
  REQUIRE(test::relatively_close(expected_real_eigenvalues(1000000000000000), 25231325.720201591021,
                                 1e-14));
}

TEST_CASE("drawn Gaussian matrices have as many real eigenvalues as expected", "[slow]") {
  constexpr std::size_t kOrder = 100;
  constexpr int kDraws = 400;
  std::vector<std::byte> memory(Eigenvalues<double>::footprint({.order = kOrder}).bytes);
  Arena arena(memory);
  Eigenvalues<double> eigenvalues({.order = kOrder}, arena);
  std::vector<double> w(kOrder * kOrder);
  double sum = 0, squares = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const Philox source(5, static_cast<std::uint64_t>(draw));
    for (std::size_t i = 0; i < w.size(); ++i) w[i] = source.normal(i);
    REQUIRE(eigenvalues.compute({w.data(), kOrder, kOrder}).ok());
    const auto imaginary = eigenvalues.imaginary();
    const auto count = static_cast<double>(std::count(imaginary.begin(), imaginary.end(), 0.0));
    sum += count;
    squares += count * count;
  }
  const double mean = sum / kDraws;
  const double error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
  REQUIRE(std::fabs(mean - expected_real_eigenvalues(kOrder)) < 3 * error);
}
