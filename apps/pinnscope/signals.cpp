#include <algorithm>
#include <filesystem>

#include "commands.hpp"
#include "common/figure.hpp"
#include "common/machine.hpp"
#include "common/signal_sheet.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "signal_following.hpp"
#include "signal_inputs.hpp"
#include "signal_outputs.hpp"
#include "signal_sources.hpp"

namespace pinnscope::apps {
namespace {

constexpr const char* kSheet = "propagation";

/// The first network, behind its start where that is asked for.
FileStatus draw_first(const SignalOptions& options, const std::vector<SignalSource>& sources,
                      const SignalInputs& inputs) {
  SignalSheet sheet{
      .name = kSheet, .states = {}, .box = inputs.box(), .threads = thread_count(options.threads)};
  for (const SignalSource& source : sources) {
    if (source.run > 0) break;
    sheet.states.push_back({source.start ? "before training" : "trained", &source.mlp()});
  }
  for (std::size_t i = 0; i < 2; ++i) sheet.at[i] = (sheet.box[i].low + sheet.box[i].high) / 2;
  std::vector<double> input;
  if (!options.at.empty() && parse_input("--at", options.at.front(), 2, input).ok()) {
    std::copy(input.begin(), input.end(), sheet.at.begin());
  }
  Figure figure({.out = options.out});
  draw_signal_sheet(figure, sheet);
  return figure.status();
}

/// Files of an earlier run that this one has none in the place of.
std::vector<std::string> older_files(const SignalOptions& options, bool listed) {
  std::vector<std::string> names;
  if (!listed) names.push_back("signals.csv");
  if (options.weights.size() == 1) names.push_back("ensemble.csv");
  if (!options.plots) {
    for (const std::string& name : signal_sheet_files(kSheet)) names.push_back(name);
  }
  return names;
}

}  // namespace

FileStatus propagate_networks(const SignalOptions& options) {
  FileStatus status = check_directory(options.out);
  std::vector<NetworkWeights> networks(options.weights.size());
  for (std::size_t r = 0; r < networks.size() && status.ok(); ++r) {
    status = read_network(options.weights[r], options.network, networks[r]);
  }
  std::vector<SignalSource> sources;
  if (status.ok()) status = make_sources(options, networks, sources);
  if (!status.ok()) return status;

  const std::size_t coordinates = sources.front().mlp().inputs();
  std::vector<double> neighbour(coordinates, SignalOptions::kNear);
  if (!options.near.empty()) {
    status = parse_input("--near", options.near, coordinates, neighbour);
  }
  SignalInputs inputs(options, coordinates, networks.front());
  if (status.ok()) status = inputs.check();
  if (!status.ok()) return status;
  status = make_directory(options.out);
  if (!status.ok()) return status;
  double mean_square = 0;
  bool listed = false;
  status = follow_inputs(options, neighbour, inputs, sources, mean_square, listed);
  if (!status.ok()) return status;
  for (SignalSource& source : sources) theorise(mean_square, source);
  const auto path = [&](const char* name) {
    return (std::filesystem::path(options.out) / name).string();
  };
  status = write_layers(path("layers.csv"), sources);
  if (status.ok()) status = write_runs(path("runs.csv"), sources);
  if (status.ok() && networks.size() > 1) status = write_ensemble(path("ensemble.csv"), sources);
  if (status.ok() && options.plots) status = draw_first(options, sources, inputs);
  if (status.ok()) status = remove_older(options.out, older_files(options, listed));
  if (status.ok()) print_summary(sources);
  return status;
}

}  // namespace pinnscope::apps
