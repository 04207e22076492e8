// Finds the problem by its name, trains on it, and compares with its solution.
#include <cmath>
#include <cstdio>
#include <vector>

#include "pinnscope/nn/forward.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/train/trainer.hpp"

int main() {
  using namespace pinnscope;
  for (const Problem& problem : problems()) std::printf("%s\n", problem.name);
  const Problem* const decay = find_problem("decay");
  if (decay == nullptr) return 1;
  const std::vector<std::size_t> widths{1, 10, 1};
  std::vector<std::byte> memory(4 << 20);
  Arena arena(memory);
  const TrainingProblem<double> training({.problem = decay, .widths = widths, .points = 100},
                                         arena);
  Trainer<double> trainer({.network = {.widths = widths},
                           .terms = training.terms(),
                           .adam_steps = 100,
                           .lbfgs_iterations = 300},
                          arena);
  Status status = training.status();
  while (status.ok() && !trainer.done()) status = trainer.step();
  ForwardPass<double> pass({.widths = widths}, arena);
  const double time = 0.5;
  double exact = 0;
  double found = 0;
  if (status.ok()) status = exact_solution(*decay, {&time, 1}, {&exact, 1});
  if (status.ok()) status = pass.evaluate_point(trainer.network(), {&time, 1}, {&found, 1});
  std::printf("u(0.5) = %.5f, exactly %.5f\n", found, exact);
  return status.ok() && arena.status().ok() && std::fabs(found - exact) < 1e-2 ? 0 : 1;
}
