#include "pinnscope/train/resample.hpp"

namespace pinnscope {

template <class T>
Status resample(TrainingProblem<T>& problem, Trainer<T>& trainer, std::uint64_t draw) noexcept {
  problem.draw_candidates(draw);
  Status status =
      trainer.evaluate_point_losses(0, problem.candidates(), problem.candidate_losses());
  if (status.ok()) status = problem.take_candidates(draw);
  if (status.ok()) trainer.points_changed();
  return status;
}

template Status resample<float>(TrainingProblem<float>&, Trainer<float>&, std::uint64_t) noexcept;
template Status resample<double>(TrainingProblem<double>&, Trainer<double>&,
                                 std::uint64_t) noexcept;

}  // namespace pinnscope
