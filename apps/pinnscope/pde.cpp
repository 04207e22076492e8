#include "pde.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>

#include "common/command_line.hpp"
#include "common/machine.hpp"
#include "common/options.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/printable.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/readings/label_search.hpp"
#include "pinnscope/readings/scheme_verdict.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"

namespace pinnscope::apps {
namespace {

/// A square layer as a step: W alone, or linearised at a point.
struct StepOfLayer {
  std::size_t layer = 0;
  std::string at;    // the point; empty for W alone
  arma::mat step;    // entry (i, j): what new cell i takes from old cell j
  arma::vec source;  // what is added: b, or f(z) - f'(z) (z - b)
  FreeLabels free;
};

/// Among the same search on permuted entries, by how many of their standard deviations a share
/// must lie above their mean, and above each: of 9 normal numbers another one does so with a
/// probability of 1e-3.
constexpr double kBestDeviations = 5;

/// A share of which a scheme under the best labels would stand out, or else nothing can be told.
constexpr double kBestShare = 0.9;

/// What a step is under the best labels that a search found.
struct BestReport {
  bool searched = false;
  BestLabelling found;
  std::size_t named = 0;
  double mean = std::numeric_limits<double>::quiet_NaN();  // of the share on permuted entries
  double standard_deviation = std::numeric_limits<double>::quiet_NaN();
  double largest = std::numeric_limits<double>::quiet_NaN();

  const SchemeFit& fit() const { return found.fits.fits[named]; }
  /// NaN where a single search has no deviation.
  double needed() const {
    const double far = mean + kBestDeviations * standard_deviation;
    return std::isnan(far) ? far : std::max({far, largest, kLeastSchemeShare});
  }
  std::string answer() const {
    if (!searched || !(needed() < kBestShare)) return text(SchemeAnswer::cannot_tell);
    return fit().share > needed() ? text(fit().scheme) : text(SchemeAnswer::none);
  }
};

struct StepReport {
  const StepOfLayer* step = nullptr;
  SchemeVerdict verdict;
  double largest_singular_value = std::numeric_limits<double>::quiet_NaN();
  double smallest_singular_value = std::numeric_limits<double>::quiet_NaN();
  double rms = std::numeric_limits<double>::quiet_NaN();
  double velocity_spread = 0;  // standard deviation over the rows
  double diffusivity_spread = 0;
  double negative_rows = 0;  // those with D < 0
  std::size_t named = 0;     // the scheme that is shown, of those that are tied
  std::string failure;       // why there is no verdict
  BestReport best;

  const SchemeFit& fit() const { return verdict.fits.fits[named]; }
};

double rms_of(const arma::vec& numbers) {
  return root_mean_square(MatrixView<const double>{numbers.memptr(), numbers.n_elem, 1});
}

/// A number of a step with its heading in the CSV file.
struct Number {
  const char* name;
  double (*of)(const StepReport& report);
};

using Report = const StepReport&;

double if_searched(Report report, double number) {
  return report.best.searched ? number : std::numeric_limits<double>::quiet_NaN();
}

constexpr Number kNumbers[] = {
    {"cells", [](Report r) { return static_cast<double>(r.step->step.n_rows); }},
    // Invariant.
    {"largest_singular_value", [](Report r) { return r.largest_singular_value; }},
    {"smallest_singular_value", [](Report r) { return r.smallest_singular_value; }},
    {"rms", [](Report r) { return r.rms; }},
    {"source_rms", [](Report r) { return rms_of(r.step->source); }},
    // As labelled.
    {"source_mean", [](Report r) { return arma::mean(r.step->source); }},
    {"gain", [](Report r) { return r.verdict.mean_row.euler.reaction + 1; }},
    {"euler_reaction", [](Report r) { return r.verdict.mean_row.euler.reaction; }},
    {"euler_velocity", [](Report r) { return r.verdict.mean_row.euler.velocity; }},
    {"euler_diffusivity", [](Report r) { return r.verdict.mean_row.euler.diffusivity; }},
    {"euler_dispersion", [](Report r) { return r.verdict.mean_row.euler.dispersion; }},
    {"euler_reaction_percentile", [](Report r) { return r.verdict.euler.reaction; }},
    {"euler_velocity_percentile", [](Report r) { return r.verdict.euler.velocity; }},
    {"euler_diffusivity_percentile", [](Report r) { return r.verdict.euler.diffusivity; }},
    {"euler_dispersion_percentile", [](Report r) { return r.verdict.euler.dispersion; }},
    {"flow_reaction", [](Report r) { return r.verdict.mean_row.flow.reaction; }},
    {"flow_velocity", [](Report r) { return r.verdict.mean_row.flow.velocity; }},
    {"flow_diffusivity", [](Report r) { return r.verdict.mean_row.flow.diffusivity; }},
    {"flow_dispersion", [](Report r) { return r.verdict.mean_row.flow.dispersion; }},
    {"flow_reaction_percentile", [](Report r) { return r.verdict.flow.reaction; }},
    {"flow_velocity_percentile", [](Report r) { return r.verdict.flow.velocity; }},
    {"flow_diffusivity_percentile", [](Report r) { return r.verdict.flow.diffusivity; }},
    {"flow_dispersion_percentile", [](Report r) { return r.verdict.flow.dispersion; }},
    {"row_velocity_standard_deviation", [](Report r) { return r.velocity_spread; }},
    {"row_diffusivity_standard_deviation", [](Report r) { return r.diffusivity_spread; }},
    {"rows_of_negative_diffusivity", [](Report r) { return r.negative_rows; }},
    {"circulant_share", [](Report r) { return r.verdict.fits.circulant_share; }},
    {"courant", [](Report r) { return r.fit().numbers.c; }},
    {"diffusion", [](Report r) { return r.fit().numbers.r; }},
    {"theta", [](Report r) { return r.fit().theta; }},
    {"scheme_gain", [](Report r) { return r.fit().gain; }},
    {"share", [](Report r) { return r.fit().share; }},
    {"percentile_among_permuted", [](Report r) { return r.verdict.permuted.percentile; }},
    {"p_value", [](Report r) { return r.verdict.permuted.p_upper; }},
    {"percentile_among_relabelled",
     [](Report r) {
       return r.verdict.relabelled.draws > 0 ? r.verdict.relabelled.percentile
                                             : std::numeric_limits<double>::quiet_NaN();
     }},
    {"critical_share", [](Report r) { return r.verdict.critical_share; }},
    {"power", [](Report r) { return r.verdict.power; }},
    // Best labelled.
    {"best_courant", [](Report r) { return if_searched(r, r.best.fit().numbers.c); }},
    {"best_diffusion", [](Report r) { return if_searched(r, r.best.fit().numbers.r); }},
    {"best_gain", [](Report r) { return if_searched(r, r.best.fit().gain); }},
    {"best_share", [](Report r) { return if_searched(r, r.best.fit().share); }},
    {"best_share_of_permuted_mean", [](Report r) { return r.best.mean; }},
    {"best_share_of_permuted_standard_deviation",
     [](Report r) { return r.best.standard_deviation; }},
    {"best_share_needed", [](Report r) { return if_searched(r, r.best.needed()); }},
};

/// The names of the schemes that the step cannot be told from, but for the one that is shown.
std::string others(const StepReport& report) {
  std::string names;
  for (std::size_t k = 0; k < kSchemes.size(); ++k) {
    if (k == report.named || !report.verdict.fits.is_tied(k)) continue;
    names += (names.empty() ? "" : " ") + std::string(text(kSchemes[k]));
  }
  return names;
}

std::string answer_of(const StepReport& report) {
  const SchemeAnswer answer = report.verdict.answer;
  return answer == SchemeAnswer::scheme ? text(report.fit().scheme) : text(answer);
}

FreeLabels free_labels(const NetworkWeights& network, std::size_t layer) {
  return {.rows = layer + 1 < network.layers.size(),
          .columns = layer > 0,
          .signs = network.hidden && is_odd(*network.hidden, network.activation_parameters)};
}

/// Asks for the memory of all layers and of those that are square as steps, `points` times beside
/// W alone.
void require_steps(const NetworkWeights& network, std::size_t points) {
  std::size_t numbers = 0;
  for (const LayerWeights& layer : network.layers) {
    const arma::mat& weights = layer.weights;
    const std::size_t copies = weights.n_rows == weights.n_cols ? points + 2 : 1;
    numbers =
        Footprint::saturating_add(numbers, Footprint::saturating_multiply(copies, weights.n_elem));
  }
  require_memory(Footprint::saturating_multiply(numbers, sizeof(double)),
                 "for the layers as steps");
}

/// The layers that are square, W alone.
std::vector<StepOfLayer> steps_of(const std::vector<LayerWeights>& layers,
                                  const NetworkWeights& network) {
  std::vector<StepOfLayer> steps;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const arma::mat& weights = layers[l].weights;
    if (weights.n_rows != weights.n_cols) continue;
    steps.push_back({l, "", weights.t(), layers[l].biases, free_labels(network, l)});
  }
  return steps;
}

/// Adds the same layers as steps near the trajectory of a point.
FileStatus add_linearised(const std::string& words, const std::vector<LayerWeights>& layers,
                          const NetworkWeights& network, std::vector<StepOfLayer>& steps) {
  std::vector<double> input;
  const FileStatus status = parse_input("--at", words, layers.front().weights.n_rows, input);
  if (!status.ok()) return status;
  arma::rowvec a(input);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const arma::mat& weights = layers[l].weights;
    const bool last = l + 1 == layers.size();
    const Activation activation =
        last ? network.output.value_or(Activation::identity) : *network.hidden;
    const arma::rowvec z = arma::sum(weights.each_col() % a.t(), 0) + layers[l].biases.t();
    StepOfLayer step{l, words, arma::mat(weights.n_cols, weights.n_rows), layers[l].biases,
                     free_labels(network, l)};
    arma::vec slopes(z.n_elem);
    a = arma::rowvec(z.n_elem);
    for (std::size_t i = 0; i < z.n_elem; ++i) {
      const ActivationValues<double> f =
          activation_values(activation, z[i], network.activation_parameters);
      a[i] = f.value;
      slopes[i] = f.first;
      step.source[i] = f.value - f.first * (z[i] - layers[l].biases[i]);
    }
    if (weights.n_rows != weights.n_cols) continue;
    const Status read = step_of_layer(view(weights), view(slopes), view(step.step));
    if (!read.ok()) return {read.code, read.text()};
    steps.push_back(std::move(step));
  }
  return {};
}

/// What can be told of a step without draws.
void describe(const StepOfLayer& step, Neighbours neighbours, StepReport& report) {
  report.step = &step;
  report.rms = root_mean_square(view(step.step));
  Owned<SingularValues<double>> values({step.step.n_rows, step.step.n_cols});
  if (values->compute(view(step.step)).ok()) {
    report.largest_singular_value = values->values().front();
    report.smallest_singular_value = values->values().back();
  }
  arma::vec velocity(step.step.n_rows);
  arma::vec diffusivity(step.step.n_rows);
  for (std::size_t row = 0; row < step.step.n_rows; ++row) {
    const PdeCoefficients euler = read_row(view(step.step), row, neighbours).euler;
    velocity[row] = euler.velocity;
    diffusivity[row] = euler.diffusivity;
    if (euler.diffusivity < 0) ++report.negative_rows;
  }
  report.velocity_spread = step.step.n_rows > 1 ? arma::stddev(velocity) : 0;
  report.diffusivity_spread = step.step.n_rows > 1 ? arma::stddev(diffusivity) : 0;
}

/// Of schemes that are the same matrix, the one that the file says it was written from.
std::size_t named_scheme(const SchemeFits& fits, const NetworkWeights& network) {
  const auto said = network.metadata.find("scheme");
  Scheme scheme{};
  if (said == network.metadata.end() || !parse(said->second, scheme)) return fits.best;
  for (std::size_t k = 0; k < kSchemes.size(); ++k) {
    if (kSchemes[k] == scheme && fits.is_tied(k)) return k;
  }
  return fits.best;
}

/// Labels of one side and where they lie.
struct OwnLabels {
  explicit OwnLabels(std::size_t n) : order(n), signs(n) {}
  Labels view() { return {order, signs}; }
  std::vector<std::size_t> order;
  std::vector<double> signs;
};

/// Searches the best labels of a step, and of permutations of its entries beside it.
void search_labels(const PdeOptions& options, const StepOfLayer& step, std::uint64_t stream,
                   Workers& crew, BestReport& best) {
  const std::size_t n = step.step.n_rows;
  Footprint need = LabelSearch::footprint({n});
  need.append({"matrix to search", sizeof(double) * step.step.n_elem});
  require_memory(need, crew.threads());
  std::vector<std::unique_ptr<Owned<LabelSearch>>> searches;
  std::vector<OwnLabels> labels;
  std::vector<arma::mat> drawn;
  for (std::size_t thread = 0; thread < crew.threads(); ++thread) {
    searches.push_back(std::make_unique<Owned<LabelSearch>>(LabelSearch::Config{n}));
    labels.emplace_back(n);
    labels.emplace_back(n);
    drawn.emplace_back(n, n);
  }
  // The step itself comes first.
  std::vector<BestLabelling> found(options.searches + 1);
  std::vector<Status> outcome(found.size());
  crew.run(found.size(), [&](std::size_t lane, std::size_t thread) {
    MatrixView<const double> searched = view(step.step);
    if (lane > 0) {
      const Philox source(options.seed, (std::uint64_t{1} << 62) + (stream << 32) + lane);
      outcome[lane] = draw_null({}, searched, source, view(drawn[thread]));
      searched = view(drawn[thread]);
    }
    if (!outcome[lane].ok()) return;
    outcome[lane] = (*searches[thread])
                        ->find(searched, step.free.signs, labels[2 * thread].view(),
                               labels[2 * thread + 1].view(), found[lane]);
  });
  if (!std::ranges::all_of(outcome, [](const Status& status) { return status.ok(); })) return;
  best.searched = true;
  best.found = found.front();
  arma::vec shares(options.searches);
  for (std::size_t k = 0; k < options.searches; ++k) shares[k] = found[k + 1].fits.nearest().share;
  best.mean = arma::mean(shares);
  if (options.searches > 1) best.standard_deviation = arma::stddev(shares);
  best.largest = shares.max();
}

std::vector<StepReport> judge_steps(const PdeOptions& options, const NetworkWeights& network,
                                    const std::vector<StepOfLayer>& steps) {
  const std::size_t threads = thread_count(options.threads);
  Workers crew(threads);
  std::vector<StepReport> reports(steps.size());
  std::unique_ptr<Owned<SchemeJudge>> judge;
  std::size_t cells = 0;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    StepReport& report = reports[k];
    describe(steps[k], options.neighbours, report);
    if (judge == nullptr || cells != steps[k].step.n_rows) {
      cells = steps[k].step.n_rows;
      judge.reset();
      judge = std::make_unique<Owned<SchemeJudge>>(
          SchemeJudge::Config{.cells = cells,
                              .draws = options.draws,
                              .threads = crew.threads(),
                              .neighbours = options.neighbours});
    }
    const Status status =
        (*judge)->judge(view(steps[k].step), steps[k].free, options.seed, k, crew, report.verdict);
    if (!status.ok()) report.failure = status.text();
    report.named = named_scheme(report.verdict.fits, network);
    const bool both = steps[k].free.rows && steps[k].free.columns;
    if (options.searches == 0 || !report.failure.empty() || !both) continue;
    search_labels(options, steps[k], k, crew, report.best);
    report.best.named = named_scheme(report.best.found.fits, network);
  }
  return reports;
}

void print_place(const StepReport& report) {
  const std::string at = report.step->at.empty() ? "W" : report.step->at;
  std::printf("%5zu  %-12s ", report.step->layer, printable(at).c_str());
}

/// A number with its percentile, where it has one.
void print_placed(double number, double percentile) {
  if (std::isnan(percentile)) {
    std::printf(" %10.4g      ", number);
  } else {
    std::printf(" %10.4g (%3.0f)", number, percentile);
  }
}

void print_coefficients(const char* reading, PdeCoefficients numbers,
                        const CoefficientPercentiles& percentiles) {
  std::printf(" %-5s", reading);
  print_placed(numbers.reaction, percentiles.reaction);
  print_placed(numbers.velocity, percentiles.velocity);
  print_placed(numbers.diffusivity, percentiles.diffusivity);
  print_placed(numbers.dispersion, percentiles.dispersion);
  std::printf("\n");
}

void print_invariants(const std::vector<StepReport>& reports) {
  std::printf(
      "Invariant: the same under every relabelling that keeps the function\n"
      "%5s  %-12s %6s %12s %12s %12s %12s\n",
      "layer", "step", "cells", "largest s", "smallest s", "rms of W", "rms source");
  for (const StepReport& report : reports) {
    print_place(report);
    std::printf("%6zu %12.6g %12.6g %12.6g %12.6g\n",
                static_cast<std::size_t>(report.step->step.n_rows), report.largest_singular_value,
                report.smallest_singular_value, report.rms, rms_of(report.step->source));
  }
}

void print_readings(const PdeOptions& options, const std::vector<StepReport>& reports) {
  std::printf(
      "\nAs labelled: z_t = R z - U z_x + D z_xx + E z_xxx + source of the mean row, in cells and\n"
      "layers, the neurons on a %s; in brackets the percentile among %zu relabellings\n"
      "%5s  %-12s %-5s %16s %16s %16s %16s\n",
      text(options.neighbours), options.draws, "layer", "step", "read", "R      ", "U      ",
      "D      ", "E      ");
  for (const StepReport& report : reports) {
    if (!report.failure.empty()) continue;
    print_place(report);
    print_coefficients("euler", report.verdict.mean_row.euler, report.verdict.euler);
    print_place(report);
    print_coefficients("flow", report.verdict.mean_row.flow, report.verdict.flow);
  }
}

void print_verdicts(const PdeOptions& options, const std::vector<StepReport>& reports) {
  std::printf(
      "\nAs labelled: the nearest scheme, the share of the energy that it explains, and its\n"
      "percentile among %zu permutations of the entries and among as many relabellings\n"
      "%5s  %-12s %-28s %10s %10s %8s %9s %5s %5s %6s  %s\n",
      options.draws, "layer", "step", "nearest", "c", "r", "gain", "share", "perm.", "rel.",
      "power", "verdict");
  for (const StepReport& report : reports) {
    print_place(report);
    if (!report.failure.empty()) {
      std::printf("left out: %s\n", report.failure.c_str());
      continue;
    }
    const SchemeVerdict& verdict = report.verdict;
    const SchemeFit& fit = report.fit();
    std::printf("%-28s %10.6g %10.6g %8.4g %9.3g %5.1f ", text(fit.scheme), fit.numbers.c,
                fit.numbers.r, fit.gain, fit.share, verdict.permuted.percentile);
    if (verdict.relabelled.draws > 0) {
      std::printf("%5.1f ", verdict.relabelled.percentile);
    } else {
      std::printf("%5s ", "-");
    }
    std::printf("%6.3f  %s\n", verdict.power, answer_of(report).c_str());
  }
}

void print_best(const PdeOptions& options, const std::vector<StepReport>& reports) {
  if (options.searches == 0) return;
  std::printf(
      "\nBest labelled: the nearest scheme under the best order and signs of both sides that a\n"
      "search found, and the share that the same search must exceed: that of each of %zu\n"
      "permutations of the entries, and %.0f of their standard deviations above their mean. A "
      "shift\n"
      "and a mirror image cannot be told: it is what is nearest to the identity, with U >= 0\n"
      "%5s  %-12s %-28s %10s %10s %8s %9s %9s  %s\n",
      options.searches, kBestDeviations, "layer", "step", "nearest", "c", "r", "gain", "share",
      "needed", "verdict");
  for (const StepReport& report : reports) {
    if (!report.best.searched) continue;
    print_place(report);
    const SchemeFit& fit = report.best.fit();
    std::printf("%-28s %10.6g %10.6g %8.4g %9.3g %9.3g  %s\n", text(fit.scheme), fit.numbers.c,
                fit.numbers.r, fit.gain, fit.share, report.best.needed(),
                report.best.answer().c_str());
  }
  if (options.searches == 1) std::printf("With 1 search nothing can be told: at least 2 needed.\n");
}

void print_ties(const std::vector<StepReport>& reports) {
  for (const StepReport& report : reports) {
    if (!report.failure.empty() || report.verdict.answer != SchemeAnswer::scheme) continue;
    const std::string names = others(report);
    if (names.empty()) continue;
    std::printf("layer %zu%s%s: as near, with numbers of their own: %s\n", report.step->layer,
                report.step->at.empty() ? "" : " at ", printable(report.step->at).c_str(),
                names.c_str());
  }
}

void print_rules(const PdeOptions& options) {
  std::printf(
      "\nVerdict: a scheme where its share is %.2g or more and reached by at most %.2g of the\n"
      "permutations; \"none\" where a scheme with that share would have been found with a\n"
      "probability of %.2g at least (power, a lower bound); \"cannot tell\" otherwise.\n",
      kLeastSchemeShare, kSchemeLevel, kLeastSchemePower);
  if (options.draws < 99) {
    std::printf("With %zu draws nothing can be told: at least 99 needed.\n", options.draws);
  }
}

void print(const PdeOptions& options, const std::vector<StepReport>& reports) {
  print_invariants(reports);
  print_readings(options, reports);
  print_verdicts(options, reports);
  print_ties(reports);
  print_rules(options);
  print_best(options, reports);
}

FileStatus write_reports(const std::string& path, const std::vector<StepReport>& reports) {
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  for (const char* heading :
       {"layer", "at", "scheme", "as_near", "verdict", "best_scheme", "best_verdict"}) {
    csv.text(heading);
  }
  for (const Number& number : kNumbers) csv.text(number.name);
  csv.end_row();
  for (const StepReport& report : reports) {
    csv.count(report.step->layer);
    csv.text(report.step->at);
    const bool failed = !report.failure.empty();
    csv.text(failed ? "" : text(report.fit().scheme));
    csv.text(failed ? "" : others(report));
    csv.text(failed ? "left out: " + report.failure : answer_of(report));
    csv.text(report.best.searched ? text(report.best.fit().scheme) : "");
    csv.text(report.best.searched ? report.best.answer() : "not searched");
    for (const Number& number : kNumbers) csv.number(number.of(report));
    csv.end_row();
  }
  return csv.finish();
}

FileStatus write_rows(const PdeOptions& options, const std::vector<StepReport>& reports) {
  CsvWriter csv;
  const FileStatus status = csv.open(options.rows);
  if (!status.ok()) return status;
  for (const char* heading : {"layer", "at", "neuron", "source", "euler_reaction", "euler_velocity",
                              "euler_diffusivity", "euler_dispersion", "flow_reaction",
                              "flow_velocity", "flow_diffusivity", "flow_dispersion"}) {
    csv.text(heading);
  }
  csv.end_row();
  for (const StepReport& report : reports) {
    const StepOfLayer& step = *report.step;
    for (std::size_t row = 0; row < step.step.n_rows; ++row) {
      const PdeReading reading = read_row(view(step.step), row, options.neighbours);
      csv.count(step.layer);
      csv.text(step.at);
      csv.count(row);
      csv.number(step.source[row]);
      for (const PdeCoefficients& c : {reading.euler, reading.flow}) {
        for (const double number : {c.reaction, c.velocity, c.diffusivity, c.dispersion}) {
          csv.number(number);
        }
      }
      csv.end_row();
    }
  }
  return csv.finish();
}

FileStatus write_schemes(const std::string& path, const std::vector<StepReport>& reports) {
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  for (const char* heading : {"layer", "at", "scheme", "courant", "diffusion", "theta", "gain",
                              "share", "unexplained", "criterion", "as_near"}) {
    csv.text(heading);
  }
  csv.end_row();
  for (const StepReport& report : reports) {
    if (!report.failure.empty()) continue;
    for (std::size_t k = 0; k < kSchemes.size(); ++k) {
      const SchemeFit& fit = report.verdict.fits.fits[k];
      csv.count(report.step->layer);
      csv.text(report.step->at);
      csv.text(text(fit.scheme));
      for (const double number : {fit.numbers.c, fit.numbers.r, fit.theta, fit.gain, fit.share,
                                  fit.unexplained, fit.criterion}) {
        csv.number(number);
      }
      csv.count(report.verdict.fits.is_tied(k) ? 1 : 0);
      csv.end_row();
    }
  }
  return csv.finish();
}

FileStatus check_places(const PdeOptions& options) {
  for (const std::string* path : {&options.out, &options.rows, &options.schemes}) {
    if (path->empty()) continue;
    FileStatus status = check_writable(*path);
    if (!status.ok()) return status;
  }
  return {};
}

}  // namespace

FileStatus show_pde(const PdeOptions& options) {
  FileStatus status = check_places(options);
  NetworkWeights network;
  if (status.ok()) status = read_network(options.weights, options.network, network);
  if (!status.ok()) return status;
  require_steps(network, options.points.size());
  std::vector<LayerWeights> layers;
  for (const LayerWeights& layer : network.layers) layers.push_back(folded(layer));
  std::vector<StepOfLayer> steps = steps_of(layers, network);
  if (steps.empty()) {
    return file_failure(StatusCode::shape_mismatch, options.weights,
                        "expected a square layer: as many neurons in front of it as behind");
  }
  for (const std::string& point : options.points) {
    status = add_linearised(point, layers, network, steps);
    if (!status.ok()) return status;
  }
  require_blas(options.searches > 0 ? thread_count(options.threads) : 1);
  const std::vector<StepReport> reports = judge_steps(options, network, steps);
  print(options, reports);
  if (!options.out.empty()) status = write_reports(options.out, reports);
  if (status.ok() && !options.rows.empty()) status = write_rows(options, reports);
  if (status.ok() && !options.schemes.empty()) status = write_schemes(options.schemes, reports);
  return status;
}

}  // namespace pinnscope::apps
