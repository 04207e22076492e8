#include "pinnscope/tape/collapse.hpp"

#include <limits>
#include <vector>

#include "support/test.hpp"
#include "twin.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;
using test::mean_square;
using test::square;

namespace {

constexpr double kNu = 0.07;

/// What a model's networks carry once it is to be minimised: streams of each, the value included,
/// 0 for a network that is not there; and whether an operator is among them.
struct Carried {
  std::array<std::size_t, 2> streams{};
  std::array<bool, 2> combined{};
  friend bool operator==(const Carried&, const Carried&) = default;
};
constexpr Carried operator_in(std::size_t streams) { return {{streams, 0}, {true, false}}; }
constexpr Carried plain_in(std::size_t streams) { return {{streams, 0}, {false, false}}; }

template <class T>
Carried carried(const Tape<T>& tape) {
  Carried found;
  REQUIRE(tape.networks().size() <= 2);
  for (std::size_t k = 0; k < tape.networks().size(); ++k) {
    found.streams[k] = tape.networks()[k].stream_count();
    found.combined[k] = tape.networks()[k].combined;
  }
  return found;
}

/// A model carries what it should; its loss is that of plain numbers, and loss and gradient are
/// those of a tape that carries every derivative by itself.
template <class Model>
void check(const char* name, const Carried& expected, const Model& model,
           const test::Setting& setting = {.widths = {2, 5, 4, 1}}) {
  INFO(name);
  test::Bench bench(setting);
  test::Owned<Tape<double>> tape(bench.config());
  test::TapeWorld world(*tape);
  REQUIRE(tape->minimise(model(world)).ok());
  const Carried found = carried(*tape);
  CAPTURE(found.streams[0], found.streams[1], found.combined[0], found.combined[1]);
  CHECK(found == expected);

  test::Owned<Tape<double>> whole(bench.config());
  test::TapeWorld whole_world(*whole);
  const auto loss = model(whole_world);
  REQUIRE(whole->minimise(whole_world.with_derivatives(loss)).ok());
  REQUIRE(carried(*whole).combined == std::array{false, false});

  const test::Outcome result = bench.of(*tape);
  CHECK(test::difference(result, bench.of(*whole)) < 1e-12);
  CHECK(test::close(result.loss, bench.plain_loss(model), 1e-12));
}

}  // namespace

TEST_CASE("the operators of well-known equations go through a network as one stream") {
  check("viscous Burgers", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] + u * u[dx] - kNu * u[dxx]);
  });
  check("heat", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] - kNu * u[dxx]);
  });
  check("inviscid Burgers saves nothing", plain_in(3), [](auto& world) {
    const auto u = world.network({dt, dx});
    return mean_square(u[dt] + u * u[dx]);
  });
  check("transport", operator_in(2), [](auto& world) {
    const auto u = world.network({dt, dx});
    return mean_square(u[dt] + 0.7 * u[dx]);
  });
  check("Laplace", operator_in(4), [](auto& world) {
    const auto u = world.network({dxx, dtt});
    return mean_square(u[dxx] + u[dtt]);
  });
  check("wave", operator_in(4), [](auto& world) {
    const auto u = world.network({dxx, dtt});
    return mean_square(u[dtt] - 2.0 * u[dxx]);
  });
  check("every derivative", operator_in(4), [](auto& world) {
    const auto u = world.network({dxx, dxt, dtt});
    return mean_square(u[dxx] + 2.0 * u[dxt] + 0.5 * u[dtt] - u[dx] + 3.0 * u[dt]);
  });
  check("a mixed derivative beside a first one saves nothing", plain_in(4),
        [](auto& world) {
          const auto u = world.network({dxt});
          return mean_square(u[dxt] + u[dx]);
        },
        {.widths = {2, 5, 4, 1}, .hidden = Activation::sine});
}

TEST_CASE("coefficients of first derivatives may vary") {
  check("with a coordinate", operator_in(2), [](auto& world) {
    const auto u = world.network({dt, dx});
    return mean_square(u[dt] + world.point(0) * u[dx]);
  });
  check("from behind", operator_in(2), [](auto& world) {
    const auto u = world.network({dt, dx});
    return mean_square(u[dt] * square(world.point(1)) + u[dx] * world.point(0));
  });
  check("with the network, through a function", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] + exp(tanh(u)) * world.point(0) * u[dx] - kNu * u[dxx]);
  });
  check("in both directions", operator_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx, dtt});
    return mean_square(u * u[dt] + square(u) * u[dx] - kNu * u[dxx] + u[dtt]);
  });
  check("of a second derivative they may not", plain_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] - world.point(0) * u[dxx]);
  });
}

TEST_CASE("a factor that all coefficients have stands before the operator") {
  check("a coordinate", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    const auto t = world.point(1);
    return mean_square(t * u[dt] - kNu * (t * u[dxx]) + u);
  });
  check("a coordinate, and the network before it", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    const auto t = world.point(1);
    return mean_square(t * u[dt] + u * (t * u[dx]) - kNu * (t * u[dxx]));
  });
  check("the network, and a coordinate before and behind it", operator_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx, dtt});
    const auto x = world.point(0);
    return mean_square(u * u[dxx] + 2.0 * (u * u[dtt]) + (u * x) * u[dx] + (x * u) * u[dt]);
  });
  check("a factor that one first derivative does not have", plain_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx});
    const auto t = world.point(1);
    return mean_square(u[dt] + t * u[dx] - kNu * (t * u[dxx]));
  });
  check("a factor that one second derivative does not have", plain_in(5), [](auto& world) {
    const auto u = world.network({dt, dxx, dtt});
    const auto t = world.point(1);
    return mean_square(t * u[dt] + t * u[dx] + t * u[dxx] + u[dtt]);
  });
  check("the same second derivative with and without it", plain_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx});
    const auto t = world.point(1);
    return mean_square(t * u[dt] + t * u[dxx] + u[dxx]);
  });
}

TEST_CASE("what has no derivatives stands beside the operator") {
  check("reaction", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] - kNu * u[dxx] - (u - u * u * u));
  });
  check("a force and a number", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(1.0 - (u[dt] - kNu * u[dxx] + 2.0) * 3.0 + sin(world.point(0)));
  });
  check("numbers within factors", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u * (u[dx] - 0.5) + (u[dt] - kNu * u[dxx]) / 2.0);
  });
}

TEST_CASE("factors and signs are multiplied out") {
  check("nested", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(2.0 * (u * (3.0 * u[dx]) - u[dt]) - -u[dxx]);
  });
  check("factors of factors", operator_in(3),
        [](auto& world) {
          const auto u = world.network({dt, dxx});
          return mean_square(world.point(1) * (world.point(0) * (u[dx] - 2.0 * u[dt])) -
                             0.5 * (u[dxx] - u[dt]));
        },
        {.widths = {2, 5, 4, 1}});
  check("minus times minus", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(-(1.0 - (u[dt] - -(u * -(u[dx] - u)))) + kNu * u[dxx]);
  });
}

TEST_CASE("a derivative that stands in a sum twice has both coefficients") {
  check("numbers", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] - kNu * u[dxx] + 2.0 * u[dt] + u[dxx]);
  });
  check("a number and the network", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] + u * u[dx] - kNu * u[dxx] + 2.0 * u[dx]);
  });
  check("the network twice", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] + u * u[dx] - kNu * u[dxx] + -3.0 * (square(u) * u[dx]) +
                       world.point(1) * u[dx]);
  });
  check("recorded twice", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    const auto slope = u[dx];
    return mean_square(u[dt] + u * slope + slope - kNu * u[dxx]);
  });
}

TEST_CASE("what cannot be carried keeps its streams, the rest is still one") {
  check("a square of a derivative", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] + square(u[dx]) - kNu * u[dxx]);
  });
  check("a product of derivatives", plain_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] + u[dx] * u[dxx]);
  });
  check("a second derivative with a coefficient", plain_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] + u * u[dxx]);
  });
  check("a second derivative with and without", operator_in(5),
        [](auto& world) {
          const auto u = world.network({dt, dxx, dtt, dxt});
          return mean_square(u[dt] + u * u[dxx] - kNu * u[dxx] + u[dtt] + u[dxt]);
        },
        {.widths = {2, 5, 4, 1}});
  check("a function of everything", plain_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(tanh(u[dt] + u * u[dx] - kNu * u[dxx]));
  });
  check("a derivative in the weight", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] + u * u[dx] - kNu * u[dxx], square(u[dx]) + 1.0);
  });
  check("a derivative in another loss", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u[dt] + u * u[dx] - kNu * u[dxx]) + mean_square(u[dx] - 1.0);
  });
  check("the residual in two losses", plain_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx});
    const auto r = u[dt] + u * u[dx] - kNu * u[dxx];
    return mean_square(r) + 0.5 * mean_square(r, square(u));
  });
  check("the residual as its own weight", plain_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx});
    const auto r = u[dt] + u * u[dx] - kNu * u[dxx];
    return mean_square(r, square(r));
  });
}

TEST_CASE("the second loss is carried where the first one cannot be") {
  check("heat behind a value", operator_in(3), [](auto& world) {
    const auto u = world.network({dt, dxx});
    return mean_square(u - world.point(0)) + 3.0 * mean_square(u[dt] - kNu * u[dxx]);
  });
}

TEST_CASE("each network has an operator of its own") {
  const test::Setting setting{.widths = {2, 5, 4, 1}, .columns = 4};
  check(
      "one sum of both", {{3, 3}, {true, true}},
      [](auto& world) {
        const auto a = world.network({dt, dxx}, 0);
        const auto b = world.network({dt, dxx}, 2);
        return mean_square(a[dt] + b * a[dx] - kNu * a[dxx] + (b[dt] + a * b[dx] - 2.0 * b[dxx]));
      },
      setting);
  check(
      "a loss each", {{3, 2}, {true, true}},
      [](auto& world) {
        const auto a = world.network({dt, dxx}, 0);
        const auto b = world.network({dt, dx}, 1);
        return mean_square(a[dt] - kNu * a[dxx]) +
               mean_square(b[dt] + world.point(3) * b[dx], exp(a));
      },
      setting);
  check(
      "an operator times another network's value", {{3, 1}, {true, false}},
      [](auto& world) {
        const auto a = world.network({dt, dxx}, 0);
        const auto b = world.network({}, 2);
        return mean_square(b * (a * a[dx] - 1.0) - kNu * a[dxx] + a[dt]);
      },
      setting);
}

TEST_CASE("a network with several outputs carries every stream by itself") {
  test::Bench bench({.widths = {2, 4, 2}});
  test::Owned<Tape<double>> tape(bench.config());
  auto u = tape->network({dt, dxx});
  REQUIRE(tape->minimise(mean_square(u[dt] - kNu * u[dxx])).ok());
  REQUIRE(carried(*tape) == plain_in(4));
}

TEST_CASE("streams that no loss needs are dropped") {
  check("derivatives that are not read", plain_in(2), [](auto& world) {
    const auto u = world.network({dt, dxx, dxt, dtt});
    return mean_square(u[dx] - u);
  });
  check("nor recorded for long", plain_in(1), [](auto& world) {
    const auto u = world.network({dt, dxx});
    (void)(u[dt] * u[dxx]);
    return mean_square(u);
  });
}

TEST_CASE("a sum of more terms than there is room for is not carried, and right") {
  check("thirty terms", plain_in(4), [](auto& world) {
    const auto u = world.network({dt, dxx});
    auto sum = u[dt] - kNu * u[dxx];
    for (int k = 0; k < 30; ++k) sum = sum + square(u[dx]);
    return mean_square(sum);
  });
  check("twenty numbers within factors", plain_in(4),
        [](auto& world) {
          const auto u = world.network({dt, dxx});
          auto sum = u[dt] - kNu * u[dxx];
          for (int k = 0; k < 20; ++k) sum = (sum + 0.1) * 1.1;
          return mean_square(sum);
        },
        {.widths = {2, 5, 4, 1}, .nodes = 48});
}

TEST_CASE("six inputs have room for every second derivative, alone and in an operator") {
  test::Bench bench({.widths = {6, 4, 1}, .columns = 6, .rows = 5});
  const auto minimised = [&](Tape<double>& tape, std::size_t alone, bool all) {
    Derivatives every;
    for (std::size_t i = 0; i < 6; ++i) {
      for (std::size_t j = i; j < 6; ++j) every.add(second(i, j));
    }
    REQUIRE(every.count() == Derivatives::kCapacity);
    auto u = tape.network(every);
    auto sum = u[first(0)];
    auto squares = square(u);
    std::size_t k = 0;
    for (const Derivative& derivative : every.list()) {
      if (derivative.order != 2) continue;
      sum = sum + (0.1 * static_cast<double>(++k)) * u[derivative];
      if (all || k <= alone) squares = squares + (k <= alone ? 1.0 : 0.0) * square(u[derivative]);
    }
    REQUIRE(tape.minimise(mean_square(sum) + mean_square(squares)).ok());
  };
  for (const std::size_t alone : {0u, 5u, 10u, 18u}) {
    CAPTURE(alone);
    test::Owned<Tape<double>> tape(bench.config());
    minimised(*tape, alone, false);
    CHECK(carried(*tape) == operator_in(1 + 6 + alone + 1));
    test::Owned<Tape<double>> whole(bench.config());
    minimised(*whole, alone, true);
    CHECK(carried(*whole) == plain_in(28));
    CHECK(test::difference(bench.of(*tape), bench.of(*whole)) < 1e-12);
  }
}

TEST_CASE("a sum that nests thousands of terms deep on its left is left as it is") {
  const std::vector<std::size_t> widths{2, 3, 1};
  for (const bool from_the_left : {true, false}) {
    test::Owned<Tape<double>> tape({.widths = widths, .nodes = 8000});
    const auto u = tape->network({dx, dt, dxx});
    Expression<double> sum = u[dt] + u[dxx];
    for (int i = 0; i < 30; ++i) sum = from_the_left ? sum + u[dx] : u[dx] + sum;
    REQUIRE(tape->minimise(mean_square(sum)).ok());
    REQUIRE(tape->networks()[0].combined);

    test::Owned<Tape<double>> deep({.widths = widths, .nodes = 8000});
    const auto v = deep->network({dx, dt, dxx});
    Expression<double> long_sum = v[dt] + v[dxx];
    for (int i = 0; i < 2000; ++i) long_sum = from_the_left ? long_sum + v[dx] : v[dx] + long_sum;
    REQUIRE(deep->minimise(mean_square(long_sum)).ok());
    REQUIRE(deep->networks()[0].combined != from_the_left);
  }
}

TEST_CASE("shared sums that unfold into millions of terms are left as they are") {
  const std::vector<std::size_t> widths{2, 3, 1};
  test::Owned<Tape<double>> tape({.widths = widths, .nodes = 200});
  const auto u = tape->network({dx, dt, dxx});
  Expression<double> sum = u[dt] + u[dxx];
  Expression<double> coefficient = tape->point(0);
  for (int i = 0; i < 60; ++i) {
    sum = sum + sum;
    coefficient = coefficient * coefficient;
  }
  REQUIRE(tape->minimise(mean_square(sum + coefficient * u[dx])).ok());
  REQUIRE_FALSE(tape->networks()[0].combined);
}
