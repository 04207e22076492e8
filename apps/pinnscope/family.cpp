#include "family.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "common/figure.hpp"
#include "common/formatted.hpp"
#include "common/machine.hpp"
#include "family-script.hpp"
#include "initial_signal.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/points.hpp"
#include "pinnscope/signals/family_chain.hpp"
#include "pinnscope/signals/spread.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"

namespace pinnscope::apps {
namespace {

using Chain = FamilyChain<double>;

constexpr std::size_t kNumbers = kFamilySignalNumbers.size();
constexpr std::size_t kMostCells = 4096;
constexpr std::size_t kMostCellsOfRadius = 256;  // whose eigenvalues take a fifth of a second
constexpr double kUnknown = FamilySignal::kUnknown;
constexpr const char* kSheet = "family";

/// What a realisation came to. Logarithms are natural ones.
struct Outcome {
  double log_amplification = kUnknown;  // of the largest |G| of the modes that the signal has
  double log_radius = kUnknown;         // of the spectral radius of the one matrix of all layers
  double log_removed = 0;               // in all
  std::size_t judged = 0;               // layers of the second half
  double gain = 0;                      // sums over these
  double activation = 0;
  double saturated = 0;
  SignalFate fate = SignalFate::cannot_tell;

  double of_layer(double sum) const {
    return judged == 0 ? kUnknown : sum / static_cast<double>(judged);
  }
  double growth() const { return of_layer(gain + activation); }
};

FileStatus read_symbol(const std::string& path, std::size_t cells, std::vector<double>& symbol) {
  const std::size_t modes = cells / 2 + 1;
  PointReader reader(path);
  VectorView<const double> row;
  while (symbol.size() <= 2 * modes && reader.next(row)) {
    if (row.size() > 2) {
      return file_failure(
          StatusCode::shape_mismatch, input_name(path),
          "expected one or two numbers a line, found " + std::to_string(row.size()));
    }
    symbol.push_back(row[0]);
    symbol.push_back(row.size() > 1 ? row[1] : 0);
  }
  if (!reader.status().ok() || symbol.size() == 2 * modes) return reader.status();
  return file_failure(StatusCode::shape_mismatch, input_name(path),
                      "expected " + std::to_string(modes) + " lines, a mode each, found " +
                          (symbol.size() > 2 * modes ? "more" : std::to_string(symbol.size() / 2)));
}

/// The chain that the options ask for; `symbol` is kept by the caller.
FileStatus configure(const PropagateOptions& ring, const SignalOptions& networks,
                     const FamilyOptions& options, std::vector<double>& symbol,
                     Chain::Config& config) {
  const auto cells = static_cast<std::size_t>(ring.cells);
  if (cells > kMostCells) {
    return {StatusCode::out_of_range, "--cells: expected at most " + std::to_string(kMostCells) +
                                          " for a family, found " + std::to_string(cells)};
  }
  config.matrix = {.family = *options.family,
                   .cells = cells,
                   .parameters = options.parameters,
                   .seed = ring.seed};
  config.matrix.parameters.theta = ring.theta;
  config.redraw = options.redraw;
  config.activation = networks.network.activation.value_or(Activation::tanh);
  config.activation_parameters = networks.network.activation_parameters;
  config.blend = options.blend;
  config.normalise = ring.normalise;
  FileStatus status;
  if (!options.stencil.empty()) {
    std::vector<double> stencil;
    status = parse_input("--stencil", options.stencil, 3, stencil);
    if (!status.ok()) return status;
    std::copy_n(stencil.begin(), 3, config.matrix.parameters.stencil.begin());
  }
  if (!options.symbol.empty()) {
    status = read_symbol(options.symbol, cells, symbol);
    config.matrix.parameters.symbol = symbol;
  }
  for_each_parameter([&](const ActivationParameter& parameter) {
    const bool given = (config.activation_parameters.*parameter.place).has_value();
    if (!status.ok() || !given) return;
    if (!config.blend && has_parameter(config.activation, parameter)) return;
    status = file_failure(StatusCode::unsupported, option_of(parameter),
                          "expected --activation " + owners_of(parameter) + ", found " +
                              (config.blend ? "--blend" : text(config.activation)));
  });
  return status;
}

/// Realisations, one after the other, into the files.
class Realisations {
 public:
  Realisations(const PropagateOptions& ring, const FamilyOptions& options, Chain& chain,
               const Chain::Config& config)
      : ring_(ring),
        options_(options),
        chain_(chain),
        config_(config),
        z_(config.matrix.cells),
        spreads_((options.layers + 1) * columns()) {}

  /// Bytes of what run() keeps.
  static std::size_t bytes(const FamilyOptions& options, std::size_t cells) {
    return Footprint::saturating_multiply((options.layers + 1) * (kNumbers + cells),
                                          sizeof(Spread));
  }

  /// What a signal `failed` by ends the run; the rows before it are written.
  FileStatus run(FileStatus& failed) {
    FileStatus status = open();
    for (std::size_t r = 0; r < options_.realisations && status.ok() && failed.ok(); ++r) {
      failed = follow(r);
      status = signals_.ok() ? layers_.status() : signals_.status();
    }
    if (status.ok()) status = signals_.finish();
    if (status.ok()) status = layers_.finish();
    if (status.ok()) status = write_outcomes();
    if (status.ok()) status = write_ensemble();
    return status;
  }

  const std::vector<Outcome>& outcomes() const { return outcomes_; }

 private:
  std::size_t columns() const { return kNumbers + config_.matrix.cells; }

  std::string path(const char* name) const {
    return (std::filesystem::path(options_.out) / name).string();
  }

  FileStatus open() {
    FileStatus status = signals_.open(path("signals.csv"));
    if (status.ok()) status = layers_.open(path("layers.csv"));
    if (!status.ok()) return status;
    for (CsvWriter* file : {&signals_, &layers_}) {
      file->text("realisation");
      file->text("layer");
    }
    for (std::size_t i = 0; i < z_.size(); ++i) signals_.text("z_" + std::to_string(i));
    for (const FamilySignalNumber& number : kFamilySignalNumbers) layers_.text(number.name);
    layers_.text("log_removed_in_all");
    signals_.end_row();
    layers_.end_row();
    return {};
  }

  FileStatus follow(std::size_t realisation) {
    Outcome outcome;
    FileStatus status = initial_signal(ring_, static_cast<std::uint32_t>(realisation), z_);
    if (!status.ok()) return status;
    const Status started = chain_.start(z_, realisation);
    if (!started.ok()) {
      return {started.code, std::string("initial signal: ") + started.text()};
    }
    outcome.log_amplification = chain_.log_amplification();
    outcome.log_radius = log_radius();
    FamilySignal signal;
    signal.l1_norm = norm(Normalisation::l1, VectorView<const double>(z_));
    signal.l2_norm = norm(Normalisation::l2, VectorView<const double>(z_));
    double sum = 0;
    for (const double z : z_) sum += z;
    signal.mean = sum / static_cast<double>(z_.size());
    write(realisation, 0, signal);
    for (std::size_t layer = 1; layer <= options_.layers && layers_.ok(); ++layer) {
      const Status stepped = chain_.step(z_, signal);
      if (!stepped.ok()) {
        return {stepped.code, "--family " + options_.name + ", realisation " +
                                  std::to_string(realisation) + ", layer " + std::to_string(layer) +
                                  ": " + stepped.text() + "; the rows before it are in " +
                                  options_.out};
      }
      write(realisation, layer, signal);
      if (2 * layer <= options_.layers) continue;
      ++outcome.judged;
      outcome.gain += signal.log_gain;
      outcome.activation += signal.log_activation;
      outcome.saturated += signal.saturated;
    }
    outcome.log_removed = chain_.log_norm();
    outcome.fate = signal_fate(config_.normalise, options_.layers, outcome.gain, outcome.activation,
                               outcome.of_layer(outcome.saturated));
    outcomes_.push_back(outcome);
    return {};
  }

  /// Of the one matrix of all layers, where modes have no factors; NaN of many cells.
  double log_radius() const {
    const std::size_t n = config_.matrix.cells;
    if (!chain_.matrix().moduli().empty() || config_.redraw || n > kMostCellsOfRadius) {
      return kUnknown;
    }
    require_blas(1);
    Owned<Eigenvalues<double>> eigenvalues({.order = n});
    if (!eigenvalues->compute(chain_.matrix().weights()).ok()) return kUnknown;
    double radius = 0;
    for (std::size_t i = 0; i < n; ++i) {
      radius = std::max(radius, std::hypot(eigenvalues->real()[i], eigenvalues->imaginary()[i]));
    }
    return std::log(radius);
  }

  void write(std::size_t realisation, std::size_t layer, const FamilySignal& signal) {
    Spread* spreads = &spreads_[layer * columns()];
    for (CsvWriter* file : {&signals_, &layers_}) {
      file->count(realisation);
      file->count(layer);
    }
    for (const FamilySignalNumber& number : kFamilySignalNumbers) {
      layers_.number(signal.*number.member);
      (spreads++)->add(signal.*number.member);
    }
    for (const double z : z_) {
      signals_.number(z);
      (spreads++)->add(z);
    }
    layers_.number(chain_.log_norm());
    layers_.end_row();
    signals_.end_row();
  }

  FileStatus write_outcomes() const {
    CsvWriter file;
    const FileStatus status = file.open(path("realisations.csv"));
    if (!status.ok()) return status;
    for (const char* name : {"realisation", "log_amplification", "log_spectral_radius", "growth",
                             "log_gain", "log_activation", "saturated", "log_removed", "fate"}) {
      file.text(name);
    }
    file.end_row();
    for (std::size_t r = 0; r < outcomes_.size(); ++r) {
      const Outcome& outcome = outcomes_[r];
      file.count(r);
      for (const double number :
           {outcome.log_amplification, outcome.log_radius, outcome.growth(),
            outcome.of_layer(outcome.gain), outcome.of_layer(outcome.activation),
            outcome.of_layer(outcome.saturated), outcome.log_removed}) {
        file.number(number);
      }
      file.text(text(outcome.fate));
      file.end_row();
    }
    return file.finish();
  }

  FileStatus write_ensemble() const {
    CsvWriter file;
    const FileStatus status = file.open(path("ensemble.csv"));
    if (!status.ok()) return status;
    file.text("layer");
    file.text("realisations");
    const auto heading = [&](const std::string& name) {
      file.text(name + "_mean");
      file.text(name + "_standard_deviation");
    };
    for (const FamilySignalNumber& number : kFamilySignalNumbers) heading(number.name);
    for (std::size_t i = 0; i < z_.size(); ++i) heading("z_" + std::to_string(i));
    file.end_row();
    for (std::size_t layer = 0; layer <= options_.layers; ++layer) {
      const Spread* spreads = &spreads_[layer * columns()];
      file.count(layer);
      file.count(spreads->count);
      for (std::size_t k = 0; k < columns(); ++k) {
        file.number(spreads[k].mean);
        file.number(spreads[k].standard_deviation());
      }
      file.end_row();
    }
    return file.finish();
  }

  const PropagateOptions& ring_;
  const FamilyOptions& options_;
  Chain& chain_;
  const Chain::Config& config_;
  std::vector<double> z_;
  std::vector<Spread> spreads_;  // of all numbers and neurons, layer after layer
  std::vector<Outcome> outcomes_;
  CsvWriter signals_;
  CsvWriter layers_;
};

/// "|G| = 5" or "spectral radius 1.2", of what is known; empty of none.
std::string amplification_of(const Outcome& outcome) {
  if (std::isfinite(outcome.log_amplification)) {
    return formatted("|G| = %.4g", std::exp(outcome.log_amplification));
  }
  if (!std::isfinite(outcome.log_radius)) return {};
  return formatted("spectral radius %.4g", std::exp(outcome.log_radius));
}

/// "calm because normalised: |G| = 5".
std::string fate_of(const Outcome& outcome) {
  const std::string amplification = amplification_of(outcome);
  return std::string(text(outcome.fate)) + (amplification.empty() ? "" : ": " + amplification);
}

void print_outcomes(const FamilyOptions& options, const Chain::Config& config,
                    const std::vector<Outcome>& outcomes) {
  constexpr std::size_t kMostRows = 20;
  const std::string activation =
      config.blend ? formatted("%g tanh(z) + %g max(z, 0)", *config.blend, 1 - *config.blend)
                   : text(config.activation);
  std::printf("%s: %zu layers of %zu neurons, %s, normalisation %s\n\n", options.name.c_str(),
              options.layers, config.matrix.cells, activation.c_str(), text(config.normalise));
  std::printf("%11s  %10s  %10s  %10s  %14s  %9s  %s\n", "realisation", "by weights", "activation",
              "a layer", "divided out", "saturated", "signal");
  Spread growth;
  std::array<std::size_t, kNamed<SignalFate>.size()> fates{};
  for (std::size_t r = 0; r < outcomes.size(); ++r) {
    const Outcome& outcome = outcomes[r];
    growth.add(outcome.growth());
    ++fates[static_cast<std::size_t>(outcome.fate)];
    if (r >= kMostRows) continue;
    const auto factor = [&](double sum) { return std::exp(outcome.of_layer(sum)); };
    std::printf("%11zu  %10.4g  %10.4g  %10.4g  %14s  %7.0f %%  %s\n", r, factor(outcome.gain),
                factor(outcome.activation), factor(outcome.gain + outcome.activation),
                formatted("exp(%.6g)", outcome.log_removed).c_str(),
                100 * outcome.of_layer(outcome.saturated), fate_of(outcome).c_str());
  }
  if (outcomes.size() > 1) {
    std::printf("\n");
    for (const auto& row : named<SignalFate>()) {
      const std::size_t count = fates[static_cast<std::size_t>(row.value)];
      if (count > 0) std::printf("%zu of %zu: %s\n", count, outcomes.size(), row.name);
    }
    std::printf("log of the factor a layer: mean %.4g, standard deviation %.2g\n", growth.mean,
                growth.standard_deviation());
  }
  std::printf(
      "\na layer      |f(W z)| / |z|, Euclidean norms, the product of |W z| / |z| by the weights "
      "and of\n"
      "             |f(W z)| / |W z| by the activation: geometric means over the second half of "
      "the "
      "layers\n"
      "divided out  by normalisation, over all layers\n"
      "|G|          the largest factor of the modes that the initial signal has\n");
  for (const auto& row : named<SignalFate>()) {
    if (fates[static_cast<std::size_t>(row.value)] > 0) {
      std::printf("%s: %s\n", row.name, row.meaning);
    }
  }
}

FileStatus draw(const FamilyOptions& options, const Chain::Config& config,
                const std::vector<Outcome>& outcomes) {
  if (outcomes.empty()) return {};
  const auto number = [](std::size_t count) { return static_cast<double>(count); };
  std::vector<std::string> notes, amplifications;
  constexpr std::size_t kShown = 3;
  for (std::size_t r = 0; r < std::min(outcomes.size(), kShown); ++r) {
    notes.push_back(text(outcomes[r].fate));
    const double amplification = std::exp(outcomes[r].log_amplification);
    const double radius = std::exp(outcomes[r].log_radius);
    amplifications.push_back(std::isfinite(amplification) ? formatted(", |G| = %.3g", amplification)
                             : std::isfinite(radius)      ? formatted(", ρ = %.3g", radius)
                                                          : "");
  }
  std::string name = options.name;
  std::ranges::replace(name, '_', ' ');  // which would lower a letter
  Figure figure({.out = options.out});
  figure.draw(kSheet,
              assignment("family", name) + assignment("realisations", number(outcomes.size())) +
                  assignment("layers", number(options.layers)) +
                  assignment("neurons", number(config.matrix.cells)) + word_list("notes", notes) +
                  word_list("amplifications", amplifications),
              kFamilyScript);
  return figure.status();
}

}  // namespace

FileStatus propagate_family(const PropagateOptions& ring, const SignalOptions& networks,
                            const FamilyOptions& options) {
  std::vector<double> symbol;
  Chain::Config config;
  FileStatus status = configure(ring, networks, options, symbol, config);
  if (status.ok()) status = check_directory(options.out);
  if (!status.ok()) return status;
  require_memory(Chain::footprint(config));
  Owned<Chain> chain(config);
  if (!chain->status().ok()) {
    return {chain->status().code, "--family " + options.name + ": " + chain->status().text()};
  }
  require_memory(Realisations::bytes(options, config.matrix.cells),
                 "for the spread of realisations");
  status = make_directory(options.out);
  if (!status.ok()) return status;
  Realisations realisations(ring, options, *chain, config);
  FileStatus failed;
  status = realisations.run(failed);
  if (!status.ok()) return status;
  if (!realisations.outcomes().empty()) print_outcomes(options, config, realisations.outcomes());
  status = networks.plots ? draw(options, config, realisations.outcomes())
                          : remove_older(options.out, sheet_files(kSheet));
  return status.ok() ? failed : status;
}

}  // namespace pinnscope::apps
