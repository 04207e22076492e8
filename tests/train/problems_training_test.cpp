#include <vector>

#include "pinnscope/pde/problems.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/train/trainer.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// The loss at the start over that after a short training in T.
template <class T>
double fall(const Problem& problem) {
  const std::vector<std::size_t> widths{problem.inputs.size(), 16, 16, problem.outputs.size()};
  const typename TrainingProblem<T>::Config stated{.problem = &problem,
                                                   .widths = widths,
                                                   .points = 300,
                                                   .initial_points = 30,
                                                   .boundary_points = 30};
  std::vector<std::byte> memory(TrainingProblem<T>::footprint(stated).bytes);
  Arena arena(memory);
  const TrainingProblem<T> training(stated, arena);
  REQUIRE(training.status().ok());
  const typename Trainer<T>::Config config{.network = {.widths = widths},
                                           .terms = training.terms(),
                                           .adam_steps = 50,
                                           .adam = {.learning_rate = 5e-3},
                                           .lbfgs_iterations = 150};
  std::vector<std::byte> trained(Trainer<T>::footprint(config).bytes);
  Arena room(trained);
  Trainer<T> trainer(config, room);
  REQUIRE(trainer.evaluate_loss().ok());
  const double start = trainer.loss();
  while (!trainer.done()) REQUIRE(trainer.step().ok());
  return start / trainer.loss();
}

}  // namespace

TEST_CASE("every problem can be trained on, in either precision: the loss falls") {
  for (const Problem& problem : problems()) {
    INFO(problem.name);
    CHECK(fall<double>(problem) > 2);
    CHECK(fall<float>(problem) > 2);
  }
}
