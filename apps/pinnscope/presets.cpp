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

void set_small_network(TrainOptions& options) {
  options.ansatz = last_ansatz(*options.problem);
  options.precision = Precision::float64;
  options.points_by = Sampling::sobol;
  options.resample_every = 50;
  options.layers = 3;
  options.adam_steps = 1000;
  options.learning_rate = 3e-3;
  options.lbfgs_iterations = 0;
}

}  // namespace

void set_preset(Preset preset, TrainOptions& options) {
  switch (preset) {
    case Preset::recipe: return;
    case Preset::fast:
      set_small_network(options);
      options.width = 20;
      options.points = 2000;
      options.levenberg_marquardt_iterations = 200;
      return;
    case Preset::accurate:
      set_small_network(options);
      options.width = 30;
      options.points = 5000;
      options.levenberg_marquardt_iterations = 2000;
      return;
  }
}

}  // namespace pinnscope::apps
