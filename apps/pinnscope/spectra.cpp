#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "common/figure.hpp"
#include "common/formatted.hpp"
#include "common/layer_report.hpp"
#include "common/machine.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/network_file.hpp"
#include "pinnscope/io/printable.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "spectra-script.hpp"

namespace pinnscope::apps {
namespace {

struct Run {
  std::string path;
  NetworkWeights network;
  std::vector<arma::mat> weights;
  std::vector<LayerReport> layers;
};

/// Takes the start away from the weights: what is left is what was learned.
FileStatus subtract_start(const std::string& path, NetworkWeights& network) {
  NetworkWeights start;
  const FileStatus status = draw_start(network, path, start);
  for (std::size_t l = 0; status.ok() && l < network.layers.size(); ++l) {
    network.layers[l].weights -= start.layers[l].weights;
  }
  return status;
}

/// Describes every layer and counts its spikes; one that cannot be described says why. Fails where
/// none can.
FileStatus describe(const SpectraOptions& options, std::size_t index,
                    LayerDescriptions& descriptions, NullTables& tables, Relabellings& relabellings,
                    Run& run) {
  const std::string permutation = text(NullModel{.kind = NullKind::permutation});
  const bool permuted = std::ranges::count(options.nulls, permutation) > 0;
  std::vector<double> rounding;
  for (std::size_t l = 0; l < run.network.layers.size(); ++l) {
    rounding.push_back(weight_rounding(run.network, l));
  }
  FileStatus first = options.change ? subtract_start(run.path, run.network) : FileStatus{};
  if (!first.ok()) return first;
  std::size_t described = 0;
  for (std::size_t l = 0; l < run.network.layers.size(); ++l) {
    run.weights.push_back(run.network.layers[l].weights);
    LayerReport& layer = run.layers.emplace_back();
    layer.run = index;
    layer.layer = l;
    const LayerOfFile of_file{run.path, run.weights.back(), rounding[l], permuted};
    const FileStatus status = report_layer(of_file, descriptions, tables, layer);
    if (status.ok()) relabellings.spread(of_file, free_labels(run.network, l), layer);
    described += status.ok() ? 1 : 0;
    if (first.ok()) first = status;
  }
  return described > 0 ? FileStatus{} : first;
}

FileStatus read_run(const std::string& path, const std::optional<Activation>& activation,
                    Run& run) {
  run.path = path;
  FileStatus status = read_network(path, run.network, Numbers::any);
  if (status.ok() && activation) {
    NetworkOptions known;
    known.activation = activation;
    status = complete(known, path, run.network);
  }
  if (!status.ok()) return status;
  for (const LeftOut& tensor : run.network.left_out) {
    std::printf("%s: left out %s: %s\n", printable(path).c_str(), printable(tensor.name).c_str(),
                printable(tensor.reason).c_str());
  }
  return status;
}

/// A p-value within two families: those of its statistic over layers, nulls and runs, and all.
struct PlacedResult {
  NullResult result;  // its `holm` is that of the statistic
  Family family;
  double holm_all = 1;
  Family all;
};

/// Columns that are filled row by row.
class Table {
 public:
  explicit Table(const std::vector<std::string>& headings) {
    for (const std::string& heading : headings) columns_.push_back({heading, {}});
  }
  void append(const std::vector<double>& row) {
    for (std::size_t k = 0; k < row.size(); ++k) columns_[k].values.push_back(row[k]);
  }
  const std::vector<Column>& columns() const { return columns_; }

 private:
  std::vector<Column> columns_;
};

/// Columns that say where a layer is found; those of what it is stand behind them.
constexpr std::pair<const char*, const char*> kPlaceColumns[] = {
    {"run", "Index of the network among those that were given, from 0."},
    {"layer", "Index of the layer in its network, from 0."}};

Table layer_table(const std::vector<Run>& runs) {
  std::vector<std::string> headings;
  for (const auto& [name, meaning] : kPlaceColumns) headings.emplace_back(name);
  for (const LayerColumn& column : kLayerColumns) headings.emplace_back(column.name);
  Table table(headings);
  for (const Run& run : runs) {
    for (const LayerReport& layer : run.layers) {
      std::vector<double> row{static_cast<double>(layer.run), static_cast<double>(layer.layer)};
      for (const LayerNumber& number : layer.numbers) row.push_back(number.value);
      table.append(row);
    }
  }
  return table;
}

Table eigenvalue_table(const std::vector<Run>& runs) {
  Table table({"run", "layer", "real", "imaginary"});
  for (const Run& run : runs) {
    for (const LayerReport& layer : run.layers) {
      for (std::size_t k = 0; k < layer.real.size(); ++k) {
        table.append({static_cast<double>(layer.run), static_cast<double>(layer.layer),
                      layer.real[k], layer.imaginary[k]});
      }
    }
  }
  return table;
}

Table singular_value_table(const std::vector<Run>& runs) {
  Table table({"run", "layer", "index", "value"});
  for (const Run& run : runs) {
    for (const LayerReport& layer : run.layers) {
      for (std::size_t k = 0; k < layer.singular_values.size(); ++k) {
        table.append({static_cast<double>(layer.run), static_cast<double>(layer.layer),
                      static_cast<double>(k + 1), layer.singular_values[k]});
      }
    }
  }
  return table;
}

Table vector_table(const std::vector<Run>& runs) {
  Table table({"run", "layer", "index", "right", "participation", "score", "beta_distance",
               "p_value", "p_holm"});
  for (const Run& run : runs) {
    for (const LayerReport& layer : run.layers) {
      for (const VectorDescription& vector : layer.vectors) {
        table.append({static_cast<double>(layer.run), static_cast<double>(layer.layer),
                      static_cast<double>(vector.index), vector.right ? 1.0 : 0.0,
                      vector.participation, vector.score, vector.distance, vector.p_value,
                      vector.holm});
      }
    }
  }
  return table;
}

FileStatus write_nulls(const std::string& path, const std::vector<PlacedResult>& results) {
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  for (const char* heading :
       {"run", "layer", "statistic", "null", "observed", "percentile", "p_value", "p_holm",
        "null_mean", "null_standard_deviation", "draws", "tests", "draws_needed", "p_holm_all",
        "tests_all", "draws_needed_all"}) {
    csv.text(heading);
  }
  csv.end_row();
  for (const PlacedResult& placed : results) {
    const NullResult& result = placed.result;
    const NullPlacement& place = result.placement;
    csv.count(result.run);
    csv.count(result.layer);
    csv.text(kLayerStatistics[result.statistic].name);
    csv.text(result.null);
    for (const double number : {result.observed, place.percentile, place.p_value, result.holm,
                                place.mean, place.standard_deviation}) {
      csv.number(number);
    }
    for (const std::size_t count : {place.draws, placed.family.tests, placed.family.needed}) {
      csv.count(count);
    }
    csv.number(placed.holm_all);
    csv.count(placed.all.tests);
    csv.count(placed.all.needed);
    csv.end_row();
  }
  return csv.finish();
}

/// A number of relabellings.csv and layers.json with its heading.
struct SpreadColumn {
  const char* name;
  double (*of)(const LabelSpread& spread);
};

constexpr SpreadColumn kSpreadColumns[] = {
    {"percentile", [](const LabelSpread& spread) { return spread.among.percentile; }},
    {"mean", [](const LabelSpread& spread) { return spread.among.mean; }},
    {"standard_deviation",
     [](const LabelSpread& spread) { return spread.among.standard_deviation; }},
    {"minimum", [](const LabelSpread& spread) { return spread.least; }},
    {"quantile_5", [](const LabelSpread& spread) { return spread.low; }},
    {"median", [](const LabelSpread& spread) { return spread.median; }},
    {"quantile_95", [](const LabelSpread& spread) { return spread.high; }},
    {"maximum", [](const LabelSpread& spread) { return spread.most; }},
};

FileStatus write_relabellings(const std::string& path, const std::vector<Run>& runs) {
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  for (const char* heading : {"run", "layer", "column", "value"}) csv.text(heading);
  for (const SpreadColumn& column : kSpreadColumns) csv.text(column.name);
  csv.text("relabellings");
  csv.end_row();
  for (const Run& run : runs) {
    for (const LayerReport& layer : run.layers) {
      for (const LabelSpread& spread : layer.labels) {
        csv.count(layer.run);
        csv.count(layer.layer);
        csv.text(kLayerColumns[spread.column].name);
        csv.number(layer.value(spread.column));
        for (const SpreadColumn& column : kSpreadColumns) csv.number(column.of(spread));
        csv.count(spread.among.draws);
        csv.end_row();
      }
    }
  }
  return csv.finish();
}

/// Mean and spread of every column over the runs, layer by layer, where shapes agree.
Table ensemble_table(const std::vector<Run>& runs) {
  std::vector<std::string> headings{"layer", "runs"};
  for (const LayerColumn& column : kLayerColumns) {
    headings.push_back(std::string(column.name) + "_mean");
    headings.push_back(std::string(column.name) + "_between_run_variance");
  }
  Table table(headings);
  for (std::size_t l = 0; l < runs.front().layers.size(); ++l) {
    std::vector<double> row{static_cast<double>(l), static_cast<double>(runs.size())};
    for (std::size_t k = 0; k < kLayerColumns.size(); ++k) {
      arma::vec values(runs.size());
      for (std::size_t r = 0; r < runs.size(); ++r) values[r] = runs[r].layers[l].value(k);
      row.push_back(arma::mean(values));
      row.push_back(arma::var(values));
    }
    table.append(row);
  }
  return table;
}

FileStatus check_ensemble(const std::vector<Run>& runs) {
  for (const Run& run : runs) {
    if (run.network.widths() != runs.front().network.widths()) {
      return file_failure(StatusCode::shape_mismatch, run.path,
                          "expected the widths of " + runs.front().path);
    }
  }
  return {};
}

nlohmann::ordered_json json_of(double number) {
  return std::isfinite(number) ? nlohmann::ordered_json(number) : nlohmann::ordered_json(nullptr);
}

/// The spread of a layer's numbers, by the names of their columns.
nlohmann::ordered_json json_of(const std::vector<LabelSpread>& labels) {
  nlohmann::ordered_json spreads = nlohmann::ordered_json::object();
  for (const LabelSpread& spread : labels) {
    nlohmann::ordered_json& entry = spreads[kLayerColumns[spread.column].name];
    for (const SpreadColumn& column : kSpreadColumns) entry[column.name] = column.of(spread);
    entry["relabellings"] = spread.among.draws;
  }
  return spreads;
}

std::string json_text(const std::vector<Run>& runs, const std::vector<PlacedResult>& results) {
  nlohmann::ordered_json columns;
  for (const auto& [name, meaning] : kPlaceColumns) columns[name] = meaning;
  for (const LayerColumn& column : kLayerColumns) columns[column.name] = column.meaning;
  nlohmann::ordered_json root{{"columns", columns}};
  for (const Run& run : runs) {
    nlohmann::ordered_json entry{{"file", run.path}};
    for (const LayerReport& layer : run.layers) {
      nlohmann::ordered_json numbers;
      nlohmann::ordered_json reasons = nlohmann::ordered_json::object();
      numbers[kPlaceColumns[0].first] = static_cast<double>(layer.run);
      numbers[kPlaceColumns[1].first] = static_cast<double>(layer.layer);
      for (std::size_t k = 0; k < kLayerColumns.size(); ++k) {
        const LayerNumber& number = layer.numbers[k];
        numbers[kLayerColumns[k].name] = json_of(number.value);
        if (std::isfinite(number.value)) continue;
        reasons[kLayerColumns[k].name] =
            *number.reason == 0 ? "it is beyond the range of a double" : number.reason;
      }
      numbers["reasons"] = reasons;
      numbers["relabellings"] = json_of(layer.labels);
      entry["layers"].push_back(numbers);
    }
    entry["left_out"] = nlohmann::ordered_json::array();
    for (const LeftOut& tensor : run.network.left_out) {
      entry["left_out"].push_back({{"name", tensor.name}, {"reason", tensor.reason}});
    }
    root["runs"].push_back(entry);
  }
  root["nulls"] = nlohmann::ordered_json::array();
  for (const PlacedResult& placed : results) {
    const NullResult& result = placed.result;
    root["nulls"].push_back({{"run", result.run},
                             {"layer", result.layer},
                             {"statistic", kLayerStatistics[result.statistic].name},
                             {"null", result.null},
                             {"observed", json_of(result.observed)},
                             {"percentile", result.placement.percentile},
                             {"p_value", result.placement.p_value},
                             {"p_holm", json_of(result.holm)},
                             {"draws", result.placement.draws},
                             {"tests", placed.family.tests},
                             {"draws_needed", placed.family.needed},
                             {"p_holm_all", json_of(placed.holm_all)},
                             {"tests_all", placed.all.tests},
                             {"draws_needed_all", placed.all.needed}});
  }
  // Names of files and of tensors may be no UTF-8, and the page may be shown by a terminal.
  return root.dump(1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

/// Holm's correction within each statistic, then over all.
std::vector<PlacedResult> correct(std::vector<NullResult> results) {
  std::vector<PlacedResult> placed;
  std::vector<NullResult*> everything;
  for (NullResult& result : results) everything.push_back(&result);
  const Family all = correct_family(everything);
  for (const NullResult& result : results) placed.push_back({result, {}, result.holm, all});
  for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
    std::vector<NullResult*> family;
    for (PlacedResult& entry : placed) {
      if (entry.result.statistic == k) family.push_back(&entry.result);
    }
    const Family found = correct_family(family);
    for (PlacedResult& entry : placed) {
      if (entry.result.statistic == k) entry.family = found;
    }
  }
  return placed;
}

/// Places every statistic under the nulls asked for.
std::vector<PlacedResult> place_runs(const SpectraOptions& options, NullTables& tables,
                                     const std::vector<Run>& runs) {
  std::vector<NullResult> results;
  if (options.draws == 0) return {};
  for (const std::string& name : options.nulls) {
    NullModel model;
    if (!parse(name, model)) continue;  // the command line let only known names in
    for (const Run& run : runs) {
      const auto placed = compare_layers(tables, model, run.layers, run.weights, true);
      results.insert(results.end(), placed.begin(), placed.end());
    }
  }
  return correct(std::move(results));
}

constexpr std::size_t kPrinted = statistic_named("largest_singular_value");

/// The smallest corrected p-value of the printed statistic of a layer, under any null: the
/// correction is over the nulls too. NaN where there is none.
double smallest_p_value(const std::vector<PlacedResult>& results, const LayerReport& layer) {
  double smallest = kMissing;
  for (const PlacedResult& placed : results) {
    const NullResult& result = placed.result;
    if (result.run == layer.run && result.layer == layer.layer && result.statistic == kPrinted) {
      smallest = std::fmin(smallest, result.holm);
    }
  }
  return smallest;
}

/// The initialiser of the network as one, from all of its layers that have a spread.
NetworkInitialiser judge_run(const Run& run) {
  std::vector<ExplainedLayer> layers;
  for (const LayerReport& layer : run.layers) {
    if (!layer.failure.empty() || !(layer.value(column_named("standard_deviation")) > 0)) continue;
    layers.push_back({layer.explanations, layer.rows * layer.columns});
  }
  return judge_network(layers);
}

/// What a layer keeps of the network's initialiser: " 83.4%", with a mark where no change is felt.
std::string survival(const LayerReport& layer, const NetworkInitialiser& network) {
  const auto& explanation = layer.explanations[static_cast<std::size_t>(network.best)];
  return formatted("%.1f%%%s", 100 * explanation.share,
                   explanation.on_bound ? " (on its bound)" : "");
}

constexpr std::size_t kRadius = column_named("spectral_radius");

/// "1.24 [1.06, 1.41]": as labelled, with 5 % and 95 % of the relabellings; "-" without
/// eigenvalues.
std::string radius(const LayerReport& layer) {
  const double as_labelled = layer.value(kRadius);
  if (std::isnan(as_labelled)) return "-";
  std::string shown = formatted("%.3g", as_labelled);
  for (const LabelSpread& spread : layer.labels) {
    if (spread.column == kRadius) shown += formatted(" [%.3g, %.3g]", spread.low, spread.high);
  }
  return shown;
}

void print_layer(const LayerReport& layer, const std::vector<PlacedResult>& results,
                 const std::string& memory) {
  const std::string shape = std::to_string(layer.rows) + 'x' + std::to_string(layer.columns);
  std::printf("%5zu %-9s ", layer.layer, shape.c_str());
  if (!layer.failure.empty()) {
    std::printf("left out: %s\n", layer.failure.c_str());
    return;
  }
  const auto number = [&](std::size_t column) { return layer.value(column); };
  std::printf("%8.4g %7.5g %5.0f %10.5g %6.0f %8.4g %8.4f %7.1f%%  %-18s %s\n",
              number(column_named("kurtosis")), number(column_named("rms")),
              number(column_named("numerical_rank")), number(column_named("sigma_bulk")),
              number(column_named("spikes")), layer.statistic(kPrinted),
              smallest_p_value(results, layer), 100 * number(column_named("energy_outside_bulk")),
              radius(layer).c_str(), memory.c_str());
}

/// Why layers have no bulk.
void print_reasons(const std::vector<LayerReport>& layers) {
  for (const LayerReport& layer : layers) {
    const LayerNumber& sigma = layer.numbers[column_named("sigma_bulk")];
    if (layer.failure.empty() && std::isnan(sigma.value)) {
      std::printf("layer %zu has no sigma_bulk: %s\n", layer.layer, sigma.reason);
    }
  }
}

/// What the printed p-values are corrected over, or that nothing can be read from them.
void print_family(const SpectraOptions& options, const std::vector<PlacedResult>& results) {
  const auto of_printed = [](const PlacedResult& placed) {
    return placed.result.statistic == kPrinted;
  };
  const auto first = std::ranges::find_if(results, of_printed);
  if (first == results.end()) return;
  const Family& family = first->family;
  std::printf(
      "p, Holm: of s1^2/N, corrected over %zu tests: the layers under %zu null%s in %zu run%s\n",
      family.tests, options.nulls.size(), options.nulls.size() == 1 ? "" : "s",
      options.weights.size(), options.weights.size() == 1 ? "" : "s");
  std::size_t fewest = first->result.placement.draws;
  for (const PlacedResult& placed : results) {
    if (of_printed(placed)) fewest = std::min(fewest, placed.result.placement.draws);
  }
  if (fewest < family.needed) {
    std::printf("p, Holm: cannot tell with %zu draws: at least %zu needed\n", fewest,
                family.needed);
  }
}

std::string verdict(const NetworkInitialiser& found) {
  const std::string best = text(found.best);
  switch (found.reason) {
    case InitialiserReason::recognised:
      return best + formatted(", %.0f in AIC before ", found.excess) + text(found.rival) +
             formatted("; %.0f %% of the variance is its own", 100 * found.share) +
             (found.on_bound > 0
                  ? formatted("; layers on the bound of no change: %zu", found.on_bound)
                  : "");
    case InitialiserReason::too_few_entries:
      return formatted("cannot tell: fewer than %zu weights with a spread", kFewestEntries);
    case InitialiserReason::misfit:
      return "cannot tell: no initialiser's law fits, " + best + " the best, its " +
             formatted("distance %.3f beyond what chance and a small misfit allow",
                       found.worst_misfit);
    case InitialiserReason::nothing_survives:
      return "cannot tell: of " + best + ", the best, " +
             formatted("%.0f %% of the variance survives", 100 * found.share);
    case InitialiserReason::close:
      return "cannot tell " + best + " from " + text(found.rival) +
             formatted(", %.1f in AIC behind", found.excess);
  }
  return "unknown";
}

void print_initialiser(const Run& run, const NetworkInitialiser& found) {
  const auto known = run.network.metadata.find(Recipe::kInitialiser);
  const std::string said = known == run.network.metadata.end() ? "" : known->second;
  std::printf("initialiser of the network: %s%s\n", verdict(found).c_str(),
              said.empty() ? "" : (" (the file says " + printable(said) + ")").c_str());
}

/// What the radius and its brackets are; whose signs stay as they are because nothing is known.
void print_relabellings(const SpectraOptions& options, const std::vector<Run>& runs) {
  std::printf("radius: largest |eigenvalue| over rms sqrt(n), as labelled");
  if (options.relabellings > 0) {
    std::printf("; [5 %%, 95 %%] of %zu relabellings of the same function", options.relabellings);
  }
  std::printf("\n");
  for (const Run& run : runs) {
    if (options.relabellings == 0 || run.network.hidden || run.layers.size() < 2) continue;
    std::printf("%s: relabelled in orders alone: --activation says whether signs are labels too\n",
                printable(run.path).c_str());
  }
}

/// The initialiser says nothing of a change, from which it has been taken away.
void print_summary(const SpectraOptions& options, const std::vector<Run>& runs,
                   const std::vector<PlacedResult>& results) {
  const bool change = options.change;
  std::printf("%-5s %-9s %8s %7s %5s %10s %6s %8s %8s %8s  %-18s %s\n", "layer", "shape",
              "kurtosis", "rms", "rank", "sigma_bulk", "spikes", "s1^2/N", "p, Holm", "outside",
              "radius, relabelled", change ? "" : "what survives");
  for (const Run& run : runs) {
    if (runs.size() > 1) std::printf("%s\n", printable(run.path).c_str());
    const NetworkInitialiser initialiser = judge_run(run);
    for (const LayerReport& layer : run.layers) {
      const bool known = initialiser.recognised() && !change && layer.failure.empty();
      print_layer(layer, results, known ? survival(layer, initialiser) : "");
    }
    print_reasons(run.layers);
    if (!change) print_initialiser(run, initialiser);
  }
  print_family(options, results);
  std::printf("outside: share of the squared weights beyond a bulk at sigma_bulk\n");
  print_relabellings(options, runs);
}

/// What may be done to a layer without changing a number of it, as a sentence.
std::string unchanged_by(Invariance invariance) {
  std::string list;
  for (const Invariance one : kEveryInvariance) {
    const bool implied = std::ranges::any_of(kEveryInvariance, [&](Invariance larger) {
      return larger != one && includes(larger, one) && includes(invariance, larger);
    });
    if (!includes(invariance, one) || implied) continue;
    list += (list.empty() ? "" : ", ") + std::string(text(one));
  }
  return list.empty() ? "" : " Unchanged by " + list + '.';
}

/// Whether other labels of the neurons change a number, as a sentence.
std::string labelled(const LayerColumn& column) {
  if (is_labelled(column)) return " As labelled: spread in relabellings.csv.";
  return includes(column.invariance, kRelabelling) ? "" : " As labelled.";
}

/// Of the plots.
constexpr const char* kSheet = "spectra";

/// Files of an earlier run that this one has none in the place of.
std::vector<std::string> older_files(const SpectraOptions& options) {
  std::vector<std::string> names;
  if (options.draws == 0) names.push_back("nulls.csv");
  if (options.relabellings == 0) names.push_back("relabellings.csv");
  if (options.weights.size() == 1) names.push_back("ensemble.csv");
  if (!options.json) names.push_back("layers.json");
  if (!options.plots) {
    for (const std::string& name : sheet_files(kSheet)) names.push_back(name);
  }
  return names;
}

}  // namespace

void list_columns() {
  for (const auto& [name, meaning] : kPlaceColumns) std::printf("%-27s %s\n", name, meaning);
  for (const LayerColumn& column : kLayerColumns) {
    std::printf("%-27s %s From %s.%s%s\n", column.name, column.meaning, text(column.needs),
                unchanged_by(column.invariance).c_str(), labelled(column).c_str());
  }
}

FileStatus write_spectra(const SpectraOptions& options) {
  FileStatus status = check_directory(options.out);
  if (!status.ok()) return status;
  const bool crew = options.draws > 0 || options.relabellings > 0;
  require_blas(crew ? thread_count(options.threads) : 1);
  std::vector<Run> runs(options.weights.size());
  for (std::size_t r = 0; r < runs.size(); ++r) {
    status = read_run(options.weights[r], options.activation, runs[r]);
    if (!status.ok()) return status;
  }
  status = check_ensemble(runs);
  if (!status.ok()) return status;
  LayerDescriptions descriptions;
  NullTables tables(options.draws, options.seed, thread_count(options.threads));
  Relabellings relabellings(options.relabellings, options.seed, tables.workers());
  for (std::size_t r = 0; r < runs.size(); ++r) {
    status = describe(options, r, descriptions, tables, relabellings, runs[r]);
    if (!status.ok()) return status;
  }
  const std::vector<PlacedResult> results = place_runs(options, tables, runs);
  status = make_directory(options.out);
  if (!status.ok()) return status;
  const auto path = [&](const char* name) {
    return (std::filesystem::path(options.out) / name).string();
  };
  status = write_csv(path("layers.csv"), layer_table(runs).columns());
  if (status.ok()) status = write_csv(path("eigenvalues.csv"), eigenvalue_table(runs).columns());
  if (status.ok()) {
    status = write_csv(path("singular_values.csv"), singular_value_table(runs).columns());
  }
  if (status.ok()) status = write_csv(path("vectors.csv"), vector_table(runs).columns());
  if (status.ok() && options.draws > 0) status = write_nulls(path("nulls.csv"), results);
  if (status.ok() && options.relabellings > 0) {
    status = write_relabellings(path("relabellings.csv"), runs);
  }
  if (status.ok() && runs.size() > 1) {
    status = write_csv(path("ensemble.csv"), ensemble_table(runs).columns());
  }
  if (status.ok() && options.json) {
    status = write_file(path("layers.json"), json_text(runs, results));
  }
  if (status.ok() && options.plots) {
    Figure figure({.out = options.out});
    const std::vector<LayerReport>& layers = runs.front().layers;
    const bool bulks = std::ranges::any_of(layers, [](const LayerReport& layer) {
      return !std::isnan(layer.value(column_named("sigma_bulk")));
    });
    figure.draw(kSheet,
                assignment("layers", static_cast<double>(layers.size())) +
                    assignment("bulks", bulks ? 1.0 : 0.0),
                kSpectraScript);
    status = figure.status();
  }
  if (status.ok()) status = remove_older(options.out, older_files(options));
  if (status.ok()) print_summary(options, runs, results);
  return status;
}

}  // namespace pinnscope::apps
