#include "pinnscope/spectra/laws/information_criterion.hpp"

#include <cmath>

#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("information criteria are their definitions") {
  REQUIRE(akaike_criterion(8078.6448978662274, 3) == 6 - 2 * 8078.6448978662274);
  REQUIRE(corrected_akaike_criterion(-10, 2, 10) == 24 + 12.0 / 7);
  REQUIRE(std::isinf(corrected_akaike_criterion(-10, 2, 3)));
  REQUIRE(test::relatively_close(bayes_criterion(-10, 2, 100), 2 * std::log(100.0) + 20, 1e-15));
}
