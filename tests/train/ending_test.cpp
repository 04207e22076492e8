#include "pinnscope/train/ending.hpp"

#include <array>
#include <limits>
#include <vector>

#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("a gradient of zeros, small ones and others end an optimiser differently") {
  const auto ending = [](std::vector<double> gradient, double tolerance) {
    return ending_by_gradient<double>(gradient, tolerance);
  };
  CHECK(ending({0, -0.0}, 0) == Ending::gradient_zero);
  CHECK(ending({0, -1e-3}, 1e-3) == Ending::gradient_small);
  CHECK(ending({1e-4, -1.1e-3}, 1e-3) == Ending::running);
}

TEST_CASE("a gradient that is no number ends nothing, whatever the tolerance is") {
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double entry : {unknown, infinity, -infinity}) {
    const std::array gradient{0.0, entry, 0.0};
    CHECK(ending_by_gradient<double>(gradient, 0) == Ending::running);
    CHECK(ending_by_gradient<double>(gradient, 1e300) == Ending::running);
  }
  const std::array<float, 1> gradient{std::numeric_limits<float>::quiet_NaN()};
  CHECK(ending_by_gradient<float>(gradient, 1) == Ending::running);
}

TEST_CASE("a loss levels off by its tolerance, of its own size or of the floor") {
  CHECK(levels_off(1.0, 0.95, 0.1, 0));
  CHECK_FALSE(levels_off(1.0, 0.85, 0.1, 0));
  CHECK_FALSE(levels_off(1e-3, 1e-4, 0.1, 0));
  CHECK(levels_off(1e-3, 1e-4, 0.1, 1));
  CHECK_FALSE(levels_off(1.0, 1.0, 0, 0));
}

TEST_CASE("only tolerances that were met are convergence") {
  for (const Ending ending : kEndings) {
    const bool expected = ending == Ending::gradient_zero || ending == Ending::gradient_small ||
                          ending == Ending::loss_levelled_off;
    CHECK(is_converged(ending) == expected);
  }
}
