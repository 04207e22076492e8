#include "common/network_file.hpp"

#include <CLI/CLI.hpp>

#include "common/options.hpp"
#include "pinnscope/io/number_text.hpp"
#include "pinnscope/io/read_network.hpp"

namespace pinnscope::apps {
namespace {

/// Takes the activation called `name`, which `option` gave, for `layers` of which the file says
/// none.
FileStatus complete_activation(const char* option, const std::string& name, const char* layers,
                               const std::string& path, std::optional<Activation>& activation) {
  Activation given{};
  if (!parse(name, given)) {
    return {StatusCode::out_of_range, std::string(option) + ": expected " + activation_names() +
                                          ", found " + in_quotes(name)};
  }
  if (activation && activation != given) {
    return file_failure(StatusCode::out_of_range, path,
                        std::string("the file says ") + text(*activation) + " of its " + layers +
                            ", " + option + " says " + text(given));
  }
  activation = given;
  return {};
}

FileStatus complete_hidden(const std::string& name, const std::string& path,
                           NetworkWeights& weights) {
  return complete_activation("--activation", name, "hidden layers", path, weights.hidden);
}

FileStatus complete_slope(double slope, const std::string& path, NetworkWeights& weights) {
  if (weights.hidden != Activation::leaky_relu && weights.output != Activation::leaky_relu) {
    return file_failure(StatusCode::out_of_range, path,
                        "--negative-slope: expected a network with leaky_relu");
  }
  if (weights.negative_slope && *weights.negative_slope != slope) {
    std::string text = "the file says a slope of ";
    append_number(text, *weights.negative_slope);
    append_number(text += ", --negative-slope says ", slope);
    return file_failure(StatusCode::out_of_range, path, text);
  }
  weights.negative_slope = slope;
  return {};
}

}  // namespace

void add_network_options(CLI::App& command, NetworkOptions& options) {
  command.add_option("--activation", options.activation,
                     "of the hidden layers, where the file does not say it: " + activation_names());
  command.add_option("--output-activation", options.output_activation,
                     "of the output layer, where the file does not say it (default: identity)");
  command
      .add_option("--negative-slope", options.negative_slope,
                  "of leaky_relu, where the file does not say it (default: 0.01)")
      ->check(real_number(-1e9, 1e9));
}

std::string activation_names() {
  std::string names;
  for (std::size_t k = 0; k < kActivations.size(); ++k) {
    if (k > 0) names += k + 1 < kActivations.size() ? ", " : " or ";
    names += text(kActivations[k]);
  }
  return names;
}

FileStatus complete(const NetworkOptions& options, const std::string& path,
                    NetworkWeights& weights) {
  FileStatus status;
  if (!options.activation.empty()) status = complete_hidden(options.activation, path, weights);
  if (status.ok() && !options.output_activation.empty()) {
    status = complete_activation("--output-activation", options.output_activation, "output layer",
                                 path, weights.output);
  }
  if (status.ok()) status = check_activation(weights, path);
  if (!status.ok() && options.activation.empty() && weights.obstacle.empty()) {
    status.message += ": add --activation, say tanh";
  }
  if (status.ok() && options.negative_slope) {
    status = complete_slope(*options.negative_slope, path, weights);
  }
  return status;
}

FileStatus read_network(const std::string& path, const NetworkOptions& options,
                        NetworkWeights& weights) {
  const FileStatus status = read_network(path, weights);
  return status.ok() ? complete(options, path, weights) : status;
}

FileStatus read_network_or(const std::string& path, const std::string& name,
                           NetworkWeights& weights) {
  const FileStatus status = read_network(path, weights);
  const bool is_known = weights.hidden || !weights.obstacle.empty();
  return status.ok() && !is_known ? complete_hidden(name, path, weights) : status;
}

}  // namespace pinnscope::apps
