#pragma once

#include <vector>

#include "signal_inputs.hpp"
#include "signal_sources.hpp"

namespace pinnscope::apps {

/// Sends blocks of inputs through every source, into their summaries and into inputs.csv and
/// signals.csv of the directory. `mean_square` is that of all coordinates, and `listed` says
/// whether there is a signals.csv.
FileStatus follow_inputs(const SignalOptions& options, const std::vector<double>& neighbour,
                         SignalInputs& inputs, std::vector<SignalSource>& sources,
                         double& mean_square, bool& listed);

}  // namespace pinnscope::apps
