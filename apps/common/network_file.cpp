#include "common/network_file.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "common/command_line.hpp"
#include "common/options.hpp"
#include "pinnscope/io/network_file.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope::apps {
namespace {

/// Takes the activation that `option` gave, for `layers` of which the file says none.
FileStatus complete_activation(const char* option, Activation given, const char* layers,
                               const std::string& path, std::optional<Activation>& activation) {
  if (activation && activation != given) {
    return file_failure(StatusCode::out_of_range, path,
                        std::string("the file says ") + text(*activation) + " of its " + layers +
                            ", " + option + " says " + text(given));
  }
  activation = given;
  return {};
}

FileStatus complete_hidden(Activation activation, const std::string& path,
                           NetworkWeights& weights) {
  return complete_activation("--activation", activation, "hidden layers", path, weights.hidden);
}

FileStatus complete_parameter(const ActivationParameter& parameter, double given,
                              const std::string& path, NetworkWeights& weights) {
  if (!has_parameter(weights, parameter)) {
    return file_failure(StatusCode::out_of_range, path,
                        option_of(parameter) + ": expected a network with " + owners_of(parameter));
  }
  std::optional<double>& known = weights.activation_parameters.*parameter.place;
  if (known && *known != given) {
    std::string text = std::string("the file says ") + parameter.name + " ";
    append_number(text, *known);
    append_number(text += ", " + option_of(parameter) + " says ", given);
    return file_failure(StatusCode::out_of_range, path, text);
  }
  known = given;
  return {};
}

}  // namespace

std::string option_of(const ActivationParameter& parameter) {
  std::string option = std::string("--") + parameter.name;
  std::ranges::replace(option, '_', '-');
  return option;
}

std::string owners_of(const ActivationParameter& parameter) {
  std::vector<std::string> names;
  for (const Activation activation : kActivations) {
    if (has_parameter(activation, parameter)) names.emplace_back(text(activation));
  }
  return list_of(names, "or");
}

void add_activation_parameters(CLI::App& command, ActivationParameters& parameters,
                               const std::string& when) {
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::string owners = owners_of(parameter);
    command
        .add_option(option_of(parameter), parameters.*parameter.place,
                    std::string("of ") + owners + ": " + parameter.meaning + when +
                        " (default: " + shortest_text(parameter.standard) + ")")
        ->check(real_number(-1e9, 1e9));
  });
}

void add_network_options(CLI::App& command, NetworkOptions& options) {
  add_named(command, "--activation", options.activation,
            "of the hidden layers, where the file does not say it");
  add_named(command, "--output-activation", options.output_activation,
            "of the output layer, identity where neither file nor option says it");
  add_activation_parameters(command, options.activation_parameters,
                            ", where the file does not say it");
}

FileStatus complete(const NetworkOptions& options, const std::string& path,
                    NetworkWeights& weights) {
  FileStatus status;
  if (options.activation) status = complete_hidden(*options.activation, path, weights);
  if (status.ok() && options.output_activation) {
    status = complete_activation("--output-activation", *options.output_activation, "output layer",
                                 path, weights.output);
  }
  if (status.ok()) status = check_activation(weights, path);
  if (!status.ok() && !options.activation && weights.obstacle.empty()) {
    status.message += ": add --activation, say tanh";
  }
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::optional<double>& given = options.activation_parameters.*parameter.place;
    if (status.ok() && given) status = complete_parameter(parameter, *given, path, weights);
  });
  return status;
}

FileStatus read_network(const std::string& path, const NetworkOptions& options,
                        NetworkWeights& weights) {
  const FileStatus status = read_network(path, weights);
  return status.ok() ? complete(options, path, weights) : status;
}

FreeLabels free_labels(const NetworkWeights& network, std::size_t layer) {
  return {.rows = layer > 0,
          .columns = layer + 1 < network.layers.size(),
          .signs = network.hidden && is_odd(*network.hidden, network.activation_parameters)};
}

FileStatus parse_input(const char* option, const std::string& words, std::size_t inputs,
                       std::vector<double>& input) {
  NumberRows rows(option, NameLine::refused);
  const FileStatus status = rows.take(words);
  if (status.ok() && rows.row().size() == inputs) {
    input.assign(rows.row().begin(), rows.row().end());
    return {};
  }
  return file_failure(
      StatusCode::shape_mismatch, option,
      "expected " + std::to_string(inputs) + " finite numbers with commas, found '" + words + "'");
}

FileStatus read_network_or(const std::string& path, Activation activation,
                           NetworkWeights& weights) {
  const FileStatus status = read_network(path, weights);
  const bool is_known = weights.hidden || !weights.obstacle.empty();
  return status.ok() && !is_known ? complete_hidden(activation, path, weights) : status;
}

}  // namespace pinnscope::apps
