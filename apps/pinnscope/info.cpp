#include <cstdio>

#include "commands.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/network_file.hpp"
#include "pinnscope/io/printable.hpp"
#include "pinnscope/nn/forward.hpp"
#include "pinnscope/spectra/matrices/lapack.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"

namespace pinnscope::apps {
namespace {

void print_footprint(const char* what, const Footprint& need) {
  std::printf("%s: %zu bytes\n", what, need.bytes);
  for (const Block& block : need.list()) std::printf("  %-24s %zu\n", block.name, block.bytes);
}

void print_activations(const NetworkWeights& network) {
  const auto name = [](const std::optional<Activation>& activation) {
    return activation ? text(*activation) : "unknown (not in the file)";
  };
  if (network.layers.size() > 1) std::printf("activation  %s\n", name(network.hidden));
  if (network.output) std::printf("output      %s\n", name(network.output));
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::optional<double>& value = network.activation_parameters.*parameter.place;
    if (value) std::printf("%s: %g\n", parameter.name, *value);
  });
}

}  // namespace

FileStatus show_info(const std::string& weights) {
  NetworkWeights network;
  const FileStatus status = read_network(weights, network);
  if (!status.ok()) return status;
  const std::vector<std::size_t> widths = network.widths();
  std::printf("file        %s\nwidths      ", printable(weights).c_str());
  for (std::size_t l = 0; l < widths.size(); ++l) {
    std::printf("%s%zu", l == 0 ? "" : "-", widths[l]);
  }
  std::printf("\nparameters  %zu\nprecision   %s\n", Mlp<double>::parameter_count(widths),
              text(network.precision));
  print_activations(network);
  for (const auto& [name, value] : network.metadata) {
    std::printf("%s: %s\n", printable(name).c_str(), printable(value).c_str());
  }
  std::printf("\nlayer  fan_in  fan_out  rms of the weights\n");
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const arma::mat& w = network.layers[l].weights;
    std::printf("%5zu  %6zu  %7zu  %.6g\n", l, static_cast<std::size_t>(w.n_rows),
                static_cast<std::size_t>(w.n_cols), root_mean_square(view(w)));
  }
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    const LayerWeights& layer = network.layers[l];
    if (!layer.before.empty()) std::printf("layer %zu: its inputs are rescaled\n", l);
    if (!layer.behind.empty()) std::printf("layer %zu: its outputs are rescaled\n", l);
  }
  if (!network.obstacle.empty()) {
    std::printf("cannot be evaluated: %s\n", printable(network.obstacle).c_str());
  }
  for (const LeftOut& tensor : network.left_out) {
    std::printf("left out: %s: %s\n", printable(tensor.name).c_str(),
                printable(tensor.reason).c_str());
  }
  std::printf("\n");
  print_footprint("network, float", Mlp<float>::footprint({.widths = widths}));
  print_footprint("forward pass, float", ForwardPass<float>::footprint({.widths = widths}));
  std::printf("\nkernels     %s\nBLAS        %s\n", fastest<Kernels<float>>().name,
              lapack::blas_description());
  return {};
}

}  // namespace pinnscope::apps
