#include <array>
#include <vector>

#include "pinnscope/train/adam.hpp"
#include "pinnscope/train/lbfgs.hpp"
#include "pinnscope/train/objective.hpp"
#include "pinnscope/train/quasi_newton.hpp"
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

namespace {

/// Ten iterations on a quadratic of five numbers.
template <class Method>
void minimise_quadratic(Method& method) {
  using T = std::remove_const_t<typename decltype(method.gradient())::element_type>;
  std::array<T, 5> x{1, 2, 3, 4, 5};
  const auto evaluate = [&](VectorView<T> gradient, double& loss) -> Status {
    loss = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      gradient[i] = static_cast<T>(i + 1) * x[i];
      loss += static_cast<double>(gradient[i] * x[i]) / 2;
    }
    return {};
  };
  for (int k = 0; k < 10; ++k) REQUIRE(method.iterate(x, evaluate).ok());
  REQUIRE(method.loss() < 1e-3);
}

}  // namespace

TEMPLATE_TEST_CASE("L-BFGS is built in exactly its footprint", "", float, double) {
  const typename Lbfgs<TestType>::Config config{.parameters = 5, .pairs = 3};
  test::check_footprint<Lbfgs<TestType>>(config, minimise_quadratic<Lbfgs<TestType>>);
}

TEMPLATE_TEST_CASE("a quasi-Newton method is built in exactly its footprint", "", float, double) {
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    const typename QuasiNewton<TestType>::Config config{update, {.parameters = 5}};
    test::check_footprint<QuasiNewton<TestType>>(config, minimise_quadratic<QuasiNewton<TestType>>);
  }
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

TEST_CASE("a trainer of layers that are steps is built in exactly its footprint") {
  constexpr std::array<std::size_t, 4> kSquare{1, 3, 3, 1};
  std::vector<std::byte> memory(Tape<double>::footprint({.widths = kSquare}).bytes);
  Arena arena(memory);
  Tape<double> tape({.widths = kSquare}, arena);
  REQUIRE(tape.minimise(mean_square(tape.network() - tape.point(0))).ok());
  const std::array<double, 2> points{0.5, -0.25};
  const std::array<LossTerm<double>, 1> terms{{{"fit", &tape, {points.data(), 2, 1}}}};
  for (const LayerKind kind : values_of<LayerKind>()) {
    const Trainer<double>::Config config{.network = {.widths = kSquare},
                                         .terms = terms,
                                         .layer_step = {kind},
                                         .adam_steps = 2,
                                         .lbfgs_iterations = 2};
    test::check_footprint<Trainer<double>>(config, [&](Trainer<double>& trainer) {
      for (int step = 0; step < 3; ++step) REQUIRE(trainer.step().ok());
    });
  }
}

namespace {

using namespace pinnscope::partial;

constexpr std::array<std::size_t, 4> kPlanned{2, 6, 5, 1};
constexpr Trainer<float>::Config kTraining{.network = {.widths = kPlanned},
                                           .adam_steps = 3,
                                           .lbfgs_iterations = 2,
                                           .threads = 2,
                                           .lanes = 3,
                                           .tile = 40};
constexpr std::array<Tape<float>::Config, 2> kTapes{
    Tape<float>::Config{.widths = kPlanned, .nodes = 6, .networks = 1, .streams = 4},
    Tape<float>::Config{.widths = kPlanned, .nodes = 4, .networks = 2, .streams = 1}};
constexpr Footprint kNeed = Tape<float>::footprint(kTapes[0]) + Tape<float>::footprint(kTapes[1]) +
                            Trainer<float>::footprint(kTraining, kTapes);

}  // namespace

TEST_CASE("an array whose size is known before anything is recorded serves tapes and trainer") {
  static std::array<std::byte, kNeed.bytes> memory;
  const auto residual = GENERATE(0, 1);
  memory.fill(std::byte{0xFF});
  Arena arena(memory);
  Tape<float> inside(kTapes[0], arena);
  const auto u = inside.network({dt, dxx});
  // One is a linear operator, which goes through as one stream; one is not.
  REQUIRE(inside.minimise(mean_square(residual == 0 ? u[dt] - u[dxx] : u[dt] * u[dxx])).ok());
  Tape<float> sides(kTapes[1], arena);
  const auto v = sides.network();
  const auto w = sides.network();
  REQUIRE(sides.minimise(mean_square(v + w)).ok());
  const std::vector<float> points(2 * 100, 0.25f);
  const std::array<LossTerm<float>, 2> terms{
      LossTerm<float>{"inside", &inside, {points.data(), 100, 2}},
      LossTerm<float>{"sides", &sides, {points.data(), 100, 2}}};
  Trainer<float>::Config config = kTraining;
  config.terms = terms;
  REQUIRE(Trainer<float>::footprint(config).bytes <=
          Trainer<float>::footprint(kTraining, kTapes).bytes);
  Trainer<float> trainer(config, arena);
  REQUIRE(trainer.status().ok());
  while (!trainer.done()) REQUIRE(trainer.step().ok());
}

TEMPLATE_TEST_CASE("of a full tape the replay needs what the tape's config says", "", float,
                   double) {
  using T = TestType;
  const std::size_t networks = GENERATE(1u, 2u, 4u);
  const std::size_t tile = GENERATE(1u, 40u, 129u);
  const Derivatives derivatives = GENERATE(Derivatives{}, Derivatives{dx}, Derivatives{dxx, dtt});
  const typename Tape<T>::Config config{.widths = kPlanned,
                                        .nodes = 4 * derivatives.count() * networks,
                                        .networks = networks,
                                        .streams = derivatives.count()};
  std::vector<std::byte> memory(Tape<T>::footprint(config).bytes);
  Arena arena(memory);
  Tape<T> tape(config, arena);
  const auto recorded = [&] {  // not linear in any derivative: each stays a stream
    const auto u = tape.network(derivatives);
    Expression<T> sum = u;
    for (const Derivative& derivative : derivatives.list()) sum = sum + square(u(0, derivative));
    return sum;
  };
  Loss<T> loss = mean_square(recorded());
  for (std::size_t k = 1; k < networks; ++k) loss = loss + mean_square(recorded());
  REQUIRE(tape.minimise(loss).ok());

  const Footprint exact = Replay<T>::footprint({.tape = &tape, .tile = tile});
  const Footprint told = Replay<T>::footprint(config, tile);
  const std::size_t rows = (tile * sizeof(T) + 63) / 64 * 64 / sizeof(T);
  const std::size_t unused = config.nodes + Tape<T>::kSpareNodes - tape.nodes().size();
  REQUIRE(told.payload == exact.payload + 2 * rows * unused * sizeof(T));
}

TEST_CASE("what a tape's config does not allow is not recorded") {
  std::vector<std::byte> memory(Tape<float>::footprint(kTapes[0]).bytes);
  const auto status_after = [&](const auto& record) {
    Arena arena(memory);
    Tape<float> tape(kTapes[0], arena);
    record(tape);
    return tape.status();
  };
  REQUIRE(status_after([](auto& tape) { (void)tape.network({dt, dxx}); }).ok());
  REQUIRE(status_after([](auto& tape) {
            (void)tape.network({dt, dxx, dtt});
          }) == Status{StatusCode::too_many_derivatives, 4});
  REQUIRE(status_after([](auto& tape) {
            (void)tape.network();
            (void)tape.network();
          }) == Status{StatusCode::too_many_networks, 1});
}
