#include <array>
#include <cmath>
#include <vector>

#include "nn/network.hpp"
#include "pinnscope/nn/step_matrices.hpp"
#include "pinnscope/train/trainer.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"
#include "train/state.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

const std::vector<std::size_t> kWidths{2, 6, 6, 6, 1};

/// One step of each kind that is one.
std::vector<LayerStep> every_step() {
  std::vector<LayerStep> steps;
  for (const LayerKind kind : values_of<LayerKind>()) {
    if (kind != LayerKind::plain) steps.push_back({kind, 0.7, 0.2});
  }
  return steps;
}

/// Burgers' residual where x, t are any of 150 points, and u = sin x there.
template <class T>
struct Burgers {
  std::vector<T> coordinates = test::random_numbers<T>(300, 3);
  test::Owned<Tape<T>> residual{{.widths = kWidths}};
  test::Owned<Tape<T>> data{{.widths = kWidths}};
  std::array<LossTerm<T>, 2> terms;

  Burgers() {
    const auto u = residual->network({dt, dxx});
    REQUIRE(residual->minimise(mean_square(u[dt] + u * u[dx] - 0.01 * u[dxx])).ok());
    REQUIRE(data->minimise(mean_square(data->network() - sin(data->point(0)))).ok());
    terms = {LossTerm<T>{"residual", &*residual, {coordinates.data(), 150, 2}},
             LossTerm<T>{"data", &*data, {coordinates.data(), 150, 2}}};
  }

  typename Trainer<T>::Config config(const LayerStep& step, std::size_t threads = 1) const {
    return {.network = {.widths = kWidths},
            .terms = terms,
            .layer_step = step,
            .adam_steps = 20,
            .adam = {.learning_rate = 5e-3},
            .lbfgs_iterations = 15,
            .threads = threads};
  }
};

template <class T>
std::vector<T> copy_of(VectorView<const T> numbers) {
  return {numbers.begin(), numbers.end()};
}

}  // namespace

TEST_CASE("the gradient of a loss by generators is its difference quotient") {
  const Burgers<double> burgers;
  for (const LayerStep& step : every_step()) {
    CAPTURE(text(step.kind));
    test::Owned<Mlp<double>> network({.widths = kWidths});
    test::Owned<StepMatrices<double>> steps({.widths = kWidths, .step = step});
    test::Owned<Objective<double>> objective({.widths = kWidths, .terms = burgers.terms});
    std::vector<double> generators = test::random_numbers<double>(network->parameters().size(), 8);
    std::vector<double> gradient(generators.size());
    std::vector<double> unused(generators.size());
    const auto loss_of = [&](std::vector<double>& by_weights) {
      double loss = 0;
      REQUIRE(steps->form(generators, *network).ok());
      REQUIRE(objective->evaluate(*network, by_weights, loss).ok());
      return loss;
    };
    static_cast<void>(loss_of(gradient));
    REQUIRE(steps->pull_back(*network, gradient).ok());
    for (std::size_t i = 0; i < generators.size(); ++i) {
      const double middle = generators[i];
      const double difference = 1e-5;
      generators[i] = middle + difference;
      const double above = loss_of(unused);
      generators[i] = middle - difference;
      const double below = loss_of(unused);
      generators[i] = middle;
      CHECK(test::close(gradient[i], (above - below) / (2 * difference), 2e-8));
    }
  }
}

TEMPLATE_TEST_CASE("steps are trained to the same bits by any number of threads", "", float,
                   double) {
  using T = TestType;
  const Burgers<T> burgers;
  for (const LayerStep& step : every_step()) {
    CAPTURE(text(step.kind));
    const auto trained = [&](std::size_t threads) {
      test::Owned<Trainer<T>> trainer(burgers.config(step, threads));
      while (!trainer->done()) REQUIRE(trainer->step().ok());
      return copy_of<T>(trainer->network().parameters());
    };
    const auto one = trained(1);
    REQUIRE(trained(2) == one);
    REQUIRE(trained(4) == one);
  }
}

TEST_CASE("training steps lowers the loss in both phases, and they stay steps") {
  const Burgers<double> burgers;
  for (const LayerStep& step : every_step()) {
    CAPTURE(text(step.kind));
    test::Owned<Trainer<double>> trainer(burgers.config(step));
    test::Owned<Mlp<double>> formed({.widths = kWidths});
    test::Owned<StepMatrices<double>> steps({.widths = kWidths, .step = step});
    const auto stays = [&] {
      REQUIRE(steps->form(trainer->parameters(), *formed).ok());
      return std::ranges::equal(formed->parameters(), trainer->network().parameters());
    };
    REQUIRE(stays());
    REQUIRE_FALSE(std::ranges::equal(trainer->parameters(), trainer->network().parameters()));
    REQUIRE(trainer->step().ok());
    const double first = trainer->loss();
    while (trainer->phase() == Trainer<double>::Phase::adam) {
      REQUIRE(trainer->step().ok());
      REQUIRE(stays());
    }
    const double middle = trainer->loss();
    CHECK(middle < first);
    while (!trainer->done()) {
      REQUIRE(trainer->step().ok());
      REQUIRE(stays());
    }
    CHECK(trainer->loss() < middle);
    const double told = trainer->loss();
    REQUIRE(trainer->evaluate_loss().ok());
    CHECK(trainer->loss() == told);
  }
}

TEST_CASE("a trainer of steps starts from the initialiser's generators") {
  const Burgers<double> burgers;
  test::Owned<Mlp<double>> drawn({.widths = kWidths});
  initialise(*drawn, Initialiser::glorot_uniform, 1);
  for (const LayerStep& step : every_step()) {
    test::Owned<Trainer<double>> trainer(burgers.config(step));
    REQUIRE(std::ranges::equal(trainer->parameters(), drawn->parameters()));
  }
  test::Owned<Trainer<double>> plain(burgers.config({}));
  REQUIRE(plain->parameters().data() == plain->network().parameters().data());
}

TEST_CASE("the state of steps carried to a new trainer goes on to the same bits") {
  const Burgers<float> burgers;
  for (const LayerStep& step : every_step()) {
    const auto config = burgers.config(step);
    test::Owned<Trainer<float>> undisturbed(config);
    while (!undisturbed->done()) REQUIRE(undisturbed->step().ok());
    for (const std::size_t stop : std::vector<std::size_t>{0, 1, 19, 20, 21, 35}) {
      CAPTURE(text(step.kind), stop);
      test::Owned<Trainer<float>> first(config);
      for (std::size_t k = 0; k < stop; ++k) REQUIRE(first->step().ok());
      test::Owned<Trainer<float>> second(config);
      test::restore(test::save(*first), *second);
      REQUIRE(std::ranges::equal(second->network().parameters(), first->network().parameters()));
      while (!second->done()) REQUIRE(second->step().ok());
      REQUIRE(
          std::ranges::equal(second->network().parameters(), undisturbed->network().parameters()));
    }
  }
}

TEMPLATE_TEST_CASE("training steps allocates nothing", "", float, double) {
  const Burgers<TestType> burgers;
  for (const LayerStep& step : every_step()) {
    test::Owned<Trainer<TestType>> trainer(burgers.config(step, 2));
    Status status;
    while (!trainer->done()) {
      REQUIRE(test::allocations_of([&] { status = trainer->step(); }) == 0);
      REQUIRE(status.ok());
    }
  }
}

TEST_CASE("steps that cannot be are refused before anything is carved") {
  const Burgers<double> burgers;
  const auto refusal = [&](const Trainer<double>::Config& config) {
    std::vector<std::byte> memory(Trainer<double>::footprint(config).bytes);
    Arena arena(memory);
    Trainer<double> trainer(config, arena);
    REQUIRE(trainer.status() == Trainer<double>::check(config));
    REQUIRE(trainer.step() == trainer.status());
    REQUIRE(arena.used() == 0);
    return trainer.status();
  };
  CHECK(refusal(burgers.config({LayerKind::cayley, 0})) == Status{StatusCode::bad_layer_step});
  CHECK(refusal(burgers.config({LayerKind::cayley, 1, -1})) == Status{StatusCode::bad_layer_step});
  const std::vector<std::size_t> narrow{2, 6, 1};
  test::Owned<Tape<double>> tape({.widths = narrow});
  REQUIRE(tape->minimise(mean_square(tape->network())).ok());
  const std::array<LossTerm<double>, 1> terms{{{"one", &*tape, burgers.terms[0].points}}};
  auto config = burgers.config({LayerKind::cayley});
  config.network.widths = narrow;
  config.terms = terms;
  CHECK(refusal(config) == Status{StatusCode::no_square_layer});
}

TEST_CASE("steps that diverge are told, and the last finite ones come back") {
  Burgers<float> burgers;
  auto config = burgers.config({LayerKind::antisymmetric, 10});
  config.adam.learning_rate = 1e38;  // h A is no float behind one step
  test::Owned<Trainer<float>> trainer(config);
  const auto start = test::save(*trainer);
  const auto generators = copy_of<float>(trainer->parameters());
  const auto network = copy_of<float>(trainer->network().parameters());
  REQUIRE(trainer->step().ok());
  const Status expected{StatusCode::not_finite, Trainer<float>::kOfWeights};
  REQUIRE(trainer->step() == expected);
  REQUIRE(trainer->evaluate_loss() == expected);
  REQUIRE(trainer->steps() == 1);
  REQUIRE(trainer->return_to_last_finite());
  REQUIRE(std::ranges::equal(trainer->parameters(), generators));
  REQUIRE(std::ranges::equal(trainer->network().parameters(), network));
  REQUIRE(trainer->evaluate_loss().ok());
  // A state that is read back into what diverged is that of its owner again.
  test::Owned<Trainer<float>> other(config);
  REQUIRE(other->step().ok());
  test::restore(start, *other);
  REQUIRE(other->evaluate_loss().ok());
  REQUIRE(other->loss() == trainer->loss());
}
