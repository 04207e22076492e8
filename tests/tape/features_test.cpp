#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"
#include "twin.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;
using test::mean_square;

namespace {

const std::array<std::size_t, 3> kWidths{2, 3, 1};
constexpr double kPi = std::numbers::pi;

/// The inputs z_0 = cos pi x + 0.3 t and z_1 = (1 + t) sin pi x, as expressions.
template <class T>
std::array<Expression<T>, 2> features(Tape<T>& tape, std::size_t first_column = 0) {
  const auto x = tape.point(first_column);
  const auto t = tape.point(first_column + 1);
  return {cos(kPi * x) + 0.3 * t, (t + 1.0) * sin(kPi * x)};
}

/// A network of them: of plain numbers by closed forms, in the order of kPlainDerivatives.
auto network_of_features(test::PlainWorld& world, Tape<double>*, const Derivatives&) {
  const double t = world.point(1);
  const double s = std::sin(kPi * world.point(0));
  const double c = std::cos(kPi * world.point(0));
  return world.network_of(
      {c + 0.3 * t, -kPi * s, 0.3, -kPi * kPi * c, 0, 0},
      {(1 + t) * s, (1 + t) * kPi * c, s, -(1 + t) * kPi * kPi * s, kPi * c, 0});
}
auto network_of_features(test::TapeWorld&, Tape<double>* tape, const Derivatives& derivatives) {
  return tape->network(derivatives, features(*tape));
}

/// Loss and gradient of a model of a world and such a network, on a tape and by plain numbers; the
/// number of streams that the tape carries.
struct Compared {
  double error = 0;
  std::size_t streams = 0;
};
template <class Model>
Compared compare(const Derivatives& derivatives, const Model& model) {
  test::Bench bench({});
  test::Owned<Tape<double>> tape(bench.config());
  test::TapeWorld world(*tape);
  REQUIRE(tape->minimise(model(world, network_of_features(world, &*tape, derivatives))).ok());
  const test::Outcome plain = bench.plain([&](test::PlainWorld& numbers) {
    return model(numbers, network_of_features(numbers, nullptr, derivatives));
  });
  return {test::difference(bench.of(*tape), plain), tape->networks()[0].stream_count()};
}

constexpr auto kBurgers = [](auto&, const auto& u) {
  return mean_square(u[dt] + u * u[dx] - 0.1 * u[dxx] + 0.3 * u[dxt]);
};

Status status_of(const auto& use, std::size_t nodes = 64) {
  test::Owned<Tape<double>> tape({.widths = kWidths, .columns = 3, .nodes = nodes});
  use(*tape);
  return tape->status();
}

}  // namespace

TEST_CASE("a network of expressions has the derivatives of the chain rule, and their gradients") {
  for (const Derivative wanted : {value, dx, dt, dxx, dxt, dtt}) {
    CAPTURE(derivative_info(wanted));
    const Compared found = compare({dxx, dxt, dtt}, [wanted](auto&, const auto& u) {
      return mean_square(u(0, wanted) - 0.3);
    });
    CHECK(found.error < 1e-8);
  }
}

TEST_CASE("the linear operator of a network of expressions is one stream") {
  const Compared found = compare({dxx, dxt, dt}, kBurgers);
  CHECK(found.error < 1e-8);
  CHECK(found.streams == 4);  // u, u_x, u_t of the mixed derivative, and the operator
}

TEST_CASE("a transformed network of expressions has the gradient that differences say") {
  const Compared found = compare({dxx, dt}, [](auto& world, const auto& n) {
    const auto x = world.point(0);
    const auto t = world.point(1);
    if constexpr (std::is_same_v<decltype(world), test::TapeWorld&>) {
      const Expression<double> u = -sin(kPi * x) + t * n;
      return mean_square(u[dt] + u * u[dx] - 0.1 * u[dxx]);
    } else {
      const double u = -std::sin(kPi * x) + t * n;
      const double slope = -kPi * std::cos(kPi * x) + t * n[dx];
      const double bend = kPi * kPi * std::sin(kPi * x) + t * n[dxx];
      return mean_square(n + t * n[dt] + u * slope - 0.1 * bend);
    }
  });
  CHECK(found.error < 1e-8);
}

TEST_CASE("a network of expressions has the bits of one whose columns hold their values") {
  test::Bench bench({.rows = 20});
  test::Owned<Tape<double>> tape(bench.config());
  const auto inputs = features(*tape);
  const Expression<double> u = tape->network({dx}, inputs);
  test::Owned<Replay<double>> replay({.tape = &*tape, .tile = 20});
  replay->forward(bench.network(), bench.points());
  std::vector<double> columns;
  for (const auto& input : inputs) {
    for (const double number : replay->values(input)) columns.push_back(number);
  }
  test::Owned<Tape<double>> plain(bench.config());
  const Expression<double> v = plain->network({dx});
  test::Owned<Replay<double>> twin({.tape = &*plain, .tile = 20});
  twin->forward(bench.network(), {columns.data(), 20, 2});
  for (std::size_t p = 0; p < 20; ++p) CHECK(replay->values(u)[p] == twin->values(v)[p]);
}

TEST_CASE("a network of expressions of columns further on has its derivatives by these") {
  test::Bench bench({.columns = 4, .rows = 5});
  test::Owned<Tape<double>> tape(bench.config());
  const auto far = tape->network({dxx, dt}, features(*tape, 2), 2);
  const std::array<Expression<double>, 3> slopes{far[dx], far[dt], far[dxx]};
  test::Owned<Tape<double>> first({.widths = bench.config().widths});
  const auto near = first->network({dxx, dt}, features(*first));
  const std::array<Expression<double>, 3> expected{near[dx], near[dt], near[dxx]};
  test::Owned<Replay<double>> replay({.tape = &*tape, .tile = 5});
  test::Owned<Replay<double>> twin({.tape = &*first, .tile = 5});
  replay->forward(bench.network(), bench.points());
  twin->forward(bench.network(), bench.points().block(0, 2, 5, 2));
  for (std::size_t s = 0; s < 3; ++s) {
    for (std::size_t p = 0; p < 5; ++p) {
      CHECK(replay->values(slopes[s])[p] == twin->values(expected[s])[p]);
    }
  }
}

TEST_CASE("what cannot be the inputs of a network is refused") {
  CHECK(status_of([](auto& tape) {
          (void)tape.network({dx}, {tape.point(0), 2.0 * tape.network({dx})});
        }) == Status{StatusCode::input_of_network, 1});
  CHECK(status_of([](auto& tape) { (void)tape.network({dx}, {tape.point(0)}); }) ==
        Status{StatusCode::shape_mismatch, 2});
  CHECK(status_of([](auto& tape) {
          (void)tape.network({dx}, {tape.point(0), Expression<double>()});
        }) == Status{StatusCode::foreign_expression});
  CHECK(status_of([](auto& tape) { (void)tape.network({dt}, features(tape), 2); }) ==
        Status{StatusCode::no_such_column, 3});
  CHECK(status_of([](auto& tape) { (void)tape.network({dt}, features(tape)); }, 8) ==
        Status{StatusCode::tape_full, 8});
}

TEMPLATE_TEST_CASE("a replay of a network of expressions is built in exactly its footprint", "",
                   float, double) {
  const typename Tape<TestType>::Config config{
      .widths = kWidths, .columns = 2, .networks = 1, .streams = 4};
  test::Owned<Tape<TestType>> tape(config);
  const auto u = tape->network({dt, dxx}, features(*tape));
  REQUIRE(tape->minimise(mean_square(u[dt] + u * u[dx] - 0.1 * u[dxx])).ok());
  CHECK(tape->networks()[0].stream_count() == 3);
  CHECK(Replay<TestType>::footprint({.tape = &*tape, .tile = 20}).bytes <=
        Replay<TestType>::footprint(config, 20).bytes);
  test::Owned<Mlp<TestType>> network({.widths = kWidths});
  test::randomise(*network, 2);
  const std::vector<TestType> points = test::random_numbers<TestType>(40, 1);
  const typename Replay<TestType>::Config used{.tape = &*tape, .tile = 20};
  test::check_footprint<Replay<TestType>>(used, [&](Replay<TestType>& replay) {
    std::vector<TestType> gradient(network->parameters().size());
    const auto pass = [&] {
      replay.forward(*network, {points.data(), 20, 2});
      replay.backward(*network, 1, gradient);
    };
    if (test::counts_allocations()) CHECK(test::allocations_of(pass) == 0);
    pass();
    CHECK(std::isfinite(replay.loss()));
  });
}
