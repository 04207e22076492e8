#include <cmath>
#include <cstdio>
#include <numbers>

#include "common/options.hpp"
#include "pde.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/network_file.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/printable.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/step/stepper.hpp"

namespace pinnscope::apps {
namespace {

/// The step of the scheme as a layer z W: the transpose of its matrix.
FileStatus layer_of(const SchemeNetworkOptions& options, arma::mat& weights) {
  const Stepper<double>::Config config{.scheme = *options.scheme,
                                       .cells = options.cells,
                                       .velocity = options.courant,
                                       .diffusivity = options.diffusion,
                                       .theta = options.theta};
  Footprint need = Stepper<double>::footprint(config);
  const std::size_t square = Footprint::saturating_multiply(options.cells, options.cells);
  // Its matrix, the layers, and what a writer keeps of them.
  const std::size_t copies = Footprint::saturating_multiply(options.layers, 3);
  need.append(
      {"layers", Footprint::saturating_multiply(Footprint::saturating_add(copies, 2), 8 * square)});
  require_memory(need);
  Owned<Stepper<double>> stepper(config);
  arma::mat step(options.cells, options.cells);
  arma::vec offset(options.cells);
  const Status status = stepper->matrix(view(step), {offset.memptr(), offset.n_elem});
  if (!status.ok()) {
    return {status.code, std::string("--from-scheme ") + text(*options.scheme) +
                             " with --courant, --diffusion, --theta, --cells: " + status.text()};
  }
  weights = step.t();
  return {};
}

/// Other labels for every hidden neuron.
FileStatus relabel(std::uint64_t seed, NetworkWeights& network) {
  const std::vector<std::size_t> widths = network.widths();
  const Mlp<double>::Config config{.widths = widths, .hidden = Activation::identity};
  Owned<Mlp<double>> plain(config);
  Owned<Mlp<double>> relabelled(config);
  Owned<Relabelling> relabelling({.widths = widths});
  const FileStatus status = copy_to(network, *plain);
  if (!status.ok()) return status;
  relabelling->draw(seed, true);
  const Status applied = relabelling->apply<double>(*plain, *relabelled);
  if (!applied.ok()) return {applied.code, applied.text()};
  network.layers = weights_of(*relabelled).layers;
  return {};
}

}  // namespace

FileStatus write_scheme_network(const SchemeNetworkOptions& options, const std::string& out) {
  if (out.empty()) {
    return {StatusCode::empty_input,
            "--from-scheme: expected --out with the network's file, found none"};
  }
  FileStatus status = check_network_path(out);
  if (!status.ok()) return status;
  arma::mat weights;
  status = layer_of(options, weights);
  if (!status.ok()) return status;
  const std::size_t n = options.cells;
  NetworkWeights network;
  LayerWeights first{arma::mat(2, n), arma::vec(n, arma::fill::zeros)};
  for (std::size_t j = 0; j < n; ++j) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(n);
    first.weights(0, j) = std::cos(angle);
    first.weights(1, j) = std::sin(angle);
  }
  network.layers.push_back(first);
  for (std::size_t l = 0; l < options.layers; ++l) {
    network.layers.push_back({weights, arma::vec(n, arma::fill::zeros)});
  }
  LayerWeights last{arma::mat(n, 1, arma::fill::zeros), arma::vec(1, arma::fill::zeros)};
  last.weights(0, 0) = 1;
  network.layers.push_back(last);
  network.hidden = Activation::identity;
  network.output = Activation::identity;
  network.metadata = {{"scheme", text(*options.scheme)},
                      {"courant", shortest_text(options.courant)},
                      {"diffusion", shortest_text(options.diffusion)},
                      {"boundary", "periodic"}};
  if (*options.scheme == Scheme::theta) network.metadata["theta"] = shortest_text(options.theta);
  if (options.relabel) {
    network.metadata["relabelled"] = std::to_string(*options.relabel);
    status = relabel(*options.relabel, network);
  }
  if (status.ok()) status = write_network(out, network, Precision::float64);
  if (!status.ok()) return status;
  std::printf("%s: %zu layers, each one step of %s on a ring of %zu cells\n",
              printable(out).c_str(), options.layers, text(*options.scheme), n);
  std::printf("inputs x, t: z_j = x cos(2 pi j / %zu) + t sin(2 pi j / %zu); output: z_0\n", n, n);
  return {};
}

}  // namespace pinnscope::apps
