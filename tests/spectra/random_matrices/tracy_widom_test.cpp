#include "pinnscope/spectra/random_matrices/tracy_widom.hpp"

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <limits>

#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Row {
  double s;
  double p;
};

}  // namespace

TEST_CASE("Tracy and Widom's law has its tabulated values, to the nine digits of the table") {
  constexpr std::array<Row, 17> table{{{-5, 2.77917756e-4},
                                       {-4, 7.56767860e-3},
                                       {-3.5, .0258941470},
                                       {-3, .0696001189},
                                       {-2.5, .151377729},
                                       {-2, .274320198},
                                       {-1.5, .426225802},
                                       {-1, .583789896},
                                       {-.5, .723691052},
                                       {0, .831908066},
                                       {.5, .905971184},
                                       {1, .951421237},
                                       {1.5, .976713649},
                                       {2, .989597571},
                                       {3, .998293480},
                                       {4, .999779656},
                                       {5, .999977128}}};
  for (const Row& row : table) {
    INFO("s = " << row.s);
    REQUIRE(std::fabs(tracy_widom_distribution(row.s) - row.p) < 6e-10);
  }
}

TEST_CASE("the law of complex matrices has its published values") {
  REQUIRE(std::fabs(tracy_widom_unitary_distribution(-2) - .4132241425052) < 2e-13);
  REQUIRE(std::fabs(tracy_widom_unitary_distribution(-1) - .8072142419993) < 2e-13);
  REQUIRE(std::fabs(tracy_widom_unitary_distribution(0.1) - .9754704606595) < 2e-13);
}

TEST_CASE("quantiles of Tracy and Widom's law have their tabulated values") {
  constexpr std::array<Row, 14> table{{{-4.654198, .001},
                                       {-4.147877, .005},
                                       {-3.895433, .01},
                                       {-3.515854, .025},
                                       {-3.180380, .05},
                                       {-2.782428, .1},
                                       {-1.268575, .5},
                                       {.450143, .9},
                                       {.979316, .95},
                                       {1.453771, .975},
                                       {2.023449, .99},
                                       {2.422327, .995},
                                       {3.272196, .999},
                                       {4.359420, .9999}}};
  for (const Row& row : table) {
    INFO("p = " << row.p);
    REQUIRE(std::fabs(tracy_widom_quantile(row.p) - row.s) < 6e-7);
  }
}

TEST_CASE("Tracy and Widom's law meets its determinant evaluated with forty digits") {
  // By mpmath on [s, |s| + 32] with 70 to 96 nodes.
  constexpr std::array<Row, 7> table{{{-10, 3.15903790319956371e-22},
                                      {-8, 1.80682792118541665e-12},
                                      {-7, 5.48286259155970602e-9},
                                      {-5.6878, 1.34507971943649002e-5},
                                      {-4.7338, .000754866468729437451},
                                      {-4, .00756767859879640052},
                                      {-2.3559, .182830884784546725}}};
  for (const Row& row : table) {
    INFO("s = " << row.s);
    REQUIRE(std::fabs(tracy_widom_distribution(row.s) - row.p) < 1e-14);
    REQUIRE(test::relatively_close(tracy_widom_distribution(row.s), row.p, 2e-7));
  }
  constexpr std::array<Row, 7> survival{{{0, .168091933797029644},
                                         {2, .0104024289151730078},
                                         {4, .000220344487432998648},
                                         {6, 1.9408140726462171e-6},
                                         {8, 8.04542487986973857e-9},
                                         {12, 1.97657295752157674e-14},
                                         {20, 1.8759060994765301e-28}}};
  for (const Row& row : survival) {
    INFO("s = " << row.s);
    REQUIRE(test::relatively_close(tracy_widom_survival(row.s), row.p, 1e-12));
  }
}

TEST_CASE("Tracy and Widom's law is smooth between any two of its values") {
  // Where the mean of two nodes falls within 1.1e-5 above 0, Boost's Airy function is wrong by up
  // to 3e-6: some of these points are such. The fourth derivative itself is below 2.
  constexpr double kStep = 1e-3;
  std::array<double, 5> last{};
  for (int i = 0; i < 2000; ++i) {
    std::rotate(last.begin(), last.begin() + 1, last.end());
    last.back() = tracy_widom_distribution(-4 + i * kStep);
    if (i < 4) continue;
    INFO("s = " << -4 + i * kStep);
    REQUIRE(std::fabs(last[0] - 4 * last[1] + 6 * last[2] - 4 * last[3] + last[4]) < 2e-12);
  }
}

TEST_CASE("Tracy and Widom's laws rise everywhere, within [0, 1]") {
  double last = 0;
  double last_unitary = 0;
  double last_survival = 1;
  for (double s = -30; s < 12; s += 0.03) {
    const double p = tracy_widom_distribution(s);
    const double unitary = tracy_widom_unitary_distribution(s);
    const double survival = tracy_widom_survival(s);
    INFO("s = " << s);
    REQUIRE((p >= last && p <= 1));
    REQUIRE((unitary >= last_unitary && unitary <= 1));
    REQUIRE((survival <= last_survival && survival >= 0));
    last = p;
    last_unitary = unitary;
    last_survival = survival;
  }
}

TEST_CASE("moments of Tracy and Widom's law come out of its distribution") {
  // E s^k is the integral of k s^(k-1) (1 - F) over s > 0 less that of k s^(k-1) F over s < 0.
  using Rule = boost::math::quadrature::gauss<double, 60>;
  const auto moment = [](int k) {
    return k *
           (Rule::integrate([k](double s) { return std::pow(s, k - 1) * tracy_widom_survival(s); },
                            0.0, 16.0) -
            Rule::integrate(
                [k](double s) { return std::pow(s, k - 1) * tracy_widom_distribution(s); }, -12.0,
                0.0));
  };
  const double mean = moment(1);
  const double second = moment(2);
  const double third = moment(3);
  const double variance = second - mean * mean;
  const double skewness =
      (third - 3 * mean * second + 2 * mean * mean * mean) / std::pow(variance, 1.5);
  const double fourth =
      moment(4) - 4 * mean * third + 6 * mean * mean * second - 3 * mean * mean * mean * mean;
  REQUIRE(std::fabs(mean + 1.2065335745820) < 1e-12);  // as Bornemann 2010 has both
  REQUIRE(std::fabs(variance - 1.607781034581) < 1e-11);
  REQUIRE(std::fabs(skewness - .29346) < 6e-6);
  REQUIRE(std::fabs(fourth / (variance * variance) - 3 - .16524) < 6e-6);
}

TEST_CASE("the right tail keeps its relative accuracy down to the smallest numbers") {
  for (const double s : {10.0, 20.0, 50.0, 100.0}) {
    // The leading term of Ai's integral; the next is of relative order s^(-3/2).
    const double leading = std::exp(-2.0 / 3 * std::pow(s, 1.5)) /
                           (4 * std::sqrt(3.14159265358979324) * std::pow(s, 0.75));
    const double ratio = tracy_widom_survival(s) / leading;
    INFO("s = " << s << ", ratio " << ratio);
    REQUIRE(ratio < 1);
    REQUIRE(1 - ratio < 1.2 / std::pow(s, 1.5));
    REQUIRE(1 - ratio > 0.6 / std::pow(s, 1.5));
  }
}

TEST_CASE("Tracy and Widom's law is one to the right, zero to the left, and NaN for NaN") {
  for (const double s : {200.0, 1e300, kInfinity}) {
    REQUIRE(tracy_widom_distribution(s) == 1);
    REQUIRE(tracy_widom_survival(s) == 0);
    REQUIRE(tracy_widom_unitary_distribution(s) == 1);
  }
  for (const double s : {-30.0, -1e300, -kInfinity}) {
    REQUIRE(tracy_widom_distribution(s) == 0);
    REQUIRE(tracy_widom_survival(s) == 1);
    REQUIRE(tracy_widom_unitary_distribution(s) == 0);
  }
  REQUIRE(std::isnan(tracy_widom_distribution(kNan)));
  REQUIRE(std::isnan(tracy_widom_survival(kNan)));
  REQUIRE(std::isnan(tracy_widom_quantile(kNan)));
  REQUIRE(std::isnan(tracy_widom_quantile(1.5)));
  REQUIRE(tracy_widom_quantile(0) == -kInfinity);
  REQUIRE(tracy_widom_quantile(1) == kInfinity);
}

TEST_CASE("quantiles invert the distribution in both tails") {
  for (const double p : {1e-10, 1e-3, 0.3, 0.7, 0.999, 1 - 1e-12}) {
    const double s = tracy_widom_quantile(p);
    const double back = p < 0.5 ? tracy_widom_distribution(s) : 1 - tracy_widom_survival(s);
    REQUIRE(std::fabs(back - p) < 1e-13);
  }
}

TEST_CASE("quantiles of probabilities far below the rounding of a double invert relatively") {
  for (const double p : {1e-300, 1e-100, 1e-20, 1e-12}) {
    const double s = tracy_widom_quantile(p);
    REQUIRE(test::relatively_close(tracy_widom_distribution(s), p, 1e-11));
  }
}

TEST_CASE("Tracy and Widom's law allocates nothing") {
  double sum = 0;
  REQUIRE(test::allocations_of([&] {
            sum += tracy_widom_distribution(-1) + tracy_widom_quantile(0.9) +
                   tracy_widom_unitary_distribution(0);
          }) == 0);
  REQUIRE(sum > 0);
}
