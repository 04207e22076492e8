#include "presets.hpp"

namespace pinnscope::apps {
namespace {

/// That of which most holds by itself: kinds are listed from the least on.
AnsatzKind last_ansatz(const Problem& problem) {
  AnsatzKind last = AnsatzKind::none;
  for (const auto& row : named<AnsatzKind>()) {
    if (problem.network_inputs(row.value) > 0) last = row.value;
  }
  return last;
}

/// What a small network takes for the last digits.
void set_small_network(TrainOptions& options, std::size_t width, std::size_t points,
                       std::size_t iterations) {
  options.ansatz = last_ansatz(*options.problem);
  options.precision = Precision::float64;
  options.points = points;
  options.points_by = Sampling::sobol;
  options.resample_every = 50;
  options.layers = 3;
  options.width = width;
  options.adam_steps = 1000;
  options.learning_rate = 3e-3;
  options.lbfgs_iterations = 0;
  options.levenberg_marquardt_iterations = iterations;
}

}  // namespace

void set_preset(Preset preset, TrainOptions& options) {
  switch (preset) {
    case Preset::recipe: return;
    case Preset::fast: return set_small_network(options, 20, 2000, 200);
    case Preset::accurate: return set_small_network(options, 30, 5000, 2000);
  }
}

}  // namespace pinnscope::apps
