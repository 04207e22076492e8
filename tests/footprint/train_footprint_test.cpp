#include <array>
#include <vector>

#include "pinnscope/train/adam.hpp"
#include "pinnscope/train/lbfgs.hpp"
#include "pinnscope/train/objective.hpp"
#include "pinnscope/train/trainer.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

// Two moments of 71,101 floats, each rounded up to a cache line.
static_assert(Adam<float>::footprint({.parameters = 71101}).payload == 2 * 284416);
// Four vectors and ten pairs of them, and two short lists in double.
static_assert(Lbfgs<float>::footprint({.parameters = 71101}).payload ==
              4 * 284416 + 2 * 2844096 + 2 * 128);

}  // namespace

TEMPLATE_TEST_CASE("Adam is built in exactly its footprint", "", float, double) {
  const typename Adam<TestType>::Config config{.parameters = 21};
  test::check_footprint<Adam<TestType>>(config, [](Adam<TestType>& adam) {
    std::array<TestType, 21> parameters{}, gradient{};
    gradient.back() = 1;
    adam.step(parameters, gradient);
    REQUIRE(parameters.front() == 0);
    REQUIRE(parameters.back() < 0);
  });
}

TEMPLATE_TEST_CASE("L-BFGS is built in exactly its footprint", "", float, double) {
  const typename Lbfgs<TestType>::Config config{.parameters = 5, .pairs = 3};
  test::check_footprint<Lbfgs<TestType>>(config, [](Lbfgs<TestType>& lbfgs) {
    std::array<TestType, 5> x{1, 2, 3, 4, 5};
    const auto evaluate = [&](VectorView<TestType> gradient, double& loss) -> Status {
      loss = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        gradient[i] = static_cast<TestType>(i + 1) * x[i];
        loss += static_cast<double>(gradient[i] * x[i]) / 2;
      }
      return {};
    };
    for (int k = 0; k < 10; ++k) REQUIRE(lbfgs.iterate(x, evaluate).ok());
    REQUIRE(lbfgs.loss() < 1e-3);
  });
}

namespace {

/// A tape, a fit of two points, and the memory for both.
struct Fit {
  static constexpr std::array<std::size_t, 3> kWidths{1, 4, 1};
  std::vector<std::byte> memory =
      std::vector<std::byte>(Tape<double>::footprint({.widths = kWidths}).bytes);
  Arena arena{memory};
  Tape<double> tape{{.widths = kWidths}, arena};
  std::array<double, 2> points{0.5, -0.25};
  std::array<LossTerm<double>, 1> terms{};

  Fit() {
    REQUIRE(tape.minimise(mean_square(tape.network() - tape.point(0))).ok());
    terms[0] = {"fit", &tape, {points.data(), 2, 1}};
  }
};

}  // namespace

TEST_CASE("an objective is built in exactly its footprint") {
  const Fit fit;
  const Objective<double>::Config config{
      .widths = Fit::kWidths, .terms = fit.terms, .threads = 2, .lanes = 3, .tile = 5};
  test::check_footprint<Objective<double>>(config, [&](Objective<double>& objective) {
    const Mlp<double>::Config network_config{.widths = Fit::kWidths};
    std::vector<std::byte> memory(Mlp<double>::footprint(network_config).bytes);
    Arena arena(memory);
    Mlp<double> network(network_config, arena);
    std::vector<double> gradient(network.parameters().size());
    double loss = 0;
    REQUIRE(objective.evaluate(network, gradient, loss).ok());
    REQUIRE(loss == (0.25 + 0.0625) / 2);
  });
}

TEST_CASE("a trainer is built in exactly its footprint") {
  const Fit fit;
  const Trainer<double>::Config config{.network = {.widths = Fit::kWidths},
                                       .terms = fit.terms,
                                       .adam_steps = 2,
                                       .lbfgs_iterations = 2};
  test::check_footprint<Trainer<double>>(config, [&](Trainer<double>& trainer) {
    for (int step = 0; step < 3; ++step) REQUIRE(trainer.step().ok());
  });
}
