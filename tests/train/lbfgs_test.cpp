#include "pinnscope/train/lbfgs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/allocation.hpp"
#include "support/test.hpp"
#include "train/minimisation.hpp"
#include "train/state.hpp"

using namespace pinnscope;

namespace {

using test::Function;
using test::quadratic;
using test::rosenbrock;
using test::Vector;

/// x - log(x) for each entry, not a number beyond 0, least at (1, ..., 1)
double barrier(const Vector& x, Vector& gradient) {
  double loss = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    loss += x[i] - std::log(x[i]);
    gradient[i] = 1 - 1 / x[i];
  }
  return loss;
}

/// A slope without an end: no step satisfies the second Wolfe condition.
double slope(const Vector& x, Vector& gradient) {
  std::fill(gradient.begin(), gradient.end(), 1.0);
  double loss = 0;
  for (const double value : x) loss += value;
  return loss;
}

/// |x_0|, whose kink has no flat neighbourhood: the line search must fail at last.
double kink(const Vector& x, Vector& gradient) {
  gradient[0] = x[0] < 0 ? -1 : 1;
  return std::abs(x[0]);
}

template <class T>
struct Minimisation : test::Minimisation<Lbfgs<T>> {
  Minimisation(Function f, const typename Lbfgs<T>::Config& config)
      : test::Minimisation<Lbfgs<T>>(f, config, config.parameters) {}
  Lbfgs<T>& lbfgs = this->method;
};

double inner(const Vector& a, const Vector& b) {
  double product = 0;
  for (std::size_t i = 0; i < a.size(); ++i) product += a[i] * b[i];
  return product;
}

/// Iterates `count` times, and checks both strong Wolfe conditions of each step, (3.7), by
/// evaluations of its own. They do not depend on how step and direction share the length.
void require_wolfe_conditions(Minimisation<double>& run, int count) {
  Vector before(run.x.size()), after(run.x.size()), step(run.x.size());
  for (int k = 0; k < count; ++k) {
    CAPTURE(k);
    const Vector x = run.x;
    const double loss_before = run.function(x, before);
    REQUIRE(run.iterate().ok());
    const double loss_after = run.function(run.x, after);
    for (std::size_t i = 0; i < x.size(); ++i) step[i] = run.x[i] - x[i];
    REQUIRE(inner(before, step) < 0);
    REQUIRE(loss_after <= loss_before + 1e-4 * inner(before, step));
    REQUIRE(std::abs(inner(after, step)) <= -0.9 * inner(before, step) * (1 + 1e-12));
    REQUIRE(run.lbfgs.loss() == loss_after);
    REQUIRE(std::equal(after.begin(), after.end(), run.lbfgs.gradient().begin()));
  }
}

}  // namespace

TEST_CASE("L-BFGS minimises a quadratic of 30 dimensions in few iterations") {
  Minimisation<double> run(quadratic, {.parameters = 30, .gradient_tolerance = 1e-11});
  REQUIRE(run.minimise(100));
  REQUIRE(run.distance_to_ones() < 1e-10);
  REQUIRE(run.lbfgs.iterations() < 69);  // SciPy's L-BFGS-B takes 57, with 61 evaluations
  REQUIRE(run.lbfgs.evaluations() < 74);
}

TEST_CASE("L-BFGS finds the end of Rosenbrock's valley") {
  for (const std::size_t dimensions : {std::size_t{2}, std::size_t{20}}) {
    CAPTURE(dimensions);
    Minimisation<double> run(rosenbrock, {.parameters = dimensions, .gradient_tolerance = 1e-9});
    run.x[0] = dimensions == 2 ? -1.2 : 0;  // the usual start; in 20 dimensions a local minimum
    run.x[1] = dimensions == 2 ? 1 : 0;     // lies near it
    REQUIRE(run.minimise(300));
    REQUIRE(run.distance_to_ones() < 1e-8);
    // SciPy's L-BFGS-B takes 38 and 124 iterations.
    REQUIRE(run.lbfgs.iterations() < (dimensions == 2 ? 46 : 149));
  }
}

TEST_CASE("accepted steps satisfy both Wolfe conditions") {
  Minimisation<double> valley(rosenbrock, {.parameters = 2});
  valley.x = {-1.2, 1};
  require_wolfe_conditions(valley, 25);
  Minimisation<double> long_valley(rosenbrock, {.parameters = 20, .pairs = 4});
  require_wolfe_conditions(long_valley, 40);
  Minimisation<double> bowl(quadratic, {.parameters = 30});
  require_wolfe_conditions(bowl, 15);
  Minimisation<double> steepest(rosenbrock, {.parameters = 6, .pairs = 0});
  require_wolfe_conditions(steepest, 40);
}

TEST_CASE("a tight curvature condition makes the line search nearly exact") {
  Minimisation<double> run(rosenbrock, {.parameters = 2, .curvature = 0.01});
  run.x = {-1.2, 1};
  Vector before(2), after(2);
  for (int k = 0; k < 10; ++k) {
    const Vector x = run.x;
    run.function(x, before);
    REQUIRE(run.iterate().ok());
    run.function(run.x, after);
    const Vector step{run.x[0] - x[0], run.x[1] - x[1]};
    REQUIRE(std::abs(inner(after, step)) <= -0.01 * inner(before, step) * (1 + 1e-9));
  }
}

TEST_CASE("L-BFGS in float reaches the rounding of a quadratic") {
  Minimisation<float> run(quadratic, {.parameters = 300});
  static_cast<void>(run.minimise(150));  // ends in rounding, one way or another
  REQUIRE(run.distance_to_ones() < 1e-6);
  REQUIRE(run.lbfgs.loss() < 1e-10);
}

namespace {

/// Iterates until the change of the loss ends it; requires that it does so where `levels_off`.
template <class LevelsOff>
void require_end_by_change(Minimisation<double>& run, const LevelsOff& levels_off) {
  Vector gradient(run.x.size());
  double before = run.function(run.x, gradient);
  for (int k = 0; k < 200 && run.lbfgs.ending() == Ending::running; ++k) {
    CAPTURE(k);
    REQUIRE(run.iterate().ok());
    REQUIRE(run.lbfgs.converged() == levels_off(before, run.lbfgs.loss()));
    before = run.lbfgs.loss();
  }
  REQUIRE(run.lbfgs.ending() == Ending::loss_levelled_off);
}

double small_rosenbrock(const Vector& x, Vector& gradient) {
  const double loss = rosenbrock(x, gradient);
  for (double& entry : gradient) entry *= 1e-9;
  return 1e-9 * loss;
}

}  // namespace

TEST_CASE("a loss tolerance is relative to the loss, however small that is") {
  for (const Function function : {rosenbrock, small_rosenbrock}) {
    Minimisation<double> run(function, {.parameters = 2, .loss_tolerance = 1e-2});
    run.x = {-1.2, 1};
    require_end_by_change(run, [](double before, double now) {
      return (before - now) / std::max(before, now) <= 1e-2;
    });
    REQUIRE(run.lbfgs.iterations() > 1);
  }
}

TEST_CASE("with a floor of 1 a loss tolerance is SciPy's ftol, absolute below it") {
  Minimisation<double> run(rosenbrock, {.parameters = 2, .loss_tolerance = 1e-3, .loss_floor = 1});
  run.x = {-1.2, 1};
  require_end_by_change(run, [](double before, double now) {
    return (before - now) / std::max({before, now, 1.0}) <= 1e-3;
  });
  Minimisation<double> small(
      small_rosenbrock, {.parameters = 2, .loss_tolerance = 2.220446049250313e-9, .loss_floor = 1});
  small.x = {-1.2, 1};
  while (small.lbfgs.ending() == Ending::running) REQUIRE(small.iterate().ok());
  REQUIRE(small.distance_to_ones() > 0.1);  // nowhere near its end
}

TEST_CASE("without a tolerance iterations go on until there is nothing to gain") {
  Minimisation<double> run(small_rosenbrock, {.parameters = 2});
  run.x = {-1.2, 1};
  for (int k = 0; k < 500 && run.lbfgs.ending() == Ending::running; ++k) {
    static_cast<void>(run.iterate());
  }
  REQUIRE(run.lbfgs.ending() != Ending::running);
  REQUIRE(run.lbfgs.ending() != Ending::loss_levelled_off);
  REQUIRE(run.distance_to_ones() < 1e-6);
}

TEST_CASE("each ending has words of its own") {
  for (const Ending one : kEndings) {
    REQUIRE(std::string(text(one)) != "unknown ending");
    for (const Ending other : kEndings) {
      REQUIRE((one == other) == (std::string(text(one)) == text(other)));
    }
  }
}

TEST_CASE("an end at a small gradient is told from one at a gradient of zero") {
  Minimisation<double> small(quadratic, {.parameters = 5, .gradient_tolerance = 1e-3});
  while (small.lbfgs.ending() == Ending::running) REQUIRE(small.iterate().ok());
  REQUIRE(small.lbfgs.ending() == Ending::gradient_small);
  Minimisation<double> zero(quadratic, {.parameters = 5, .gradient_tolerance = 1e-3});
  zero.x.assign(5, 1);
  REQUIRE(zero.iterate().ok());
  REQUIRE(zero.lbfgs.ending() == Ending::gradient_zero);
}

TEST_CASE("L-BFGS stays at a stationary point") {
  Minimisation<double> run(quadratic, {.parameters = 5});
  run.x.assign(5, 1);
  REQUIRE(run.iterate().ok());
  REQUIRE(run.lbfgs.converged());
  REQUIRE(run.lbfgs.iterations() == 0);
  REQUIRE(run.distance_to_ones() == 0);
}

TEST_CASE("L-BFGS backs out of a region without numbers") {
  Minimisation<double> run(barrier, {.parameters = 3, .gradient_tolerance = 1e-9});
  run.x = {40, 0.3, 7};
  std::size_t outside = 0;
  for (int k = 0; k < 100 && !run.lbfgs.converged(); ++k) {
    const Status status = run.lbfgs.iterate(run.x, [&](VectorView<double> gradient, double& loss) {
      const bool inside = std::all_of(run.x.begin(), run.x.end(), [](double x) { return x > 0; });
      static_cast<void>(run.evaluate(gradient, loss));
      if (inside) return Status{};
      // Said in three ways.
      if (++outside % 3 == 1) return Status{StatusCode::not_finite, 0};
      if (outside % 3 == 2) loss = -std::numeric_limits<double>::infinity();
      return Status{};
    });
    REQUIRE(status.ok());
  }
  REQUIRE(run.lbfgs.converged());
  REQUIRE(outside > 0);
  REQUIRE(run.distance_to_ones() < 1e-8);
}

TEST_CASE("a starting point without numbers is refused") {
  Minimisation<double> run(barrier, {.parameters = 2});
  run.x = {1, -1};
  REQUIRE(run.iterate() == Status{StatusCode::not_finite, 0});
  REQUIRE(run.x == Vector{1, -1});
  run.x = {2, 3};
  REQUIRE(run.minimise(50));
}

TEST_CASE("a line search without an acceptable step leaves the best point seen") {
  Minimisation<double> down(slope, {.parameters = 4, .line_search_evaluations = 7});
  REQUIRE(down.iterate() ==
          Status{StatusCode::not_converged, static_cast<int>(Ending::evaluations_used_up)});
  REQUIRE(down.lbfgs.ending() == Ending::evaluations_used_up);
  REQUIRE(down.lbfgs.evaluations() == 8);
  REQUIRE(down.x == Vector(4, -250000.0));  // first 1/4, and six times tenfold
  REQUIRE(down.lbfgs.loss() == -1e6);

  Minimisation<double> sharp(kink, {.parameters = 1, .line_search_evaluations = 100});
  sharp.x = {0.7};
  REQUIRE(sharp.iterate().code == StatusCode::not_converged);
  REQUIRE(sharp.lbfgs.ending() == Ending::step_too_small);
  double loss = 0;
  Vector gradient(1);
  REQUIRE(sharp.evaluate(gradient, loss).ok());
  REQUIRE(loss < 0.7);
  REQUIRE(sharp.lbfgs.loss() == loss);
  REQUIRE(sharp.lbfgs.gradient()[0] == gradient[0]);
}

TEST_CASE("a failed line search drops the pairs and tries the steepest descent") {
  Minimisation<double> run(quadratic, {.parameters = 4, .line_search_evaluations = 3});
  for (int k = 0; k < 3; ++k) REQUIRE(run.iterate().ok());
  const double before = run.lbfgs.loss();
  int calls = 0;
  const Status status = run.lbfgs.iterate(run.x, [&](VectorView<double> gradient, double& loss) {
    // The first search meets walls alone.
    return ++calls <= 3 ? Status{StatusCode::not_finite, 0} : run.evaluate(gradient, loss);
  });
  REQUIRE(calls > 3);
  REQUIRE(status.ok());
  REQUIRE(run.lbfgs.iterations() == 4);
  REQUIRE(run.lbfgs.loss() < before);
}

TEST_CASE("a failure of the evaluation is passed on from where the line search started") {
  Minimisation<double> run(rosenbrock, {.parameters = 2});
  run.x = {-1.2, 1};
  REQUIRE(run.iterate().ok());
  const Vector x = run.x;
  const double loss = run.lbfgs.loss();
  REQUIRE(run.lbfgs.iterate(run.x, [](VectorView<double>, double&) {
    return Status{StatusCode::unsupported, 5};
  }) == Status{StatusCode::unsupported, 5});
  REQUIRE(run.x == x);
  REQUIRE(run.lbfgs.loss() == loss);
  REQUIRE(run.iterate().ok());
  REQUIRE(run.lbfgs.loss() < loss);
}

TEMPLATE_TEST_CASE("L-BFGS goes on from a saved state to the same bits", "", float, double) {
  const typename Lbfgs<TestType>::Config config{.parameters = 20, .pairs = 4};
  for (const int stop : {0, 1, 3, 9, 10}) {
    CAPTURE(stop);
    Minimisation<TestType> run(rosenbrock, config);
    for (int k = 0; k < stop; ++k) REQUIRE(run.iterate().ok());
    Minimisation<TestType> resumed(rosenbrock, config);
    resumed.x = run.x;
    test::restore(test::save(run.lbfgs), resumed.lbfgs);
    for (int k = stop; k < 20; ++k) {
      REQUIRE(run.iterate().ok());
      REQUIRE(resumed.iterate().ok());
      REQUIRE(resumed.x == run.x);
      REQUIRE(resumed.lbfgs.loss() == run.lbfgs.loss());
      REQUIRE(resumed.lbfgs.evaluations() == run.lbfgs.evaluations());
    }
    REQUIRE(test::save(resumed.lbfgs).blocks == test::save(run.lbfgs).blocks);
  }
}

TEMPLATE_TEST_CASE("an L-BFGS iteration allocates nothing", "", float, double) {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  Minimisation<TestType> run(rosenbrock, {.parameters = 20, .pairs = 4});
  bool ok = true;
  REQUIRE(test::allocations_of([&] {
            for (int k = 0; k < 10; ++k) ok = ok && run.iterate().ok();
            run.lbfgs.visit_state([](const char*, std::span<std::byte>) {});
          }) == 0);
  REQUIRE(ok);
}
