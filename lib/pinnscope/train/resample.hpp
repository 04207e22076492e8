#pragma once

#include <cstdint>

#include "pinnscope/core/status.hpp"
#include "pinnscope/pde/training_problem.hpp"
#include "pinnscope/train/trainer.hpp"

namespace pinnscope {

/// Chooses the points inside anew, more of them where the residual is large: draws the problem's
/// candidates, asks the network for its residuals there, takes candidates in place of the points
/// and tells the trainer. Each `draw` has candidates and choices of its own; the same network, seed
/// and draw give the same points, with any number of threads. Points of conditions and held-out
/// points stay. A third of the time of a step a candidate and point; allocates nothing.
///
/// What the trainer's status() says, or not_finite (info: the candidate) of a residual: the points
/// are then as they were. Preconditions: the problem has candidates, the trainer is of its terms;
/// draw < 2^32.
///
///     if (trainer.steps() % 500 == 0) status = resample(problem, trainer, trainer.steps() / 500);
template <class T>
Status resample(TrainingProblem<T>& problem, Trainer<T>& trainer, std::uint64_t draw) noexcept;

}  // namespace pinnscope
