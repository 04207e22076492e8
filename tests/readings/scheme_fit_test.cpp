#include "pinnscope/readings/scheme_fit.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "readings/steps.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

const SchemeFit& fit_of(const SchemeFits& fits, Scheme scheme) {
  for (const SchemeFit& fit : fits.fits) {
    if (fit.scheme == scheme) return fit;
  }
  return fits.nearest();
}

bool is_tied(const SchemeFits& fits, Scheme scheme) {
  for (std::size_t k = 0; k < fits.fits.size(); ++k) {
    if (fits.fits[k].scheme == scheme) return fits.is_tied(k);
  }
  return false;
}

SchemeFits fit(MatrixView<const double> matrix) {
  test::Owned<SchemeSearch> search({.cells = matrix.rows});
  SchemeFits found;
  REQUIRE(search->fit(matrix, found).ok());
  return found;
}

std::vector<double> noise(std::size_t cells, std::uint64_t seed, double size) {
  const Philox source(seed);
  std::vector<double> entries(cells * cells);
  for (std::size_t k = 0; k < entries.size(); ++k) entries[k] = size * source.normal(k);
  return entries;
}

}  // namespace

TEST_CASE("the step of every scheme is its own, with its numbers to rounding") {
  for (const std::size_t cells : std::array<std::size_t, 3>{16, 25, 100}) {
    for (const Scheme scheme : kSchemes) {
      for (const auto& [c, r] : {std::array{0.3, 0.2}, std::array{-0.6, 0.35}, std::array{1.0, 1.0},
                                 std::array{0.5, 0.0}, std::array{0.0, 0.4}}) {
        const test::Step step(scheme, cells, c, r);
        const SchemeFits fits = fit(step.view());
        const SchemeFit& own = fit_of(fits, scheme);
        CAPTURE(text(scheme), cells, c, r, own.numbers.c, own.numbers.r, own.unexplained,
                text(fits.nearest().scheme));
        REQUIRE(own.unexplained < 1e-20);
        REQUIRE(is_tied(fits, scheme));
        REQUIRE(std::abs(own.numbers.c - c) < 1e-12);
        REQUIRE(std::abs(own.numbers.r - r) < 1e-12);
        REQUIRE(std::abs(own.gain - 1) < 1e-12);
      }
    }
  }
}

// A ring of N cells knows no flow of half of it a step from one the other way.
TEST_CASE("small rings, odd and even, either direction and any theta have numbers to rounding") {
  for (const std::size_t cells : {4u, 5u, 6u, 7u, 8u, 9u, 16u, 17u}) {
    for (const Scheme scheme : kSchemes) {
      for (const auto& [c, r] :
           {std::array{-0.3, 0.2}, std::array{-0.9, 0.4}, std::array{-2.5, 4.0},
            std::array{-5.0, 0.5}, std::array{0.0, 0.25}}) {
        for (const double theta : {0.0, 0.3, 1.0}) {
          if (2 * std::abs(c) >= static_cast<double>(cells)) continue;
          if (theta > 0 && !scheme_row(scheme).uses_theta) continue;
          const SchemeFits fits = fit(test::Step(scheme, cells, c, r, theta).view());
          const SchemeFit& own = fit_of(fits, scheme);
          CAPTURE(text(scheme), cells, c, r, theta, own.numbers.c, own.numbers.r, own.unexplained);
          REQUIRE(is_tied(fits, scheme));
          REQUIRE(std::abs(own.numbers.c - c) < 1e-12 * std::max(1.0, std::abs(c)));
          REQUIRE(std::abs(own.numbers.r - r) < 1e-12 * std::max(1.0, r));
          REQUIRE(std::abs(own.gain - 1) < 1e-12);
          if (scheme_row(scheme).uses_theta && c != 0) {
            REQUIRE(std::abs(own.theta - theta) < 1e-10);
          }
        }
      }
    }
  }
}

TEST_CASE("schemes that are one matrix are tied, others are not") {
  const SchemeFits fits = fit(test::Step(Scheme::ftcs, 40, 0.4, 0.3).view());
  REQUIRE(fits.nearest().scheme == Scheme::ftcs);
  REQUIRE(is_tied(fits, Scheme::upwind));        // at r - |c| / 2
  REQUIRE(is_tied(fits, Scheme::lax_wendroff));  // at r - c^2 / 2
  REQUIRE(is_tied(fits, Scheme::theta));         // at 0
  REQUIRE(std::abs(fit_of(fits, Scheme::upwind).numbers.r - 0.1) < 1e-12);
  REQUIRE(std::abs(fit_of(fits, Scheme::lax_wendroff).numbers.r - 0.22) < 1e-12);
  for (const Scheme other : {Scheme::backward_euler, Scheme::crank_nicolson, Scheme::rk2,
                             Scheme::rk4, Scheme::exact, Scheme::spectral}) {
    REQUIRE_FALSE(is_tied(fits, other));
  }
}

TEST_CASE("theta is found with its theta") {
  const SchemeFits fits = fit(test::Step(Scheme::theta, 30, 0.8, 0.5, 0.3).view());
  REQUIRE(fits.nearest().scheme == Scheme::theta);
  REQUIRE(std::abs(fits.nearest().theta - 0.3) < 1e-11);
  REQUIRE(std::abs(fits.nearest().numbers.c - 0.8) < 1e-11);
  REQUIRE(std::abs(fits.nearest().numbers.r - 0.5) < 1e-11);
}

TEST_CASE("a factor in front of a step is its gain") {
  test::Step step(Scheme::rk4, 32, 0.5, 0.3);
  for (double& entry : step.entries()) entry *= -2.5;
  const SchemeFits fits = fit(step.view());
  REQUIRE(fits.nearest().scheme == Scheme::rk4);
  REQUIRE(std::abs(fits.nearest().gain + 2.5) < 1e-11);
}

TEST_CASE("a step that carries far is found where it is") {
  const SchemeFits fits = fit(test::Step(Scheme::spectral, 101, -31.3, 0.7).view());
  REQUIRE(fits.nearest().scheme == Scheme::spectral);
  REQUIRE(std::abs(fits.nearest().numbers.c + 31.3) < 1e-11);
}

// <A, S> = g |S|^2 + noise: the share is g^2 |S|^2 / |A|^2 within a few times 1 / N.
TEST_CASE("the share of energy is what was planted, and the numbers are near") {
  constexpr std::size_t kCells = 100;
  const test::Step step(Scheme::crank_nicolson, kCells, 0.9, 0.8);
  double energy = 0;
  for (const double entry : step.view().flat()) energy += entry * entry;
  std::vector<double> mixed = noise(kCells, 3, std::sqrt(energy) / kCells);  // as much again
  for (std::size_t k = 0; k < mixed.size(); ++k) mixed[k] += step.view().flat()[k];
  const SchemeFits fits = fit({mixed.data(), kCells, kCells});
  const SchemeFit& own = fit_of(fits, Scheme::crank_nicolson);
  REQUIRE(std::abs(own.share - 0.5) < 0.02);
  REQUIRE(std::abs(own.numbers.c - 0.9) < 0.1);
  REQUIRE(std::abs(own.numbers.r - 0.8) < 0.1);
  REQUIRE(is_tied(fits, Scheme::crank_nicolson));
  REQUIRE(fits.circulant_share < 0.52);
}

// No other numbers on a fine grid explain more than those found.
TEST_CASE("no scheme of a grid of numbers is nearer to noise than the nearest") {
  constexpr std::size_t kCells = 24;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const std::vector<double> w = noise(kCells, seed, 1);
    const SchemeFits fits = fit({w.data(), kCells, kCells});
    double energy = 0;
    for (const double entry : w) energy += entry * entry;
    double largest = 0;
    for (const double c : {-3.0, -1.3, -0.7, -0.2, 0.0, 0.4, 0.9, 1.7, 2.6}) {
      for (const double r : {0.0, 0.05, 0.3, 0.45, 0.9, 1.6, 3.0}) {
        const test::Step step(Scheme::rk3, kCells, c, r);
        double both = 0;
        double square = 0;
        for (std::size_t k = 0; k < w.size(); ++k) {
          both += w[k] * step.view().flat()[k];
          square += step.view().flat()[k] * step.view().flat()[k];
        }
        largest = std::max(largest, both * both / (square * energy));
      }
    }
    REQUIRE(fit_of(fits, Scheme::rk3).share > largest * (1 - 1e-9));
  }
}

TEST_CASE("what cannot be fitted is said") {
  test::Owned<SchemeSearch> search({.cells = 3});
  SchemeFits found;
  std::array<double, 9> entries{};
  REQUIRE(search->fit({entries.data(), 3, 3}, found).code == StatusCode::degenerate);
  REQUIRE(search->fit({entries.data(), 3, 2}, found).code == StatusCode::shape_mismatch);
  entries[4] = std::numeric_limits<double>::infinity();
  REQUIRE(search->fit({entries.data(), 3, 3}, found).code == StatusCode::not_finite);
  test::Owned<SchemeSearch> none({.cells = 0});
  REQUIRE(none->fit({}, found).code == StatusCode::empty_input);
}

TEST_CASE("grids of a few cells are fitted too") {
  for (const std::size_t cells : std::array<std::size_t, 4>{1, 2, 3, 4}) {
    const std::vector<double> w = noise(cells, 8, 1);
    const SchemeFits fits = fit({w.data(), cells, cells});
    REQUIRE(fits.nearest().share >= 0);
    REQUIRE(fits.nearest().share <= 1);
  }
}

TEST_CASE("a search for schemes uses the memory that it measures and allocates nothing") {
  const SchemeSearch::Config config{.cells = 9};
  test::check_footprint<SchemeSearch>(config, [](SchemeSearch& search) {
    const test::Step step(Scheme::crank_nicolson_as_published, 9, 0.3, 0.2);
    SchemeFits found;
    Status status;
    REQUIRE(test::allocations_of([&] { status = search.fit(step.view(), found); }) == 0);
    REQUIRE(status.ok());
    REQUIRE(found.nearest().scheme == Scheme::crank_nicolson_as_published);
  });
}
