#include "common/published_run.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/machine.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/step/layer_chain.hpp"
#include "pinnscope/step/stability.hpp"

namespace pinnscope::apps {
namespace {

Stepper<double>::Config config_of(Scheme scheme, Normalisation normalise, double dt = 1) {
  return {.scheme = scheme,
          .cells = kRunCells,
          .velocity = 1,
          .diffusivity = 1,
          .dt = dt,
          .normalise = normalise};
}

RunState initial_state() {
  NumpyRand draw(25);
  RunState z{};
  for (double& cell : z) cell = 2 * draw() - 1;
  double log_norm = 0;
  static_cast<void>(normalise(Normalisation::l1, VectorView<double>(z), log_norm));
  return z;
}

/// The matrix of one step of the run.
struct StepMatrix {
  std::array<double, kRunCells * kRunCells> entries{};
  RunState offset{};
  MatrixView<double> weights{entries.data(), kRunCells, kRunCells};

  Status fill(Scheme scheme) {
    Owned<Stepper<double>> stepper(config_of(scheme, Normalisation::none));
    return stepper->matrix(weights, offset);
  }
};

}  // namespace

Status run_scheme(Scheme scheme, Normalisation normalise, Trajectory& rows, std::size_t substeps) {
  Owned<Stepper<double>> stepper(config_of(scheme, normalise, 1 / static_cast<double>(substeps)));
  rows = {initial_state()};
  for (std::size_t step = 1; step < rows.size(); ++step) {
    rows[step] = rows[step - 1];
    for (std::size_t part = 0; part < substeps; ++part) {
      const Status status = stepper->step(rows[step]);
      if (!status.ok()) return status;
    }
  }
  return {};
}

Status run_chain(Normalisation normalise, Trajectory& rows) {
  StepMatrix ftcs;
  Status status = ftcs.fill(Scheme::ftcs);
  Owned<LayerChain<double>> chain(
      {.width = kRunCells, .orientation = LayerOrientation::weights_first, .normalise = normalise});
  rows = {initial_state()};
  for (std::size_t step = 1; step < rows.size() && status.ok(); ++step) {
    rows[step] = rows[step - 1];
    status = chain->step(ftcs.weights, ftcs.offset, rows[step]);
  }
  return status;
}

std::vector<double> norms(const Trajectory& rows) {
  std::vector<double> values;
  for (const RunState& row : rows) {
    double sum = 0;
    for (const double cell : row) sum += std::fabs(cell);
    values.push_back(sum);
  }
  return values;
}

double largest_amplification_of_run(Scheme scheme) {
  return largest_amplification_on_grid(scheme, {.c = 1, .r = 1}, kRunCells);
}

MatrixGrowth matrix_growth_of_run(Scheme scheme) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  require_blas(1);
  StepMatrix matrix;
  Owned<Eigenvalues<double>> eigenvalues({.order = kRunCells});
  Owned<SingularValues<double>> singular({.rows = kRunCells, .columns = kRunCells});
  Status status = matrix.fill(scheme);
  if (status.ok()) status = eigenvalues->compute(matrix.weights);
  if (status.ok()) status = singular->compute(matrix.weights);
  if (!status.ok()) return {kUnknown, kUnknown};
  MatrixGrowth growth{0, singular->values()[0]};
  for (std::size_t i = 0; i < kRunCells; ++i) {
    growth.spectral_radius = std::max(
        growth.spectral_radius, std::hypot(eigenvalues->real()[i], eigenvalues->imaginary()[i]));
  }
  return growth;
}

}  // namespace pinnscope::apps
