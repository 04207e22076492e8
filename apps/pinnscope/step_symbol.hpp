#pragma once

#include <string>
#include <vector>

#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/step/measured_symbol.hpp"
#include "step_reports.hpp"

namespace pinnscope::apps {

/// Asks the matrix of a step for its symbol, by impulses as any other step.
Status measure_symbol(const arma::mat& step, SymbolMeter<double>& meter, SymbolReport& report);

/// A row a step and mode: the factor of the nearest circulant matrix, and the nearest scheme's.
FileStatus write_symbols(const std::string& path, const std::vector<StepReport>& reports);

}  // namespace pinnscope::apps
