#include "pinnscope/pde/pseudo_spectral.hpp"

#include <cmath>
#include <vector>

#include "pinnscope/pde/error_norms.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

std::vector<double> solve(const PseudoSpectral::Config& config, double t) {
  std::vector<std::byte> memory(PseudoSpectral::footprint(config).bytes);
  Arena arena(memory);
  PseudoSpectral solver(config, arena);
  std::vector<double> u(config.modes + 2);
  REQUIRE(solver.solve(kUnitSine, t, u).ok());
  return u;
}

std::vector<double> exact(std::size_t points, double viscosity, double t) {
  std::vector<double> x(points);
  for (std::size_t j = 0; j < points; ++j) {
    x[j] = static_cast<double>(j) / static_cast<double>(points - 1);
  }
  std::vector<double> u(points);
  REQUIRE(cole_hopf(kUnitSine, viscosity, t, x, u).ok());
  return u;
}

}  // namespace

TEST_CASE("98 modes give the published reference, and its error against the exact solution") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  const auto u = solve({}, 0.3);
  double worst = 0;
  std::size_t j = 0;
  for (const auto& row : test::reference_rows(directory, "burgers_viscous_t03.txt")) {
    worst = std::max(worst, std::fabs(u[j++] - row[2]));
  }
  REQUIRE(j == u.size());
  REQUIRE(worst < 1e-9);
}

TEST_CASE("the published reference is off by 1.9e-3 in the mean and 2.6e-2 at the worst") {
  ErrorNorms norms;
  REQUIRE(error_norms(solve({}, 0.3), exact(100, kBurgersViscosity, 0.3), norms).ok());
  REQUIRE(std::fabs(norms.l1 - 1.9e-3) < 5e-5);
  REQUIRE(std::fabs(norms.l_infinity - 2.6e-2) < 5e-4);
}

TEST_CASE("a viscosity that the modes resolve gives the exact solution") {
  ErrorNorms norms;
  const PseudoSpectral::Config config{
      .modes = 60, .viscosity = 0.05, .diffusive_limit = 0.05, .convective_limit = 0.05};
  REQUIRE(error_norms(solve(config, 0.3), exact(62, 0.05, 0.3), norms).ok());
  REQUIRE(norms.l_infinity < 1e-9);
}

TEST_CASE("no time gives the initial data") {
  const auto u = solve({.modes = 9}, 0);
  for (std::size_t j = 0; j < u.size(); ++j) {
    REQUIRE(std::fabs(u[j] - std::sin(2 * std::numbers::pi * static_cast<double>(j) / 10)) < 1e-14);
  }
}

TEST_CASE("the pseudo-spectral solver refuses bad input and reports a run that blew up") {
  const PseudoSpectral::Config config{.modes = 200, .viscosity = 0.01 / std::numbers::pi};
  std::vector<std::byte> memory(PseudoSpectral::footprint(config).bytes);
  Arena arena(memory);
  PseudoSpectral solver(config, arena);
  std::vector<double> u(202);
  REQUIRE(solver.solve(kUnitSine, 0.3, VectorView<double>(u).first(5)).code ==
          StatusCode::shape_mismatch);
  REQUIRE(solver.solve(kUnitSine, -1, u).code == StatusCode::out_of_range);
  // dt = 2.5 dx^2 / nu puts nu (pi N)^2 dt at 24, far beyond Runge-Kutta's 2.785.
  const PseudoSpectral::Config wild{.modes = 200, .viscosity = 0.05, .convective_limit = 1e9};
  Arena again(memory);
  PseudoSpectral unstable(wild, again);
  REQUIRE(unstable.solve(kUnitSine, 0.3, u).code == StatusCode::unstable);
}

TEST_CASE("error norms are those of the definition") {
  ErrorNorms norms;
  REQUIRE(error_norms(std::vector<double>{1, 2, 2}, std::vector<double>{1, 0, 1}, norms).ok());
  REQUIRE(test::close(norms.l1, 1, 1e-15));
  REQUIRE(test::close(norms.l2, std::sqrt(5.0 / 3), 1e-15));
  REQUIRE(test::close(norms.relative_l2, std::sqrt(2.5), 1e-15));
  REQUIRE(norms.l_infinity == 2);
  REQUIRE(error_norms(std::vector<double>{1}, std::vector<double>{1, 2}, norms).code ==
          StatusCode::shape_mismatch);
  REQUIRE(error_norms(std::vector<double>{}, std::vector<double>{}, norms).code ==
          StatusCode::empty_input);
  REQUIRE(error_norms(std::vector<double>{1, NAN}, std::vector<double>{1, 2}, norms) ==
          Status{StatusCode::not_finite, 1});
}

TEST_CASE("error norms of huge and of tiny numbers neither overflow nor vanish") {
  for (const double scale : {1e300, 1e-300}) {
    ErrorNorms norms;
    REQUIRE(error_norms(std::vector<double>{3 * scale, 0, 4 * scale},
                        std::vector<double>{0, 0, 0 * scale}, norms)
                .ok());
    CHECK(test::relatively_close(norms.l1, 7 * (scale / 3), 1e-15));
    CHECK(test::relatively_close(norms.l2, 5 * (scale / std::sqrt(3.0)), 1e-15));
    CHECK(test::relatively_close(norms.l_infinity, 4 * scale, 1e-15));
    REQUIRE(error_norms(std::vector<double>{3 * scale, 4 * scale},
                        std::vector<double>{6 * scale, 8 * scale}, norms)
                .ok());
    CHECK(test::relatively_close(norms.relative_l2, 0.5, 1e-15));
  }
}
