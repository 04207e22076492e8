#pragma once

#include <cstdint>
#include <vector>

#include "commands.hpp"

namespace pinnscope::apps {

/// Fills z with the numbers of --initial or, for none, with 2 rand - 1 from the seed, one further
/// for each realisation.
FileStatus initial_signal(const PropagateOptions& options, std::uint32_t realisation,
                          std::vector<double>& z);

}  // namespace pinnscope::apps
