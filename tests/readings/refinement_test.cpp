#include "pinnscope/readings/refinement.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "nn/network.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr std::size_t kCells = 11;
const std::vector<std::size_t> kWidths{2, kCells, kCells, kCells, kCells, 1};
const std::vector<double> kInputs{0.3, 0.2, -0.4, 0.9};
const MatrixView<const double> kPoints(kInputs.data(), 2, 2);

/// A linear network whose square layers are refined by their scheme alone.
Refinement depth_of(Scheme scheme, StepNumbers numbers, double gain = 1) {
  test::Owned<Mlp<double>> network({.widths = kWidths, .hidden = Activation::identity});
  test::randomise(*network, 5);
  for (std::size_t l = 1; l < network->layers(); ++l) {
    std::ranges::fill(network->biases(l), 0.0);
  }
  const std::vector<SchemeFit> schemes(
      network->layers(),
      SchemeFit{.scheme = scheme, .numbers = numbers, .theta = 0.5, .gain = gain});
  test::Owned<DepthRefinement> depth({.widths = kWidths, .points = 2});
  Refinement found;
  REQUIRE(depth->refine(*network, kPoints, schemes, found).ok());
  return found;
}

Refinement cells_of(Scheme scheme, StepNumbers numbers) {
  test::Owned<CellRefinement> rings(
      {.scheme = scheme, .numbers = numbers, .cells = 16, .steps = 4, .levels = 4});
  Refinement found;
  REQUIRE(rings->refine(found).ok());
  return found;
}

Refinement of(std::initializer_list<double> changes) {
  const std::vector<double> list(changes);
  return refinement_of(list);
}

}  // namespace

// At a fixed cell; lax_wendroff has its second order at a fixed c alone.
TEST_CASE("halved steps of a scheme have its order in time") {
  for (const Scheme scheme : kSchemes) {
    if (is_propagator(scheme) || !has_amplification_factor(scheme)) continue;
    const int expected = scheme == Scheme::lax_wendroff ? 1 : order(scheme);
    for (const double gain : {1.0, 0.8}) {
      const Refinement found = depth_of(scheme, {0.4, 0.1}, gain);
      CAPTURE(text(scheme), found.order, found.reason);
      REQUIRE(found.answer == RefinementAnswer::order);
      REQUIRE(std::abs(found.order - expected) < 0.02);
    }
  }
}

TEST_CASE("of what is exact in time halving changes nothing, and no order is told") {
  for (const Scheme scheme : {Scheme::exact, Scheme::spectral}) {
    const Refinement found = depth_of(scheme, {0.4, 0.1});
    REQUIRE(found.answer == RefinementAnswer::cannot_tell);
    REQUIRE(std::isnan(found.order));
    REQUIRE(std::string(found.reason).find("exact") != std::string::npos);
  }
}

// Of the central schemes r stays, and dt goes with the square of dx: 2 in space and in time.
TEST_CASE("doubled cells have the order in space of the scheme") {
  for (const Scheme scheme : kSchemes) {
    const Refinement found = cells_of(scheme, {-0.3, 0.2});
    CAPTURE(text(scheme), found.order, found.reason);
    if (scheme == Scheme::spectral) {
      REQUIRE(found.answer == RefinementAnswer::cannot_tell);
    } else if (scheme == Scheme::crank_nicolson_as_published) {
      REQUIRE(found.answer == RefinementAnswer::none);  // it solves another equation
      REQUIRE(std::isnan(found.order));
    } else {
      REQUIRE(found.answer == RefinementAnswer::order);
      REQUIRE(std::abs(found.order - (scheme == Scheme::upwind ? 1 : 2)) < 0.15);
    }
  }
}

// z <- z + h (A z - z): Euler's error in exp(t (A - 1)) z.
TEST_CASE("layers near the identity have the order of Euler, random ones have none") {
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::Owned<DepthRefinement> depth({.widths = kWidths, .points = 2});
  for (const double size : {0.1, 1.5}) {
    test::randomise(*network, 7);
    for (std::size_t l = 1; l + 1 < network->layers(); ++l) {
      for (double& weight : network->weights(l).flat()) weight *= size;
      for (std::size_t i = 0; i < kCells && size < 1; ++i) network->weights(l)(i, i) += 1;
    }
    Refinement found;
    REQUIRE(depth->refine(*network, kPoints, {}, found).ok());
    CAPTURE(size, found.change[0], found.reason);
    if (size < 1) {
      REQUIRE(found.answer == RefinementAnswer::order);
      REQUIRE(std::abs(found.order - 1) < 0.05);
    } else {
      REQUIRE(found.answer == RefinementAnswer::none);
      REQUIRE(std::isnan(found.order));
      REQUIRE(found.change[0] > kLargestFirstChange);
    }
  }
}

// One layer of one neuron: (1 + (w - 1) / n)^n after n layers, from w = 0.5 towards exp(-0.5).
TEST_CASE("what is halved is the layer less the identity") {
  const std::vector<std::size_t> widths{1, 1};
  test::Owned<Mlp<double>> network({.widths = widths, .hidden = Activation::identity});
  network->weights(0)(0, 0) = 0.5;
  test::Owned<DepthRefinement> depth({.widths = widths, .points = 1});
  const double input = 2;
  Refinement found;
  REQUIRE(depth->refine(*network, {&input, 1, 1}, {}, found).ok());
  for (std::size_t k = 0; k < found.levels; ++k) {
    const double n = std::ldexp(1.0, static_cast<int>(k));
    const double coarse = std::pow(1 - 0.5 / n, n);
    const double fine = std::pow(1 - 0.25 / n, 2 * n);
    REQUIRE(test::relatively_close(found.change[k], (fine - coarse) / fine, 1e-11));
  }
}

TEST_CASE("the answer of changes says what they show") {
  REQUIRE(of({0.1, 0.025, 0.00625, 0.0015625}).order == 2);
  REQUIRE(of({0.4, 0.1, 0.05, 0.025}).order == 1);  // from the second on
  REQUIRE(of({0.1, 0.2, 0.1, 0.05}).answer == RefinementAnswer::none);
  REQUIRE(of({0.1, 0.01, 0.009, 0.0001}).answer == RefinementAnswer::none);
  REQUIRE(of({0.9, 0.45, 0.225}).answer == RefinementAnswer::none);
  REQUIRE(of({0.1, 0.05}).answer == RefinementAnswer::cannot_tell);
  REQUIRE(of({NAN, 0.1, 0.05}).answer == RefinementAnswer::cannot_tell);
  REQUIRE(of({1e-10, 1e-13, 1e-14}).answer == RefinementAnswer::cannot_tell);
  REQUIRE(of({1e-15, 1e-15, 1e-15}).answer == RefinementAnswer::cannot_tell);
  const Refinement late = of({1e-7, 1e-9, 1e-11, 1e-13, 1e-15});
  REQUIRE(late.answer == RefinementAnswer::order);
  REQUIRE(std::isnan(late.orders[2]));  // the next change is rounding
}

TEST_CASE("what cannot be refined is refused") {
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::Owned<DepthRefinement> depth({.widths = kWidths, .points = 2});
  Refinement found;
  const MatrixView<const double> one(kInputs.data(), 2, 1);
  REQUIRE(depth->refine(*network, one, {}, found).code == StatusCode::shape_mismatch);
  const std::vector<SchemeFit> few(2);
  REQUIRE(depth->refine(*network, kPoints, few, found).code == StatusCode::shape_mismatch);
  const std::vector<SchemeFit> schemes(5, SchemeFit{.gain = 1});
  REQUIRE(depth->refine(*network, kPoints, schemes, found).code == StatusCode::unsupported);
  const std::vector<std::size_t> thin{2, 3, 1};
  test::Owned<Mlp<double>> other({.widths = thin});
  test::Owned<DepthRefinement> nothing({.widths = thin, .points = 2});
  REQUIRE(nothing->refine(*other, kPoints, {}, found).code == StatusCode::empty_input);
  test::Owned<CellRefinement> tiny({.cells = 3});
  REQUIRE(tiny->refine(found).code == StatusCode::out_of_range);
}

TEST_CASE("refinements use the memory that they measure and allocate nothing") {
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::randomise(*network, 7);
  Refinement found;
  Status status;
  const DepthRefinement::Config config{.widths = kWidths, .points = 2};
  test::check_footprint<DepthRefinement>(config, [&](DepthRefinement& depth) {
    REQUIRE(depth.refine(*network, kPoints, {}, found).ok());
  });
  const CellRefinement::Config rings{.numbers = {0.3, 0.2}, .cells = 8};
  test::check_footprint<CellRefinement>(
      rings, [&](CellRefinement& cells) { REQUIRE(cells.refine(found).ok()); });
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  test::Owned<DepthRefinement> depth(config);
  test::Owned<CellRefinement> cells(rings);
  REQUIRE(test::allocations_of([&] {
            status = depth->refine(*network, kPoints, {}, found);
            if (status.ok()) status = cells->refine(found);
          }) == 0);
  REQUIRE(status.ok());
}
