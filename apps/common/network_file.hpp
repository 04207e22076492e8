#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/nn/relabelling.hpp"

namespace CLI {
class App;
}

namespace pinnscope::apps {

/// What the command line says of a network whose file does not say it.
struct NetworkOptions {
  std::optional<Activation> activation;         // of the hidden layers; none: the file has it
  std::optional<Activation> output_activation;  // none: the file's, or identity
  ActivationParameters activation_parameters;   // of either
};

/// "--NAME" of a parameter of activations, as options are written.
std::string option_of(const ActivationParameter& parameter);

/// The activations that have a parameter: "sine".
std::string owners_of(const ActivationParameter& parameter);

/// Adds option_of() each parameter of activations; `when`: where it is needed, for the help.
void add_activation_parameters(CLI::App& command, ActivationParameters& parameters,
                               const std::string& when);

/// Adds --activation, --output-activation and the parameters of these to a command that evaluates
/// networks.
void add_network_options(CLI::App& command, NetworkOptions& options);

/// Takes the options for what the file of `weights`, `path`, does not say. Refuses what
/// contradicts the file, or leaves the activation of the hidden layers unknown.
FileStatus complete(const NetworkOptions& options, const std::string& path,
                    NetworkWeights& weights);

/// Reads a network that is to be evaluated: its file, completed by the options.
FileStatus read_network(const std::string& path, const NetworkOptions& options,
                        NetworkWeights& weights);

/// Which labels of a layer's inputs and outputs, the rows and columns of its weights, are free:
/// not those of the network's own, and signs where the activation is known to be odd.
FreeLabels free_labels(const NetworkWeights& network, std::size_t layer);

/// Takes one input of a network from an option: as many finite numbers as there are `inputs`, with
/// commas or blanks between them. `input` is unchanged on failure.
FileStatus parse_input(const char* option, const std::string& words, std::size_t inputs,
                       std::vector<double>& input);

/// Reads a network whose hidden layers have this activation where its file does not say it:
/// for what redraws one paper, whose networks are known.
FileStatus read_network_or(const std::string& path, Activation activation, NetworkWeights& weights);

}  // namespace pinnscope::apps
