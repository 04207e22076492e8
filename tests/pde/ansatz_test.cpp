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

/// A function of a problem's ansatz, for some network, at any point: its value and its slope in x.
class Unknowns {
 public:
  explicit Unknowns(const Problem& problem)
      : network_({.widths = kWidths}),
        tape_({.widths = kWidths, .columns = 2, .nodes = 200}),
        u_(problem.ansatz(Trial<double>(*tape_, derivatives_, 0), problem)),
        slope_(u_[dx]),
        replay_({.tape = &*tape_, .tile = 1}) {
    test::randomise(*network_, 3);
  }
  std::array<double, 2> at(double x, double t) {
    const std::array<double, 2> point{x, t};
    replay_->forward(*network_, {point.data(), 1, 2});
    return {replay_->values(u_)[0], replay_->values(slope_)[0]};
  }

 private:
  Derivatives derivatives_{dt, dxx};
  test::Owned<Mlp<double>> network_;
  test::Owned<Tape<double>> tape_;
  Unknown<double> u_;
  Expression<double> slope_;
  test::Owned<Replay<double>> replay_;
};

/// u = -sin pi x + t N(t, cos pi x, sin pi x), by a pass of the network alone.
double raissi_unknown(const Mlp<double>& network, ForwardPass<double>& pass, double x, double t) {
  const double angle = std::numbers::pi * x;
  std::array<double, 1> n{};
  REQUIRE(pass.evaluate_point(network, std::array{t, std::cos(angle), std::sin(angle)}, n).ok());
  return -std::sin(angle) + t * n[0];
}

}  // namespace

TEST_CASE("an ansatz begins with the initial data and is periodic, whatever the network is") {
  std::size_t count = 0;
  for (const Problem& problem : problems()) {
    if (problem.ansatz.empty()) continue;
    INFO(problem.name);
    ++count;
    Unknowns u(problem);
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
  CHECK(count == 3);
}

TEST_CASE("with an ansatz the equation is all that is trained, and it is that of the unknown") {
  const Problem& problem = *find_problem("raissi");
  test::Owned<TrainingProblem<double>> trained(
      {.problem = &problem, .widths = kWidths, .points = 20, .ansatz = AnsatzKind::hard});
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
    const double x = term.points(p, 0);
    const double t = term.points(p, 1);
    const auto u = [&](double along_x, double along_t) {
      return raissi_unknown(*network, *pass, x + along_x, t + along_t);
    };
    constexpr double kStep = 1e-3;
    const auto slope = [&](double in_x, double in_t) {
      const auto f = [&](double k) { return u(in_x * k * kStep, in_t * k * kStep); };
      return (8 * (f(1) - f(-1)) - (f(2) - f(-2))) / (12 * kStep);
    };
    const auto f = [&](double k) { return u(k * kStep, 0); };
    const double bend = (16 * (f(1) + f(-1)) - (f(2) + f(-2)) - 30 * f(0)) / (12 * kStep * kStep);
    const double r = slope(0, 1) + f(0) * slope(1, 0) - problem.coefficient("viscosity") * bend;
    squares += r * r;
  }
  CHECK(test::relatively_close(replay->loss(), squares, 1e-7));
}

TEST_CASE("an ansatz that a problem does not have, or other inputs than it takes, are refused") {
  const std::array<std::size_t, 3> plain{2, 5, 1};
  const auto status_of = [&](const char* name, std::span<const std::size_t> widths) {
    test::Owned<TrainingProblem<float>> trained({.problem = find_problem(name),
                                                 .widths = widths,
                                                 .points = 20,
                                                 .ansatz = AnsatzKind::hard});
    return trained->status();
  };
  CHECK(status_of("heat", plain) == Status{StatusCode::unsupported});
  CHECK(status_of("viscous", plain) == Status{StatusCode::out_of_range});
  CHECK(status_of("viscous", kWidths).ok());
}
