#include "pinnscope/train/trainer.hpp"

#include <array>
#include <limits>
#include <vector>

#include "nn/network.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"
#include "train/state.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

const std::vector<std::size_t> kWidths{2, 8, 8, 1};

/// u_t = u_xx / 10 with u = sin x where x, t are any of 200 points.
template <class T>
struct Heat {
  std::vector<T> coordinates = test::random_numbers<T>(400, 3);
  test::Owned<Tape<T>> residual{{.widths = kWidths}};
  test::Owned<Tape<T>> data{{.widths = kWidths}};
  std::array<LossTerm<T>, 2> terms;

  Heat() {
    const auto u = residual->network({dt, dxx});
    REQUIRE(residual->minimise(mean_square(u[dt] - 0.1 * u[dxx])).ok());
    REQUIRE(data->minimise(mean_square(data->network() - sin(data->point(0)))).ok());
    terms = {LossTerm<T>{"residual", &*residual, {coordinates.data(), 200, 2}},
             LossTerm<T>{"data", &*data, {coordinates.data(), 50, 2, 200}}};
  }

  typename Trainer<T>::Config config(std::size_t threads = 1) const {
    return {.network = {.widths = kWidths},
            .terms = terms,
            .adam_steps = 30,
            .lbfgs_iterations = 20,
            .threads = threads};
  }
};

template <class T>
std::vector<T> trained(const typename Trainer<T>::Config& config) {
  test::Owned<Trainer<T>> trainer(config);
  while (!trainer->done()) REQUIRE(trainer->step().ok());
  const auto parameters = trainer->network().parameters();
  return {parameters.begin(), parameters.end()};
}

}  // namespace

TEMPLATE_TEST_CASE("a training run has the same bits for any number of threads", "", float,
                   double) {
  const Heat<TestType> heat;
  const auto one = trained<TestType>(heat.config(1));
  REQUIRE(trained<TestType>(heat.config(2)) == one);
  REQUIRE(trained<TestType>(heat.config(4)) == one);
}

TEST_CASE("training lowers the loss, in both phases") {
  const Heat<double> heat;
  test::Owned<Trainer<double>> trainer(heat.config());
  REQUIRE(trainer->step().ok());
  const double first = trainer->loss();
  while (trainer->phase() == Trainer<double>::Phase::adam) REQUIRE(trainer->step().ok());
  const double middle = trainer->loss();
  REQUIRE(middle < first);
  while (!trainer->done()) REQUIRE(trainer->step().ok());
  REQUIRE(trainer->loss() < middle / 2);
  REQUIRE(trainer->steps() == trainer->total_steps());
  REQUIRE(trainer->parts()[0] + trainer->parts()[1] == trainer->loss());
  REQUIRE(std::string(trainer->part_name(1)) == "data");
}

TEST_CASE("a state carried to a new trainer goes on to the same bits, from any step") {
  const Heat<float> heat;
  const auto config = heat.config();
  const auto undisturbed = trained<float>(config);
  for (const std::size_t stop : std::vector<std::size_t>{0, 1, 17, 30, 31, 42, 50}) {
    CAPTURE(stop);
    test::Owned<Trainer<float>> first(config);
    for (std::size_t step = 0; step < stop; ++step) REQUIRE(first->step().ok());
    test::Owned<Trainer<float>> second(config);
    test::restore(test::save(*first), *second);
    REQUIRE(second->steps() == stop);
    REQUIRE(second->loss() == first->loss());
    while (!second->done()) REQUIRE(second->step().ok());
    const auto parameters = second->network().parameters();
    REQUIRE(std::equal(parameters.begin(), parameters.end(), undisturbed.begin()));
  }
}

TEST_CASE("a trainer starts from the initialiser's weights, each layer from a stream of its own") {
  const Heat<double> heat;
  test::Owned<Trainer<double>> trainer(heat.config());
  test::Owned<Mlp<double>> network({.widths = kWidths});
  initialise(*network, Initialiser::glorot_uniform, 1);
  const auto expected = network->parameters();
  const auto found = trainer->network().parameters();
  REQUIRE(std::equal(found.begin(), found.end(), expected.begin(), expected.end()));
  REQUIRE(trainer->network().weights(1)(0, 0) != trainer->network().weights(0)(0, 0));
}

TEST_CASE("a step with a loss that is not finite is not taken") {
  Heat<double> heat;
  test::Owned<Trainer<double>> trainer(heat.config());
  REQUIRE(trainer->step().ok());
  const auto parameters = trainer->network().parameters();
  const std::vector<double> before(parameters.begin(), parameters.end());
  heat.coordinates[7] = std::numeric_limits<double>::infinity();
  const Status status = trainer->step();
  REQUIRE(status.code == StatusCode::not_finite);
  REQUIRE(trainer->steps() == 1);
  REQUIRE(std::equal(before.begin(), before.end(), parameters.begin()));
}

TEST_CASE("the paper's float configuration needs at most 16 MiB on two threads") {
  std::vector<std::size_t> widths(10, 100);
  widths.front() = 2;
  widths.back() = 1;
  test::Owned<Tape<float>> residual({.widths = widths});
  const auto u = residual->network({dt, dxx});
  REQUIRE(residual->minimise(mean_square(u[dt] + u * u[dx] - 0.01 * u[dxx])).ok());
  const LossTerm<float> terms[]{{"residual", &*residual, {nullptr, 10000, 2}}};
  const Footprint need =
      Trainer<float>::footprint({.network = {.widths = widths}, .terms = terms, .threads = 2});
  CAPTURE(need.bytes);
  REQUIRE(need.bytes <= 16 << 20);
}

TEMPLATE_TEST_CASE("an Adam step and an L-BFGS iteration allocate nothing", "", float, double) {
  const Heat<TestType> heat;
  test::Owned<Trainer<TestType>> trainer(heat.config(2));
  Status status;
  for (std::size_t step = 0; step < 40; ++step) {
    REQUIRE(test::allocations_of([&] { status = trainer->step(); }) == 0);
    REQUIRE(status.ok());
  }
}

TEST_CASE("without Adam or without L-BFGS the other phase is all there is") {
  const Heat<double> heat;
  auto config = heat.config();
  config.adam_steps = 0;
  test::Owned<Trainer<double>> lbfgs(config);
  REQUIRE(lbfgs->phase() == Trainer<double>::Phase::lbfgs);
  REQUIRE(lbfgs->step().ok());
  config.adam_steps = 3;
  config.lbfgs_iterations = 0;
  test::Owned<Trainer<double>> adam(config);
  for (int step = 0; step < 3; ++step) REQUIRE(adam->step().ok());
  REQUIRE(adam->done());
}
