#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "support/allocation.hpp"
#include "support/test.hpp"
#include "twin.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;
using test::mean_square;
using test::square;

namespace {

const std::array<std::size_t, 3> kWidths{2, 3, 1};
constexpr double kPi = std::numbers::pi;
constexpr std::array kAsked{value, dx, dt, dxx, dxt, dtt};

/// What the product rule says of u = sin(pi x) + x t N.
template <class World, class Network>
auto by_hand(Derivative wanted, World& world, const Network& n) {
  const auto x = world.point(0);
  const auto t = world.point(1);
  if (wanted == dx) return kPi * cos(kPi * x) + t * n + x * t * n[dx];
  if (wanted == dt) return x * n + x * t * n[dt];
  if (wanted == dxx) return -kPi * kPi * sin(kPi * x) + 2.0 * (t * n[dx]) + x * t * n[dxx];
  if (wanted == dxt) return n + t * n[dt] + x * n[dx] + x * t * n[dxt];
  if (wanted == dtt) return 2.0 * (x * n[dt]) + x * t * n[dtt];
  return sin(kPi * x) + x * t * n;
}

/// Likewise, as the tape writes it; of plain numbers by hand.
template <class World, class Network>
auto transformed(Derivative wanted, World& world, const Network& n) {
  if constexpr (std::is_same_v<World, test::TapeWorld>) {
    const Expression<double> u = sin(kPi * world.point(0)) + world.point(0) * world.point(1) * n;
    return u[wanted];
  } else {
    return by_hand(wanted, world, n);
  }
}

/// A tape after something was done to it: its status.
template <class Use>
Status status_after(const Use& use, typename Tape<double>::Config config = {.widths = kWidths}) {
  test::Owned<Tape<double>> tape(config);
  use(*tape);
  return tape->status();
}

struct WithoutRule : OfOne {
  static constexpr const char* kName = "without_rule";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return x.a;
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T>, T, T bar) noexcept {
    return {.a = bar};
  }
};

}  // namespace

TEST_CASE("derivatives of a transformed network follow the product rule, and so do gradients") {
  for (const Derivative wanted : kAsked) {
    CAPTURE(derivative_info(wanted));
    const auto model = [wanted](auto& world) {
      const auto n = world.network({dxx, dxt, dtt});
      return mean_square(transformed(wanted, world, n) - 0.3);
    };
    test::Bench bench({});
    CHECK(test::difference(bench.on_tape(model), bench.plain(model)) < 1e-8);
  }
}

TEST_CASE("a residual of a transformed network has the gradient that differences say") {
  const auto model = [](auto& world) {
    const auto n = world.network({dxx, dt});
    const auto u = transformed(value, world, n);
    return mean_square(transformed(dt, world, n) + u * transformed(dx, world, n) -
                       0.1 * transformed(dxx, world, n));
  };
  test::Bench bench({});
  CHECK(test::difference(bench.on_tape(model), bench.plain(model)) < 1e-8);
}

TEST_CASE("a function of a network has derivatives by its chain rule") {
  const auto model = [](auto& world) {
    const auto n = world.network({dxx});
    if constexpr (std::is_same_v<decltype(world), test::TapeWorld&>) {
      return mean_square(exp(0.5 * n)[dxx] - 0.2);
    } else {
      return mean_square(std::exp(0.5 * n) * (0.25 * square(n[dx]) + 0.5 * n[dxx]) - 0.2);
    }
  };
  test::Bench bench({});
  CHECK(test::difference(bench.on_tape(model), bench.plain(model)) < 1e-8);
}

TEST_CASE("columns are coordinates where a network has them as inputs, and data elsewhere") {
  test::Owned<Tape<double>> tape({.widths = kWidths, .columns = 5});
  (void)tape->network({dx}, 2);
  const auto all = tape->point(0) + 3.0 * tape->point(2) + 7.0 * tape->point(4) +
                   11.0 * tape->point(1) + 13.0 * tape->point(3);
  const std::array<Expression<double>, 2> slopes{all[dx], all[dt]};
  REQUIRE(tape->status().ok());
  CHECK(tape->nodes()[slopes[0].node()].constant == 4);
  CHECK(tape->nodes()[slopes[1].node()].constant == 24);
}

TEST_CASE("derivatives that are numbers are constants, and trivial operations take no node") {
  test::Owned<Tape<double>> tape({.widths = kWidths});
  const auto n = tape->network({dxx});
  const auto t = tape->point(1);
  const auto u = t * n + 2.0;
  const std::size_t before = tape->nodes().size();
  const auto slope = u[dxx];
  REQUIRE(tape->status().ok());
  // N_x, t N_x, N_xx, t N_xx
  CHECK(tape->nodes().size() == before + 4);
  CHECK(tape->nodes()[slope.node()].operation == &operation_row<operations::Multiply>());
  CHECK(u[dxx].node() == slope.node());
  CHECK(u[value].node() == u.node());
  CHECK(tape->nodes().size() == before + 4);
  CHECK(tape->nodes()[(3.0 * t)[dx].node()].constant == 0);
  CHECK(tape->nodes()[(3.0 * t)[dt].node()].constant == 3);
}

TEST_CASE("a derivative that cannot be recorded says why") {
  CHECK(status_after([](auto& tape) { (void)(2.0 * tape.network({dx}))[dt]; }) ==
        Status{StatusCode::derivative_missing, derivative_info(dt)});
  CHECK(status_after([](auto& tape) { (void)square(tape.network({dx}))[dxx]; }) ==
        Status{StatusCode::derivative_missing, derivative_info(dxx)});
  CHECK(status_after([](auto& tape) { (void)square(tape.network({dxx})[dxx])[dx]; }) ==
        Status{StatusCode::derivative_order, 3});
  CHECK(status_after([](auto& tape) {
          (void)tape.point(0)[Derivative{3, 0, 0}];
        }) == Status{StatusCode::derivative_order, 3});
  CHECK(status_after([](auto& tape) { (void)tape.point(0)[first(2)]; }) ==
        Status{StatusCode::no_such_input, 2});
  CHECK(status_after([](auto& tape) { (void)apply<WithoutRule>(tape.point(0))[dx]; }) ==
        Status{StatusCode::derivative_unknown});
  CHECK(status_after([](auto& tape) { (void)apply<WithoutRule>(tape.point(0))[dt]; }).ok());
  CHECK(status_after([](auto& tape) {
          auto u = tape.network({dx});
          (void)tape.minimise(mean_square(u));
          (void)square(u)[dx];
        }) == Status{StatusCode::tape_closed});
  const auto long_one = [](auto& tape) { (void)sin(sin(tape.point(0) * tape.point(1)))[dxx]; };
  CHECK(status_after(long_one, {.widths = kWidths, .nodes = 12}) ==
        Status{StatusCode::tape_full, 12});
  CHECK(Expression<double>()[dx].tape() == nullptr);
}

TEST_CASE("recording derivatives allocates nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  test::Owned<Tape<double>> tape({.widths = kWidths, .nodes = 100});
  CHECK(test::allocations_of([&] {
          const auto n = tape->network({dxx, dt});
          const Expression<double> u = sin(kPi * tape->point(0)) + tape->point(1) * n;
          (void)tape->minimise(mean_square(u[dt] + u * u[dx] - 0.1 * u[dxx]));
        }) == 0);
  CHECK(tape->status().ok());
}
