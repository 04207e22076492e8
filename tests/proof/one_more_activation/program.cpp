// An activation that this program's list alone has, by its name: a network of it is trained, and
// its values are those of the definition.

#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "pinnscope/nn/forward.hpp"
#include "pinnscope/pde/problems.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/train/trainer.hpp"

using namespace pinnscope;
using namespace pinnscope::partial;

namespace {

bool check(bool good, const char* what) {
  if (!good) std::printf("expected %s\n", what);
  return good;
}

long double softsign(long double z) { return z / (1 + std::fabs(z)); }

/// By the definition: one input layer, hidden layers of softsign, an output that is its sum.
long double plain_value(const Mlp<double>& network, std::vector<long double> a) {
  for (std::size_t l = 0; l < network.layers(); ++l) {
    std::vector<long double> z(network.fan_out(l));
    for (std::size_t j = 0; j < z.size(); ++j) {
      z[j] = network.biases(l)[j];
      for (std::size_t i = 0; i < a.size(); ++i) z[j] += a[i] * network.weights(l)(i, j);
      if (l + 1 < network.layers()) z[j] = softsign(z[j]);
    }
    a = z;
  }
  return a[0];
}

}  // namespace

int main() {
  Activation softsign_activation{};
  if (!check(parse("softsign", softsign_activation), "an activation called softsign")) return 1;

  const std::array<std::size_t, 4> widths{2, 8, 8, 1};
  const TrainingProblem<double>::Config stated{
      .problem = find_problem("heat"), .widths = widths, .points = 100};
  std::vector<std::byte> first(TrainingProblem<double>::footprint(stated).bytes);
  Arena first_arena(first);
  TrainingProblem<double> problem(stated, first_arena);
  const Trainer<double>::Config config{.network = {.widths = widths, .hidden = softsign_activation},
                                       .terms = problem.terms(),
                                       .adam_steps = 200,
                                       .adam = {.learning_rate = 1e-2},
                                       .lbfgs_iterations = 20,
                                       .threads = 1};
  std::vector<std::byte> second(Trainer<double>::footprint(config).bytes);
  Arena second_arena(second);
  Trainer<double> trainer(config, second_arena);
  bool good = check(trainer.evaluate_loss().ok(), "a loss");
  const double before = trainer.loss();
  while (!trainer.done()) {
    if (!check(trainer.step().ok(), "a step that works")) return 1;
  }
  good &= check(trainer.evaluate_loss().ok() && trainer.loss() < 0.2 * before,
                "a loss that training makes five times smaller");

  const Mlp<double>& network = trainer.network();
  const ForwardPass<double>::Config pass_config{.widths = widths, .derivatives = {dx, dxx}};
  std::vector<std::byte> third(ForwardPass<double>::footprint(pass_config).bytes);
  Arena third_arena(third);
  ForwardPass<double> pass(pass_config, third_arena);
  const std::array<double, 2> point{0.3, 0.2};
  std::array<double, 3> values{};
  good &= check(pass.evaluate(network, {point.data(), 1, 2}, {values.data(), 1, 3}).ok(), "values");
  const long double h = 1e-5L;
  const long double below = plain_value(network, {point[0] - h, point[1]});
  const long double here = plain_value(network, {point[0], point[1]});
  const long double above = plain_value(network, {point[0] + h, point[1]});
  const auto near = [](double found, long double expected, double tolerance) {
    return std::fabs(static_cast<double>(found - expected)) <= tolerance;
  };
  good &= check(near(values[0], here, 1e-13), "the value of the definition");
  good &= check(near(values[1], (above - below) / (2 * h), 1e-8), "its first derivative");
  good &=
      check(near(values[2], (above - 2 * here + below) / (h * h), 1e-6), "its second derivative");
  if (good) std::printf("softsign is trained and evaluated by its name\n");
  return good ? 0 : 1;
}
