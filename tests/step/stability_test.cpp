#include "pinnscope/step/stability.hpp"

#include "step/step_support.hpp"

using namespace pinnscope;

namespace {

/// The discrete Fourier transform of a stepped impulse against G, over all modes of the grid.
double symbol_error(Scheme stepped, Scheme expected, StepNumbers numbers, std::size_t cells,
                    double theta) {
  auto config = test::unit_grid<double>(stepped, cells, numbers.c, numbers.r);
  config.theta = theta;
  test::BuiltStepper<double> stepper(config);
  std::vector<double> z(cells);
  z[0] = 1;
  REQUIRE(stepper->step(z).ok());
  double worst = 0;
  double largest = 0;
  for (std::size_t k = 0; k <= cells / 2; ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(cells);
    std::complex<double> transform = 0;
    for (std::size_t j = 0; j < cells; ++j) {
      const auto turn = static_cast<double>(j * k % cells) / static_cast<double>(cells);
      transform += z[j] * std::polar(1.0, -2 * std::numbers::pi * turn);
    }
    std::complex<double> factor = amplification_factor(expected, numbers, angle, theta);
    if (2 * k == cells) factor = factor.real();
    worst = std::max(worst, std::abs(transform - factor));
    largest = std::max(largest, std::abs(factor));
  }
  return worst / std::max(largest, 1.0);
}

struct Draw {
  StepNumbers numbers;
  double theta;
};

Draw draw(std::uint64_t index, double most_c, double most_r) {
  const Philox random(71);
  return {{most_c * (2 * random.uniform(3 * index) - 1), most_r * random.uniform(3 * index + 1)},
          random.uniform(3 * index + 2)};
}

}  // namespace

TEST_CASE("the transform of a stepped impulse is the amplification factor, for every scheme") {
  for (const Scheme scheme : kSchemes) {
    if (!has_amplification_factor(scheme)) continue;
    double worst = 0;
    for (std::uint64_t trial = 0; trial < 40; ++trial) {
      const auto [numbers, theta] = draw(trial, 3, 2);
      worst = std::max(worst, symbol_error(scheme, scheme, numbers, 1 + trial % 19, theta));
    }
    INFO(text(scheme) << ": " << worst);
    CHECK(worst < 1e-13);
  }
}

TEST_CASE("the symbol test detects the published Crank-Nicolson") {
  CHECK(symbol_error(Scheme::crank_nicolson, Scheme::crank_nicolson, {1, 1}, 8, 0.5) < 1e-14);
  CHECK(symbol_error(Scheme::crank_nicolson_as_published, Scheme::crank_nicolson, {1, 1}, 8, 0.5) >
        0.5);
}

TEST_CASE("the published Crank-Nicolson has no amplification factor and is not called stable") {
  const Scheme scheme = Scheme::crank_nicolson_as_published;
  CHECK(std::isnan(amplification_factor(scheme, {1, 1}, 0.5).real()));
  CHECK(std::isnan(amplification_factor(scheme, {1, 1}, 0.5).imag()));
  CHECK(std::isnan(largest_amplification_on_grid(scheme, {1, 1}, 8)));
  CHECK(std::isnan(largest_amplification(scheme, {1, 1})));
  CHECK(std::isnan(largest_stable_dt(scheme, 1, 1, 1)));
  CHECK_FALSE(is_stable(scheme, {1, 1}));
}

TEST_CASE("amplification at the figure's numbers has the known largest values") {
  CHECK(std::abs(largest_amplification(Scheme::ftcs, {1, 1}) - 3) < 1e-14);
  CHECK(std::abs(largest_amplification(Scheme::rk4, {1, 1}) - 5) < 1e-14);
  CHECK(std::abs(largest_amplification(Scheme::crank_nicolson, {1, 1}) - 1) < 1e-14);
  CHECK(std::abs(largest_amplification_on_grid(Scheme::rk4, {1, 1}, 8) - 5) < 1e-14);
  // Without the mode at pi, an odd grid sees less.
  CHECK(largest_amplification_on_grid(Scheme::rk4, {1, 1}, 7) < 4.9);
  CHECK(largest_amplification_on_grid(Scheme::rk4, {1, 1}, 1) == 1);
  CHECK(std::isnan(largest_amplification_on_grid(Scheme::rk4, {1, 1}, 0)));
}

TEST_CASE("stability by closed forms is stability by the largest |G| over all angles") {
  for (const Scheme scheme : kSchemes) {
    if (!has_amplification_factor(scheme)) continue;
    int stable_draws = 0;
    for (std::uint64_t trial = 0; trial < 400; ++trial) {
      const auto [numbers, theta] = draw(1000 + trial, 1.5, 1);
      const bool stable = is_stable(scheme, numbers, theta);
      stable_draws += stable;
      const double largest = largest_amplification(scheme, numbers, theta);
      CAPTURE(text(scheme), numbers.c, numbers.r, theta, largest);
      if (stable) CHECK(largest <= 1 + 1e-12);
      if (!stable) CHECK(largest > 1);
    }
    CHECK(stable_draws > 5);
  }
}

TEST_CASE("stability sets have their published corners") {
  CHECK(is_stable(Scheme::ftcs, {1, 0.5}));
  CHECK_FALSE(is_stable(Scheme::ftcs, {1.001, 0.5}));
  CHECK_FALSE(is_stable(Scheme::ftcs, {0.1, 0}));
  CHECK(is_stable(Scheme::upwind, {-0.5, 0.25}));
  CHECK_FALSE(is_stable(Scheme::upwind, {-0.5, 0.26}));
  CHECK(is_stable(Scheme::lax_wendroff, {-1, 0}));
  CHECK_FALSE(is_stable(Scheme::lax_wendroff, {-1, 0.01}));
  CHECK(is_stable(Scheme::rk2, {0, 0.5}));
  CHECK_FALSE(is_stable(Scheme::rk2, {1, 0.0547}));
  CHECK(is_stable(Scheme::rk2, {1, 0.0548}));
  CHECK(is_stable(Scheme::rk3, {2, 0.0567}));
  CHECK_FALSE(is_stable(Scheme::rk3, {2, 0.0566}));
  CHECK(is_stable(Scheme::rk4, {2.5, 0.4512}));
  CHECK_FALSE(is_stable(Scheme::rk4, {2.5, 0.4513}));
  CHECK_FALSE(is_stable(Scheme::crank_nicolson, {1, -0.1}));
}

TEST_CASE("the largest stable dt has its known values") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double dx = 0.1;
  CHECK(test::relatively_close(largest_stable_dt(Scheme::ftcs, 0, 2, dx), 0.0025, 1e-15));
  CHECK(test::relatively_close(largest_stable_dt(Scheme::ftcs, 20, 0.5, dx), 0.0025, 1e-14));
  CHECK(largest_stable_dt(Scheme::ftcs, 1, 0, dx) == 0);
  CHECK(largest_stable_dt(Scheme::rk2, 1, 0, dx) == 0);
  CHECK(largest_stable_dt(Scheme::theta, 1, 0, dx, 0.25) == 0);
  CHECK(largest_stable_dt(Scheme::theta, 1, 1, dx, 0.5) == infinity);
  for (const Scheme scheme : kSchemes) {
    if (has_amplification_factor(scheme)) CHECK(largest_stable_dt(scheme, 0, 0, dx) == infinity);
  }
  for (const Scheme scheme :
       {Scheme::backward_euler, Scheme::crank_nicolson, Scheme::exact, Scheme::spectral}) {
    CHECK(largest_stable_dt(scheme, 3, 2, dx) == infinity);
  }
  CHECK(test::relatively_close(largest_stable_dt(Scheme::upwind, -4, 0, dx), 0.025, 1e-15));
  CHECK(test::relatively_close(largest_stable_dt(Scheme::lax_wendroff, -4, 0, dx), 0.025, 1e-15));
  // Ends of the real and imaginary axes of the Runge-Kutta regions.
  CHECK(test::relatively_close(largest_stable_dt(Scheme::rk2, 0, 1, 1), 0.5, 1e-12));
  CHECK(test::relatively_close(largest_stable_dt(Scheme::rk3, 0, 1, 1), 2.512745326618329 / 4,
                               1e-12));
  CHECK(test::relatively_close(largest_stable_dt(Scheme::rk4, 0, 1, 1), 2.785293563405282 / 4,
                               1e-12));
  CHECK(test::relatively_close(largest_stable_dt(Scheme::rk3, -1, 0, 1), std::sqrt(3.0), 1e-12));
  CHECK(test::relatively_close(largest_stable_dt(Scheme::rk4, 1, 0, 1), std::sqrt(8.0), 1e-12));
  // Computed with 50 digits.
  CHECK(test::relatively_close(largest_stable_dt(Scheme::rk2, 1, 0.01, 1), 0.532338825586677276,
                               1e-12));
  CHECK(test::relatively_close(largest_stable_dt(Scheme::rk2, 1, 1e-8, 1), 0.00512994783997160993,
                               1e-9));
  CHECK(std::isnan(largest_stable_dt(Scheme::ftcs, 1, -1, dx)));
  CHECK(std::isnan(largest_stable_dt(Scheme::ftcs, 1, 1, 0)));
  CHECK(std::isnan(largest_stable_dt(Scheme::rk4, NAN, 1, 1)));
}

TEST_CASE("a step is stable just below the largest stable dt and unstable just above") {
  for (const Scheme scheme : kSchemes) {
    if (!has_amplification_factor(scheme)) continue;
    for (std::uint64_t trial = 0; trial < 25; ++trial) {
      const Philox random(5, trial);
      const double velocity = 4 * random.uniform(0) - 2;
      const double diffusivity = std::pow(10, 2 * random.uniform(1) - 2);
      const double dx = 0.1 + random.uniform(2);
      const double theta = random.uniform(3);
      const double dt = largest_stable_dt(scheme, velocity, diffusivity, dx, theta);
      if (std::isinf(dt)) continue;
      const auto growth = [&](double factor) {
        const auto numbers = step_numbers(velocity, diffusivity, factor * dt, dx);
        return largest_amplification(scheme, numbers, theta) - 1;
      };
      CAPTURE(text(scheme), velocity, diffusivity, dx, theta, dt);
      CHECK(growth(1 - 1e-9) <= 1e-12);
      CHECK(growth(0.5) <= 1e-12);
      CHECK(growth(0.1) <= 1e-12);
      CHECK(growth(1 + 1e-3) > 1e-12);
    }
  }
}

TEST_CASE("the largest stable dt is stable for every scheme and every size of its numbers") {
  for (const Scheme scheme : kSchemes) {
    if (!has_amplification_factor(scheme)) continue;
    const bool is_slow = rational_form(scheme, {}).degree > 1;
    int finite = 0;
    for (std::uint64_t trial = 0; trial < (is_slow ? 300 : 4000); ++trial) {
      const Philox random(31, trial);
      const double velocity =
          trial % 7 == 0 ? 0 : std::pow(10, 8 * random.uniform(0) - 4) * (trial % 2 == 0 ? 1 : -1);
      const double diffusivity = trial % 7 == 1 ? 0 : std::pow(10, 8 * random.uniform(1) - 4);
      const double dx = std::pow(10, 4 * random.uniform(2) - 3);
      const double theta = random.uniform(3);
      const double dt = largest_stable_dt(scheme, velocity, diffusivity, dx, theta);
      CAPTURE(text(scheme), velocity, diffusivity, dx, theta, dt);
      if (std::isinf(dt) || dt == 0) continue;
      ++finite;
      REQUIRE(is_stable(scheme, step_numbers(velocity, diffusivity, dt, dx), theta));
      REQUIRE(is_stable(scheme, step_numbers(velocity, diffusivity, 0.7 * dt, dx), theta));
      REQUIRE_FALSE(
          is_stable(scheme, step_numbers(velocity, diffusivity, (1 + 1e-6) * dt, dx), theta));
      const auto found = step_stability(scheme, step_numbers(velocity, diffusivity, dt, dx),
                                        Boundary::periodic, 8 + trial % 9, theta);
      REQUIRE(found.verdict == Stability::stable);
      REQUIRE(found.spectral_radius < 1 + 1e-12);
    }
    INFO(text(scheme));
    CHECK(finite >
          (is_propagator(scheme) || rational_form(scheme, {}).implicitness != 0 ? -1 : 200));
  }
}

TEST_CASE("the slack of a verdict is some roundings and not more") {
  const double above = 1 + 1e-14;
  CHECK(is_stable(Scheme::ftcs, {0, 0.5 * (1 + 1e-15)}));
  CHECK_FALSE(is_stable(Scheme::ftcs, {0, 0.5 * above}));
  CHECK_FALSE(is_stable(Scheme::ftcs, {above, 0.5}));
  CHECK_FALSE(is_stable(Scheme::upwind, {above, 0}));
  CHECK_FALSE(is_stable(Scheme::lax_wendroff, {above, 0}));
  CHECK_FALSE(is_stable(Scheme::theta, {0, above}, 0.25));
  // Growth far below a rounding of |G|.
  CHECK_FALSE(is_stable(Scheme::ftcs, {1e-9, 0}));
  CHECK_FALSE(is_stable(Scheme::rk2, {1e-5, 0}));
  const auto judge = [](Scheme scheme, StepNumbers numbers, Boundary boundary) {
    return step_stability(scheme, numbers, boundary, 9).verdict;
  };
  CHECK(judge(Scheme::ftcs, {1e-9, 0}, Boundary::periodic) == Stability::unstable);
  CHECK(judge(Scheme::ftcs, {1e-9, 0}, Boundary::dirichlet) == Stability::unstable);
  CHECK(judge(Scheme::rk2, {1e-5, 0}, Boundary::neumann) == Stability::unstable);
  CHECK(judge(Scheme::crank_nicolson, {1e9, 0}, Boundary::periodic) == Stability::stable);
  CHECK(judge(Scheme::rk4, {1e-5, 0}, Boundary::neumann) == Stability::stable);
}

// L z = lambda z row by row, for vectors of which the closed forms are the eigenvalues.
TEST_CASE("ends make steps stable that a periodic grid amplifies, and the other way round") {
  // c^2 > 2r: modes on a circle grow; between held ends they leave before.
  CHECK_FALSE(is_stable(Scheme::ftcs, {0.5, 0.1}));
  CHECK(step_stability(Scheme::ftcs, {0.5, 0.1}, Boundary::dirichlet, 20).verdict ==
        Stability::stable);
  CHECK(step_stability(Scheme::ftcs, {0.5, 0.1}, Boundary::periodic, 20).verdict ==
        Stability::unstable);
  // An odd grid has no mode at pi, the one of held ends has.
  const StepNumbers numbers{0, 0.505};
  CHECK(step_stability(Scheme::ftcs, numbers, Boundary::periodic, 5).verdict == Stability::stable);
  CHECK(step_stability(Scheme::ftcs, numbers, Boundary::dirichlet, 5).verdict ==
        Stability::unstable);
  CHECK(step_stability(Scheme::ftcs, numbers, Boundary::neumann, 5).verdict == Stability::stable);
}

TEST_CASE("eigenvalues that share an eigenvector are found where the spectral radius is 1") {
  // Advection between zero-gradient ends with an even number of cells: two eigenvalues 0 of L, one
  // eigenvector. The signal grows in proportion to the steps.
  for (const Boundary boundary : {Boundary::dirichlet, Boundary::neumann}) {
    const auto even = step_stability(Scheme::crank_nicolson, {1, 0}, boundary, 8);
    CHECK(even.is_defective);
    CHECK(even.verdict == Stability::unstable);
    CHECK(std::abs(even.spectral_radius - 1) < 1e-15);
    const auto odd = step_stability(Scheme::crank_nicolson, {1, 0}, boundary, 7);
    CHECK_FALSE(odd.is_defective);
    CHECK(odd.verdict == Stability::stable);
    auto config = test::unit_grid<double>(Scheme::crank_nicolson, 8, 1, 0);
    config.boundary = boundary;
    test::BuiltStepper<double> stepper(config);
    std::vector<double> z = test::random_signal<double>(8, 1);
    double largest = 0;
    for (int k = 0; k < 10000; ++k) REQUIRE(stepper->step(z).ok());
    for (const double value : z) largest = std::max(largest, std::abs(value));
    CHECK(largest > 100);
  }
  // All eigenvalues but one in one block: twice the step that moves a signal by a cell.
  CHECK(step_stability(Scheme::upwind, {2, 0}, Boundary::neumann, 9).is_defective);
  CHECK(step_stability(Scheme::upwind, {1.9, 0}, Boundary::neumann, 9).verdict ==
        Stability::stable);
}

TEST_CASE("what has no closed form is unknown and not stable") {
  CHECK(step_stability(Scheme::rk4, {0.1, 0.1}, Boundary::outflow, 9).verdict ==
        Stability::unknown);
  CHECK(
      step_stability(Scheme::crank_nicolson_as_published, {1, 1}, Boundary::periodic, 8).verdict ==
      Stability::unknown);
  CHECK(step_stability(Scheme::exact, {1, 1}, Boundary::dirichlet, 8).verdict ==
        Stability::unknown);
  CHECK(step_stability(Scheme::ftcs, {0, 0.1}, Boundary::periodic, 0).verdict ==
        Stability::unknown);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(step_stability(Scheme::ftcs, {nan, 0.1}, Boundary::periodic, 8).verdict ==
        Stability::unknown);
}

TEST_CASE("a scheme that nobody gave a form is refused, and never stable") {
  const auto unknown = static_cast<Scheme>(250);
  CHECK(std::isnan(rational_form(unknown, {0.1, 0.1}).centre));
  CHECK_FALSE(is_stable(unknown, {0.1, 0.1}));
  CHECK(std::isnan(largest_stable_dt(unknown, 1, 1, 1)));
  CHECK(std::isnan(amplification_factor(unknown, {0.1, 0.1}, 0.3).real()));
  for (const Boundary boundary : kBoundaries) {
    CHECK(step_stability(unknown, {0.1, 0.1}, boundary, 8).verdict == Stability::unknown);
  }
  test::BuiltStepper<double> stepper(test::unit_grid<double>(unknown, 8, 0.1, 0.1));
  CHECK(stepper->status().code == StatusCode::unsupported);
}
