#include "signal_sources.hpp"

namespace pinnscope::apps {
namespace {

FileStatus check_alike(const std::vector<NetworkWeights>& networks,
                       const std::vector<std::string>& paths) {
  for (std::size_t r = 1; r < networks.size(); ++r) {
    if (networks[r].widths() != networks.front().widths()) {
      return file_failure(StatusCode::shape_mismatch, paths[r],
                          "expected the widths of " + paths.front());
    }
  }
  return {};
}

void add_source(SavedNetwork<double>&& network, std::size_t run, bool start,
                std::vector<SignalSource>& sources) {
  SignalSource source;
  source.path = network.name();
  source.run = run;
  source.start = start;
  source.network = std::move(network);
  source.summary = std::make_unique<Owned<SignalSummary>>(
      SignalSummary::Config{.layers = source.mlp().layers()});
  sources.push_back(std::move(source));
}

}  // namespace

FileStatus make_sources(const SignalOptions& options, const std::vector<NetworkWeights>& networks,
                        std::vector<SignalSource>& sources) {
  const FileStatus alike = check_alike(networks, options.weights);
  if (!alike.ok()) return alike;
  for (std::size_t r = 0; r < networks.size(); ++r) {
    SavedNetwork<double> network;
    SavedNetwork<double> start;
    FileStatus status = network.take(networks[r], options.weights[r]);
    if (status.ok() && options.start) status = network.draw_start(start);
    if (!status.ok()) return status;
    if (options.start) add_source(std::move(start), r, true, sources);
    add_source(std::move(network), r, false, sources);
  }
  return {};
}

void theorise(double mean_square, SignalSource& source) {
  const Mlp<double>& network = source.mlp();
  double q = mean_square;
  for (std::size_t l = 0; l < network.layers(); ++l) {
    MeanField field{.sigma_w = weight_deviation(network.weights(l)),
                    .sigma_b = bias_deviation(network.biases(l)),
                    .activation = l == 0 ? Activation::identity : network.activation(l - 1),
                    .activation_parameters = network.activation_parameters()};
    q = field.next_q(q);
    field.activation = network.activation(l);
    source.fields.push_back(field);
    source.q.push_back(q);
    source.chi.push_back(field.chi(q));
  }
}

}  // namespace pinnscope::apps
