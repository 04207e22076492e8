// Set-ups that cannot work: each is a status with words of its own, kept from construction on, from
// an arena that is left alone.

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "nn/network.hpp"
#include "pinnscope/train/trainer.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

const std::vector<std::size_t> kWidths{2, 4, 1};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A fit of u = x at ten points, with everything that a test may spoil.
template <class T>
struct Setup {
  std::vector<T> coordinates = test::random_numbers<T>(20, 3);
  test::Owned<Tape<T>> tape{{.widths = kWidths}};
  std::vector<LossTerm<T>> terms;
  typename Trainer<T>::Config config;

  Setup() {
    REQUIRE(tape->minimise(mean_square(tape->network() - tape->point(0))).ok());
    terms = {{"one", &*tape, {coordinates.data(), 10, 2}},
             {"two", &*tape, {coordinates.data(), 10, 2}}};
    config.network.widths = kWidths;
    config.adam_steps = config.lbfgs_iterations = 2;
  }
};

/// The status of a trainer so set up: of its check, its construction, and its step each time. In
/// memory for what it says it needs, which it must not touch.
template <class T>
Status refusal_of(Setup<T>& setup) {
  setup.config.terms = setup.terms;
  const Status status = Trainer<T>::check(setup.config);
  std::vector<std::byte> memory(Trainer<T>::footprint(setup.config).bytes);
  Arena arena(memory);
  Trainer<T> trainer(setup.config, arena);
  REQUIRE(trainer.status() == status);
  if (status.ok()) return status;
  REQUIRE(arena.used() == 0);
  REQUIRE(arena.status().ok());
  for (int k = 0; k < 3; ++k) {
    REQUIRE_FALSE(trainer.done());
    REQUIRE(trainer.step() == status);
  }
  REQUIRE(trainer.evaluate_loss() == status);
  REQUIRE(trainer.steps() == 0);
  REQUIRE(trainer.parts().empty());
  REQUIRE(trainer.network().parameters().empty());
  REQUIRE(trainer.ending() == Ending::running);
  return status;
}

/// The refusal after `spoil` spoiled the set-up.
template <class T = double, class Spoil>
Status after(const Spoil& spoil) {
  Setup<T> setup;
  spoil(setup);
  return refusal_of(setup);
}

}  // namespace

TEST_CASE("the set-up that the others spoil works") {
  REQUIRE(after([](auto&) {}).ok());
  REQUIRE(after<float>([](auto&) {}).ok());
}

TEST_CASE("a training without terms, or with more than eight, is refused") {
  REQUIRE(after([](auto& setup) { setup.terms.clear(); }) == Status{StatusCode::no_terms});
  for (const std::size_t count : {8u, 9u, 100u}) {
    const Status status = after([&](auto& setup) { setup.terms.resize(count, setup.terms[0]); });
    REQUIRE(status == (count == 8 ? Status{} : Status{StatusCode::too_many_terms, 8}));
  }
}

TEST_CASE("a term without a tape, or whose tape minimises nothing, is refused") {
  REQUIRE(after([](auto& setup) { setup.terms[1].tape = nullptr; }) ==
          Status{StatusCode::no_tape, 1});
  test::Owned<Tape<double>> forgotten({.widths = kWidths});
  (void)forgotten->network();
  REQUIRE(after([&](auto& setup) { setup.terms[1].tape = &*forgotten; }) ==
          Status{StatusCode::no_loss, 1});
  test::Owned<Tape<double>> blank({.widths = kWidths});
  REQUIRE(after([&](auto& setup) { setup.terms[0].tape = &*blank; }) ==
          Status{StatusCode::no_loss, 0});
}

TEST_CASE("what failed on a tape is what its training says") {
  const auto refusal = [](const auto& record) {
    test::Owned<Tape<double>> tape({.widths = kWidths, .nodes = 6});
    auto u = tape->network({dx});
    record(*tape, u);
    REQUIRE_FALSE(tape->status().ok());
    const Status status = after([&](auto& setup) { setup.terms[1].tape = &*tape; });
    REQUIRE(status == tape->status());
    return status.code;
  };
  REQUIRE(refusal([](auto& tape, auto& u) { (void)tape.minimise(mean_square(u[dxx])); }) ==
          StatusCode::derivative_missing);
  REQUIRE(refusal([](auto& tape, auto& u) {
            (void)tape.minimise(mean_square(u));
            (void)tape.minimise(mean_square(u[dx]));
          }) == StatusCode::tape_closed);
  REQUIRE(refusal([](auto& tape, auto& u) {
            (void)tape.minimise(mean_square(sin(exp(tanh(u + 1.0) + 2.0)) + 3.0));
          }) == StatusCode::tape_full);
  REQUIRE(refusal([](auto& tape, auto&) {
            (void)tape.minimise(mean_square(tape.network({Derivative{3, 0, 0}})));
          }) == StatusCode::derivative_order);
  Setup<double> other;
  REQUIRE(refusal([&](auto& tape, auto& u) {
            (void)tape.minimise(mean_square(u - other.tape->point(0)));
          }) == StatusCode::foreign_expression);
  REQUIRE(refusal([](auto& tape, auto&) { (void)tape.minimise(mean_square(tape.point(1))); }) ==
          StatusCode::loss_without_network);
}

TEST_CASE("a tape without memory refuses its training") {
  std::array<std::byte, 64> little{};
  Arena arena(little);
  Tape<double> tape({.widths = kWidths}, arena);
  (void)tape.minimise(mean_square(tape.network()));
  REQUIRE(after([&](auto& setup) { setup.terms[0].tape = &tape; }).code ==
          StatusCode::out_of_memory);
}

TEST_CASE("points with other columns than the tape reads, or none, are refused") {
  for (const std::size_t columns : {0u, 1u, 3u}) {
    CAPTURE(columns);
    REQUIRE(after([&](auto& setup) { setup.terms[1].points.columns = columns; }) ==
            Status{StatusCode::other_columns, 1});
  }
  REQUIRE(after([](auto& setup) { setup.terms[1].points = {}; }) ==
          Status{StatusCode::other_columns, 1});
  REQUIRE(after([](auto& setup) { setup.terms[1].points.rows = 0; }) ==
          Status{StatusCode::no_points, 1});
  REQUIRE(after([](auto& setup) { setup.terms[0].points.data = nullptr; }) ==
          Status{StatusCode::no_points, 0});
  for (const std::size_t stride : {0u, 1u, 9u}) {
    REQUIRE(after([&](auto& setup) { setup.terms[1].points.stride = stride; }) ==
            Status{StatusCode::overlapping_columns, 1});
  }
}

TEST_CASE("a tape of other widths than the network's is refused") {
  for (const auto& widths : std::vector<std::vector<std::size_t>>{
           {2, 4, 4, 1}, {2, 5, 1}, {2, 1}, {2, 4, 2}, {3, 4, 1}}) {
    REQUIRE(after([&](auto& setup) { setup.config.network.widths = widths; }) ==
            Status{StatusCode::other_widths, 0});
  }
  const std::vector<std::size_t> wide{2, 9, 1};
  test::Owned<Tape<double>> tape({.widths = wide});
  REQUIRE(tape->minimise(mean_square(tape->network())).ok());
  REQUIRE(after([&](auto& setup) { setup.terms[1].tape = &*tape; }) ==
          Status{StatusCode::other_widths, 1});
}

TEST_CASE("widths that make no network are refused") {
  for (const auto& widths :
       std::vector<std::vector<std::size_t>>{{}, {2}, {2, 0, 1}, {0, 4, 1}, {2, 4, 0}}) {
    REQUIRE(after([&](auto& setup) { setup.config.network.widths = widths; }) ==
            Status{StatusCode::bad_widths});
  }
}

TEST_CASE("weights of terms are finite, not negative, and not all zero") {
  for (const double weight : {-1.0, -1e-300, kNan, kInfinity}) {
    REQUIRE(after([&](auto& setup) { setup.terms[1].weight = weight; }) ==
            Status{StatusCode::bad_weight, 1});
  }
  REQUIRE(after<float>([](auto& setup) { setup.terms[1].weight = 1e39; }) ==
          Status{StatusCode::bad_weight, 1});
  REQUIRE(after([](auto& setup) { setup.terms[1].weight = 0; }).ok());
  for (const double weight : {0.0, 1e-60}) {  // in float 1e-60 is 0
    REQUIRE(after<float>([&](auto& setup) {
              setup.terms[0].weight = setup.terms[1].weight = weight;
            }) == Status{StatusCode::no_weights});
  }
}

TEST_CASE("no threads, lanes or points of a tile are refused") {
  const Status expected{StatusCode::bad_sharing};
  REQUIRE(after([](auto& setup) { setup.config.threads = 0; }) == expected);
  REQUIRE(after([](auto& setup) { setup.config.lanes = 0; }) == expected);
  for (const std::size_t tile : {std::size_t{0}, kMostTilePoints + 1, ~std::size_t{0}}) {
    REQUIRE(after([&](auto& setup) { setup.config.tile = tile; }) == expected);
  }
}

TEST_CASE("constants of Adam out of their ranges are refused where it has steps") {
  using Constant = double Adam<double>::Config::*;
  const auto refusal = [](Constant constant, double number, std::size_t steps = 2) {
    return after([&](auto& setup) {
      setup.config.adam.*constant = number;
      setup.config.adam_steps = steps;
    });
  };
  for (const Constant constant :
       {&Adam<double>::Config::learning_rate, &Adam<double>::Config::beta1,
        &Adam<double>::Config::beta2, &Adam<double>::Config::epsilon}) {
    for (const double number : {kNan, kInfinity, -1.0}) {
      REQUIRE(refusal(constant, number) == Status{StatusCode::bad_adam});
      REQUIRE(refusal(constant, number, 0).ok());
    }
  }
  REQUIRE(refusal(&Adam<double>::Config::learning_rate, 0) == Status{StatusCode::bad_adam});
  REQUIRE(refusal(&Adam<double>::Config::epsilon, 0) == Status{StatusCode::bad_adam});
  REQUIRE(refusal(&Adam<double>::Config::beta1, 1) == Status{StatusCode::bad_adam});
  REQUIRE(refusal(&Adam<double>::Config::beta1, 0).ok());
  // What is 0 in float would train on nothing.
  REQUIRE(after<float>([](auto& setup) { setup.config.adam.learning_rate = 1e-60; }) ==
          Status{StatusCode::bad_adam});
}

TEST_CASE(
    "rules of a quasi-Newton method out of their ranges are refused where it has iterations") {
  const auto refusal = [](std::size_t iterations) {
    return after([&](auto& setup) {
      setup.config.quasi_newton.rules.curvature = 1;
      setup.config.quasi_newton_iterations = iterations;
    });
  };
  REQUIRE(refusal(2) == Status{StatusCode::bad_quasi_newton});
  REQUIRE(refusal(0).ok());
}

TEST_CASE("what Levenberg-Marquardt does not take is refused where it has iterations") {
  const auto refusal = [](const auto& spoil, std::size_t iterations = 2) {
    return after([&](auto& setup) {
      spoil(setup);
      setup.config.levenberg_marquardt_iterations = iterations;
    });
  };
  const auto no_damping = [](auto& setup) { setup.config.levenberg_marquardt.damping = 0; };
  REQUIRE(refusal(no_damping) == Status{StatusCode::bad_levenberg_marquardt});
  REQUIRE(refusal(no_damping, 0).ok());
  const std::vector<std::size_t> square{2, 4, 4, 1};
  test::Owned<Tape<double>> tape({.widths = square});
  REQUIRE(tape->minimise(mean_square(tape->network() - tape->point(0))).ok());
  const auto steps = [&](auto& setup) {
    setup.config.network.widths = square;
    for (auto& term : setup.terms) term.tape = &*tape;
    setup.config.layer_step.kind = LayerKind::cayley;
  };
  REQUIRE(refusal(steps) == Status{StatusCode::layers_not_plain});
  REQUIRE(refusal(steps, 0).ok());
}

TEST_CASE("Levenberg-Marquardt refuses a loss that is no sum of squares") {
  test::Owned<Tape<double>> tape({.widths = kWidths});
  const auto u = tape->network();
  const auto x = tape->point(0);
  REQUIRE(tape->minimise(mean_square(u - x) + -0.5 * mean_square(u * x)).ok());
  const auto refusal = [&](std::size_t iterations) {
    return after([&](auto& setup) {
      setup.terms[1].tape = &*tape;
      setup.config.levenberg_marquardt_iterations = iterations;
    });
  };
  REQUIRE(refusal(2) == Status{StatusCode::no_sum_of_squares, 1});
  REQUIRE(refusal(0).ok());
}

TEST_CASE("constants of L-BFGS out of their ranges are refused where it has iterations") {
  const auto refusal = [](const auto& spoil, std::size_t iterations = 2) {
    return after([&](auto& setup) {
      spoil(setup.config.lbfgs);
      setup.config.lbfgs_iterations = iterations;
    });
  };
  const Status expected{StatusCode::bad_lbfgs};
  REQUIRE(refusal([](auto& lbfgs) { lbfgs.curvature = 1; }) == expected);
  REQUIRE(refusal([](auto& lbfgs) { lbfgs.curvature = 1; }, 0).ok());
  REQUIRE(refusal([](auto& lbfgs) { lbfgs.curvature = 1e-5; }) == expected);
  REQUIRE(refusal([](auto& lbfgs) { lbfgs.sufficient_decrease = 0; }) == expected);
  REQUIRE(refusal([](auto& lbfgs) { lbfgs.line_search_evaluations = 0; }) == expected);
  REQUIRE(refusal([](auto& lbfgs) { lbfgs.pairs = 0; }).ok());
  for (const double number : {kNan, kInfinity, -1e-9}) {
    REQUIRE(refusal([&](auto& lbfgs) { lbfgs.loss_tolerance = number; }) == expected);
    REQUIRE(refusal([&](auto& lbfgs) { lbfgs.loss_floor = number; }) == expected);
    REQUIRE(refusal([&](auto& lbfgs) { lbfgs.gradient_tolerance = number; }) == expected);
    REQUIRE(refusal([&](auto& lbfgs) { lbfgs.curvature = number; }) == expected);
  }
}

TEST_CASE("a parameter of an activation that is not a number is refused") {
  REQUIRE(after([](auto& setup) {
            setup.config.network.activation_parameters.negative_slope = kNan;
          }) == Status{StatusCode::not_finite});
  REQUIRE(after([](auto& setup) { setup.config.network.activation_parameters.omega = kNan; }) ==
          Status{StatusCode::not_finite});
}

TEST_CASE("an arena that is too small for the config says so, with any number of bytes") {
  Setup<double> setup;
  setup.config.terms = setup.terms;
  const std::size_t bytes = Trainer<double>::footprint(setup.config).payload;
  for (std::size_t room = 0; room < bytes; room += 64) {
    CAPTURE(room);
    std::vector<std::byte> memory(bytes + 64);
    const std::size_t padding = (64 - reinterpret_cast<std::uintptr_t>(memory.data()) % 64) % 64;
    Arena arena(std::span<std::byte>(memory).subspan(padding, room));
    Trainer<double> trainer(setup.config, arena);
    REQUIRE(trainer.status() == Status{StatusCode::out_of_memory});
    REQUIRE_FALSE(trainer.done());
    REQUIRE(trainer.step() == Status{StatusCode::out_of_memory});
  }
  // The footprint of a smaller network than the constructor's.
  auto larger = setup.config;
  larger.threads = 4;
  std::vector<std::byte> memory(bytes + 63);
  Arena arena(memory);
  Trainer<double> trainer(larger, arena);
  REQUIRE(trainer.step() == Status{StatusCode::out_of_memory});
}

TEST_CASE("sizes beyond any memory are refused, not wrapped around") {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  const auto refusal = [](const auto& spoil) {
    Setup<double> setup;
    setup.config.terms = setup.terms;
    spoil(setup.config);
    REQUIRE(Trainer<double>::footprint(setup.config).bytes > std::size_t{1} << 32);
    std::vector<std::byte> memory(10000);
    Arena arena(memory);
    Trainer<double> trainer(setup.config, arena);
    return trainer.step();
  };
  const Status expected{StatusCode::out_of_memory};
  REQUIRE(refusal([](auto& config) { config.threads = kMost; }) == expected);
  REQUIRE(refusal([](auto& config) { config.lanes = kMost; }) == expected);
  REQUIRE(refusal([](auto& config) { config.lbfgs.pairs = kMost; }) == expected);
  Setup<double> setup;
  setup.config.terms = setup.terms;
  setup.config.adam_steps = kMost;
  test::Owned<Trainer<double>> trainer(setup.config);
  REQUIRE(trainer->total_steps() == kMost);
}

TEST_CASE("a training that has ended takes no further step") {
  Setup<double> setup;
  setup.config.terms = setup.terms;
  for (const std::size_t steps : {0u, 3u}) {
    setup.config.adam_steps = steps;
    setup.config.lbfgs_iterations = 0;
    test::Owned<Trainer<double>> trainer(setup.config);
    REQUIRE(trainer->status().ok());
    for (std::size_t k = 0; k < steps; ++k) REQUIRE(trainer->step().ok());
    REQUIRE(trainer->done());
    REQUIRE(trainer->step() == Status{StatusCode::training_ended});
    REQUIRE(trainer->steps() == steps);
    REQUIRE(trainer->evaluate_loss().ok());
    REQUIRE(trainer->loss() > 0);
  }
}

TEST_CASE("a term without a name has an empty one") {
  Setup<double> setup;
  setup.terms[1].name = nullptr;
  setup.config.terms = setup.terms;
  test::Owned<Trainer<double>> trainer(setup.config);
  REQUIRE(std::string(trainer->part_name(1)).empty());
}

TEST_CASE("an objective keeps the status of its set-up and returns it") {
  Setup<double> setup;
  setup.terms[1].points.rows = 0;
  test::Owned<Objective<double>> objective({.widths = kWidths, .terms = setup.terms});
  test::Owned<Mlp<double>> network({.widths = kWidths});
  std::vector<double> gradient(network->parameters().size());
  double loss = 5;
  REQUIRE(objective->status() == Status{StatusCode::no_points, 1});
  REQUIRE(objective->evaluate(*network, gradient, loss) == objective->status());
  REQUIRE(objective->terms().empty());
  REQUIRE(objective->parts().empty());
  REQUIRE(loss == 5);
}
