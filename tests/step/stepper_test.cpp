#include "pinnscope/step/stepper.hpp"

#include <limits>

#include "step/step_support.hpp"

using namespace pinnscope;

namespace {

using Config = Stepper<double>::Config;
using Vector = std::vector<double>;

/// The space-discrete equations dt z_t = L z + g written row by row with explicit ghosts: the plain
/// twin of the steppers, out of place.
struct Twin {
  test::Dense matrix;
  Vector affine;

  explicit Twin(const Config& config) : matrix(config.cells), affine(config.cells) {
    const double c = config.velocity * config.dt / config.dx;
    double r = config.diffusivity * config.dt / (config.dx * config.dx);
    if (config.scheme == Scheme::upwind) r += std::abs(c) / 2;
    if (config.scheme == Scheme::lax_wendroff) r += c * c / 2;
    const std::size_t n = config.cells;
    for (std::size_t i = 0; i < n; ++i) {
      matrix(i, i) += -2 * r;
      if (i > 0) matrix(i, i - 1) += r + c / 2;
      if (i + 1 < n) matrix(i, i + 1) += r - c / 2;
    }
    const std::size_t end = n - 1;
    add_ghost(config, 0, n > 1 ? 1 : 0, end, r + c / 2, config.left, config.velocity < 0);
    add_ghost(config, end, n > 1 ? end - 1 : 0, 0, r - c / 2, config.right, config.velocity > 0);
  }

  void add_ghost(const Config& config, std::size_t row, std::size_t inner, std::size_t opposite,
                 double weight, double value, bool open_end) {
    const bool outflow = config.boundary == Boundary::outflow;
    const bool moving = config.velocity != 0;
    if (config.boundary == Boundary::periodic) {
      matrix(row, opposite) += weight;
    } else if (config.boundary == Boundary::dirichlet || (outflow && moving && !open_end)) {
      affine[row] += 2 * value * weight;
      matrix(row, row) -= weight;
    } else if (outflow && moving) {
      matrix(row, row) += 2 * weight;
      matrix(row, inner) -= weight;
    } else {
      matrix(row, row) += weight;
    }
  }

  Vector rate(const Vector& z) const { return plus(matrix.times(z), 1, affine); }

  static Vector plus(Vector a, double factor, const Vector& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += factor * b[i];
    return a;
  }

  static Vector mean(double weight, const Vector& a, const Vector& b) {
    Vector result(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) result[i] = (1 - weight) * a[i] + weight * b[i];
    return result;
  }

  /// (1 - q L) x = z + (1 - q) (L z + g) + q g.
  Vector implicit(double q, const Vector& z) const {
    test::Dense left(z.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
      for (std::size_t j = 0; j < z.size(); ++j) {
        left(i, j) = (i == j ? 1.0 : 0.0) - q * matrix(i, j);
      }
    }
    return left.solve(plus(plus(z, 1 - q, rate(z)), q, affine));
  }

  Vector step(const Config& config, const Vector& z) const {
    const Vector k1 = rate(z);
    switch (config.scheme) {
      case Scheme::backward_euler: return implicit(1, z);
      case Scheme::crank_nicolson: return implicit(0.5, z);
      case Scheme::theta: return implicit(config.theta, z);
      case Scheme::rk2: {  // Heun
        const Vector k2 = rate(plus(z, 1, k1));
        return plus(plus(z, 0.5, k1), 0.5, k2);
      }
      case Scheme::rk3: {  // Shu and Osher
        const Vector u1 = plus(z, 1, k1);
        const Vector u2 = mean(0.25, z, plus(u1, 1, rate(u1)));
        return mean(2.0 / 3, z, plus(u2, 1, rate(u2)));
      }
      case Scheme::rk4: {  // Kutta
        const Vector k2 = rate(plus(z, 0.5, k1));
        const Vector k3 = rate(plus(z, 0.5, k2));
        const Vector k4 = rate(plus(z, 1, k3));
        return plus(plus(plus(plus(z, 1.0 / 6, k1), 1.0 / 3, k2), 1.0 / 3, k3), 1.0 / 6, k4);
      }
      case Scheme::ftcs:
      case Scheme::upwind:
      case Scheme::lax_wendroff: return plus(z, 1, k1);
      case Scheme::crank_nicolson_as_published:
      case Scheme::exact:
      case Scheme::spectral: break;
    }
    return {};
  }
};

Config moving_grid(Scheme scheme, Boundary boundary, std::size_t cells, double velocity) {
  return {.scheme = scheme,
          .cells = cells,
          .velocity = velocity,
          .diffusivity = 0.3,
          .dt = 0.2,
          .dx = 0.4,
          .boundary = boundary,
          .left = 0.7,
          .right = -0.4,
          .theta = 0.3};
}

std::vector<std::size_t> twin_sizes() {
  std::vector<std::size_t> sizes;
  for (std::size_t n = 1; n <= 17; ++n) sizes.push_back(n);
  for (const std::size_t n : {63u, 64u, 65u}) sizes.push_back(n);
  return sizes;
}

double sum(const Vector& z) {
  double total = 0;
  for (const double value : z) total += value;
  return total;
}

}  // namespace

TEST_CASE("a step in place equals the dense twin for every scheme, boundary and size") {
  for (const Scheme scheme : test::kBandSchemes) {
    for (const Boundary boundary : kBoundaries) {
      double worst = 0;
      for (const std::size_t cells : twin_sizes()) {
        for (const double velocity : {0.9, -1.6, 0.0}) {
          const Config config = moving_grid(scheme, boundary, cells, velocity);
          test::BuiltStepper<double> stepper(config);
          const Twin twin(config);
          Vector z = test::random_signal<double>(cells, cells);
          Vector expected = z;
          for (int k = 0; k < 3; ++k) {
            REQUIRE(stepper->step(z).ok());
            expected = twin.step(config, expected);
          }
          worst = std::max(worst, test::row_error(z, expected));
        }
      }
      INFO(text(scheme) << ", " << text(boundary) << ": " << worst);
      CHECK(worst < 2e-14);
    }
  }
}

TEST_CASE("a signal longer than the stack's block is stepped without a seam") {
  for (const Scheme scheme : test::kBandSchemes) {
    for (const Boundary boundary : {Boundary::periodic, Boundary::outflow}) {
      double worst = 0;
      for (const std::size_t cells : {255u, 256u, 257u, 259u}) {
        const Config config = moving_grid(scheme, boundary, cells, 0.9);
        test::BuiltStepper<double> stepper(config);
        Vector z = test::random_signal<double>(cells, 2);
        const Vector expected = Twin(config).step(config, z);
        REQUIRE(stepper->step(z).ok());
        worst = std::max(worst, test::row_error(z, expected));
      }
      INFO(text(scheme) << ", " << text(boundary) << ": " << worst);
      CHECK(worst < 2e-14);
    }
  }
}

TEST_CASE("the propagators of small grids are the circulants of their symbols") {
  for (const Scheme scheme : {Scheme::exact, Scheme::spectral}) {
    test::BuiltStepper<double> one(test::unit_grid<double>(scheme, 1, 0.5, 0.2));
    Vector single{3};
    REQUIRE(one->step(single).ok());
    CHECK(single[0] == 3);
    test::BuiltStepper<double> two(test::unit_grid<double>(scheme, 2, 0.5, 0.2));
    Vector pair{1, 0};
    REQUIRE(two->step(pair).ok());
    const double factor = amplification_factor(scheme, {0.5, 0.2}, std::numbers::pi).real();
    CHECK(std::abs(pair[0] - (1 + factor) / 2) < 1e-15);
    CHECK(std::abs(pair[1] - (1 - factor) / 2) < 1e-15);
  }
}

namespace {

/// The matrix of a step of the published Crank-Nicolson, B and A filled entry by entry as its
/// notebook fills them, column by column of A^{-1} B.
test::Dense published_crank_nicolson(std::size_t cells, double c, double r) {
  test::Dense left(cells);
  test::Dense right(cells);
  for (std::size_t i = 0; i < cells; ++i) {
    const std::size_t before = (i + cells - 1) % cells;
    const std::size_t behind = (i + 1) % cells;
    const bool last = i + 1 == cells;
    const double to_before = (last ? r - c / 2 : r + c / 2) / 2;
    const double to_behind = (last ? r + c / 2 : r - c / 2) / 2;
    left(i, i) = 1 + r;
    left(i, before) = to_before;
    left(i, behind) = to_behind;
    right(i, i) = 1 - r;
    right(i, before) = -to_before;
    right(i, behind) = -to_behind;
  }
  test::Dense step(cells);
  for (std::size_t j = 0; j < cells; ++j) {
    Vector column(cells);
    for (std::size_t i = 0; i < cells; ++i) column[i] = right(i, j);
    column = left.solve(column);
    for (std::size_t i = 0; i < cells; ++i) step(i, j) = column[i];
  }
  return step;
}

}  // namespace

TEST_CASE("the published Crank-Nicolson equals its dense twin for every number of cells") {
  for (const std::size_t cells : {3u, 4u, 5u, 8u, 9u, 64u, 65u, 257u}) {
    for (const auto& [c, r] : {StepNumbers{1, 1}, StepNumbers{-0.7, 0.2}, StepNumbers{2, 0.1},
                               StepNumbers{0, 0.6}, StepNumbers{0.5, 0}}) {
      test::BuiltStepper<double> stepper(
          test::unit_grid<double>(Scheme::crank_nicolson_as_published, cells, c, r));
      const test::Dense twin = published_crank_nicolson(cells, c, r);
      Vector z = test::random_signal<double>(cells, cells);
      Vector expected = z;
      for (int k = 0; k < 3; ++k) {
        REQUIRE(stepper->step(z).ok());
        expected = twin.times(expected);
      }
      CAPTURE(cells, c, r);
      CHECK(test::row_error(z, expected) < 1e-13);
    }
  }
}

// The 2-norm and the limit from numpy.linalg.norm and 4000 multiplications of the same matrix.
TEST_CASE("the published Crank-Nicolson stretches signals and settles on the checkerboard") {
  test::BuiltStepper<double> stepper(
      test::unit_grid<double>(Scheme::crank_nicolson_as_published, 8, 1, 1));
  Vector weights(64);
  Vector offset(8);
  const MatrixView<double> matrix(weights.data(), 8, 8);
  REQUIRE(stepper->matrix(matrix, offset).ok());
  Vector v(8, 1);
  v[3] = 2;
  double square = 0;
  for (int k = 0; k < 300; ++k) {  // power iteration with W^T W
    Vector w(8);
    for (std::size_t i = 0; i < 8; ++i) {
      for (std::size_t j = 0; j < 8; ++j) w[i] += matrix(i, j) * v[j];
    }
    square = 0;
    for (std::size_t j = 0; j < 8; ++j) {
      v[j] = 0;
      for (std::size_t i = 0; i < 8; ++i) v[j] += matrix(i, j) * w[i];
      square += v[j] * v[j];
    }
    square = std::sqrt(square);
    for (double& value : v) value /= square;
  }
  CHECK(std::abs(std::sqrt(square) - 1.056788558116982) < 1e-13);
  CHECK(matrix(0, 1) != matrix(1, 2));  // not circulant

  Vector z = test::figure_signal();
  for (int k = 0; k < 200; ++k) REQUIRE(stepper->step(z).ok());
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(std::abs(z[i] - (i % 2 == 0 ? 1 : -1) * 0.0807137) < 1e-7);
  }
}

TEST_CASE("the published Crank-Nicolson needs three cells and a periodic grid") {
  const Scheme scheme = Scheme::crank_nicolson_as_published;
  for (const std::size_t cells : {1u, 2u}) {
    test::BuiltStepper<double> stepper(test::unit_grid<double>(scheme, cells, 1, 1));
    CHECK(stepper->status().code == StatusCode::unsupported);
  }
  auto config = test::unit_grid<double>(scheme, 8, 1, 1);
  config.boundary = Boundary::neumann;
  CHECK(test::BuiltStepper<double>(config)->status().code == StatusCode::unsupported);
}

TEST_CASE("ends that nobody gave a closure are refused, and not taken for others") {
  for (const Scheme scheme : test::kBandSchemes) {
    auto config = test::unit_grid<double>(scheme, 8, 0.1, 0.1);
    config.boundary = static_cast<Boundary>(250);
    test::BuiltStepper<double> stepper(config);
    CHECK(stepper->status().code == StatusCode::unsupported);
    Vector z(8, 1);
    CHECK(stepper->step(z).code == StatusCode::unsupported);
    CHECK(z == Vector(8, 1));
  }
  double log_norm = 0;
  Vector z(8, 1);
  CHECK(normalise(static_cast<Normalisation>(250), VectorView<double>(z), log_norm).code ==
        StatusCode::unsupported);
  CHECK(z == Vector(8, 1));
}

TEST_CASE("every scheme conserves the sum on a periodic grid") {
  for (const Scheme scheme : kSchemes) {
    if (!has_amplification_factor(scheme)) continue;
    test::BuiltStepper<double> stepper(test::unit_grid<double>(scheme, 50, 0.4, 0.3));
    Vector z = test::random_signal<double>(50, 8);
    const double before = sum(z);
    for (int k = 0; k < 100; ++k) REQUIRE(stepper->step(z).ok());
    INFO(text(scheme));
    CHECK(std::abs(sum(z) - before) < 1e-13);
  }
}

TEST_CASE("diffusion with zero-gradient ends conserves the sum and ends in the mean") {
  for (const Scheme scheme : test::kBandSchemes) {
    Config config = test::unit_grid<double>(scheme, 12, 0, 0.3);
    config.boundary = Boundary::neumann;
    test::BuiltStepper<double> stepper(config);
    Vector z = test::random_signal<double>(12, 9);
    const double mean = sum(z) / 12;
    for (int k = 0; k < 2000; ++k) REQUIRE(stepper->step(z).ok());
    INFO(text(scheme));
    for (const double value : z) CHECK(std::abs(value - mean) < 1e-13);
  }
}

TEST_CASE("a signal stays positive where that is proven") {
  // |c| <= 2r <= 1: ftcs; |c| + 2r <= 1: upwind; |c| <= 2r: backward_euler; and 2r (1 - q) <= 1:
  // theta.
  struct Case {
    Scheme scheme;
    StepNumbers numbers;
  };
  constexpr std::array kCases{Case{Scheme::ftcs, {1, 0.5}},    Case{Scheme::upwind, {-0.6, 0.2}},
                              Case{Scheme::upwind, {1, 0}},    Case{Scheme::backward_euler, {8, 4}},
                              Case{Scheme::theta, {0.9, 0.7}}, Case{Scheme::crank_nicolson, {2, 1}},
                              Case{Scheme::exact, {0.4, 0.2}}};
  for (const auto& [scheme, numbers] : kCases) {
    Config config = test::unit_grid<double>(scheme, 30, numbers.c, numbers.r);
    config.theta = 0.3;
    test::BuiltStepper<double> stepper(config);
    Vector z(30);
    z[3] = 1;
    z[17] = 2;
    double least = 0;
    double most = 0;
    for (int k = 0; k < 50; ++k) {
      REQUIRE(stepper->step(z).ok());
      least = std::min(least, *std::min_element(z.begin(), z.end()));
      most = std::max(most, *std::max_element(z.begin(), z.end()));
    }
    INFO(text(scheme));
    CHECK(least >= -1e-15);
    CHECK(most <= 2 + 1e-14);
  }
}

TEST_CASE("diffusion between given values ends in the straight line through the faces") {
  for (const Scheme scheme : test::kBandSchemes) {
    Config config = test::unit_grid<double>(scheme, 10, 0, 0.3);
    config.boundary = Boundary::dirichlet;
    config.left = 1;
    config.right = 3;
    test::BuiltStepper<double> stepper(config);
    Vector z = test::random_signal<double>(10, 4);
    for (int k = 0; k < 2000; ++k) REQUIRE(stepper->step(z).ok());
    INFO(text(scheme));
    for (std::size_t i = 0; i < 10; ++i) {
      const double x = (static_cast<double>(i) + 0.5) / 10;
      CHECK(std::abs(z[i] - (1 + 2 * x)) < 1e-12);
    }
  }
}

TEST_CASE("a pulse leaves through the outflow end, whichever that is") {
  for (const Scheme scheme : test::kBandSchemes) {
    for (const double velocity : {0.5, -0.5}) {
      Config config = test::unit_grid<double>(scheme, 60, velocity, 0.2);
      config.boundary = Boundary::outflow;
      test::BuiltStepper<double> stepper(config);
      Vector z(60);
      for (std::size_t i = 0; i < 60; ++i) {
        const double x = (static_cast<double>(i) - 29.5) / 4;
        z[i] = std::exp(-x * x);
      }
      double largest = 0;
      for (int k = 0; k < 300; ++k) {
        REQUIRE(stepper->step(z).ok());
        for (const double value : z) largest = std::max(largest, std::abs(value));
      }
      INFO(text(scheme) << ", U = " << velocity);
      CHECK(largest <= 1);
      for (const double value : z) CHECK(std::abs(value) < 1e-4);
    }
  }
}

TEST_CASE("float steps follow double steps") {
  for (const Scheme scheme : kSchemes) {
    for (const Boundary boundary : kBoundaries) {
      if (is_periodic_only(scheme) && boundary != Boundary::periodic) continue;
      test::BuiltStepper<double> wide({.scheme = scheme,
                                       .cells = 33,
                                       .velocity = 0.4,
                                       .diffusivity = 0.3,
                                       .boundary = boundary});
      test::BuiltStepper<float> narrow({.scheme = scheme,
                                        .cells = 33,
                                        .velocity = 0.4,
                                        .diffusivity = 0.3,
                                        .boundary = boundary});
      auto z = test::random_signal<float>(33, 6);
      Vector twin(z.begin(), z.end());
      for (int k = 0; k < 5; ++k) {
        REQUIRE(wide->step(twin).ok());
        REQUIRE(narrow->step(z).ok());
      }
      INFO(text(scheme) << ", " << text(boundary));
      CHECK(test::row_error(z, twin) < 3e-6);
    }
  }
}

TEMPLATE_TEST_CASE("a run has the bits of as many steps for every scheme, size and number of steps",
                   "", float, double) {
  for (const Scheme scheme : test::kBandSchemes) {
    for (const std::size_t cells :
         {1u, 2u, 3u, 7u, 16u, 63u, 64u, 65u, 130u, 1535u, 1537u, 3100u}) {
      test::BuiltStepper<TestType> stepper(test::unit_grid<TestType>(scheme, cells, 0.3, 0.2));
      for (const std::size_t steps : {0u, 1u, 2u, 5u, 16u, 17u, 64u, 65u, 131u}) {
        auto one_by_one = test::random_signal<TestType>(cells, 5);
        auto at_once = one_by_one;
        for (std::size_t k = 0; k < steps; ++k) REQUIRE(stepper->step(one_by_one).ok());
        REQUIRE(stepper->run(at_once, steps).ok());
        CAPTURE(text(scheme), cells, steps);
        REQUIRE(at_once == one_by_one);
      }
    }
  }
}

TEST_CASE("a run with ends and normalisation has the bits of as many steps") {
  for (const Normalisation normalisation : kNormalisations) {
    Config config = test::unit_grid<double>(Scheme::rk4, 37, 0.3, 0.2);
    config.boundary = Boundary::dirichlet;
    config.left = 1;
    config.normalise = normalisation;
    test::BuiltStepper<double> stepper(config);
    Vector one_by_one = test::random_signal<double>(37, 5);
    Vector at_once = one_by_one;
    for (int k = 0; k < 9; ++k) REQUIRE(stepper->step(one_by_one).ok());
    const double log_norm = stepper->log_norm();
    stepper->reset_log_norm();
    REQUIRE(stepper->run(at_once, 9).ok());
    REQUIRE(at_once == one_by_one);
    REQUIRE(stepper->log_norm() == log_norm);
  }
}

TEST_CASE("a cell's bits do not depend on its place on a periodic grid") {
  const std::size_t cells = 3 * 1536 + 17;
  test::BuiltStepper<double> stepper(test::unit_grid<double>(Scheme::rk4, cells, 0.3, 0.2));
  Vector z = test::random_signal<double>(cells, 6);
  Vector turned(z.begin() + 1000, z.end());
  turned.insert(turned.end(), z.begin(), z.begin() + 1000);
  REQUIRE(stepper->run(z, 21).ok());
  REQUIRE(stepper->run(turned, 21).ok());
  std::rotate(z.begin(), z.begin() + 1000, z.end());
  REQUIRE(z == turned);
}

TEST_CASE("a long run equals powers of its symbol mode by mode") {
  const std::size_t cells = 5000;
  const auto config = test::unit_grid<double>(Scheme::rk4, cells, 0.4, 0.3);
  test::BuiltStepper<double> stepper(config);
  const std::size_t mode = 37;
  const double turn = 2 * std::numbers::pi * static_cast<double>(mode) / static_cast<double>(cells);
  Vector z(cells);
  for (std::size_t i = 0; i < cells; ++i) z[i] = std::cos(turn * static_cast<double>(i));
  REQUIRE(stepper->run(z, 300).ok());
  const std::complex<double> factor =
      std::pow(amplification_factor(Scheme::rk4, stepper->numbers(), turn, 0.5), 300.0);
  for (std::size_t i = 0; i < cells; ++i) {
    const double expected = (factor * std::polar(1.0, turn * static_cast<double>(i))).real();
    REQUIRE(std::abs(z[i] - expected) < 1e-12);
  }
}

TEST_CASE("an unstable run says where it has overflowed, and one of another size is refused") {
  test::BuiltStepper<double> stepper(test::unit_grid<double>(Scheme::ftcs, 100, 0, 5));
  Vector z = test::random_signal<double>(100, 1);
  REQUIRE(stepper->run(z, 2000).code == StatusCode::not_finite);
  Vector other(99, 1.0);
  REQUIRE(stepper->run(other, 3).code == StatusCode::shape_mismatch);
  REQUIRE(other == Vector(99, 1.0));
}

TEST_CASE("no step allocates") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  for (const Scheme scheme : kSchemes) {
    for (const Boundary boundary : kBoundaries) {
      if (is_periodic_only(scheme) && boundary != Boundary::periodic) continue;
      Config config = moving_grid(scheme, boundary, 40, 0.9);
      config.normalise = Normalisation::l1;
      test::BuiltStepper<double> stepper(config);
      Vector z = test::random_signal<double>(40, 1);
      Vector weights(1600);
      Status status;
      REQUIRE(test::allocations_of([&] { status = stepper->step(z); }) == 0);
      REQUIRE(status.ok());
      REQUIRE(test::allocations_of([&] { status = stepper->run(z, 3); }) == 0);
      REQUIRE(status.ok());
      REQUIRE(test::allocations_of([&] {
                status = stepper->matrix({weights.data(), 40, 40}, z);
              }) == 0);
      REQUIRE(status.ok());
    }
    double dt = 0;
    REQUIRE(test::allocations_of([&] { dt = largest_stable_dt(scheme, 1, 0.5, 0.1); }) == 0);
    REQUIRE((dt > 0) == has_amplification_factor(scheme));
  }
}

TEST_CASE("the matrix of a stepper does what its step does") {
  for (const Scheme scheme : kSchemes) {
    for (const Boundary boundary : kBoundaries) {
      if (is_periodic_only(scheme) && boundary != Boundary::periodic) continue;
      test::BuiltStepper<double> stepper(moving_grid(scheme, boundary, 9, 0.9));
      Vector weights(81);
      Vector offset(9);
      REQUIRE(stepper->matrix({weights.data(), 9, 9}, offset).ok());
      test::Owned<LayerChain<double>> chain({.width = 9,
                                             .activation = Activation::identity,
                                             .orientation = LayerOrientation::weights_first});
      Vector z = test::random_signal<double>(9, 7);
      Vector twin = z;
      REQUIRE(stepper->step(z).ok());
      REQUIRE(chain->step({weights.data(), 9, 9}, offset, twin).ok());
      INFO(text(scheme) << ", " << text(boundary));
      CHECK(test::row_error(twin, z) < 1e-14);
    }
  }
}

TEST_CASE("a stepper with a bad configuration says why and leaves the signal alone") {
  const double infinity = std::numeric_limits<double>::infinity();
  const Config good = test::unit_grid<double>(Scheme::crank_nicolson, 4, 1, 1);
  const auto outcome = [](const Config& config) {
    test::BuiltStepper<double> stepper(config);
    Vector z{1, 2, 3, 4};
    const Status status = stepper->step(z);
    CHECK(status == stepper->status());
    CHECK(z == Vector{1, 2, 3, 4});
    Vector weights(16);
    CHECK(stepper->matrix({weights.data(), 4, 4}, z) == status);
    return status.code;
  };
  const auto changed = [&good](auto change) {
    Config config = good;
    change(config);
    return config;
  };
  CHECK(outcome(changed([](Config& c) { c.cells = 0; })) == StatusCode::empty_input);
  CHECK(outcome(changed([](Config& c) { c.velocity = NAN; })) == StatusCode::not_finite);
  CHECK(outcome(changed([&](Config& c) { c.diffusivity = infinity; })) == StatusCode::not_finite);
  CHECK(outcome(changed([](Config& c) { c.left = NAN; })) == StatusCode::not_finite);
  CHECK(outcome(changed([](Config& c) { c.theta = NAN; })) == StatusCode::not_finite);
  CHECK(outcome(changed([](Config& c) { c.dx = 0; })) == StatusCode::out_of_range);
  CHECK(outcome(changed([](Config& c) { c.dx = -1; })) == StatusCode::out_of_range);
  CHECK(outcome(changed([](Config& c) { c.dt = 0; })) == StatusCode::out_of_range);
  CHECK(outcome(changed([](Config& c) { c.diffusivity = -1; })) == StatusCode::out_of_range);
  CHECK(outcome(changed([](Config& c) { c.theta = 1.5; })) == StatusCode::out_of_range);
  CHECK(outcome(changed([](Config& c) { c.dt = 1e300; })) == StatusCode::out_of_range);
  for (const Scheme scheme : kSchemes) {
    const auto huge = [&](Config& c) {
      c.scheme = scheme;
      c.dt = 1e308;
      c.dx = 1e-308;
    };
    INFO(text(scheme));
    CHECK(outcome(changed(huge)) == StatusCode::out_of_range);
    const auto held = [&](Config& c) {
      c.scheme = scheme;
      c.boundary = Boundary::dirichlet;
    };
    if (is_periodic_only(scheme)) CHECK(outcome(changed(held)) == StatusCode::unsupported);
  }
}

TEST_CASE("numbers beyond all measure are refused or stepped, by every scheme") {
  std::size_t refused = 0;
  std::size_t stepped = 0;
  for (const Scheme scheme : kSchemes) {
    for (int exponent = 0; exponent <= 1023; exponent += 3) {
      for (const int sign : {-1, 0, 1}) {
        const double huge = std::ldexp(1.0, exponent);
        const Config config{.scheme = scheme,
                            .cells = 8,
                            .velocity = sign * huge,
                            .diffusivity = sign == 0 ? huge : 1.0,
                            .dt = 1,
                            .dx = 1};
        std::vector<std::byte> memory(Stepper<double>::footprint(config).bytes);
        Arena arena(memory);
        Stepper<double> stepper(config, arena);
        Vector z{1, -2, 3, -4, 5, -6, 7, -8};
        const Status outcome = stepper.step(z);
        ++(stepper.status().ok() ? stepped : refused);
        const bool finite = std::ranges::all_of(z, [](double cell) { return std::isfinite(cell); });
        if (outcome.ok() && !finite) FAIL(text(scheme) << " with 2^" << exponent);
      }
    }
  }
  REQUIRE(stepped > 1000);
  REQUIRE(refused > 1000);
}

TEST_CASE("an arena that is too small gives a stepper that says so") {
  const Config config = test::unit_grid<double>(Scheme::exact, 16, 1, 1);
  std::vector<std::byte> memory(100);
  Arena arena(memory);
  Stepper<double> stepper(config, arena);
  Vector z(16);
  CHECK(stepper.step(z).code == StatusCode::out_of_memory);
}

TEST_CASE("a signal of another size is refused unchanged") {
  test::BuiltStepper<double> stepper(test::unit_grid<double>(Scheme::ftcs, 4, 1, 1));
  Vector z{1, 2, 3};
  CHECK(stepper->step(z).code == StatusCode::shape_mismatch);
  CHECK(z == Vector{1, 2, 3});
  Vector weights(12);
  CHECK(stepper->matrix({weights.data(), 4, 3}, z).code == StatusCode::shape_mismatch);
}

TEST_CASE("an unstable run ends with not_finite once it overflows") {
  test::BuiltStepper<double> stepper(test::unit_grid<double>(Scheme::rk4, 8, 1, 1));
  Vector z = test::figure_signal();
  Status status;
  int steps = 0;
  while (status.ok() && steps < 1000) {
    status = stepper->step(z);
    ++steps;
  }
  CHECK(status.code == StatusCode::not_finite);
  CHECK_FALSE(std::isfinite(z[static_cast<std::size_t>(status.info)]));
  // ln(1.8e308)/ln 5 = 441 steps of growth by 5.
  CHECK(std::abs(steps - 442) < 4);
}

TEST_CASE("normalising a zero signal is degenerate") {
  Config config = test::unit_grid<double>(Scheme::ftcs, 4, 0, 0.25);
  config.normalise = Normalisation::l1;
  test::BuiltStepper<double> stepper(config);
  Vector z(4);
  CHECK(stepper->step(z).code == StatusCode::degenerate);
  CHECK(z == Vector(4));
  CHECK(stepper->log_norm() == 0);
}

TEMPLATE_TEST_CASE(
    "infinities and NaNs are found wherever they stand, and the largest number is not one", "",
    float, double) {
  using Limits = std::numeric_limits<TestType>;
  double log_norm = 0;
  for (std::size_t place = 0; place < 19; ++place) {
    for (const TestType bad : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}) {
      std::vector<TestType> z(19, Limits::max());
      z[0] = -Limits::denorm_min();
      z[place] = bad;
      const Status wanted{StatusCode::not_finite, static_cast<int>(place)};
      for (const Normalisation normalisation : kNormalisations) {
        CHECK(normalise(normalisation, VectorView<TestType>(z), log_norm) == wanted);
      }
      z[place] = Limits::lowest();
      CHECK(normalise(Normalisation::none, VectorView<TestType>(z), log_norm).ok());
    }
  }
}

TEMPLATE_TEST_CASE("a norm is divided out, whichever it is, also where its squares overflow", "",
                   float, double) {
  using Limits = std::numeric_limits<TestType>;
  const auto size = static_cast<double>(Limits::max()) / 8;
  for (const double scale : {1.0, size, 1 / size}) {
    const std::vector<TestType> start{static_cast<TestType>(3 * scale), 0,
                                      static_cast<TestType>(-4 * scale), 0};
    for (const auto& [normalisation, expected] :
         {std::pair{Normalisation::l1, 7.0}, std::pair{Normalisation::l2, 5.0},
          std::pair{Normalisation::rms, 2.5}, std::pair{Normalisation::none, 1 / scale}}) {
      std::vector<TestType> z = start;
      double log_norm = 0;
      const double found = norm(normalisation, VectorView<const TestType>(z));
      CHECK(test::relatively_close(found / scale, expected, 8 * Limits::epsilon()));
      REQUIRE(normalise(normalisation, VectorView<TestType>(z), log_norm).ok());
      if (normalisation == Normalisation::none) {
        CHECK(z == start);
        CHECK(log_norm == 0);
        continue;
      }
      CHECK(test::close(log_norm, std::log(expected) + std::log(scale), 8 * Limits::epsilon()));
      const double left = norm(normalisation, VectorView<const TestType>(z));
      CHECK(test::relatively_close(left, 1, 8 * Limits::epsilon()));
    }
  }
}
