#include "pinnscope/train/trainer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "nn/network.hpp"
#include "pinnscope/nn/forward.hpp"
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

TEST_CASE("a loss on held-out points changes no bit of a training, and allocates nothing") {
  const Heat<double> heat;
  const auto undisturbed = trained<double>(heat.config());
  const std::vector<double> coordinates = test::random_numbers<double>(60, 5);
  auto held_out = heat.terms;
  held_out[0].points = {coordinates.data(), 30, 2};
  held_out[1].points = {coordinates.data(), 20, 2, 30};
  auto swapped = heat.config();
  swapped.terms = held_out;
  test::Owned<Trainer<double>> trainer(heat.config(2));
  test::Owned<Trainer<double>> judge(swapped);
  while (!trainer->done()) {
    REQUIRE(trainer->step().ok());
    const double before = trainer->loss();
    double loss = 0;
    Status status;
    const auto evaluate = [&] { status = trainer->evaluate_held_out(held_out, loss); };
    REQUIRE(test::allocations_of(evaluate) == 0);
    REQUIRE(status.ok());
    REQUIRE(trainer->loss() == before);
    // The loss that a training on those points would have there.
    test::restore(test::save(*trainer), *judge);
    REQUIRE(judge->evaluate_loss().ok());
    REQUIRE(loss == judge->loss());
  }
  const auto parameters = trainer->network().parameters();
  REQUIRE(std::equal(parameters.begin(), parameters.end(), undisturbed.begin()));
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

namespace {

/// The loss of the Heat by plain numbers: derivatives of a ForwardPass instead of a tape's.
double plain_loss(const Heat<double>& heat, const Mlp<double>& network) {
  test::Owned<ForwardPass<double>> pass({.widths = kWidths, .derivatives = {dt, dxx}});
  std::vector<double> values(200 * 4);
  REQUIRE(pass->evaluate(network, heat.terms[0].points, {values.data(), 200, 4}).ok());
  double residual = 0;
  double data = 0;
  for (std::size_t p = 0; p < 200; ++p) {  // u, u_t, u_x, u_xx
    residual += std::pow(values[200 + p] - 0.1 * values[600 + p], 2) / 200;
    if (p < 50) data += std::pow(values[p] - std::sin(heat.coordinates[p]), 2) / 50;
  }
  return residual + data;
}

/// That the last method of a training takes its steps behind the others' and lowers their loss.
void check_last_phase(Trainer<double>& trainer, Trainer<double>::Phase last, std::size_t before,
                      std::size_t total) {
  REQUIRE(trainer.total_steps() == total);
  for (std::size_t step = 0; step < before; ++step) REQUIRE(trainer.step().ok());
  const double loss = trainer.loss();
  REQUIRE(trainer.phase() == last);
  while (!trainer.done()) REQUIRE(trainer.step().ok());
  CHECK(trainer.loss() < 0.8 * loss);
  CHECK(trainer.steps() == total);
  CHECK(trainer.ending() == Ending::steps_used_up);
  CHECK(trainer.parts()[0] + trainer.parts()[1] == trainer.loss());
}

}  // namespace

TEST_CASE("the loss of the network as it stands is known behind any step") {
  const Heat<double> heat;
  for (const std::size_t adam : std::vector<std::size_t>{0, 1, 9}) {
    for (const std::size_t lbfgs : std::vector<std::size_t>{0, 1, 8}) {
      CAPTURE(adam, lbfgs);
      auto config = heat.config();
      config.adam_steps = adam;
      config.lbfgs_iterations = lbfgs;
      test::Owned<Trainer<double>> trainer(config);
      while (!trainer->done()) REQUIRE(trainer->step().ok());
      const double told = trainer->loss();
      REQUIRE(trainer->evaluate_loss().ok());
      const double expected = plain_loss(heat, trainer->network());
      CHECK(test::relatively_close(trainer->loss(), expected, 1e-12));
      CHECK(trainer->parts()[0] + trainer->parts()[1] == trainer->loss());
      if (lbfgs > 0) CHECK(told == trainer->loss());
      CHECK(trainer->ending() == Ending::steps_used_up);
      CHECK(trainer->lbfgs_iterations() == lbfgs);
    }
  }
}

TEST_CASE("asking for the loss changes no later step") {
  const Heat<float> heat;
  const auto config = heat.config();
  const auto undisturbed = trained<float>(config);
  test::Owned<Trainer<float>> trainer(config);
  while (!trainer->done()) {
    REQUIRE(trainer->evaluate_loss().ok());
    REQUIRE(trainer->step().ok());
    REQUIRE((trainer->ending() == Ending::running) == !trainer->done());
  }
  const auto parameters = trainer->network().parameters();
  REQUIRE(std::equal(parameters.begin(), parameters.end(), undisturbed.begin()));
}

TEST_CASE("a loss that is not finite behind the last step is told") {
  Heat<double> heat;
  auto config = heat.config();
  config.adam_steps = 1;
  config.lbfgs_iterations = 0;
  test::Owned<Trainer<double>> trainer(config);
  REQUIRE(trainer->step().ok());
  heat.coordinates[7] = std::numeric_limits<double>::quiet_NaN();
  REQUIRE(trainer->evaluate_loss() == Status{StatusCode::not_finite, 0});
}

TEST_CASE(
    "a training that diverges goes back to the last step with a finite loss, and ends there") {
  Heat<double> heat;
  auto config = heat.config();
  // The loss is first seen not to be finite: in a step of Adam, behind its last, in L-BFGS's first.
  for (const std::array<std::size_t, 2> steps :
       {std::array<std::size_t, 2>{30, 0}, {4, 0}, {4, 20}}) {
    CAPTURE(steps[0], steps[1]);
    config.adam_steps = steps[0];
    config.lbfgs_iterations = steps[1];
    test::Owned<Trainer<double>> trainer(config);
    REQUIRE_FALSE(trainer->return_to_last_finite());
    for (int step = 0; step < 3; ++step) REQUIRE(trainer->step().ok());
    const auto parameters = trainer->network().parameters();
    const std::vector<double> finite(parameters.begin(), parameters.end());
    REQUIRE(trainer->step().ok());
    const double kept = heat.coordinates[7];
    heat.coordinates[7] = std::numeric_limits<double>::infinity();
    const Status status = trainer->done() ? trainer->evaluate_loss() : trainer->step();
    REQUIRE(status.code == StatusCode::not_finite);
    heat.coordinates[7] = kept;
    bool returned = false;
    REQUIRE(test::allocations_of([&] { returned = trainer->return_to_last_finite(); }) == 0);
    REQUIRE(returned);
    REQUIRE(std::equal(finite.begin(), finite.end(), parameters.begin()));
    REQUIRE(trainer->steps() == 3);
    REQUIRE(trainer->ending() == Ending::diverged);
    REQUIRE(trainer->done());
    REQUIRE(trainer->step() == Status{StatusCode::training_ended});
    REQUIRE(trainer->evaluate_loss().ok());
    REQUIRE_FALSE(trainer->return_to_last_finite());
  }
}

TEST_CASE("a training that diverged goes on from a checkpoint as if it had not") {
  Heat<double> heat;
  auto config = heat.config();
  test::Owned<Trainer<double>> trainer(config);
  const auto start = test::save(*trainer);
  for (int step = 0; step < 3; ++step) REQUIRE(trainer->step().ok());
  heat.coordinates[7] = std::numeric_limits<double>::infinity();
  REQUIRE(trainer->step().code == StatusCode::not_finite);
  REQUIRE(trainer->return_to_last_finite());
  REQUIRE(trainer->ending() == Ending::diverged);
  test::restore(start, *trainer);
  REQUIRE_FALSE(trainer->done());
  REQUIRE(trainer->ending() == Ending::running);
}

// As many steps were taken in the other run, so that their number alone does not tell.
TEST_CASE("a trainer that was given another run's state does not go back to its own parameters") {
  Heat<double> heat;
  auto config = heat.config();
  test::Owned<Trainer<double>> used(config);
  config.seed = 2;
  test::Owned<Trainer<double>> other(config);
  for (int step = 0; step < 3; ++step) {
    REQUIRE(used->step().ok());
    REQUIRE(other->step().ok());
  }
  const auto parameters = used->network().parameters();
  const auto expected = other->network().parameters();
  const auto is_the_other = [&] {
    return std::equal(expected.begin(), expected.end(), parameters.begin());
  };
  test::restore(test::save(*other), *used);
  REQUIRE_FALSE(used->return_to_last_finite());
  const double kept = heat.coordinates[7];
  heat.coordinates[7] = std::numeric_limits<double>::infinity();
  REQUIRE(used->step().code == StatusCode::not_finite);
  REQUIRE_FALSE(used->return_to_last_finite());
  REQUIRE(used->evaluate_loss().code == StatusCode::not_finite);
  REQUIRE_FALSE(used->return_to_last_finite());
  REQUIRE(is_the_other());
  REQUIRE(used->ending() == Ending::running);
  // A step of its own from there is one to go back from.
  heat.coordinates[7] = kept;
  REQUIRE(used->step().ok());
  REQUIRE(used->return_to_last_finite());
  REQUIRE(is_the_other());
}

TEST_CASE("an iteration of L-BFGS leaves nothing to go back to") {
  const Heat<double> heat;
  test::Owned<Trainer<double>> trainer(heat.config());
  for (int step = 0; step < 31; ++step) REQUIRE(trainer->step().ok());
  REQUIRE_FALSE(trainer->return_to_last_finite());
  REQUIRE(trainer->ending() == Ending::running);
}

TEST_CASE("L-BFGS ends a training where the loss levels off, and says so") {
  const Heat<double> heat;
  auto config = heat.config();
  config.lbfgs_iterations = 5000;
  config.lbfgs.loss_tolerance = 1e-2;
  test::Owned<Trainer<double>> trainer(config);
  while (!trainer->done()) REQUIRE(trainer->step().ok());
  REQUIRE(trainer->ending() == Ending::loss_levelled_off);
  REQUIRE(trainer->lbfgs_iterations() < 5000);
}

TEST_CASE("a quasi-Newton method goes on where Adam and L-BFGS stop, and lowers the loss further") {
  const Heat<double> heat;
  auto config = heat.config();
  config.quasi_newton_iterations = 25;
  test::Owned<Trainer<double>> trainer(config);
  check_last_phase(*trainer, Trainer<double>::Phase::quasi_newton, 50, 75);
  CHECK(trainer->lbfgs_iterations() == 20);
  CHECK(trainer->quasi_newton_iterations() == 25);
}

TEST_CASE(
    "with a quasi-Newton method too the bits are those of any number of threads, and of a run "
    "that was interrupted") {
  const Heat<double> heat;
  for (const QuasiNewtonUpdate update : kQuasiNewtonUpdates) {
    INFO(text(update));
    const auto config = [&](std::size_t threads) {
      auto with = heat.config(threads);
      with.adam_steps = 10;
      with.lbfgs_iterations = 5;
      with.quasi_newton_iterations = 20;
      with.quasi_newton.update = update;
      return with;
    };
    const auto undisturbed = trained<double>(config(1));
    REQUIRE(trained<double>(config(2)) == undisturbed);
    for (const int stop : {15, 16, 23}) {
      test::Owned<Trainer<double>> first(config(1)), second(config(1));
      for (int step = 0; step < stop; ++step) REQUIRE(first->step().ok());
      test::restore(test::save(*first), *second);
      while (!second->done()) REQUIRE(second->step().ok());
      REQUIRE(std::ranges::equal(second->parameters(), undisturbed));
    }
  }
}

TEST_CASE("a quasi-Newton step of a trainer allocates nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const Heat<double> heat;
  auto config = heat.config();
  config.adam_steps = config.lbfgs_iterations = 0;
  config.quasi_newton_iterations = 10;
  test::Owned<Trainer<double>> trainer(config);
  bool ok = true;
  REQUIRE(test::allocations_of([&] {
            while (!trainer->done()) ok = ok && trainer->step().ok();
          }) == 0);
  REQUIRE(ok);
}

TEST_CASE("Levenberg-Marquardt goes on where all other methods stop, and lowers the loss further") {
  const Heat<double> heat;
  auto config = heat.config();
  config.quasi_newton_iterations = 5;
  config.levenberg_marquardt_iterations = 15;
  test::Owned<Trainer<double>> trainer(config);
  check_last_phase(*trainer, Trainer<double>::Phase::levenberg_marquardt, 55, 70);
  CHECK(trainer->quasi_newton_iterations() == 5);
  CHECK(trainer->levenberg_marquardt_iterations() == 15);
  const double after = trainer->loss();
  const std::vector<double> gradient(trainer->gradient().begin(), trainer->gradient().end());
  REQUIRE(trainer->evaluate_loss().ok());
  CHECK(trainer->loss() == after);
  CHECK(std::ranges::equal(trainer->gradient(), gradient));
}

TEST_CASE("Levenberg-Marquardt alone trains from the start, in fewer steps than the others") {
  const Heat<double> heat;
  test::Owned<Trainer<double>> others(heat.config());
  while (!others->done()) REQUIRE(others->step().ok());
  auto config = heat.config();
  config.adam_steps = config.lbfgs_iterations = 0;
  config.levenberg_marquardt_iterations = 30;
  test::Owned<Trainer<double>> trainer(config);
  REQUIRE(trainer->phase() == Trainer<double>::Phase::levenberg_marquardt);
  while (!trainer->done()) REQUIRE(trainer->step().ok());
  CHECK(trainer->steps() < others->steps());
  CHECK(trainer->loss() < others->loss());
}

TEST_CASE("Levenberg-Marquardt ends a training where the loss levels off, and says so") {
  const Heat<double> heat;
  auto config = heat.config();
  config.levenberg_marquardt_iterations = 5000;
  config.levenberg_marquardt.loss_tolerance = 0.1;
  test::Owned<Trainer<double>> trainer(config);
  while (!trainer->done()) REQUIRE(trainer->step().ok());
  REQUIRE(trainer->ending() == Ending::loss_levelled_off);
  REQUIRE(trainer->levenberg_marquardt_iterations() < 5000);
}

TEST_CASE("no memory is carved for Levenberg-Marquardt without iterations") {
  const Heat<double> heat;
  auto config = heat.config();
  const std::size_t without = Trainer<double>::footprint(config).payload;
  config.levenberg_marquardt.most_trials = 3;
  CHECK(Trainer<double>::footprint(config).payload == without);
  config.levenberg_marquardt_iterations = 1;
  const std::size_t parameters = Mlp<double>::parameter_count(kWidths);
  CHECK(Trainer<double>::footprint(config).payload >=
        without + parameters * parameters * sizeof(double));
}

TEST_CASE(
    "with Levenberg-Marquardt too the bits are those of any number of threads, and of a run that "
    "was interrupted") {
  const Heat<double> heat;
  const auto config = [&](std::size_t threads) {
    auto with = heat.config(threads);
    with.adam_steps = 10;
    with.lbfgs_iterations = 5;
    with.levenberg_marquardt_iterations = 10;
    return with;
  };
  const auto undisturbed = trained<double>(config(1));
  REQUIRE(trained<double>(config(2)) == undisturbed);
  for (const int stop : {15, 16, 22}) {
    test::Owned<Trainer<double>> first(config(1)), second(config(1));
    for (int step = 0; step < stop; ++step) REQUIRE(first->step().ok());
    test::restore(test::save(*first), *second);
    while (!second->done()) REQUIRE(second->step().ok());
    REQUIRE(std::ranges::equal(second->parameters(), undisturbed));
    CHECK(second->parts()[0] + second->parts()[1] == second->loss());
  }
}

TEST_CASE("a step of Levenberg-Marquardt in a trainer allocates nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const Heat<double> heat;
  auto config = heat.config(2);
  config.adam_steps = config.lbfgs_iterations = 0;
  config.levenberg_marquardt_iterations = 5;
  test::Owned<Trainer<double>> trainer(config);
  bool ok = true;
  REQUIRE(test::allocations_of([&] {
            while (!trainer->done()) ok = ok && trainer->step().ok();
          }) == 0);
  REQUIRE(ok);
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
