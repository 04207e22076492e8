#pragma once

#include <string>
#include <vector>

#include "pinnscope/io/file_status.hpp"
#include "step_reports.hpp"

namespace pinnscope::apps {

/// Tables for people: invariants, readings, verdicts and, where they were searched, best labels.
void print_steps(const PdeOptions& options, const std::vector<StepReport>& reports);

/// A row a step.
FileStatus write_reports(const std::string& path, const std::vector<StepReport>& reports);

/// A row a step and neuron.
FileStatus write_rows(const PdeOptions& options, const std::vector<StepReport>& reports);

/// A row a step and scheme.
FileStatus write_schemes(const std::string& path, const std::vector<StepReport>& reports);

}  // namespace pinnscope::apps
