#include "pinnscope/pde/problem.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <string>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/tape/replay.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Point = std::vector<double>;

/// Output k of the exact solution.
double exact(const Problem& problem, const Point& x, std::size_t k) {
  std::vector<double> u(problem.outputs.size());
  const Status status = exact_solution(problem, x, u);
  if (!status.ok()) return std::numeric_limits<double>::quiet_NaN();
  return u[k];
}

constexpr std::array kNodes{-2, -1, 0, 1, 2};
constexpr std::array<double, 5> kFirst{1. / 12, -8. / 12, 0, 8. / 12, -1. / 12};
constexpr std::array<double, 5> kSecond{-1. / 12, 16. / 12, -30. / 12, 16. / 12, -1. / 12};

/// A derivative of the exact solution by central differences of the fourth order.
double differentiated(const Problem& problem, Point x, std::size_t k, Derivative derivative) {
  if (derivative.order == 0) return exact(problem, x, k);
  constexpr double kStep = 2e-4;
  const auto weights = derivative.order == 2 && derivative.i == derivative.j ? kSecond : kFirst;
  const bool mixed = derivative.order == 2 && derivative.i != derivative.j;
  double sum = 0;
  for (std::size_t n = 0; n < kNodes.size(); ++n) {
    Point moved = x;
    moved[derivative.i] += kNodes[n] * kStep;
    sum += weights[n] * (mixed ? differentiated(problem, moved, k, partial::first(derivative.j))
                               : exact(problem, moved, k));
  }
  return sum / (derivative.order == 2 && !mixed ? kStep * kStep : kStep);
}

/// What a residual takes of the exact solution.
struct Differentiated {
  Point x;
  std::vector<double> values;
  std::vector<double> other;
  std::vector<double> given;
  PointValues known;

  Differentiated(const Problem& problem, const Derivatives& derivatives, Point at)
      : x(std::move(at)), values(problem.outputs.size() * derivatives.count()) {
    fill(problem, derivatives, x, values);
    known = {.coordinates = x,
             .derivatives = derivatives,
             .values = {values.data(), problem.outputs.size(), derivatives.count()}};
  }

  /// For a condition: what its data say, and the exact solution at the other end.
  void add(const Problem& problem, const Condition& condition) {
    known.across = partial::first(condition.input);
    if (condition.data != nullptr) {
      given.resize(problem.outputs.size());
      REQUIRE(given_values(problem, condition, x, given).ok());
      known.given = given;
    }
    if (condition.end != End::both) return;
    other.resize(values.size());
    Point there = x;
    there[condition.input] = problem.inputs[condition.input].high;
    fill(problem, known.derivatives, there, other);
    known.other_end = {other.data(), known.values.rows, known.values.columns};
  }

  double largest() const {
    double size = 1;
    for (const double value : values) size = std::max(size, std::abs(value));
    return size;
  }

 private:
  static void fill(const Problem& problem, const Derivatives& derivatives, const Point& x,
                   std::vector<double>& values) {
    for (std::size_t s = 0; s < derivatives.count(); ++s) {
      for (std::size_t k = 0; k < problem.outputs.size(); ++k) {
        values[s * problem.outputs.size() + k] = differentiated(problem, x, k, derivatives[s]);
      }
    }
  }
};

/// Points inside, with room for the differences.
std::vector<Point> inside(const Problem& problem, std::size_t count) {
  const Philox source(7);
  std::vector<Point> points;
  for (std::size_t i = 0; i < count; ++i) {
    Point x;
    for (const Input& input : problem.inputs) {
      const double part = 0.01 + 0.98 * source.uniform(problem.inputs.size() * i + x.size());
      x.push_back(input.low + (input.high - input.low) * part);
    }
    points.push_back(x);
  }
  return points;
}

/// The largest residual of the equation over what it may be by the errors of differences.
double worst_residual(const Problem& solved, const Problem& asked) {
  double worst = 0;
  for (const Point& x : inside(solved, 40)) {
    const Differentiated point(solved, solved.derivatives, x);
    const auto list = asked.equation(PointField(point.known), asked);
    REQUIRE(list.count() > 0);
    for (const Number residual : list.terms()) {
      worst = std::max(worst, std::abs(residual.number) / (1e-7 * point.largest()));
    }
  }
  return worst;
}

using Owned = test::Owned<TrainingProblem<double>>;

/// The sum of the mean squares of a term's residuals, computed of numbers from the network's
/// values.
double loss_of_numbers(const Problem& problem, std::size_t term, const Mlp<double>& network,
                       MatrixView<const double> points) {
  const bool equation = term == 0;
  const Condition condition = equation ? Condition{} : problem.conditions[term - 1];
  const Derivatives derivatives = equation ? problem.derivatives : condition.derivatives;
  const Residual& residual = equation ? problem.equation : condition.residual;
  const std::size_t n = problem.inputs.size();
  const std::size_t m = problem.outputs.size();
  const ForwardPass<double>::Config config{.widths = network.widths(), .derivatives = derivatives};
  std::vector<std::byte> memory(ForwardPass<double>::footprint(config).bytes);
  Arena arena(memory);
  ForwardPass<double> pass(config, arena);
  double sum = 0;
  for (std::size_t p = 0; p < points.rows; ++p) {
    std::vector<double> row(points.columns);
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = points(p, c);
    std::vector<double> values(m * derivatives.count());
    std::vector<double> other(values.size());
    const std::span<const double> columns(row);
    REQUIRE(pass.evaluate_point(network, columns.first(n), values).ok());
    const std::size_t given = n * (condition.end == End::both ? 2 : 1);
    if (given > n) REQUIRE(pass.evaluate_point(network, columns.subspan(n, n), other).ok());
    const PointValues known{.coordinates = columns.first(n),
                            .derivatives = derivatives,
                            .values = {values.data(), m, derivatives.count()},
                            .other_end = {other.data(), m, derivatives.count()},
                            .given = columns.subspan(given),
                            .across = partial::first(condition.input)};
    const Residuals<Number> list = residual(PointField(known), problem);
    for (const Number term_value : list.terms()) {
      sum += term_value.number * term_value.number;
    }
  }
  return sum;
}

// A problem of another program: three inputs, a condition on the slope, ends joined in value and
// slope. u = e^-t cos(x) cos(2 y), x from 0 to 2 pi, y from 0 to pi/2.
constexpr double kPi = std::numbers::pi;
constexpr Input kRoomInputs[]{{"x", 0, 2 * kPi}, {"y", 0, kPi / 2}, {"t", 1, 2}};
constexpr const char* kRoomOutputs[]{"u"};
Status room_exact(const Problem&, VectorView<const double> x, VectorView<double> u) noexcept {
  u[0] = std::exp(-x[2]) * std::cos(x[0]) * std::cos(2 * x[1]);
  return {};
}
constexpr auto kNoFlux = [](const auto& u, const Problem&) noexcept { return u[u.across()]; };
constexpr Condition kRoomConditions[]{
    {.name = "initial", .input = 2, .data = room_exact},
    {.name = "joined", .input = 0, .end = End::both, .residual = kPeriodic},
    {.name = "joined slopes",
     .input = 0,
     .end = End::both,
     .residual = kPeriodicSlope,
     .derivatives = {partial::dx}},
    {.name = "floor", .input = 1, .residual = kNoFlux, .derivatives = {partial::dy}},
    {.name = "ceiling",
     .input = 1,
     .end = End::high,
     .residual = kNoFlux,
     .derivatives = {partial::dy}},
};
constexpr Problem kRoom{
    .name = "room",
    .inputs = kRoomInputs,
    .outputs = kRoomOutputs,
    .derivatives = {partial::first(2), partial::dxx, partial::dyy},
    .equation =
        [](const auto& u, const Problem&) noexcept {
          return u[partial::first(2)] - 0.2 * (u[partial::dxx] + u[partial::dyy]);
        },
    .conditions = kRoomConditions,
    .exact = room_exact,
};
static_assert(kRoom.check().ok() && kRoom.time() == 2);

/// All that the library has, and that one.
std::vector<Problem> every_problem() {
  std::vector<Problem> all(problems().begin(), problems().end());
  all.push_back(kRoom);
  return all;
}

}  // namespace

TEST_CASE(
    "the equation of every problem vanishes for its exact solution, which is differentiated") {
  for (const Problem& problem : every_problem()) {
    INFO(problem.name);
    if (problem.exact != nullptr) CHECK(worst_residual(problem, problem) < 1);
  }
}

TEST_CASE("with other coefficients it does not: the check above can fail") {
  for (const char* name : {"viscous", "heat", "advection", "kovasznay"}) {
    INFO(name);
    const Problem& problem = *find_problem(name);
    std::vector<Coefficient> changed(problem.coefficients.begin(), problem.coefficients.end());
    for (Coefficient& coefficient : changed) coefficient.value *= 1.001;
    Problem other = problem;
    other.coefficients = changed;
    CHECK(worst_residual(problem, other) > 10);
    CHECK(worst_residual(other, other) < 1);  // the exact solution follows them
  }
  Problem still = *find_problem("helmholtz");
  still.exact = kZero;
  CHECK(worst_residual(still, still) > 10);
}

TEST_CASE("every condition holds for the exact solution") {
  for (const Problem& problem : every_problem()) {
    for (const Condition& condition : problem.conditions) {
      INFO(problem.name << ", " << condition.name);
      const Input& across = problem.inputs[condition.input];
      // The solution before the start is not asked for.
      if (condition.input == problem.time() && condition.derivatives.count() > 1) continue;
      for (Point x : inside(problem, 20)) {
        x[condition.input] = condition.end == End::high ? across.high : across.low;
        Differentiated point(problem, condition.derivatives, x);
        point.add(problem, condition);
        const Residuals<Number> list = condition.residual(PointField(point.known), problem);
        for (const Number residual : list.terms()) {
          CHECK(std::abs(residual.number) < 1e-9 * point.largest());
        }
      }
    }
  }
}

TEST_CASE("on tapes every residual is what it is of numbers") {
  for (const Problem& problem : every_problem()) {
    const std::vector<std::size_t> widths{problem.inputs.size(), 5, 4, problem.outputs.size()};
    const Owned owned({.problem = &problem,
                       .widths = widths,
                       .points = 30,
                       .initial_points = 9,
                       .boundary_points = 8});
    REQUIRE(owned->status().ok());
    std::vector<std::byte> memory(Mlp<double>::footprint({.widths = widths}).bytes);
    Arena arena(memory);
    Mlp<double> network({.widths = widths}, arena);
    initialise(network, Initialiser::glorot_uniform, 3);
    REQUIRE(owned->terms().size() == 1 + problem.conditions.size());
    for (std::size_t k = 0; k < owned->terms().size(); ++k) {
      const auto& term = owned->terms()[k];
      INFO(problem.name << ", " << term.name);
      const Replay<double>::Config config{.tape = term.tape, .tile = 64};
      std::vector<std::byte> work(Replay<double>::footprint(config).bytes);
      Arena workspace(work);
      Replay<double> replay(config, workspace);
      replay.forward(network, term.points);
      const double expected = loss_of_numbers(problem, k, network, term.points);
      CHECK(expected > 0);
      CHECK(test::relatively_close(replay.loss(), expected, 1e-12));
    }
  }
}

TEST_CASE("points lie in the box, and those of conditions on their faces") {
  for (const Problem& problem : every_problem()) {
    INFO(problem.name);
    const std::vector<std::size_t> widths{problem.inputs.size(), 3, problem.outputs.size()};
    const Owned owned({.problem = &problem,
                       .widths = widths,
                       .points = 200,
                       .initial_points = 30,
                       .boundary_points = 20});
    const std::size_t n = problem.inputs.size();
    for (std::size_t k = 0; k < owned->terms().size(); ++k) {
      const auto points = owned->terms()[k].points;
      for (std::size_t c = 0; c < n; ++c) {
        const auto [name, low, high] = problem.inputs[c];
        const auto column = points.column(c);
        const auto [least, most] = std::minmax_element(column.begin(), column.end());
        const bool across = k > 0 && problem.conditions[k - 1].input == c;
        const End end = k > 0 ? problem.conditions[k - 1].end : End::low;
        if (across) {
          CHECK(*least == (end == End::high ? high : low));
          CHECK(*most == *least);
        } else {
          CHECK((*least >= low && *most <= high && *most - *least > (high - low) / 2));
        }
        if (k == 0 || end != End::both) continue;
        for (std::size_t i = 0; i < points.rows; ++i) {
          CHECK(points(i, n + c) == (across ? high : points(i, c)));
        }
      }
      if (k == 0) continue;
      const bool initial = problem.conditions[k - 1].input == problem.time();
      CHECK(points.rows == (initial ? 30u : 20u));
    }
  }
}

TEST_CASE("a problem may have one input: its conditions are points") {
  constexpr Input kLine[]{{"x", 0, 2}};
  constexpr const char* kOutput[]{"u"};
  constexpr Condition kEnds[]{{.name = "left", .data = kZero},
                              {.name = "right", .end = End::high, .data = kZero}};
  const Problem beam{
      .name = "beam",
      .inputs = kLine,
      .outputs = kOutput,
      .derivatives = {partial::dxx},
      .equation = [](const auto& u, const Problem&) noexcept { return u[partial::dxx] + 1; },
      .conditions = kEnds};
  const std::vector<std::size_t> widths{1, 4, 1};
  const Owned owned({.problem = &beam, .widths = widths, .points = 50});
  REQUIRE(owned->status().ok());
  CHECK(owned->terms()[1].points.rows == 1);
  CHECK(owned->terms()[2].points(0, 0) == 2);
  CHECK(owned->terms()[2].points(0, 1) == 0);
  double u = 5;
  CHECK(exact_solution(beam, std::array{1.0}, {&u, 1}).code == StatusCode::unsupported);
  CHECK(u == 5);
}

TEST_CASE("problems are found by names of their own") {
  std::set<std::string> names;
  for (const Problem& problem : problems()) {
    CHECK(find_problem(problem.name) == &problem);
    CHECK(std::string(problem.meaning).size() > 10);
    names.insert(problem.name);
  }
  CHECK(names.size() == problems().size());
  CHECK(find_problem("waves") == nullptr);
  CHECK(find_problem("") == nullptr);
}

TEST_CASE("the exact solutions of Tucny and others: the shock, the first mode of heat") {
  CHECK(exact(*find_problem("inviscid"), {0.64, 0.3}, 0) == 1);
  CHECK(exact(*find_problem("inviscid"), {0.66, 0.3}, 0) == 0);
  CHECK(test::close(exact(*find_problem("heat"), {0.5, 1}, 0), std::exp(-0.1 * kPi * kPi), 1e-15));
  CHECK(std::abs(exact(*find_problem("viscous"), {0.5, 0.4}, 0)) < 1e-12);
}

TEST_CASE("a solution is not asked for before the start, at no point, or of another shape") {
  for (const Problem& problem : problems()) {
    INFO(problem.name);
    Point x;
    for (const Input& input : problem.inputs) x.push_back(input.low);
    std::vector<double> u(problem.outputs.size(), 5);
    const std::vector<double> kept = u;
    x[0] = std::numeric_limits<double>::quiet_NaN();
    CHECK(exact_solution(problem, x, u).code == StatusCode::not_finite);
    x[0] = problem.inputs[0].low;
    if (problem.time() < x.size()) {
      x[problem.time()] = -1;
      CHECK(exact_solution(problem, x, u).code == StatusCode::out_of_range);
    }
    CHECK(exact_solution(problem, Point(x.size() + 1), u).code == StatusCode::shape_mismatch);
    CHECK(u == kept);
  }
}

TEST_CASE("what is no problem says why") {
  const auto code = [](auto&& change) {
    Problem problem = kRoom;
    change(problem);
    return problem.check();
  };
  const std::vector<Input> flat{{"x", 0, 0}, {"y", 0, 1}};
  const std::vector<Input> wide{{"x", 0, std::numeric_limits<double>::infinity()}};
  const std::vector<Coefficient> unknown{{"nu", std::numeric_limits<double>::quiet_NaN()}};
  const std::vector<Condition> many(8, kRoomConditions[0]);
  const std::vector<Condition> elsewhere{{.name = "left", .input = 3, .data = kZero}};
  CHECK(code([](Problem&) {}).ok());
  CHECK(code([](Problem& p) { p.inputs = {}; }) == Status{StatusCode::empty_input});
  CHECK(code([](Problem& p) { p.outputs = {}; }) == Status{StatusCode::empty_input});
  CHECK(code([&](Problem& p) { p.inputs = flat; }) == Status{StatusCode::out_of_range});
  CHECK(code([&](Problem& p) { p.inputs = wide; }) == Status{StatusCode::out_of_range});
  CHECK(code([&](Problem& p) { p.coefficients = unknown; }) == Status{StatusCode::not_finite});
  CHECK(code([](Problem& p) { p.equation = {}; }) == Status{StatusCode::no_loss});
  CHECK(code([&](Problem& p) { p.conditions = many; }) == Status{StatusCode::too_many_terms, 7});
  CHECK(code([&](Problem& p) { p.conditions = elsewhere; }) ==
        Status{StatusCode::no_such_input, 3});
  const std::vector<std::size_t> widths{3, 4, 1};
  Problem empty = kRoom;
  empty.equation = {};
  CHECK(Owned({.problem = &empty, .widths = widths})->status().code == StatusCode::no_loss);
}

TEST_CASE("a coefficient that a problem lacks, and a derivative not asked for, are told") {
  const std::vector<std::size_t> widths{3, 4, 1};
  Problem problem = kRoom;
  problem.equation = [](const auto& u, const Problem& p) noexcept {
    return p.coefficient("viscosity") * u;
  };
  CHECK(Owned({.problem = &problem, .widths = widths, .points = 5})->status().code ==
        StatusCode::not_finite);
  problem = kRoom;
  problem.derivatives = {partial::dx};
  CHECK(Owned({.problem = &problem, .widths = widths, .points = 5})->status().code ==
        StatusCode::derivative_missing);
}
