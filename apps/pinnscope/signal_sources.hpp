#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/signals/mean_field.hpp"
#include "pinnscope/signals/signal_summary.hpp"

namespace pinnscope::apps {

/// A network that signals are followed through: a run, as it is or as its training started.
struct SignalSource {
  std::string path;
  std::size_t run = 0;
  bool start = false;
  SavedNetwork<double> network;
  std::unique_ptr<Owned<SignalSummary>> summary;
  Spread exponents;
  std::vector<MeanField> fields;  // of the weights of each layer
  std::vector<double> q;          // by theory, and chi
  std::vector<double> chi;

  const char* state() const { return start ? "start" : "trained"; }
  const Mlp<double>& mlp() const { return *network; }
};

/// Each network, behind its start where that is asked for; those of other widths than the first
/// are refused.
FileStatus make_sources(const SignalOptions& options, const std::vector<NetworkWeights>& networks,
                        std::vector<SignalSource>& sources);

/// q and chi by theory, layer by layer, of an input whose coordinates have this mean square.
void theorise(double mean_square, SignalSource& source);

}  // namespace pinnscope::apps
