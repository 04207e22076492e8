#pragma once

#include <vector>

#include "step_reports.hpp"

namespace pinnscope::apps {

/// Prints what becomes of the signal where the square layers are refined: in depth by the Euler
/// reading, and, where each of them is a scheme's step, by that scheme and in its cells. Inputs are
/// those of --at, or else 16 of the unit cube.
FileStatus print_refinement(const PdeOptions& options, const NetworkWeights& network,
                            const std::vector<StepReport>& reports);

}  // namespace pinnscope::apps
