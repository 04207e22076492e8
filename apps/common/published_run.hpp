#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "pinnscope/core/status.hpp"
#include "pinnscope/step/normalisation.hpp"
#include "pinnscope/step/stepper.hpp"

namespace pinnscope::apps {

/// The run of the stability figure of arXiv 2509.18131: eight periodic cells, fifteen steps,
/// U = D = dt = dx = 1, from numpy.random.seed(25), 2 rand(8) - 1, L1-normalised.
inline constexpr std::size_t kRunCells = 8;
inline constexpr std::size_t kRunSteps = 15;
using RunState = std::array<double, kRunCells>;
using Trajectory = std::array<RunState, kRunSteps + 1>;

/// `substeps` steps of dt / substeps for each of the run.
Status run_scheme(Scheme scheme, Normalisation normalise, Trajectory& rows,
                  std::size_t substeps = 1);

/// z <- tanh(W z) with the FTCS stencil as W: the chain of layers that the paper compares with.
Status run_chain(Normalisation normalise, Trajectory& rows);

/// sum |z| of each row.
std::vector<double> norms(const Trajectory& rows);

/// The largest |G| among the modes of the eight cells. NaN for a scheme whose matrix is not
/// circulant.
double largest_amplification_of_run(Scheme scheme);

/// Of the 8 x 8 matrix of a step: the largest |eigenvalue|, which rules in the end, and the largest
/// singular value, by which a step can stretch a signal before. NaN where LAPACK fails.
struct MatrixGrowth {
  double spectral_radius = 0;
  double two_norm = 0;
};
MatrixGrowth matrix_growth_of_run(Scheme scheme);

}  // namespace pinnscope::apps
