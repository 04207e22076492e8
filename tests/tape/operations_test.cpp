#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "support/test.hpp"
#include "twin.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;
using test::abs;
using test::max;
using test::mean_square;
using test::min;
using test::sigmoid;
using test::sqrt;
using test::square;

namespace {

/// A model on a tape against its plain twin: loss, and gradient against differences.
template <class Model>
void check(const char* name, const Model& model, const test::Setting& setting = {}) {
  INFO(name);
  test::Bench bench(setting);
  const double error = test::difference(bench.on_tape(model), bench.plain(model));
  CHECK(error < 1e-8);
}

/// Draws, one after the other.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : source_(seed) {}
  double number() { return 4 * source_.uniform(next_++) - 2; }
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(source_.uniform(next_++) * static_cast<double>(count));
  }

 private:
  Philox source_;
  std::uint64_t next_ = 0;
};

/// A random expression, the same for equal draws whatever its world.
template <class World, class Network>
auto random_expression(Draws& draws, std::size_t depth, World& world, const Network& u)
    -> decltype(u[dx]) {
  const auto part = [&] { return random_expression(draws, depth - 1, world, u); };
  if (depth == 0 || draws.below(8) == 0) {
    switch (draws.below(8)) {
      case 0: return world.point(draws.below(2));
      case 1: return world.constant(draws.number());
      case 2: return u[dx];
      case 3: return u[dt];
      case 4: return u[dxx];
      case 5: return u[dxt];
      case 6: return u[dtt];
      default: return u;
    }
  }
  // Operands one after the other: the order of a function's arguments is nobody's.
  const std::size_t operation = draws.below(14);
  const auto a = part();
  switch (operation) {
    case 0: return a + part();
    case 1: return a - part();
    case 2: return a * part();
    case 3: return draws.number() * a;
    case 4: return a + draws.number();
    case 5: return draws.number() - a;
    case 6: return a / 3.0;
    case 7: return square(a);
    case 8: return sqrt(square(a), 0.1);
    case 9: return abs(a);
    case 10: return tanh(a);
    case 11: return sin(a);
    case 12: return exp(tanh(a));
    default: return -a;
  }
}

}  // namespace

TEST_CASE("every operation has the gradient that differences say") {
  check("value", [](auto& world) { return mean_square(world.network()); });
  check("dx", [](auto& world) { return mean_square(world.network({dx})[dx]); });
  check("dt", [](auto& world) { return mean_square(world.network({dt})[dt]); });
  check("dxx", [](auto& world) { return mean_square(world.network({dxx})[dxx]); });
  check("dxt", [](auto& world) { return mean_square(world.network({dxt})[dxt]); });
  check("dtt", [](auto& world) { return mean_square(world.network({dtt})[dtt]); });
  check("point", [](auto& world) { return mean_square(world.network() * world.point(1)); });
  check("constant", [](auto& world) { return mean_square(world.network() - world.constant(2)); });
  const auto of_two = [](const char* name, auto operation) {
    check(name, [&](auto& world) {
      const auto u = world.network({dxx});
      return mean_square(operation(u[dx], u[dxx]));
    });
    // With itself: both operands are one.
    check(name, [&](auto& world) {
      const auto u = world.network({dx});
      return mean_square(operation(u[dx], u[dx]) + 1.0);
    });
  };
  of_two("add", [](auto a, auto b) { return a + b; });
  of_two("subtract", [](auto a, auto b) { return a - b; });
  of_two("multiply", [](auto a, auto b) { return a * b; });
  of_two("divide", [](auto a, auto b) { return a / (square(b) + 0.5); });
  of_two("angle", [](auto a, auto b) { return atan2(a, square(b) + 0.5); });
  of_two("larger", [](auto a, auto b) { return max(a + 0.1, b); });
  of_two("smaller", [](auto a, auto b) { return min(a + 0.1, b); });
  const auto of_one = [](const char* name, auto operation) {
    check(name, [&](auto& world) { return mean_square(operation(world.network({dx})[dx])); });
    check(name, [&](auto& world) { return mean_square(operation(world.network())); });
  };
  of_one("scale", [](auto a) { return -2.5 * a; });
  of_one("scale from behind", [](auto a) { return a * 3.0; });
  of_one("divide", [](auto a) { return a / 3.0; });
  of_one("shift", [](auto a) { return a + 0.25; });
  of_one("shift from the front", [](auto a) { return 0.25 + a; });
  of_one("shift down", [](auto a) { return a - 0.25; });
  of_one("take from a number", [](auto a) { return 0.25 - a; });
  of_one("negate", [](auto a) { return -a; });
  of_one("square", [](auto a) { return square(a); });
  of_one("square root", [](auto a) { return sqrt(square(a), 0.01) + 1.0; });
  of_one("absolute", [](auto a) { return abs(a) + 1.0; });
  of_one("tanh", [](auto a) { return tanh(a); });
  of_one("sine", [](auto a) { return sin(2.0 * a); });
  of_one("exponential", [](auto a) { return exp(a); });
  of_one("logarithm", [](auto a) { return log(square(a) + 0.5); });
  of_one("cosine", [](auto a) { return cos(2.0 * a); });
  of_one("sigmoid", [](auto a) { return sigmoid(3.0 * a); });
  of_one("power", [](auto a) { return pow(square(a) + 0.5, -1.5); });
  of_one("square root alone", [](auto a) { return sqrt(square(a) + 0.5); });
  of_one("divide a number", [](auto a) { return 0.25 / (a + 3.0); });
  of_one("at least", [](auto a) { return max(a, 0.12) + min(0.15, a); });
  of_one("at most", [](auto a) { return min(a, 0.12) - max(0.15, a); });
}

TEST_CASE("the derivative of an absolute value at 0 is 0") {
  test::Bench bench({.widths = {2, 3, 1}});
  for (double& parameter : bench.network().parameters()) parameter = 0;
  const auto outcome =
      bench.on_tape([](auto& world) { return mean_square(abs(world.network()) + 1.0); });
  REQUIRE(test::close(outcome.loss, 1, 1e-15));
  for (const double slope : outcome.gradient) REQUIRE(slope == 0);
}

TEST_CASE("through every activation gradients are what differences say") {
  const auto model = [](auto& world) {
    const auto u = world.network({dxx, dxt, dtt});
    return mean_square(u[dt] + u * u[dx] - 0.3 * u[dxx] + u[dxt] * u[dtt]) +
           mean_square(u[dt] + u * u[dx] - 0.3 * u[dxx]) + mean_square(u - world.point(0));
  };
  for (const Activation hidden : kActivations) {
    INFO(text(hidden));
    std::size_t checked = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      test::Bench bench({.hidden = hidden, .seed = seed});
      const test::Outcome plain = bench.plain(model);
      if (!plain.smooth) continue;
      ++checked;
      CAPTURE(seed);
      CHECK(test::difference(bench.on_tape(model), plain) < 1e-7);
    }
    CHECK(checked > 0);
  }
}

TEST_CASE("200 random graphs have the gradients that differences say") {
  double worst = 0;
  std::size_t checked = 0;
  for (std::uint64_t seed = 0; checked < 200 && seed < 400; ++seed) {
    Draws shape(1000 + seed);
    test::Setting setting{.seed = seed};
    if (shape.below(2) == 0) setting.widths = {2, 4, 1};
    setting.hidden = shape.below(2) == 0 ? Activation::tanh : Activation::sine;
    const std::size_t depth = 1 + shape.below(6);
    const auto model = [&](auto& world) {
      Draws draws(seed);
      const auto u = world.network({dxx, dxt, dtt});
      return mean_square(random_expression(draws, depth, world, u));
    };
    test::Bench bench(setting);
    // Differences of a huge loss are nothing but rounding.
    if (!(bench.plain_loss(model) < 100)) continue;
    const test::Outcome plain = bench.plain(model);
    const bool through_network = std::any_of(plain.gradient.begin(), plain.gradient.end(),
                                             [](double slope) { return slope != 0; });
    if (!plain.smooth || !through_network) continue;
    ++checked;
    const double error = test::difference(bench.on_tape(model), plain);
    CAPTURE(seed, depth);
    CHECK(error < 1e-7);
    worst = std::fmax(worst, error);
  }
  CAPTURE(worst);
  REQUIRE(checked == 200);
}

TEST_CASE("weights of a mean square are differentiated too") {
  check("by data", [](auto& world) {
    const auto u = world.network({dx});
    return mean_square(u[dx] - 1.0, square(world.point(0)));
  });
  check("by the network", [](auto& world) {
    const auto u = world.network({dx});
    return mean_square(u[dx] - 1.0, exp(tanh(u * u[dx])));
  });
  check("by the gradient, as a shock's weight", [](auto& world) {
    const auto u = world.network({dx, dt});
    return mean_square(u[dt] + u * u[dx], 1.0 / 3 * (abs(u[dx]) - u[dx]) + 1.0);
  });
  check("by the residual itself", [](auto& world) {
    const auto u = world.network({dx});
    const auto r = u[dx] - 1.0;
    return mean_square(r, r);
  });
}

TEST_CASE("losses add up with their factors") {
  check("four of them", [](auto& world) {
    const auto u = world.network({dx, dt});
    return 2.0 * (mean_square(u[dx]) + 0.5 * mean_square(u[dt], square(u))) +
           mean_square(u - world.point(0)) + mean_square(u[dx]);
  });
}

TEST_CASE("one network stands on a tape several times, at points of its own") {
  const test::Setting setting{.columns = 5};
  check(
      "periodic walls",
      [](auto& world) {
        const auto left = world.network({dx}, 0);
        const auto right = world.network({dx}, 2);
        return mean_square(left - right) + mean_square(left[dx] - right[dx] * world.point(4));
      },
      setting);
  check(
      "different derivatives",
      [](auto& world) {
        const auto a = world.network({dxx, dt}, 1);
        const auto b = world.network({}, 3);
        const auto c = world.network({dxt}, 0);
        const auto d = world.network({dt}, 2);
        return mean_square(a[dt] - 0.1 * a[dxx] + b * c[dxt] - square(d[dt]));
      },
      setting);
  check(
      "an operator whose coefficients are another's values",
      [](auto& world) {
        const auto a = world.network({dxx, dt}, 1);
        const auto b = world.network({dxx, dt}, 3);
        return mean_square(a[dt] + b * a[dx] - 0.1 * a[dxx] + a * b[dx] + b[dt] - 0.2 * b[dxx]);
      },
      setting);
}

TEST_CASE("outputs of a network have derivatives each") {
  test::Setting setting;
  setting.widths = {2, 4, 3};
  check(
      "all outputs",
      [](auto& world) {
        const auto u = world.network({dxx, dt});
        return mean_square(u(1, dx) + u(0, dt) * u(2)) + mean_square(u(2, dxx) - u[dx] + u(1));
      },
      setting);
  check(
      "the last one alone",
      [](auto& world) {
        const auto u = world.network({dxx});
        return mean_square(u(2, dxx));
      },
      setting);
}

TEST_CASE("gradients do not depend on the tile, for any number of points") {
  const auto model = [](auto& world) {
    const auto u = world.network({dxx, dt});
    return mean_square(u[dt] + u * u[dx] - 0.1 * u[dxx]) + mean_square(u - world.point(0), exp(u));
  };
  for (const std::size_t rows : {1u, 2u, 7u, 8u, 9u, 16u, 33u, 64u, 100u}) {
    test::Bench bench({.widths = {2, 7, 5, 1}, .rows = rows});
    const test::Outcome whole = bench.on_tape(model, 128);
    REQUIRE(test::close(whole.loss, bench.plain_loss(model), 1e-13));
    for (const std::size_t tile : {1u, 5u, 16u, 64u}) {
      CAPTURE(rows, tile);
      CHECK(test::difference(bench.on_tape(model, tile), whole) < 1e-13);
    }
  }
}

TEST_CASE("a tile without points has no loss and adds no gradient") {
  test::Bench bench({.rows = 1});
  test::Owned<Tape<double>> tape(bench.config());
  test::TapeWorld world(*tape);
  auto u = world.network({dxx, dt});
  REQUIRE(tape->minimise(mean_square(u[dt] + world.point(1) * u[dx] - u[dxx])).ok());
  test::Owned<Replay<double>> replay({.tape = &*tape, .tile = 4});
  replay->forward(bench.network(), bench.points().block(0, 0, 0, 2));
  REQUIRE(replay->loss() == 0);
  std::vector<double> gradient(bench.network().parameters().size(), 3.0);
  replay->backward(bench.network(), 1, gradient);
  for (const double slope : gradient) REQUIRE(slope == 3);
}

TEST_CASE("values of expressions are those of plain numbers") {
  test::Bench bench({});
  test::Owned<Tape<double>> tape(bench.config());
  auto u = tape->network({dxx, dt});
  const auto r = u[dt] + exp(u) * u[dx] - sin(u[dxx]);
  REQUIRE(tape->status().ok());
  test::Owned<Replay<double>> replay({.tape = &*tape, .tile = 16});
  replay->forward(bench.network(), bench.points());
  REQUIRE(replay->values(r).size() == 7);
  test::Owned<ForwardPass<double>> pass(
      {.widths = bench.network().widths(), .derivatives = {dx, dt, dxx}});
  for (std::size_t p = 0; p < 7; ++p) {
    std::array<double, 4> plain{};
    REQUIRE(pass->evaluate_point(bench.network(),
                                 std::array{bench.points()(p, 0), bench.points()(p, 1)}, plain)
                .ok());
    const auto [u_value, x, t, xx] = plain;
    CHECK(test::close(replay->values(u)[p], u_value, 1e-14));
    CHECK(test::close(replay->values(r)[p], t + std::exp(u_value) * x - std::sin(xx), 1e-13));
  }
}
