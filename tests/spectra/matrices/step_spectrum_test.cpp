#include "pinnscope/spectra/matrices/step_spectrum.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Config = StepSpectrum::Config;

StepStability judge(const Config& config) {
  test::Owned<StepSpectrum> spectrum(config);
  StepStability found;
  INFO(text(config.scheme) << ", " << text(config.boundary) << ", " << config.cells);
  REQUIRE(spectrum->compute(found).ok());
  return found;
}

/// The spectral radius of what the stepper does, column by column, by LAPACK alone.
double radius_of_steps(const Config& config) {
  test::Owned<Stepper<double>> stepper(config);
  const std::size_t n = config.cells;
  std::vector<double> entries(n * n);
  std::vector<double> constant(n);
  REQUIRE(stepper->matrix({entries.data(), n, n}, constant).ok());
  test::Owned<Eigenvalues<double>> eigenvalues({.order = n});
  REQUIRE(eigenvalues->compute(MatrixView<const double>{entries.data(), n, n}).ok());
  double radius = 0;
  for (std::size_t k = 0; k < n; ++k) {
    radius = std::max(radius, std::hypot(eigenvalues->real()[k], eigenvalues->imaginary()[k]));
  }
  return radius;
}

Config drawn(std::uint64_t trial) {
  const Philox random(12, trial);
  const auto choose = [&](std::uint64_t index, std::size_t count) {
    return std::min(count - 1,
                    static_cast<std::size_t>(random.uniform(index) * static_cast<double>(count)));
  };
  Config config;
  config.scheme = kSchemes[choose(0, kSchemes.size())];
  config.boundary = is_periodic_only(config.scheme) ? Boundary::periodic
                                                    : kBoundaries[choose(1, kBoundaries.size())];
  config.cells = least_cells(config.scheme) + choose(2, 9);
  config.velocity = 4 * random.uniform(3) - 2;
  config.diffusivity = trial % 5 == 0 ? 0 : std::pow(10, 3 * random.uniform(4) - 2.5);
  config.dt = std::pow(10, 2 * random.uniform(5) - 1.5);
  config.dx = 0.2 + random.uniform(6);
  config.theta = random.uniform(7);
  return config;
}

}  // namespace

TEST_CASE("no verdict contradicts the spectral radius of the matrix that is run") {
  int unlike_periodic = 0;
  int stable = 0;
  for (std::uint64_t trial = 0; trial < 3000; ++trial) {
    const Config config = drawn(trial);
    const StepStability found = judge(config);
    const double radius = radius_of_steps(config);
    CAPTURE(text(config.scheme), text(config.boundary), config.cells, config.velocity,
            config.diffusivity, config.dt, config.dx, config.theta, radius);
    CHECK(found.verdict != Stability::unknown);
    if (radius > 1 + 1e-6) CHECK(found.verdict == Stability::unstable);
    if (radius < 1 - 1e-6) CHECK(found.verdict == Stability::stable);
    // Eigenvalues of the matrix itself are lost where neighbours pull unequally.
    CHECK(std::abs(found.spectral_radius - radius) < 1e-4 * (1 + radius));
    stable += found.verdict == Stability::stable;
    const bool periodic = is_stable(
        config.scheme, step_numbers(config.velocity, config.diffusivity, config.dt, config.dx),
        config.theta);
    unlike_periodic += std::abs(radius - 1) > 1e-6 && periodic != (radius < 1);
  }
  CHECK(stable > 1000);
  CHECK(unlike_periodic > 30);
}

// With 80 digits: eigenvalues of L by mpmath, G of the largest.
TEST_CASE("spectral radii with ends equal those of 80 digits") {
  struct Case {
    Scheme scheme;
    Boundary boundary;
    std::size_t cells;
    double c, r;
    double radius;
  };
  constexpr std::array kCases{
      Case{Scheme::ftcs, Boundary::outflow, 30, 0.9, 0.05, 1.2649708891873534},
      Case{Scheme::rk4, Boundary::outflow, 30, -2, 0.1, 0.75910366467532085},
      Case{Scheme::crank_nicolson, Boundary::outflow, 24, 4, 0.0625, 0.97406727475964485},
      Case{Scheme::lax_wendroff, Boundary::outflow, 30, 0.75, 0, 0.65927156471370078},
      Case{Scheme::upwind, Boundary::outflow, 30, 1.5, 0.0625, 2.25},
      Case{Scheme::rk4, Boundary::dirichlet, 24, 2.5, 0.0625, 0.88290242583591981},
      Case{Scheme::ftcs, Boundary::neumann, 24, 0.75, 0.125, 1.0266359902965934}};
  for (const Case& known : kCases) {
    const StepStability found = judge({.scheme = known.scheme,
                                       .cells = known.cells,
                                       .velocity = known.c,
                                       .diffusivity = known.r,
                                       .boundary = known.boundary});
    INFO(text(known.scheme) << ", " << text(known.boundary) << ": " << found.spectral_radius);
    CHECK(std::abs(found.spectral_radius / known.radius - 1) < 1e-13);
    CHECK((found.verdict == Stability::unstable) == (known.radius > 1));
  }
}

// At c = 1.2, r = 0.3 eigenvalues of the matrix of 200 cells by LAPACK are off by a third.
TEST_CASE("eigenvalues of long grids with an open end do not drown in rounding") {
  const StepStability short_grid = judge({.scheme = Scheme::rk4,
                                          .cells = 100,
                                          .velocity = 1.2,
                                          .diffusivity = 0.3,
                                          .boundary = Boundary::outflow});
  const StepStability long_grid = judge({.scheme = Scheme::rk4,
                                         .cells = 200,
                                         .velocity = 1.2,
                                         .diffusivity = 0.3,
                                         .boundary = Boundary::outflow});
  CHECK(std::abs(short_grid.spectral_radius - long_grid.spectral_radius) < 5e-5);
  CHECK(std::abs(long_grid.spectral_radius - 0.5671914) < 1e-6);
}

// The published matrix by numpy.linalg.eigvals: 8 cells c = r = 1, 9 cells c = -3, r = 0.1.
TEST_CASE("the published Crank-Nicolson is judged by its matrix, and can be unstable") {
  const Config calm{
      .scheme = Scheme::crank_nicolson_as_published, .cells = 8, .velocity = 1, .diffusivity = 1};
  CHECK(judge(calm).verdict == Stability::stable);
  CHECK(std::abs(judge(calm).spectral_radius - 1) < 1e-13);
  Config wild = calm;
  wild.cells = 9;
  wild.velocity = -3;
  wild.diffusivity = 0.1;
  CHECK(judge(wild).verdict == Stability::unstable);
  CHECK(std::abs(judge(wild).spectral_radius - 7.95287045722311) < 1e-11);
}

TEST_CASE("a step spectrum is refused where the stepper is") {
  StepStability found;
  test::Owned<StepSpectrum> spectrum(
      Config{.scheme = Scheme::spectral, .cells = 8, .velocity = 1, .boundary = Boundary::outflow});
  CHECK(spectrum->compute(found).code == StatusCode::unsupported);
  CHECK(found.verdict == Stability::unknown);
}

TEST_CASE("a propagator's step spectrum is refused where the stepper is, and builds no kernel") {
  const double huge = 1e308;
  for (const Scheme scheme : {Scheme::exact, Scheme::spectral}) {
    for (const Config& config :
         {Config{.scheme = scheme, .cells = 8, .velocity = 1},
          Config{.scheme = scheme, .cells = 8, .velocity = huge, .dt = 10},
          Config{.scheme = scheme, .cells = 8, .velocity = huge},
          Config{.scheme = scheme, .cells = 8, .diffusivity = huge, .dt = 10},
          Config{.scheme = scheme, .cells = 8, .diffusivity = -1},
          Config{.scheme = scheme, .cells = 1, .velocity = 1}}) {
      CAPTURE(text(scheme), config.velocity, config.diffusivity, config.dt, config.cells);
      test::Owned<StepSpectrum> spectrum(config);
      test::Owned<Stepper<double>> stepper(config);
      StepStability found;
      CHECK(spectrum->compute(found) == stepper->status());
    }
    const Config large{.scheme = scheme, .cells = 200000, .velocity = 1, .diffusivity = 0.1};
    CHECK(StepSpectrum::footprint(large).bytes < 1000);
    CHECK(judge(large).spectral_radius == 1);
  }
}

TEST_CASE("a step spectrum uses its footprint and allocates nothing") {
  for (const Scheme scheme : {Scheme::rk4, Scheme::crank_nicolson_as_published}) {
    for (const Boundary boundary : kBoundaries) {
      if (is_periodic_only(scheme) && boundary != Boundary::periodic) continue;
      const Config config{.scheme = scheme,
                          .cells = 19,
                          .velocity = 0.5,
                          .diffusivity = 0.25,
                          .boundary = boundary};
      test::check_footprint<StepSpectrum>(config, [](StepSpectrum& spectrum) {
        StepStability found;
        REQUIRE(spectrum.compute(found).ok());
        REQUIRE(found.verdict == Stability::stable);
      });
      if (!test::counts_allocations()) continue;
      test::Owned<StepSpectrum> spectrum(config);
      StepStability found;
      Status status;
      REQUIRE(test::allocations_of([&] { status = spectrum->compute(found); }) == 0);
      REQUIRE(status.ok());
    }
  }
}
