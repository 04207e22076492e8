#include "common/network_file.hpp"

#include <CLI/CLI.hpp>

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
  add_named(command, "--activation", options.activation,
            "of the hidden layers, where the file does not say it");
  add_named(command, "--output-activation", options.output_activation,
            "of the output layer, identity where neither file nor option says it");
  command
      .add_option("--negative-slope", options.negative_slope,
                  "of leaky_relu, where the file does not say it (default: 0.01)")
      ->check(real_number(-1e9, 1e9));
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

FileStatus read_network_or(const std::string& path, Activation activation,
                           NetworkWeights& weights) {
  const FileStatus status = read_network(path, weights);
  const bool is_known = weights.hidden || !weights.obstacle.empty();
  return status.ok() && !is_known ? complete_hidden(activation, path, weights) : status;
}

}  // namespace pinnscope::apps
