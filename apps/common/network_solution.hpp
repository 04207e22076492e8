#pragma once

#include <string>
#include <vector>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope::apps {

/// "x = 0.5, t = 0.1", for messages.
std::string point_text(double x, double t);

/// u(x_j, t) of a network with inputs (x, t) and one output; the failure names `path`.
FileStatus network_solution(const NetworkWeights& weights, const std::string& path,
                            const std::vector<double>& x, double t, std::vector<double>& u);

}  // namespace pinnscope::apps
