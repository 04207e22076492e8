#include "pinnscope/step/scheme.hpp"

#include "step/step_support.hpp"

using namespace pinnscope;

TEST_CASE("schemes, boundaries and normalisations parse their own names and no other") {
  for (const Scheme scheme : kSchemes) {
    Scheme found = scheme == Scheme::ftcs ? Scheme::rk4 : Scheme::ftcs;
    CHECK(parse(text(scheme), found));
    CHECK(found == scheme);
  }
  for (const Boundary boundary : kBoundaries) {
    Boundary found = boundary == Boundary::periodic ? Boundary::neumann : Boundary::periodic;
    CHECK(parse(text(boundary), found));
    CHECK(found == boundary);
  }
  for (const Normalisation normalisation : kNormalisations) {
    Normalisation found{};
    CHECK(parse(text(normalisation), found));
    CHECK(found == normalisation);
  }
  Scheme scheme = Scheme::rk3;
  CHECK(parse("crank-nicolson", scheme));
  CHECK(scheme == Scheme::crank_nicolson);
  CHECK(parse("crank-nicolson_as-published", scheme));
  CHECK(scheme == Scheme::crank_nicolson_as_published);
  scheme = Scheme::rk3;
  CHECK_FALSE(parse("rk5", scheme));
  CHECK(scheme == Scheme::rk3);
  Boundary boundary = Boundary::outflow;
  CHECK_FALSE(parse("", boundary));
  CHECK(boundary == Boundary::outflow);
}

// The mode cos(k x) of the space-discrete equations decays and turns by exp(lambda t); refined in
// dt at fixed dx, or, where the row says so, at fixed c towards the advected mode itself.
TEST_CASE("every scheme converges in dt with its order") {
  constexpr double kTime = 0.5;
  for (const Scheme scheme : test::kBandSchemes) {
    for (const double theta : {0.5, 0.3, 0.8}) {
      if (!scheme_row(scheme).uses_theta && theta != 0.5) continue;
      const bool joint = scheme_row(scheme).order_at_fixed_c;
      std::array<double, 3> errors{};
      for (std::size_t level = 0; level < errors.size(); ++level) {
        const std::size_t refinement = std::size_t{1} << level;
        const std::size_t cells = joint ? 32 * refinement : 16;
        const std::size_t steps = joint ? 20 * refinement : 100 * refinement;
        const double dx = 1 / static_cast<double>(cells);
        const double dt = kTime / static_cast<double>(steps);
        const double velocity = 0.7;
        const double diffusivity = joint ? 0 : 0.02;
        test::BuiltStepper<double> stepper({.scheme = scheme,
                                            .cells = cells,
                                            .velocity = velocity,
                                            .diffusivity = diffusivity,
                                            .dt = dt,
                                            .dx = dx,
                                            .theta = theta});
        const double wave = 2 * std::numbers::pi * 2;
        std::vector<double> z(cells);
        for (std::size_t i = 0; i < cells; ++i) {
          z[i] = std::cos(wave * dx * static_cast<double>(i));
        }
        for (std::size_t k = 0; k < steps; ++k) REQUIRE(stepper->step(z).ok());
        const double angle = wave * dx;
        const double numerical = scheme == Scheme::upwind ? velocity * dx / 2 : 0;
        const std::complex<double> rate =
            joint ? std::complex<double>(0, -wave * velocity)
                  : std::complex<double>(
                        -2 * (diffusivity + numerical) * (1 - std::cos(angle)) / (dx * dx),
                        -velocity * std::sin(angle) / dx);
        const std::complex<double> factor = std::exp(rate * kTime);
        for (std::size_t i = 0; i < cells; ++i) {
          const auto mode = std::polar(1.0, angle * static_cast<double>(i));
          errors[level] = std::max(errors[level], std::abs(z[i] - (factor * mode).real()));
        }
      }
      const double measured = std::log2(errors[1] / errors[2]);
      INFO(text(scheme) << " theta " << theta << ": order " << measured << ", error " << errors[2]);
      CHECK(std::abs(measured - order(scheme, theta)) < 0.1);
    }
  }
}

TEST_CASE("a scheme's row is what the functions say of it") {
  for (const SchemeRow& row : named<Scheme>()) {
    INFO(row.name);
    CHECK(&scheme_row(row.value) == &row);
    CHECK(order(row.value) == row.order);
    CHECK(order(row.value, 0.25) == (row.uses_theta ? 1 : row.order));
    CHECK(rational_form(row.value, {0.3, 0.2}).exists() != row.propagator);
    CHECK((order(row.value) == 0) == (row.propagator || !row.has_amplification_factor));
    CHECK((row.limit.holds == nullptr) == (row.limit.largest_dt == nullptr));
  }
  CHECK(&scheme_row(static_cast<Scheme>(250)) == &kNoScheme);
}

TEST_CASE("grids that a scheme's row rules out are refused, and no others") {
  for (const SchemeRow& row : named<Scheme>()) {
    for (const Boundary boundary : kBoundaries) {
      for (std::size_t cells = 1; cells < row.least_cells + 3; ++cells) {
        auto config = test::unit_grid<double>(row.value, cells, 0.4, 0.3);
        config.boundary = boundary;
        test::BuiltStepper<double> stepper(config);
        const bool has_ends = boundary != Boundary::periodic;
        const bool ruled_out = (row.periodic_only && has_ends) || cells < row.least_cells;
        std::vector<double> z(cells, 1);
        INFO(row.name << ", " << text(boundary) << ", " << cells << " cells");
        CHECK(stepper->step(z) == (ruled_out ? Status{StatusCode::unsupported} : Status{}));
        if (ruled_out) CHECK(z == std::vector<double>(cells, 1));
      }
    }
  }
}

TEST_CASE("the matrix of a step is circulant where modes have factors, and nowhere else") {
  constexpr std::size_t kCells = 7;
  for (const SchemeRow& row : named<Scheme>()) {
    test::BuiltStepper<double> stepper(test::unit_grid<double>(row.value, kCells, 0.4, 0.3));
    std::vector<double> weights(kCells * kCells);
    std::vector<double> offset(kCells);
    REQUIRE(stepper->matrix({weights.data(), kCells, kCells}, offset).ok());
    double difference = 0;
    for (std::size_t j = 0; j < kCells; ++j) {
      for (std::size_t i = 0; i < kCells; ++i) {
        const double moved = weights[(j + 1) % kCells * kCells + (i + 1) % kCells];
        difference = std::max(difference, std::abs(moved - weights[j * kCells + i]));
      }
    }
    INFO(row.name << ": " << difference);
    CHECK((difference < 1e-14) == row.has_amplification_factor);
  }
}

TEST_CASE("propagators have no error in dt") {
  for (const Scheme scheme : kSchemes) {
    if (!is_propagator(scheme)) continue;
    for (const std::size_t cells : {9u, 16u}) {
      auto config = test::unit_grid<double>(scheme, cells, 0.75, 0.25);
      test::BuiltStepper<double> coarse(config);
      config.dt = 0.25;
      test::BuiltStepper<double> fine(config);
      // A signal without the Nyquist mode, of which `spectral` steps the real part alone.
      std::vector<double> z(cells);
      for (std::size_t i = 0; i < cells; ++i) {
        const double x = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(cells);
        z[i] = 0.3 + std::cos(x) - 0.5 * std::sin(3 * x);
      }
      std::vector<double> twin = z;
      REQUIRE(coarse->step(z).ok());
      for (int k = 0; k < 4; ++k) REQUIRE(fine->step(twin).ok());
      CHECK(test::row_error(twin, z) < 1e-14);
    }
  }
}

TEST_CASE("the spectral propagator moves and damps a wave as the equation does") {
  constexpr std::size_t kCells = 32;
  const double dx = 2 * std::numbers::pi / kCells;
  test::BuiltStepper<double> stepper({.scheme = Scheme::spectral,
                                      .cells = kCells,
                                      .velocity = 1.3,
                                      .diffusivity = 0.4,
                                      .dt = 0.5,
                                      .dx = dx});
  std::vector<double> z(kCells);
  std::vector<double> wanted(kCells);
  for (std::size_t i = 0; i < kCells; ++i) {
    const double x = dx * static_cast<double>(i);
    z[i] = std::sin(3 * x) + 2;
    wanted[i] = std::exp(-0.4 * 9 * 0.5) * std::sin(3 * (x - 1.3 * 0.5)) + 2;
  }
  REQUIRE(stepper->step(z).ok());
  CHECK(test::row_error(z, wanted) < 1e-14);
}

TEST_CASE("upwind and Lax-Wendroff advection at c = 1 move the signal by one cell") {
  for (const Scheme scheme : {Scheme::upwind, Scheme::lax_wendroff}) {
    for (const double c : {1.0, -1.0}) {
      test::BuiltStepper<double> stepper(test::unit_grid<double>(scheme, 9, c, 0));
      const std::vector<double> before = test::random_signal<double>(9, 3);
      std::vector<double> z = before;
      REQUIRE(stepper->step(z).ok());
      for (std::size_t i = 0; i < 9; ++i) CHECK(z[i] == before[c > 0 ? (i + 8) % 9 : (i + 1) % 9]);
    }
  }
}
