#pragma once

#include <string>
#include <vector>

#include "pinnscope/io/file_status.hpp"
#include "signal_sources.hpp"

namespace pinnscope::apps {

/// A row a network, state and layer: every number over the inputs, and theory.
FileStatus write_layers(const std::string& path, const std::vector<SignalSource>& sources);

/// A row a network and state: the exponents.
FileStatus write_runs(const std::string& path, const std::vector<SignalSource>& sources);

/// Mean and standard deviation over the runs of what each has in the mean over the inputs.
FileStatus write_ensemble(const std::string& path, const std::vector<SignalSource>& sources);

/// A table a network, the exponents over the runs, and what every number is.
void print_summary(const std::vector<SignalSource>& sources);

}  // namespace pinnscope::apps
