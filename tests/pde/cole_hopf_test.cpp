#include "pinnscope/pde/cole_hopf.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

double exact(const SineWave& wave, double t, double x, double viscosity = kBurgersViscosity) {
  BurgersValue value;
  REQUIRE(cole_hopf(wave, viscosity, t, x, value).ok());
  return value.u;
}

}  // namespace

TEST_CASE("Cole-Hopf meets 40-digit quadrature for u0 = sin 2 pi x at t = 0.3") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  double worst = 0;
  for (const auto& row : test::reference_rows(directory, "burgers_viscous_t03.txt")) {
    worst = std::max(worst, std::fabs(exact(kUnitSine, 0.3, row[0]) - row[1]));
  }
  REQUIRE(worst < 1e-13);
}

TEST_CASE("Cole-Hopf meets the reference for u0 = -sin pi x at every time") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  double worst = 0;
  for (const auto& row : test::reference_rows(directory, "burgers_raissi_exact.txt")) {
    worst = std::max(worst, std::fabs(exact(kRaissiSine, row[0], row[1]) - row[2]));
  }
  REQUIRE(worst < 1e-13);
}

TEST_CASE("Cole-Hopf meets known values of both problems") {
  REQUIRE(std::fabs(exact(kRaissiSine, 0.25, -0.75) - 0.430516264181567) < 1e-14);
  REQUIRE(std::fabs(exact(kRaissiSine, 0.25, -0.05) - 0.531597859438819) < 1e-14);
  REQUIRE(std::fabs(exact(kRaissiSine, 0.5, 0.01) - -0.898049642252827) < 1e-14);
  REQUIRE(std::fabs(exact(kRaissiSine, 1, 0.01) - -0.594256167588728) < 1e-14);
  REQUIRE(std::fabs(exact(kUnitSine, 0.3, 0.1) - 0.216153787234832) < 1e-14);
  REQUIRE(std::fabs(exact(kUnitSine, 0.3, 0.495) - 0.595608177400746) < 1e-13);
}

TEST_CASE("the slope in the front is the known one") {
  BurgersValue value;
  REQUIRE(cole_hopf(kUnitSine, kBurgersViscosity, 0.3, 0.5, value).ok());
  REQUIRE(test::relatively_close(value.u_x, -140.57443801637538, 1e-12));
  // Basdevant et al., Computers & Fluids 14, 23 (1986): largest slope 152.00516 at pi t = 1.6037.
  REQUIRE(
      cole_hopf(kRaissiSine, kBurgersViscosity, 1.603688 / 3.14159265358979323846, 0, value).ok());
  REQUIRE(std::fabs(value.u_x - -152.0051616) < 5e-7);
}

TEST_CASE("the slope is the derivative of the solution") {
  for (const double t : {1e-4, 0.05, 0.3, 1.0}) {
    for (const double x : {0.03, 0.2, 0.47, 0.7}) {
      const double h = 1e-5;
      const double difference = (exact(kUnitSine, t, x - 2 * h) - 8 * exact(kUnitSine, t, x - h) +
                                 8 * exact(kUnitSine, t, x + h) - exact(kUnitSine, t, x + 2 * h)) /
                                (12 * h);
      BurgersValue value;
      REQUIRE(cole_hopf(kUnitSine, kBurgersViscosity, t, x, value).ok());
      CAPTURE(t, x);
      REQUIRE(test::close(value.u_x, difference, 1e-7));
    }
  }
}

TEST_CASE("one problem is the other one rescaled") {
  // u(x, t; nu) for sin 2 pi x is u(2x - 1, 2t; 2 nu) for -sin pi x.
  for (const double x : {0.1, 0.3, 0.49, 0.8}) {
    REQUIRE(std::fabs(exact(kUnitSine, 0.3, x) -
                      exact(kRaissiSine, 0.6, 2 * x - 1, 2 * kBurgersViscosity)) < 2e-14);
  }
}

TEST_CASE("Cole-Hopf starts from the initial data and stays there for a moment") {
  REQUIRE(exact(kUnitSine, 0, 0.1) == std::sin(2 * std::numbers::pi * 0.1));
  REQUIRE(std::fabs(exact(kUnitSine, 1e-12, 0.1) - std::sin(2 * std::numbers::pi * 0.1)) < 1e-11);
}

TEST_CASE("Cole-Hopf neither overflows for small viscosity nor stalls for late times") {
  // Beyond the front the solution tends to the inviscid one, u = sin 2 pi y at y = x - u t.
  const double t = 0.1;
  const double y = 0.07;
  const double u = std::sin(2 * std::numbers::pi * y);
  REQUIRE(std::fabs(exact(kUnitSine, t, y + u * t, 1e-7) - u) < 1e-6);
  // Late, one mode of phi is left beside the mean: u = 4 nu k I_1(a) / I_0(a) sin(k x) exp(-nu k^2
  // t) with a = 1 / (2 nu k), up to the square of the exponential.
  const double viscosity = 0.05;
  const double k = 2 * std::numbers::pi;
  const double a = 1 / (2 * viscosity * k);
  const double decay = std::exp(-viscosity * k * k * 5);
  const double late = 4 * viscosity * k * std::cyl_bessel_i(1, a) / std::cyl_bessel_i(0, a) *
                      std::sin(k * 0.3) * decay;
  REQUIRE(test::relatively_close(exact(kUnitSine, 5, 0.3, viscosity), late, 5 * decay));
}

TEST_CASE("Cole-Hopf keeps the symmetry of the sine") {
  for (const double x : {0.1, 0.3, 0.45}) {
    REQUIRE(std::fabs(exact(kUnitSine, 0.3, x) + exact(kUnitSine, 0.3, 1 - x)) < 1e-14);
  }
  REQUIRE(std::fabs(exact(kUnitSine, 0.3, 0)) < 1e-15);
}

TEST_CASE("Cole-Hopf refuses what it cannot solve, and leaves the value") {
  BurgersValue value{7, 7};
  REQUIRE(cole_hopf(kUnitSine, kBurgersViscosity, -1, 0, value).code == StatusCode::out_of_range);
  REQUIRE(cole_hopf(kUnitSine, 0, 1, 0, value).code == StatusCode::out_of_range);
  REQUIRE(cole_hopf(kUnitSine, 1e-12, 1, 0, value).code == StatusCode::out_of_range);
  REQUIRE(cole_hopf(kUnitSine, 1, std::numeric_limits<double>::infinity(), 0, value).code ==
          StatusCode::not_finite);
  REQUIRE(value.u == 7);
  const std::vector<double> x{0, 1};
  std::vector<double> u(1);
  REQUIRE(cole_hopf(kUnitSine, 1, 1, x, u).code == StatusCode::shape_mismatch);
}

TEST_CASE("the slope keeps its digits as t goes to 0") {
  // Taylor in t: u_x = u0' + t (nu u0''' - u0'^2 - u0 u0'') + O(t^2), here below 1e-15.
  const double k = kUnitSine.wavenumber;
  const double t = 1e-9;
  for (const double x : {0.1, 0.45, 0.7}) {
    const double sine = std::sin(k * x);
    const double cosine = std::cos(k * x);
    const double rate =
        -kBurgersViscosity * k * k * k * cosine - k * k * cosine * cosine + k * k * sine * sine;
    BurgersValue value;
    REQUIRE(cole_hopf(kUnitSine, kBurgersViscosity, t, x, value).ok());
    CHECK(test::relatively_close(value.u_x, k * cosine + t * rate, 1e-13));
  }
  for (const double moment : {0.0, 1e-310}) {
    BurgersValue value;
    REQUIRE(cole_hopf(kUnitSine, kBurgersViscosity, moment, 0.1, value).ok());
    CHECK(test::relatively_close(value.u_x, k * std::cos(0.1 * k), 1e-15));
  }
}

TEST_CASE("a time that would take too many points is refused") {
  BurgersValue value{5, 5};
  REQUIRE(cole_hopf(kUnitSine, 1e-8, 1e12, 0.1, value).code == StatusCode::out_of_range);
  REQUIRE(value.u == 5);
}
