#include "pinnscope/spectra/tracy_widom.hpp"

#include <array>
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

TEST_CASE("moments of Tracy and Widom's law come out of its distribution") {
  double mean = 0;
  double second = 0;
  constexpr int kSteps = 2000;
  constexpr double kStep = 20.0 / kSteps;
  for (int i = 0; i < kSteps; ++i) {  // the midpoint rule converges fast on a smooth decaying curve
    const double s = -10 + (i + 0.5) * kStep;
    const double density = s > 0 ? tracy_widom_survival(s) : -tracy_widom_distribution(s);
    mean += density * kStep;
    second += 2 * s * density * kStep;
  }
  REQUIRE(std::fabs(mean + 1.2065335747) < 1e-6);
  REQUIRE(std::fabs(second - mean * mean - 1.6077810) < 1e-5);
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
  for (const double s : {-20.0, -1e300, -kInfinity}) {
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

TEST_CASE("Tracy and Widom's law allocates nothing") {
  double sum = 0;
  REQUIRE(test::allocations_of([&] {
            sum += tracy_widom_distribution(-1) + tracy_widom_quantile(0.9) +
                   tracy_widom_unitary_distribution(0);
          }) == 0);
  REQUIRE(sum > 0);
}
