#include <array>

#include "pinnscope/train/adam.hpp"
#include "pinnscope/train/lbfgs.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

// Two moments of 71,101 floats, each rounded up to a cache line.
static_assert(Adam<float>::footprint({.parameters = 71101}).payload == 2 * 284416);
// Four vectors and ten pairs of them, and two short lists in double.
static_assert(Lbfgs<float>::footprint({.parameters = 71101}).payload ==
              4 * 284416 + 2 * 2844096 + 2 * 128);

}  // namespace

TEMPLATE_TEST_CASE("Adam is built in exactly its footprint", "", float, double) {
  const typename Adam<TestType>::Config config{.parameters = 21};
  test::check_footprint<Adam<TestType>>(config, [](Adam<TestType>& adam) {
    std::array<TestType, 21> parameters{}, gradient{};
    gradient.back() = 1;
    adam.step(parameters, gradient);
    REQUIRE(parameters.front() == 0);
    REQUIRE(parameters.back() < 0);
  });
}

TEMPLATE_TEST_CASE("L-BFGS is built in exactly its footprint", "", float, double) {
  const typename Lbfgs<TestType>::Config config{.parameters = 5, .pairs = 3};
  test::check_footprint<Lbfgs<TestType>>(config, [](Lbfgs<TestType>& lbfgs) {
    std::array<TestType, 5> x{1, 2, 3, 4, 5};
    const auto evaluate = [&](VectorView<TestType> gradient, double& loss) -> Status {
      loss = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        gradient[i] = static_cast<TestType>(i + 1) * x[i];
        loss += static_cast<double>(gradient[i] * x[i]) / 2;
      }
      return {};
    };
    for (int k = 0; k < 10; ++k) REQUIRE(lbfgs.iterate(x, evaluate).ok());
    REQUIRE(lbfgs.loss() < 1e-3);
  });
}
