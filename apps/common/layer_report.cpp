#include "common/layer_report.hpp"

#include <limits>

#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"

namespace pinnscope::apps {
namespace {

std::vector<double> copy(VectorView<const double> from) { return {from.begin(), from.end()}; }

}  // namespace

LayerDescription& LayerDescriptions::of(std::size_t rows, std::size_t columns) {
  auto& slot = made_[{rows, columns}];
  if (slot == nullptr) {
    slot = std::make_unique<Owned<LayerDescription>>(LayerDescription::Config{rows, columns});
  }
  return **slot;
}

double weight_rounding(const NetworkWeights& network, std::size_t layer) {
  const auto trained = network.metadata.find("training_precision");
  const bool single = network.precision == Precision::float32 ||
                      (trained != network.metadata.end() && trained->second == "float");
  const double rms = root_mean_square(view(network.layers[layer].weights));
  return single ? rms * std::numeric_limits<float>::epsilon() : 0;
}

FileStatus report_layer(const LayerOfFile& layer, LayerDescriptions& descriptions,
                        NullTables& tables, LayerReport& report) {
  report.rows = layer.weights.n_rows;
  report.columns = layer.weights.n_cols;
  LayerDescription& found = descriptions.of(report.rows, report.columns);
  const Status status = found.describe(view(layer.weights), layer.rounding);
  report.failure = found.failure();
  if (status.ok() && found.spectra().singular_values().size() > 1 &&
      tables.draws() >= kFewestPermutations) {
    found.count_spikes(tables.table({.kind = NullKind::permutation}, layer.weights,
                                    draw_stream(report), layer.eigenvalues));
  }
  for (std::size_t k = 0; k < kLayerColumns.size(); ++k) {
    report.numbers[k] = number_of(kLayerColumns[k], found);
  }
  if (!status.ok()) {
    return file_failure(status.code, layer.file,
                        "layer " + std::to_string(report.layer) + ": " + report.failure);
  }
  report.singular_values = copy(found.spectra().singular_values());
  report.real = copy(found.spectra().real());
  report.imaginary = copy(found.spectra().imaginary());
  report.vectors.assign(found.vectors().begin(), found.vectors().end());
  const InitialiserEvidence& best = found.initialisers().front();
  if (is_fitted(best.status)) report.best_law = best.fit.law;
  report.explanations = found.explanations();
  return {};
}

void Relabellings::spread(const LayerOfFile& layer, const FreeLabels& free, LayerReport& report) {
  if (count_ == 0 || !free.any()) return;
  auto& slot = made_[{report.rows, report.columns}];
  if (slot == nullptr) {
    slot = std::make_unique<Owned<LayerRelabellings>>(LayerRelabellings::Config{
        .rows = report.rows, .columns = report.columns, .threads = workers_.threads()});
  }
  Owned<NullDistribution> drawn({.statistics = kLabelledColumns.size(), .draws = count_});
  const Status status = (*slot)->fill(view(layer.weights), layer.rounding, free, seed_,
                                      draw_stream(report), workers_, *drawn);
  for (std::size_t k = 0; status.ok() && k < kLabelledColumns.size(); ++k) {
    LabelSpread spread{.column = kLabelledColumns[k]};
    if (!drawn->compare(k, report.value(spread.column), spread.among).ok()) continue;
    const auto take = [&](double share, double& place) {
      static_cast<void>(drawn->quantile(k, share, place));  // there are numbers
    };
    take(std::numeric_limits<double>::min(), spread.least);
    take(0.05, spread.low);
    take(0.5, spread.median);
    take(0.95, spread.high);
    take(1, spread.most);
    report.labels.push_back(spread);
  }
}

NullTables::NullTables(std::size_t draws, std::uint64_t seed, std::size_t threads)
    : draws_(draws), seed_(seed), workers_(threads) {}

NullDistribution& NullTables::table(const NullModel& model, const arma::mat& weights,
                                    std::uint64_t stream, bool eigenvalues) {
  const bool whole = arma::all(arma::any(weights != 0, 0)) && arma::all(arma::any(weights != 0, 1));
  const bool shared = !depends_on_entries(model) && (whole || weights.is_zero());
  const std::uint64_t own = shared ? 0 : stream;
  const Key key{text(model), weights.n_rows, weights.n_cols, own, eigenvalues};
  auto& slot = tables_[key];
  if (slot == nullptr) {
    slot = std::make_unique<Owned<NullDistribution>>(
        NullDistribution::Config{.statistics = kLayerStatistics.size(), .draws = draws_});
    Owned<LayerNull> null({.rows = weights.n_rows,
                           .columns = weights.n_cols,
                           .eigenvalues = eigenvalues,
                           .threads = workers_.threads()});
    static_cast<void>(null->fill(model, view(weights), seed_, own, workers_, **slot));
  }
  return **slot;
}

Family correct_family(std::span<NullResult* const> family) {
  const Family found{family.size(), family.empty() ? 0 : draws_needed(family.size())};
  std::vector<double> p_values;
  for (const NullResult* result : family) p_values.push_back(result->placement.p_value);
  std::vector<double> adjusted(p_values.size());
  adjust_by_holm(p_values, adjusted);
  for (std::size_t k = 0; k < family.size(); ++k) {
    family[k]->holm = family[k]->placement.draws < found.needed ? kMissing : adjusted[k];
  }
  return found;
}

std::vector<NullResult> compare_layers(NullTables& tables, const NullModel& model,
                                       std::span<const LayerReport> layers,
                                       std::span<const arma::mat> weights, bool eigenvalues) {
  std::vector<NullResult> results;
  const auto model_of = [&](const LayerReport& layer) {
    NullModel own = model;
    if (own.kind == NullKind::fitted) own.law = *layer.best_law;
    return own;
  };
  for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const LayerReport& layer = layers[l];
      const bool drawn = model.kind != NullKind::fitted || layer.best_law.has_value();
      if (!layer.failure.empty() || !drawn) continue;
      NullDistribution& table =
          tables.table(model_of(layer), weights[l], draw_stream(layer), eigenvalues);
      NullResult result{layer.run, layer.layer, k, text(model), layer.statistic(k)};
      if (table.compare(k, result.observed, result.placement).ok()) results.push_back(result);
    }
  }
  return results;
}

}  // namespace pinnscope::apps
