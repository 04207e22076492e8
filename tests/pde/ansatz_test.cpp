#include "pinnscope/pde/ansatz.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "nn/network.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/tape/replay.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

const std::array<std::size_t, 4> kWidths{3, 5, 4, 1};

/// A function that an ansatz makes of some network, at any point: u, u_x, u_xx, u_t.
template <class T>
class Unknowns {
 public:
  Unknowns(const Ansatz& ansatz, const Problem& problem)
      : network_({.widths = kWidths}),
        tape_({.widths = kWidths, .columns = 2, .nodes = problem.operations + Ansatz::kOperations}),
        u_(ansatz(Trial<T>(*tape_, derivatives_, 0), problem)),
        read_{u_, u_[dx], u_[dxx], u_[dt]},
        replay_({.tape = &*tape_, .tile = 1}) {
    test::randomise(*network_, 3);
  }
  std::array<T, 4> at(T x, T t) {
    const std::array<T, 2> point{x, t};
    replay_->forward(*network_, {point.data(), 1, 2});
    std::array<T, 4> values{};
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = replay_->values(read_[k])[0];
    return values;
  }

 private:
  Derivatives derivatives_{dt, dxx};
  test::Owned<Mlp<T>> network_;
  test::Owned<Tape<T>> tape_;
  Unknown<T> u_;
  std::array<Expression<T>, 4> read_;
  test::Owned<Replay<T>> replay_;
};

/// By passes of the network alone: u = -sin pi x + t N(t, cos pi x, sin pi x), and, where it is
/// odd, u = -sin pi x + t (N(t, cos pi x, sin pi x) - N(t, cos pi x, -sin pi x)) / 2.
double raissi_unknown(AnsatzKind kind, const Mlp<double>& network, ForwardPass<double>& pass,
                      double x, double t) {
  const double angle = std::numbers::pi * x;
  const auto at = [&](double sine) {
    std::array<double, 1> n{};
    REQUIRE(pass.evaluate_point(network, std::array{t, std::cos(angle), sine}, n).ok());
    return n[0];
  };
  const double sine = std::sin(angle);
  return -sine + t * (kind == AnsatzKind::odd ? (at(sine) - at(-sine)) / 2 : at(sine));
}

/// The equation of `raissi` for such an unknown, by differences of fourth order.
double raissi_residual(AnsatzKind kind, const Mlp<double>& network, ForwardPass<double>& pass,
                       double viscosity, double x, double t) {
  constexpr double kStep = 1e-3;
  const auto u = [&](double along_x, double along_t) {
    return raissi_unknown(kind, network, pass, x + along_x, t + along_t);
  };
  const auto slope = [&](double in_x, double in_t) {
    const auto f = [&](double k) { return u(in_x * k * kStep, in_t * k * kStep); };
    return (8 * (f(1) - f(-1)) - (f(2) - f(-2))) / (12 * kStep);
  };
  const auto f = [&](double k) { return u(k * kStep, 0); };
  const double bend = (16 * (f(1) + f(-1)) - (f(2) + f(-2)) - 30 * f(0)) / (12 * kStep * kStep);
  return slope(0, 1) + f(0) * slope(1, 0) - viscosity * bend;
}

constexpr std::array kKinds{AnsatzKind::hard, AnsatzKind::odd};

}  // namespace

TEST_CASE("an ansatz begins with the initial data and is periodic, whatever the network is") {
  std::size_t count = 0;
  for (const Problem& problem : problems()) {
    for (const Ansatz& ansatz : problem.ansatzes) {
      CAPTURE(problem.name, text(ansatz.kind()));
      ++count;
      Unknowns<double> u(ansatz, problem);
      const auto [name, low, high] = problem.inputs[0];
      for (const double part : {0.0, 0.13, 0.4, 0.77, 1.0}) {
        const double x = low + (high - low) * part;
        std::array<double, 1> exact{};
        REQUIRE(exact_solution(problem, std::array{x, 0.0}, exact).ok());
        CHECK(std::abs(u.at(x, 0)[0] - exact[0]) < 1e-14);
        CHECK(std::abs(u.at(low, part)[0] - u.at(high, part)[0]) < 1e-14);
        CHECK(std::abs(u.at(low, part)[1] - u.at(high, part)[1]) < 1e-13);
      }
      CHECK(std::abs(u.at(low + 0.3, 0.5)[0] - u.at(low + 0.4, 0.5)[0]) > 1e-6);
    }
  }
  CHECK(count == 6);
}

TEMPLATE_TEST_CASE("an odd ansatz is odd to the last bit, with its derivatives", "", float,
                   double) {
  for (const Problem& problem : problems()) {
    const Ansatz* const ansatz = problem.find_ansatz(AnsatzKind::odd);
    if (ansatz == nullptr) continue;
    INFO(problem.name);
    Unknowns<TestType> u(*ansatz, problem);
    CHECK(u.at(0, TestType(0.7))[0] == 0);
    for (const double place : {0.01, 0.2, 0.37, 0.5, 0.93, 1.0}) {
      CAPTURE(place);
      const auto right = u.at(TestType(place), TestType(0.6));
      const auto left = u.at(TestType(-place), TestType(0.6));
      CHECK(left[0] == -right[0]);
      CHECK(left[1] == right[1]);
      CHECK(left[2] == -right[2]);
      CHECK(left[3] == -right[3]);
    }
    const TestType later = u.at(TestType(0.2), TestType(0.6))[0];
    CHECK(std::abs(later - u.at(TestType(0.2), 0)[0]) > TestType(1e-3));  // a network is in it
  }
}

TEST_CASE("with an ansatz the equation is all that is trained, and it is that of the unknown") {
  const Problem& problem = *find_problem("raissi");
  for (const AnsatzKind kind : kKinds) {
    INFO(text(kind));
    test::Owned<TrainingProblem<double>> trained(
        {.problem = &problem, .widths = kWidths, .points = 20, .ansatz = kind});
    REQUIRE(trained->status().ok());
    REQUIRE(trained->terms().size() == 1);
    test::Owned<Mlp<double>> network({.widths = kWidths});
    test::randomise(*network, 3);
    const LossTerm<double>& term = trained->terms()[0];
    test::Owned<Replay<double>> replay({.tape = term.tape, .tile = 20});
    replay->forward(*network, term.points);
    test::Owned<ForwardPass<double>> pass({.widths = kWidths});
    double squares = 0;
    for (std::size_t p = 0; p < 20; ++p) {
      const double r = raissi_residual(kind, *network, *pass, problem.coefficient("viscosity"),
                                       term.points(p, 0), term.points(p, 1));
      squares += r * r;
    }
    CHECK(test::relatively_close(replay->loss(), squares, 1e-7));
  }
}

TEST_CASE("of every call of an ansatz's network one stream carries the equation") {
  for (const AnsatzKind kind : kKinds) {
    test::Owned<TrainingProblem<float>> trained(
        {.problem = find_problem("raissi"), .widths = kWidths, .points = 20, .ansatz = kind});
    REQUIRE(trained->status().ok());
    const auto networks = trained->terms()[0].tape->networks();
    CHECK(networks.size() == (kind == AnsatzKind::odd ? 2 : 1));
    for (const TapeNetwork& network : networks) CHECK(network.stream_count() == 3);
  }
}

TEST_CASE("the gradient of an odd ansatz is that of differences of its loss") {
  test::Owned<TrainingProblem<double>> trained({.problem = find_problem("raissi"),
                                                .widths = kWidths,
                                                .points = 20,
                                                .ansatz = AnsatzKind::odd});
  REQUIRE(trained->status().ok());
  const LossTerm<double>& term = trained->terms()[0];
  test::Owned<Mlp<double>> network({.widths = kWidths});
  test::randomise(*network, 3);
  test::Owned<Replay<double>> replay({.tape = term.tape, .tile = 20});
  const auto loss = [&] {
    replay->forward(*network, term.points);
    return replay->loss();
  };
  const auto slope = [&](double& parameter, double step) {
    const double there = parameter;
    parameter = there + step;
    const double ahead = loss();
    parameter = there - step;
    const double behind = loss();
    parameter = there;
    return (ahead - behind) / (2 * step);
  };
  (void)loss();
  std::vector<double> gradient(network->parameters().size());
  replay->backward(*network, 1, gradient);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    CAPTURE(i);
    double& parameter = network->parameters()[i];
    const double expected = (4 * slope(parameter, 1e-4) - slope(parameter, 2e-4)) / 3;
    CHECK(test::close(gradient[i], expected, 1e-8));
  }
}

TEST_CASE("points are drawn from the half that an odd ansatz needs") {
  for (const char* name : {"viscous", "raissi", "raissi_smooth"}) {
    INFO(name);
    const Problem& problem = *find_problem(name);
    const double middle = (problem.inputs[0].low + problem.inputs[0].high) / 2;
    const auto greatest = [&](AnsatzKind kind, std::size_t column) {
      test::Owned<TrainingProblem<double>> trained(
          {.problem = &problem, .widths = kWidths, .points = 500, .ansatz = kind});
      REQUIRE(trained->status().ok());
      const auto points = trained->terms()[0].points;
      double most = 0;
      for (std::size_t p = 0; p < points.rows; ++p) {
        const auto [axis, low, high] = problem.box(kind)[column];
        CHECK((points(p, column) >= low && points(p, column) <= high));
        most = std::max(most, points(p, column));
      }
      return most;
    };
    CHECK(problem.box(AnsatzKind::none).data() == problem.inputs.data());
    CHECK(problem.box(AnsatzKind::hard).data() == problem.inputs.data());
    const auto [axis, low, high] = problem.box(AnsatzKind::odd)[0];
    CHECK(low == 0);
    CHECK(high == (middle == 0 ? problem.inputs[0].high : middle));
    CHECK(greatest(AnsatzKind::odd, 0) > 0.98 * high);
    CHECK(greatest(AnsatzKind::odd, 1) > 0.98);
    CHECK(greatest(AnsatzKind::hard, 0) > 0.98 * problem.inputs[0].high);
  }
}

TEST_CASE("the box of an ansatz lies in the problem's") {
  Problem problem = *find_problem("raissi");
  const auto status_of = [&](std::span<const Input> box) {
    const auto function = [](const auto& network, const Problem&) noexcept {
      return network(network.at(0), network.at(1));
    };
    const std::array ansatzes{Ansatz(AnsatzKind::odd, function, 2, box)};
    problem.ansatzes = ansatzes;
    return problem.check();
  };
  const std::array<Input, 2> inside{Input{"x", -0.5, 1}, Input{"t", 0, 1}};
  const std::array<Input, 2> outside{Input{"x", 0, 1}, Input{"t", 0, 2}};
  const std::array<Input, 2> none{Input{"x", 1, 1}, Input{"t", 0, 1}};
  CHECK(status_of(inside).ok());
  CHECK(status_of({}).ok());
  CHECK(status_of(outside) == Status{StatusCode::out_of_range, 1});
  CHECK(status_of(none) == Status{StatusCode::out_of_range, 0});
  CHECK(status_of(std::span(inside).first(1)) == Status{StatusCode::shape_mismatch});
}

TEST_CASE("an ansatz that a problem does not have, or other inputs than it takes, are refused") {
  const std::array<std::size_t, 3> plain{2, 5, 1};
  for (const AnsatzKind kind : kKinds) {
    const auto status_of = [&](const char* name, std::span<const std::size_t> widths) {
      test::Owned<TrainingProblem<float>> trained(
          {.problem = find_problem(name), .widths = widths, .points = 20, .ansatz = kind});
      return trained->status();
    };
    CHECK(status_of("heat", plain) == Status{StatusCode::unsupported});
    CHECK(status_of("viscous", plain) == Status{StatusCode::out_of_range});
    CHECK(status_of("viscous", kWidths).ok());
  }
}
