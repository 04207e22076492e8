#include "pinnscope/train/adam.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"
#include "train/state.hpp"

using namespace pinnscope;

namespace {

/// A gradient that changes from step to step, with entries of very different sizes.
template <class T>
std::vector<T> gradient_of_step(std::size_t size, std::uint64_t step) {
  const Philox random(7, step);
  std::vector<T> gradient(size);
  for (std::size_t i = 0; i < size; ++i) {
    const double magnitude = std::pow(10.0, static_cast<double>(i % 9) - 6);
    gradient[i] = static_cast<T>(magnitude * random.normal(i));
  }
  return gradient;
}

template <class T>
struct Run {
  explicit Run(const typename Adam<T>::Config& config)
      : memory(Adam<T>::footprint(config).bytes),
        arena(memory),
        adam(config, arena),
        parameters(config.parameters) {}

  std::vector<std::byte> memory;
  Arena arena;
  Adam<T> adam;
  std::vector<T> parameters;
};

}  // namespace

TEMPLATE_TEST_CASE("fifty Adam steps are those of a plain loop in double", "", float, double) {
  const typename Adam<TestType>::Config config{.parameters = 103, .learning_rate = 5e-4};
  Run<TestType> run(config);
  std::vector<double> theta(103), m(103), v(103);
  double worst = 0;
  for (std::uint64_t t = 1; t <= 50; ++t) {
    const auto gradient = gradient_of_step<TestType>(theta.size(), t);
    run.adam.step(run.parameters, gradient);
    REQUIRE(run.adam.steps() == t);
    const double n = static_cast<double>(t);
    for (std::size_t i = 0; i < theta.size(); ++i) {
      const double g = static_cast<double>(gradient[i]);
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      const double rate = 5e-4 * std::sqrt(1 - std::pow(0.999, n)) / (1 - std::pow(0.9, n));
      theta[i] -= rate * m[i] / (std::sqrt(v[i]) + 1e-7);
      worst = std::max(worst, std::abs(static_cast<double>(run.parameters[i]) - theta[i]));
    }
  }
  // Steps are at most about 5e-4 long and 50 of them add their roundings.
  REQUIRE(worst < 50 * 5e-4 * 8 * static_cast<double>(std::numeric_limits<TestType>::epsilon()));
}

TEMPLATE_TEST_CASE("the first Adam step has the learning rate's length in each entry", "", float,
                   double) {
  const typename Adam<TestType>::Config config{.parameters = 40, .learning_rate = 0.01};
  Run<TestType> run(config);
  const auto gradient = gradient_of_step<TestType>(40, 1);
  run.adam.step(run.parameters, gradient);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    CAPTURE(i);
    // m = 0.1 g, sqrt(v) = sqrt(0.001) |g|, rate = 0.01 sqrt(0.001) / 0.1
    const double g = static_cast<double>(gradient[i]);
    const double expected = -0.01 * g / (std::abs(g) + 1e-7 / std::sqrt(0.001));
    REQUIRE(test::relatively_close(static_cast<double>(run.parameters[i]), expected,
                                   16 * std::numeric_limits<TestType>::epsilon()));
  }
}

TEMPLATE_TEST_CASE("Adam leaves a parameter without gradient alone", "", float, double) {
  Run<TestType> run({.parameters = 3});
  run.parameters = {1, 2, 3};
  run.adam.step(run.parameters, std::vector<TestType>{0, 0, 1});
  REQUIRE(run.parameters[0] == 1);
  REQUIRE(run.parameters[1] == 2);
  REQUIRE(run.parameters[2] < 3);
}

TEMPLATE_TEST_CASE("Adam goes on from a saved state to the same bits", "", float, double) {
  const typename Adam<TestType>::Config config{.parameters = 61};
  Run<TestType> whole(config);
  test::SavedState state;
  std::vector<TestType> parameters;
  for (std::uint64_t t = 1; t <= 30; ++t) {
    if (t == 11) {
      state = test::save(whole.adam);
      parameters = whole.parameters;
    }
    whole.adam.step(whole.parameters, gradient_of_step<TestType>(61, t));
  }
  Run<TestType> resumed(config);
  test::restore(state, resumed.adam);
  resumed.parameters = parameters;
  REQUIRE(resumed.adam.steps() == 10);
  for (std::uint64_t t = 11; t <= 30; ++t) {
    resumed.adam.step(resumed.parameters, gradient_of_step<TestType>(61, t));
  }
  REQUIRE(resumed.parameters == whole.parameters);
  REQUIRE(test::save(resumed.adam).blocks == test::save(whole.adam).blocks);
}

TEMPLATE_TEST_CASE("an Adam step allocates nothing", "", float, double) {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  Run<TestType> run({.parameters = 61});
  const auto gradient = gradient_of_step<TestType>(61, 1);
  REQUIRE(test::allocations_of([&] {
            run.adam.step(run.parameters, gradient);
            run.adam.visit_state([](const char*, std::span<std::byte>) {});
          }) == 0);
}
