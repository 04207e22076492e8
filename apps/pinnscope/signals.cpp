#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "commands.hpp"
#include "common/machine.hpp"
#include "common/options.hpp"
#include "common/signal_crew.hpp"
#include "common/signal_sheet.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/number_text.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/points.hpp"
#include "pinnscope/io/printable.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/signals/mean_field.hpp"
#include "pinnscope/signals/signal_summary.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kNumbers = kLayerSignalNumbers.size();

/// A network that signals are followed through: a run, as it is or as its training started.
struct Source {
  std::string path;
  std::size_t run = 0;
  bool start = false;
  SavedNetwork<double> network;
  std::unique_ptr<Owned<SignalSummary>> summary;
  Spread exponents;
  std::vector<MeanField> fields;  // of the weights of each layer
  std::vector<double> q;          // by theory, and chi
  std::vector<double> chi;

  const char* state() const { return start ? "start" : "trained"; }
  const Mlp<double>& mlp() const { return *network; }
};

/// Where the inputs come from, one after the other: --at, the file, the grid.
class Inputs {
 public:
  Inputs(const SignalOptions& options, std::size_t inputs, const NetworkWeights& first)
      : options_(options), inputs_(inputs), layers_(first.layers.size()) {
    const Problem* known = recipe_of(first.metadata).problem;
    if (known != nullptr && known->inputs.size() == 2) box_ = {known->inputs[0], known->inputs[1]};
    if (!options.inputs) return;
    if (inputs == 2) {
      reader_.emplace(*options.inputs, std::vector<std::string>{box_[0].name, box_[1].name});
    } else {
      reader_.emplace(*options.inputs);
    }
  }

  FileStatus check() {
    std::vector<double> input;
    for (const std::string& words : options_.at) {
      const FileStatus status = parse_input("--at", words, inputs_, input);
      if (!status.ok()) return status;
    }
    if (!options_.grid.empty() && inputs_ != 2) {
      return file_failure(StatusCode::shape_mismatch, "--grid",
                          "expected a network of 2 inputs, found " + std::to_string(inputs_));
    }
    if (!options_.plots || (inputs_ == 2 && layers_ > 2)) return {};
    return file_failure(StatusCode::shape_mismatch, "--plots",
                        "expected a network of 2 inputs and 2 hidden layers or more, found " +
                            std::to_string(inputs_) + " and " + std::to_string(layers_ - 1));
  }

  /// The box of the problem that the first network was trained on, else the unit square.
  const std::array<Input, 2>& box() const { return box_; }

  /// The next one; `listed` where it is not of the grid. False behind the last and on failure.
  bool next(std::vector<double>& input, bool& listed) {
    listed = true;
    if (place_ < options_.at.size()) {
      status_ = parse_input("--at", options_.at[place_++], inputs_, input);
      return status_.ok();
    }
    VectorView<const double> row;
    if (reader_ && reader_->next(row)) {
      if (row.size() != inputs_) {
        status_ = file_failure(StatusCode::shape_mismatch, input_name(*options_.inputs),
                               "expected " + std::to_string(inputs_) + " numbers a line, found " +
                                   std::to_string(row.size()));
        return false;
      }
      input.assign(row.begin(), row.end());
      return true;
    }
    if (reader_ && !reader_->status().ok()) {
      status_ = reader_->status();
      return false;
    }
    listed = false;
    if (options_.grid.empty() || node_ == options_.grid[0] * options_.grid[1]) return false;
    const std::array<std::size_t, 2> node{node_ % options_.grid[0], node_ / options_.grid[0]};
    input.resize(2);
    for (std::size_t i = 0; i < 2; ++i) {
      const double share = options_.grid[i] == 1 ? 0.5
                                                 : static_cast<double>(node[i]) /
                                                       static_cast<double>(options_.grid[i] - 1);
      input[i] = box_[i].low + share * (box_[i].high - box_[i].low);
    }
    ++node_;
    return true;
  }

  const FileStatus& status() const { return status_; }

  std::string name(std::size_t input) const {
    if (inputs_ != 2) return "x_" + std::to_string(input);
    return box_[input].name;
  }

 private:
  const SignalOptions& options_;
  std::size_t inputs_;
  std::size_t layers_;
  std::optional<PointReader> reader_;
  std::array<Input, 2> box_{Input{"x", 0, 1}, Input{"t", 0, 1}};
  FileStatus status_;
  std::size_t place_ = 0;
  std::size_t node_ = 0;
};

/// The run itself: blocks of inputs through every source, into the files.
class Following {
 public:
  Following(const SignalOptions& options, std::vector<Source>& sources, Inputs& inputs,
            const std::vector<double>& neighbour)
      : options_(options),
        sources_(sources),
        inputs_(inputs),
        layers_(sources.front().mlp().layers()),
        coordinates_(sources.front().mlp().inputs()),
        block_(block_size()),
        crew_(widths(), neighbour, thread_count(options.threads)) {
    require_memory(
        block_ * (sources.size() * layers_ * sizeof(LayerSignal) + coordinates_ * sizeof(double)),
        "for the signals of a block of inputs");
    points_.resize(block_ * coordinates_);
    listed_.resize(block_);
    signals_.resize(sources.size());
    for (auto& signals : signals_) signals.resize(block_ * layers_);
  }

  FileStatus run() {
    FileStatus status = open();
    while (status.ok()) {
      const std::size_t count = read();
      if (!inputs_.status().ok()) return inputs_.status();
      if (count == 0) break;
      for (std::size_t s = 0; s < sources_.size() && status.ok(); ++s) status = follow(s, count);
      if (status.ok()) status = write(count);
      before_ += count;
    }
    if (status.ok()) status = inputs_file_.finish();
    if (status.ok() && any_listed_) status = signals_file_.finish();
    return status;
  }

  /// The mean of the squares of all coordinates.
  double mean_square() const { return squares_ / static_cast<double>(before_ * coordinates_); }

 private:
  std::vector<std::size_t> widths() const {
    const auto widths = sources_.front().mlp().widths();
    return {widths.begin(), widths.end()};
  }

  /// Inputs whose signals are in memory at once: some 16 MiB of them.
  std::size_t block_size() const {
    const std::size_t of_one = sources_.size() * layers_ * sizeof(LayerSignal);
    return std::clamp<std::size_t>((std::size_t{1} << 24) / of_one, SignalCrew::kTile, 4096);
  }

  std::string path(const char* name) const {
    return (std::filesystem::path(options_.out) / name).string();
  }

  FileStatus open() {
    const FileStatus status = inputs_file_.open(path("inputs.csv"));
    if (!status.ok()) return status;
    write_place(inputs_file_);
    for (const char* name : {"exponent", "log_s_1", "log_s_n", "saturated"})
      inputs_file_.text(name);
    inputs_file_.end_row();
    return {};
  }

  void write_place(CsvWriter& file) const {
    file.text("input");
    for (std::size_t i = 0; i < coordinates_; ++i) file.text(inputs_.name(i));
    file.text("run");
    file.text("state");
  }

  std::size_t read() {
    std::size_t count = 0;
    std::vector<double> input;
    bool listed = false;
    for (; count < block_ && inputs_.next(input, listed); ++count) {
      listed_[count] = listed;
      for (std::size_t i = 0; i < coordinates_; ++i) {
        points_[count + i * block_] = input[i];
        squares_ += input[i] * input[i];
      }
    }
    return count;
  }

  FileStatus follow(std::size_t s, std::size_t count) {
    Source& source = sources_[s];
    const Status outcome =
        crew_.evaluate(source.mlp(), {points_.data(), count, coordinates_, block_},
                       {signals_[s].data(), layers_, count});
    if (outcome.code == StatusCode::not_finite) {
      const auto place = static_cast<std::size_t>(outcome.info);
      std::string coordinates;
      for (std::size_t i = 0; i < coordinates_; ++i) {
        coordinates += (i == 0 ? "" : ", ") + shortest_text(points_[place + i * block_]);
      }
      return file_failure(outcome.code, source.path,
                          "input " + std::to_string(before_ + place + 1) + " (" + coordinates +
                              "): its signal is not a finite number in some layer (" +
                              source.state() + ")");
    }
    if (!outcome.ok()) return file_failure(outcome.code, source.path, outcome.text());
    for (std::size_t p = 0; p < count; ++p) {
      (*source.summary)->add(signals_of(s, p));
      source.exponents.add(signal_exponent(signals_of(s, p)));
    }
    return {};
  }

  VectorView<const LayerSignal> signals_of(std::size_t s, std::size_t p) const {
    return {signals_[s].data() + p * layers_, layers_};
  }

  /// An input without an end must not go on behind a failure.
  FileStatus write(std::size_t count) {
    for (std::size_t p = 0; p < count; ++p) {
      for (std::size_t s = 0; s < sources_.size(); ++s) {
        const VectorView<const LayerSignal> layers = signals_of(s, p);
        const LayerSignal& last = layers[layers_ > 1 ? layers_ - 2 : 0];
        write_place(inputs_file_, p, s);
        for (const double number : {signal_exponent(layers), last.log_first_singular_value,
                                    last.log_last_singular_value, last.saturated}) {
          inputs_file_.number(number);
        }
        inputs_file_.end_row();
        if (listed_[p]) write_signals(p, s, layers);
      }
    }
    return inputs_file_.ok() ? signals_file_.status() : inputs_file_.status();
  }

  void write_place(CsvWriter& file, std::size_t p, std::size_t s) const {
    file.count(before_ + p);
    for (std::size_t i = 0; i < coordinates_; ++i) file.number(points_[p + i * block_]);
    file.count(sources_[s].run);
    file.text(sources_[s].state());
  }

  void write_signals(std::size_t p, std::size_t s, VectorView<const LayerSignal> layers) {
    if (!any_listed_) {
      any_listed_ = true;
      static_cast<void>(signals_file_.open(path("signals.csv")));  // a failure stays with it
      write_place(signals_file_);
      signals_file_.text("layer");
      for (const LayerSignalNumber& number : kLayerSignalNumbers) signals_file_.text(number.name);
      signals_file_.end_row();
    }
    for (std::size_t l = 0; l < layers_; ++l) {
      write_place(signals_file_, p, s);
      signals_file_.count(l);
      for (const LayerSignalNumber& number : kLayerSignalNumbers) {
        signals_file_.number(layers[l].*number.member);
      }
      signals_file_.end_row();
    }
  }

  const SignalOptions& options_;
  std::vector<Source>& sources_;
  Inputs& inputs_;
  std::size_t layers_;
  std::size_t coordinates_;
  std::size_t block_;
  SignalCrew crew_;
  CsvWriter inputs_file_;
  CsvWriter signals_file_;
  bool any_listed_ = false;
  std::vector<double> points_;  // a row each, block_ rows
  std::vector<char> listed_;
  std::vector<std::vector<LayerSignal>> signals_;
  std::size_t before_ = 0;  // inputs of the blocks that are written
  double squares_ = 0;
};

/// q and chi by theory, layer by layer, of an input whose coordinates have this mean square.
void theorise(double mean_square, Source& source) {
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

FileStatus write_layers(const std::string& path, const std::vector<Source>& sources) {
  CsvWriter file;
  const FileStatus status = file.open(path);
  if (!status.ok()) return status;
  for (const char* name : {"run", "state", "layer", "neurons", "inputs"}) file.text(name);
  for (const LayerSignalNumber& number : kLayerSignalNumbers) {
    for (const char* part : {"", "_deviation", "_least", "_largest"}) {
      file.text(std::string(number.name) + part);
    }
  }
  for (const char* name : {"sigma_w", "sigma_b", "mean_field_q", "mean_field_chi"}) file.text(name);
  file.end_row();
  for (const Source& source : sources) {
    for (std::size_t l = 0; l < source.mlp().layers(); ++l) {
      file.count(source.run);
      file.text(source.state());
      file.count(l);
      file.count(source.mlp().fan_out(l));
      file.count(source.exponents.count);
      for (std::size_t k = 0; k < kNumbers; ++k) {
        const Spread& spread = (*source.summary)->spread(l, k);
        for (const double number :
             {spread.mean, spread.standard_deviation(), spread.least, spread.largest}) {
          file.number(number);
        }
      }
      for (const double number :
           {source.fields[l].sigma_w, source.fields[l].sigma_b, source.q[l], source.chi[l]}) {
        file.number(number);
      }
      file.end_row();
    }
  }
  return file.finish();
}

FileStatus write_runs(const std::string& path, const std::vector<Source>& sources) {
  CsvWriter file;
  const FileStatus status = file.open(path);
  if (!status.ok()) return status;
  for (const char* name : {"run", "state", "file", "inputs", "exponent", "exponent_deviation",
                           "exponent_least", "exponent_largest"}) {
    file.text(name);
  }
  file.end_row();
  for (const Source& source : sources) {
    file.count(source.run);
    file.text(source.state());
    file.text(source.path);
    const Spread& spread = source.exponents;
    file.count(spread.count);
    for (const double number :
         {spread.mean, spread.standard_deviation(), spread.least, spread.largest}) {
      file.number(number);
    }
    file.end_row();
  }
  return file.finish();
}

/// Mean and standard deviation over the runs of what each has in the mean over the inputs.
FileStatus write_ensemble(const std::string& path, const std::vector<Source>& sources) {
  CsvWriter file;
  const FileStatus status = file.open(path);
  if (!status.ok()) return status;
  for (const char* name : {"state", "layer", "runs"}) file.text(name);
  for (const LayerSignalNumber& number : kLayerSignalNumbers) {
    file.text(std::string(number.name) + "_mean");
    file.text(std::string(number.name) + "_standard_deviation");
  }
  for (const char* name : {"exponent_mean", "exponent_standard_deviation"}) file.text(name);
  file.end_row();
  const std::size_t layers = sources.front().mlp().layers();
  for (const bool start : {true, false}) {
    Owned<SignalSummary> over_runs({.layers = layers});
    Spread exponents;
    for (const Source& source : sources) {
      if (source.start != start) continue;
      std::vector<LayerSignal> means(layers);
      for (std::size_t l = 0; l < layers; ++l) means[l] = (*source.summary)->mean(l);
      over_runs->add(means);
      exponents.add(source.exponents.mean);
    }
    for (std::size_t l = 0; l < layers && exponents.count > 0; ++l) {
      file.text(start ? "start" : "trained");
      file.count(l);
      file.count(exponents.count);
      for (std::size_t k = 0; k < kNumbers; ++k) {
        file.number(over_runs->spread(l, k).mean);
        file.number(over_runs->spread(l, k).standard_deviation());
      }
      file.number(exponents.mean);
      file.number(exponents.standard_deviation());
      file.end_row();
    }
  }
  return file.finish();
}

void print_source(const Source& source) {
  const Spread& exponents = source.exponents;
  std::printf("\n%s, %s, %llu input%s\n", printable(source.path).c_str(), source.state(),
              static_cast<unsigned long long>(exponents.count), exponents.count == 1 ? "" : "s");
  std::printf("exponent %.4g, from %.4g to %.4g\n", exponents.mean, exponents.least,
              exponents.largest);
  std::printf(
      "layer  neurons   l2 norm  saturated  from    to    log s_1   log s_n         q  "
      "theory       chi  theory\n");
  const auto place = [](const char* name) {
    const auto found = std::ranges::find_if(kLayerSignalNumbers, [&](const auto& number) {
      return std::string_view(number.name) == name;
    });
    return static_cast<std::size_t>(found - kLayerSignalNumbers.begin());
  };
  static const std::size_t kSaturated = place("saturated");
  for (std::size_t l = 0; l < source.mlp().layers(); ++l) {
    const LayerSignal mean = (*source.summary)->mean(l);
    const Spread& saturated = (*source.summary)->spread(l, kSaturated);
    std::printf(
        "%5zu  %7zu  %8.4g  %7.1f %%  %4.1f  %4.1f  %9.4f %9.4f  %8.4g %7.4g  %8.4g %7.4g\n", l,
        source.mlp().fan_out(l), mean.l2_norm, 100 * mean.saturated, 100 * saturated.least,
        100 * saturated.largest, mean.log_first_singular_value, mean.log_last_singular_value,
        mean.q, source.q[l], mean.chi, source.chi[l]);
  }
}

void print_summary(const std::vector<Source>& sources) {
  for (const Source& source : sources) print_source(source);
  for (const bool start : {true, false}) {
    Spread over_runs;
    for (const Source& source : sources) {
      if (source.start == start) over_runs.add(source.exponents.mean);
    }
    if (over_runs.count < 2) continue;
    std::printf("\nexponent over %llu runs, %s: %.4g, standard deviation %.2g\n",
                static_cast<unsigned long long>(over_runs.count), start ? "start" : "trained",
                over_runs.mean, over_runs.standard_deviation());
  }
  std::printf("\nexponent  %s\n", kExponentMeaning);
  if (sources.front().mlp().layers() < 3) {
    std::printf("exponent is not known: fewer than two hidden layers\n");
  }
  for (const LayerSignalNumber& number : kLayerSignalNumbers) {
    std::printf("%-11s  %s: %s\n", number.name, number.invariant ? "invariant" : "as labelled",
                number.meaning);
  }
  const char* obstacle = saturation_obstacle(sources.front().mlp().activation(0));
  if (*obstacle != '\0') std::printf("saturated is not known: %s\n", obstacle);
  std::printf(
      "theory       q and chi of wide random layers with the sigma_w and sigma_b of these, "
      "from the mean square of the inputs\n"
      "invariant    the same for every order of the neurons, and for either sign of each "
      "tanh neuron; so is the exponent\n");
}

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
                std::vector<Source>& sources) {
  Source source;
  source.path = network.name();
  source.run = run;
  source.start = start;
  source.network = std::move(network);
  source.summary = std::make_unique<Owned<SignalSummary>>(
      SignalSummary::Config{.layers = source.mlp().layers()});
  sources.push_back(std::move(source));
}

/// Each network, behind its start where that is asked for.
FileStatus make_sources(const SignalOptions& options, const std::vector<NetworkWeights>& networks,
                        std::vector<Source>& sources) {
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

/// The first network, behind its start where that is asked for.
FileStatus draw_first(const SignalOptions& options, const std::vector<Source>& sources,
                      const Inputs& inputs) {
  SignalSheet sheet{.name = "propagation",
                    .states = {},
                    .box = inputs.box(),
                    .threads = thread_count(options.threads)};
  for (const Source& source : sources) {
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

}  // namespace

FileStatus propagate_networks(const SignalOptions& options) {
  FileStatus status = check_directory(options.out);
  std::vector<NetworkWeights> networks(options.weights.size());
  for (std::size_t r = 0; r < networks.size() && status.ok(); ++r) {
    status = read_network(options.weights[r], options.network, networks[r]);
  }
  if (status.ok()) status = check_alike(networks, options.weights);
  std::vector<Source> sources;
  if (status.ok()) status = make_sources(options, networks, sources);
  if (!status.ok()) return status;

  const std::size_t coordinates = sources.front().mlp().inputs();
  std::vector<double> neighbour(coordinates, SignalOptions::kNear);
  if (!options.near.empty()) {
    status = parse_input("--near", options.near, coordinates, neighbour);
  }
  Inputs inputs(options, coordinates, networks.front());
  if (status.ok()) status = inputs.check();
  if (!status.ok()) return status;
  status = make_directory(options.out);
  if (!status.ok()) return status;
  Following following(options, sources, inputs, neighbour);
  status = following.run();
  if (!status.ok()) return status;
  for (Source& source : sources) theorise(following.mean_square(), source);
  const auto path = [&](const char* name) {
    return (std::filesystem::path(options.out) / name).string();
  };
  status = write_layers(path("layers.csv"), sources);
  if (status.ok()) status = write_runs(path("runs.csv"), sources);
  if (status.ok() && networks.size() > 1) status = write_ensemble(path("ensemble.csv"), sources);
  if (status.ok() && options.plots) status = draw_first(options, sources, inputs);
  if (status.ok()) print_summary(sources);
  return status;
}

}  // namespace pinnscope::apps
