#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr double kPi = 3.14159265358979323846;

/// Integral of g(s) times the density of s by the midpoint rule in an angle: the substitution turns
/// the square roots at the edges (for q = 1 at the upper one) into smooth periodic functions.
template <class Function>
double integrate(const MarchenkoPastur& law, Function&& g) {
  const bool hard_edge = law.lower_edge() == 0;
  const double low = std::sqrt(law.lower_edge());
  const double width = std::sqrt(law.upper_edge()) - low;
  constexpr int kPoints = 4000;
  double sum = 0;
  for (int i = 0; i < kPoints; ++i) {
    const double phi = kPi * (i + 0.5) / kPoints;
    const double sine = std::sin(phi / 2);
    const double cosine = std::cos(phi / 2);
    const double s = low + width * (hard_edge ? sine : sine * sine);
    const double slope = width * cosine * (hard_edge ? 0.5 : sine);
    sum += g(s) * law.singular_value_density(s) * slope;
  }
  return sum * kPi / kPoints;
}

}  // namespace

TEST_CASE("the Marchenko-Pastur distribution meets values computed by quadrature") {
  // P(lambda <= x) at x = a + t (b - a), for sigma = 1; for q = 2 the continuous part.
  struct Known {
    double q, t, value;
  };
  constexpr Known kKnown[] = {
      {0.1, .1, 0.096217345543}, {0.1, .37, 0.468111128818}, {0.1, .8, 0.909879272643},
      {0.5, .1, 0.228653619231}, {0.5, .37, 0.629200338808}, {0.5, .8, 0.944615652833},
      {0.9, .1, 0.364761992560}, {0.9, .37, 0.709052059544}, {0.9, .8, 0.957322710661},
      {1.0, .1, 0.395818696409}, {1.0, .37, 0.723640201302}, {1.0, .8, 0.959480673646},
      {2.0, .1, 0.114326809616}, {2.0, .37, 0.314600169404}, {2.0, .8, 0.472307826417},
  };
  for (const Known& known : kKnown) {
    const MarchenkoPastur law(known.q);
    const double x = law.lower_edge() + known.t * (law.upper_edge() - law.lower_edge());
    CAPTURE(known.q, known.t);
    REQUIRE(std::fabs(law.distribution(x) - law.atom() - known.value) < 1e-12);
  }
  REQUIRE(std::fabs(MarchenkoPastur(1).distribution(0.05) - 0.142055) < 5e-7);
}

TEST_CASE("the medians of the Marchenko-Pastur law are the known ones") {
  constexpr double kMedians[][2] = {{.1, .96656515}, {.2, .93291548},  {.25, .91600407},
                                    {.5, .83046588}, {.75, .74294849}, {.9, .68922210},
                                    {1.0, .65277594}};
  for (const auto& known : kMedians) {
    CAPTURE(known[0]);
    REQUIRE(std::fabs(MarchenkoPastur(known[0]).quantile(0.5) - known[1]) < 5.1e-9);
  }
}

TEST_CASE("the Marchenko-Pastur density has mass one and the moments of theory") {
  for (const double q : {0.1, 0.5, 0.9, 1.0}) {
    const MarchenkoPastur law(q, 1.5);
    const double variance = 1.5 * 1.5;
    CAPTURE(q);
    REQUIRE(test::close(integrate(law, [](double) { return 1.0; }), 1, 1e-9));
    REQUIRE(test::close(integrate(law, [](double s) { return s * s; }), variance, 1e-9));
    REQUIRE(test::close(integrate(law, [](double s) { return s * s * s * s; }),
                        variance * variance * (1 + q), 1e-9));
  }
}

TEST_CASE("more rows than columns put an atom at zero") {
  const MarchenkoPastur law(4);
  REQUIRE(law.atom() == 0.75);
  REQUIRE(law.distribution(-1) == 0);
  REQUIRE(law.distribution(0) == 0.75);
  REQUIRE(law.quantile(0.5) == 0);
  REQUIRE(law.distribution(law.upper_edge()) == 1);
  REQUIRE(test::close(integrate(law, [](double) { return 1.0; }), 0.25, 1e-9));
}

TEST_CASE("the quantile is the inverse of the distribution at every aspect ratio") {
  for (const double q : {1e-4, 0.3, 0.999, 1.0, 1.001, 3.0}) {
    const MarchenkoPastur law(q, 0.1);
    for (const double p : {1e-6, 0.01, 0.3, 0.5, 0.9, 0.999999}) {
      if (p <= law.atom()) continue;
      CAPTURE(q, p);
      REQUIRE(std::fabs(law.distribution(law.quantile(p)) - p) < 1e-13);
    }
  }
}

TEST_CASE("a square matrix has the quarter circle, finite at the hard edge") {
  const MarchenkoPastur law(1);
  REQUIRE(test::close(law.singular_value_density(0), 2 / kPi, 1e-15));
  REQUIRE(std::isinf(law.density(0)));
  REQUIRE(law.singular_value_density(2.1) == 0);
  REQUIRE(law.density(-1) == 0);
}

TEST_CASE("the quarter circle scales with sigma as a density does") {
  const MarchenkoPastur law(1, 0.5);
  REQUIRE(law.singular_value_density(1.2) == 0);
  REQUIRE(test::close(law.singular_value_density(0.5), std::sqrt(4 * 0.25 - 0.25) / (kPi * 0.25),
                      1e-14));
}

TEST_CASE("a spectrum at the law's own quantiles is half a step away from it") {
  constexpr std::size_t kRows = 50;
  constexpr std::size_t kColumns = 100;
  const MarchenkoPastur law(0.5, 0.2);
  std::vector<double> values(kRows);
  for (std::size_t k = 0; k < kRows; ++k) {
    const double p = 1 - (static_cast<double>(k) + 0.5) / kRows;
    values[k] = std::sqrt(law.quantile(p) * kColumns);
  }
  MarchenkoPasturFit fit;
  REQUIRE(compare_with_marchenko_pastur(values, kRows, kColumns, 0.2, fit).ok());
  REQUIRE(test::close(fit.distance, 0.5 / kRows, 1e-12));
  REQUIRE(fit.beyond_edge == 0);
  REQUIRE(compare_with_marchenko_pastur(values, kColumns, kRows, 0.2, fit).ok());
  REQUIRE(test::close(fit.distance, 0.5 / kRows, 1e-12));
}

TEST_CASE("singular values beyond the edge are counted") {
  const std::vector<double> values{40, 21, 19.9, 5};
  MarchenkoPasturFit fit;
  // N = 4: the edge of lambda = s^2 / 4 is 4 sigma^2; sigma = 5 puts it at s = 20.
  REQUIRE(compare_with_marchenko_pastur(values, 4, 4, 5, fit).ok());
  REQUIRE(fit.beyond_edge == 2);
  REQUIRE(fit.largest == 400);
}

TEST_CASE("comparing with Marchenko-Pastur refuses what it cannot compare") {
  MarchenkoPasturFit fit;
  const std::vector<double> two{1, 0.5};
  REQUIRE(compare_with_marchenko_pastur(two, 3, 3, 1, fit).code == StatusCode::shape_mismatch);
  REQUIRE(compare_with_marchenko_pastur(two, 2, 3, 0, fit).code == StatusCode::out_of_range);
  REQUIRE(compare_with_marchenko_pastur(std::vector<double>{}, 0, 3, 1, fit).code ==
          StatusCode::empty_input);
  const std::vector<float> bad{1, std::numeric_limits<float>::quiet_NaN()};
  REQUIRE(compare_with_marchenko_pastur(bad, 2, 2, 1, fit) == Status{StatusCode::not_finite, 1});
}
