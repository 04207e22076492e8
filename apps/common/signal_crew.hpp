#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "pinnscope/core/workers.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/signals/signal_pass.hpp"

namespace pinnscope::apps {

/// Threads that share out the inputs of a network, a pass each.
class SignalCrew {
 public:
  static constexpr std::size_t kTile = 64;  // inputs that a thread takes at once

  /// For networks of these widths; `neighbour` leads from an input to its neighbour. Throws
  /// OutOfMemory.
  SignalCrew(const std::vector<std::size_t>& widths, const std::vector<double>& neighbour,
             std::size_t threads);

  /// As SignalPass::evaluate() has it; the same bits for any number of threads.
  Status evaluate(const Mlp<double>& network, MatrixView<const double> points,
                  MatrixView<LayerSignal> signals);

 private:
  Workers workers_;
  std::vector<std::unique_ptr<Owned<SignalPass<double>>>> passes_;  // one a thread
  std::vector<Status> outcomes_;                                    // one a lane
};

}  // namespace pinnscope::apps
