#include "pinnscope/nn/derivatives.hpp"

#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

static_assert(Derivatives{}.count() == 1);
static_assert(Derivatives{dx, dt, dxx}.count() == 4);
static_assert(second(2, 0) == second(0, 2));

TEST_CASE("streams stand in the order asked for, the value in front") {
  const Derivatives streams{dx, dt, dxx};
  REQUIRE(streams.index_of(value) == 0);
  REQUIRE(streams.index_of(dx) == 1);
  REQUIRE(streams.index_of(dt) == 2);
  REQUIRE(streams.index_of(dxx) == 3);
}

TEST_CASE("a second derivative brings the first ones that it needs, in front of it") {
  const Derivatives streams{dxt};
  REQUIRE(streams.count() == 4);
  REQUIRE(streams[1] == dx);
  REQUIRE(streams[2] == dt);
  REQUIRE(streams[3] == dxt);
  REQUIRE(streams.factors(3).i == 1);
  REQUIRE(streams.factors(3).j == 2);
}

TEST_CASE("a derivative that nobody asked for has no stream") {
  const Derivatives streams{dx, dxx};
  REQUIRE_FALSE(streams.contains(dt));
  REQUIRE(streams.index_of(dtt) == streams.count());
}

TEST_CASE("naming a derivative twice changes nothing") {
  REQUIRE(Derivatives{dx, dxx, dx, dxx, value}.count() == 3);
}

TEST_CASE("a set knows how many inputs its derivatives need") {
  REQUIRE(Derivatives{}.inputs_needed() == 0);
  REQUIRE(Derivatives{dx}.inputs_needed() == 1);
  REQUIRE(Derivatives{second(1, 4)}.inputs_needed() == 5);
}

TEST_CASE("a set holds everything up to second order for six inputs") {
  Derivatives streams;
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = i; j < 6; ++j) streams.add(second(i, j));
  }
  REQUIRE(streams.count() == Derivatives::kCapacity);
}
