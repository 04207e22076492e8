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

TEST_CASE("a set says what it cannot hold, and leaves it out") {
  const Derivatives beyond{dx, Derivative{3, 0, 0}, Derivative{9, 1, 1}, dt};
  REQUIRE(beyond.status() == Status{StatusCode::derivative_order, 3});
  REQUIRE(beyond.count() == 3);
  REQUIRE(beyond.contains(dt));
  Derivatives many;
  for (std::size_t i = 0; i < 40; ++i) {
    REQUIRE(many.status().ok() == (i < Derivatives::kCapacity));
    many.add(first(i));
  }
  REQUIRE(many.status() == Status{StatusCode::too_many_derivatives, 28});
  REQUIRE(many.count() == Derivatives::kCapacity);
  REQUIRE(Derivatives{dx, dxx}.status().ok());
}

TEST_CASE("a derivative is one however it is written") {
  REQUIRE(Derivatives{Derivative{2, 1, 0}, Derivative{1, 0, 7}}.count() == 4);
  REQUIRE(Derivatives{Derivative{2, 1, 0}}.contains(dxt));
  REQUIRE(first(65536).i == 65535);
  REQUIRE(second(70000, 1) == Derivative{2, 1, 65535});
}

TEST_CASE("a status names a derivative by its digits") {
  REQUIRE(derivative_info(dt) == 1001000);
  REQUIRE(derivative_info(dxt) == 2000001);
  REQUIRE(derivative_info(first(5000)) == 1999000);
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
