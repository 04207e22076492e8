#pragma once

#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "family.hpp"

namespace pinnscope::apps {

/// Adds the command `propagate`: --scheme fills `options`, WEIGHTS `signals`, and --family `family`
/// and what those two have of it.
void add_propagate(CLI::App& app, PropagateOptions& options, SignalOptions& signals,
                   FamilyOptions& family);

}  // namespace pinnscope::apps
