#include <array>

#include "pinnscope/train/adam.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

// Two moments of 71,101 floats, each rounded up to a cache line.
static_assert(Adam<float>::footprint({.parameters = 71101}).payload == 2 * 284416);

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
