#pragma once

#include <optional>
#include <string>

#include "pinnscope/io/network_weights.hpp"

namespace CLI {
class App;
}

namespace pinnscope::apps {

/// What the command line says of a network whose file does not say it.
struct NetworkOptions {
  std::string activation;                // of the hidden layers; empty: it must be in the file
  std::string output_activation;         // empty: the file's, or none
  std::optional<double> negative_slope;  // of a leaky ReLU
};

/// Adds --activation, --output-activation and --negative-slope to a command that evaluates
/// networks.
void add_network_options(CLI::App& command, NetworkOptions& options);

/// The names of all activations, as parse() reads them: "tanh, relu, ... or identity".
std::string activation_names();

/// Takes the options for what the file of `weights`, `path`, does not say. Refuses what is no
/// activation, contradicts the file, or leaves the activation of the hidden layers unknown.
FileStatus complete(const NetworkOptions& options, const std::string& path,
                    NetworkWeights& weights);

/// Reads a network that is to be evaluated: its file, completed by the options.
FileStatus read_network(const std::string& path, const NetworkOptions& options,
                        NetworkWeights& weights);

/// Reads a network whose hidden layers have the activation `name` where its file does not say it:
/// for what redraws one paper, whose networks are known.
FileStatus read_network_or(const std::string& path, const std::string& name,
                           NetworkWeights& weights);

}  // namespace pinnscope::apps
