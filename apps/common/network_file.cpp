#include "common/network_file.hpp"

#include <CLI/CLI.hpp>

#include "pinnscope/io/number_text.hpp"
#include "pinnscope/io/read_network.hpp"

namespace pinnscope::apps {
namespace {

FileStatus complete_activation(const std::string& name, const std::string& path,
                               NetworkWeights& weights) {
  Activation given{};
  if (!parse(name, given)) {
    return {StatusCode::out_of_range,
            "--activation: expected " + activation_names() + ", found " + in_quotes(name)};
  }
  if (weights.hidden && weights.hidden != given) {
    return file_failure(StatusCode::out_of_range, path,
                        std::string("the file says that its hidden layers are ") +
                            text(*weights.hidden) + ", --activation says " + text(given));
  }
  weights.hidden = given;
  return {};
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
  command
      .add_option("--negative-slope", options.negative_slope,
                  "of leaky_relu, where the file does not say it (default: 0.01)")
      ->check(CLI::Range(-1e9, 1e9));
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
  if (!options.activation.empty()) status = complete_activation(options.activation, path, weights);
  if (status.ok()) status = check_activation(weights, path);
  if (!status.ok() && options.activation.empty()) status.message += ": add --activation, say tanh";
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
  if (!status.ok() || weights.hidden) return status;
  return complete({.activation = name, .negative_slope = {}}, path, weights);
}

}  // namespace pinnscope::apps
