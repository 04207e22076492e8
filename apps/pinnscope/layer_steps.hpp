#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/readings/scheme_verdict.hpp"

namespace pinnscope::apps {

/// A square layer as a step: W alone, or linearised at a point.
struct StepOfLayer {
  std::size_t layer = 0;
  std::string at;    // the point; empty for W alone
  arma::mat step;    // entry (i, j): what new cell i takes from old cell j
  arma::vec source;  // what is added: b, or f(z) - f'(z) (z - b)
  FreeLabels free;
};

/// Asks for the memory of all layers and of those that are square as steps, `points` times beside
/// W alone.
void require_steps(const NetworkWeights& network, std::size_t points);

/// The layers that are square, W alone.
std::vector<StepOfLayer> steps_of(const std::vector<LayerWeights>& layers,
                                  const NetworkWeights& network);

/// Adds the same layers as steps near the trajectory of a point.
FileStatus add_linearised(const std::string& words, const std::vector<LayerWeights>& layers,
                          const NetworkWeights& network, std::vector<StepOfLayer>& steps);

}  // namespace pinnscope::apps
