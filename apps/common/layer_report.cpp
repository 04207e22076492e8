#include "common/layer_report.hpp"

#include <cmath>

#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/spectra/edge_laws.hpp"
#include "pinnscope/spectra/goodness_of_fit.hpp"
#include "pinnscope/spectra/kernel_density.hpp"
#include "pinnscope/spectra/non_normality.hpp"
#include "pinnscope/spectra/random_vectors.hpp"
#include "pinnscope/spectra/singular_vectors.hpp"
#include "pinnscope/spectra/spiked_model.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kEntropyBandwidths = 20;  // from a hundredth of the rms to the rms

VectorView<const double> entries(const arma::mat& w) { return {w.memptr(), w.n_elem}; }

void report_spikes(LayerReport& report) {
  const VectorView<const double> s(report.singular_values);
  report.bulk = {kNone, kNone, kNone, kNone};
  report.spikes = report.largest_strength = report.hard_edge = kNone;
  report.spacings = {0, kNone, kNone, kNone};
  BulkEstimate bulk;
  if (!estimate_bulk(s, report.rows, report.columns, bulk).ok()) return;
  report.bulk = {bulk.rms * report.rms, bulk.sigma * report.rms, bulk.trimmed_sigma * report.rms,
                 bulk.learned_energy};
  const auto smaller = static_cast<double>(std::min(report.rows, report.columns));
  const auto larger = static_cast<double>(std::max(report.rows, report.columns));
  if (smaller < 2) return;
  report.spikes = static_cast<double>(
      count_spikes(s, report.rows, report.columns, bulk.sigma, kFivePercentScore));
  report.hard_edge =
      smallest_singular_value_distribution(s.back(), report.rows, report.columns, bulk.sigma);
  Owned<UnfoldedSpacings> spacings({.capacity = s.size()});
  static_cast<void>(spacings->compare(s, report.rows, report.columns, bulk.sigma, report.spacings));
  report.largest_strength =
      spike_strength(s.front() / (bulk.sigma * std::sqrt(larger)), smaller / larger);
}

void report_growth(const arma::mat& weights, LayerReport& report) {
  report.transient_growth = report.transient_power = kNone;
  const double radius = report.statistics[place(LayerStatistic::spectral_radius)];
  if (!(radius > 0)) return;
  const double scale = radius * report.rms * std::sqrt(static_cast<double>(report.rows));
  Owned<TransientGrowth> growth({.order = report.rows, .powers = kTransientPowers});
  TransientPeak peak;
  if (!growth->compute(view(weights), peak, scale).ok()) return;
  report.transient_growth = peak.norm;
  report.transient_power = static_cast<double>(peak.power);
}

void report_entries(const arma::mat& weights, LayerReport& report) {
  Owned<DifferentialEntropy> entropy({.capacity = weights.n_elem});
  report.entropy = {kNone, kNone, kNone, 0, 0, kNone, kNone};
  static_cast<void>(entropy->estimate(entries(weights), 0, report.entropy));
  report.kernel_entropy = kNone;
  Owned<KernelDensity> density({.capacity = weights.n_elem});
  std::array<double, kEntropyBandwidths> bandwidths{};
  std::array<double, kEntropyBandwidths> scores{};
  geometric_bandwidths(report.rms / 100, report.rms, bandwidths);
  BandwidthChoice best;
  if (density->load(entries(weights)).ok() &&
      density->leave_one_out(bandwidths, scores, best).ok()) {
    const double score = *std::max_element(scores.begin(), scores.end());
    report.kernel_entropy = -score / static_cast<double>(weights.n_elem);
  }
  std::vector<double> squares;
  for (const double s : report.singular_values) squares.push_back(s * s);
  Owned<PowerLawTail> tail({.capacity = squares.size()});
  report.tail = {kNone, kNone, kNone, kNone, 0};
  report.tail_p_value = kNone;
  if (tail->fit(VectorView<const double>(squares), report.tail).ok()) {
    static_cast<void>(tail->bootstrap(kTailDraws, 1, report.tail_p_value));
  }
}

void report_laws(const arma::mat& weights, LayerReport& report) {
  WeightLawFit none;
  none.law.change = none.log_likelihood = none.akaike = none.distance = kNone;
  report.plain.fill(none);
  for (InitialiserEvidence& evidence : report.initialisers) {
    evidence = {evidence.initialiser, {StatusCode::degenerate}, none, kNone};
  }
  Owned<WeightLawFitter> fitter({.capacity = weights.n_elem});
  if (!fitter->load(entries(weights)).ok()) return;
  static_cast<void>(rank_initialisers(*fitter, report.rows, report.columns, report.initialisers));
  for (std::size_t k = 0; k < kPlainLaws.size(); ++k) {
    WeightLawFit fit;
    // A scale on its bound is still the best of its kind; a fit that failed has no AIC.
    const Status status = fitter->fit({.kind = kPlainLaws[k]}, fit);
    if (status.ok() || status.code == StatusCode::out_of_range) report.plain[k] = fit;
  }
}

/// A unit vector beside a random one; NaN where one of few entries says nothing.
VectorReport report_vector(VectorView<const double> vector) {
  VectorReport report;
  report.participation = report.score = report.distance = report.p_value = kNone;
  const std::size_t n = vector.size();
  double ratio = 0;
  if (n < 10 || !inverse_participation_ratio(vector, ratio).ok()) return report;
  const MeanAndVariance random = random_participation(n);
  report.participation = 1 / ratio;
  report.score = (ratio - random.mean) / std::sqrt(random.variance);
  std::vector<double> squares;
  for (const double entry : vector) squares.push_back(entry * entry);
  std::sort(squares.begin(), squares.end());
  if (kolmogorov_smirnov_distance(
          VectorView<const double>(squares),
          [&](double y) { return random_component_distribution(n, y); }, report.distance)
          .ok()) {
    report.p_value = kolmogorov_smirnov_p_value(report.distance, n);
  }
  return report;
}

}  // namespace

FileStatus report_vectors(const std::string& file, const arma::mat& weights, LayerReport& report,
                          std::vector<VectorReport>& vectors) {
  Owned<SingularVectors<double>> decomposition({.rows = report.rows, .columns = report.columns});
  const Status status = decomposition->compute(view(weights));
  if (!status.ok()) {
    return file_failure(status.code, file,
                        "layer " + std::to_string(report.layer) + ": " + status.text());
  }
  std::vector<VectorReport> found;
  std::vector<double> p_values;
  for (std::size_t k = 0; k < decomposition->values().size(); ++k) {
    for (const bool right : {false, true}) {
      found.push_back(report_vector(right ? decomposition->right(k) : decomposition->left(k)));
      VectorReport& vector = found.back();
      vector.run = report.run;
      vector.layer = report.layer;
      vector.index = k + 1;
      vector.right = right;
      p_values.push_back(vector.p_value);
    }
  }
  std::vector<double> adjusted(p_values.size());
  adjust_by_holm(p_values, adjusted);
  report.structured_vectors = 0;
  for (std::size_t k = 0; k < found.size(); ++k) {
    found[k].holm = adjusted[k];
    if (adjusted[k] < 0.05) ++report.structured_vectors;
  }
  vectors.insert(vectors.end(), found.begin(), found.end());
  return {};
}

FileStatus report_layer(const std::string& file, std::size_t layer, const arma::mat& weights,
                        LayerReport& report) {
  const auto failed = [&](const Status& status) {
    return file_failure(status.code, file, "layer " + std::to_string(layer) + ": " + status.text());
  };
  report.layer = layer;
  report.rows = weights.n_rows;
  report.columns = weights.n_cols;
  Status status = moments(entries(weights), report.moments);
  if (!status.ok() && status.code != StatusCode::degenerate) return failed(status);
  Owned<LayerStatistics> statistics({.rows = report.rows, .columns = report.columns});
  status = statistics->compute(view(weights), report.statistics);
  if (!status.ok()) return failed(status);
  report.rms = statistics->root_mean_square();
  const auto copy = [](VectorView<const double> from) {
    return std::vector<double>(from.begin(), from.end());
  };
  report.singular_values = copy(statistics->singular_values());
  report.real = copy(statistics->real());
  report.imaginary = copy(statistics->imaginary());
  report_spikes(report);
  report_growth(weights, report);
  report_entries(weights, report);
  report_laws(weights, report);
  return {};
}

NullTables::NullTables(std::size_t draws, std::uint64_t seed, std::size_t threads)
    : draws_(draws), seed_(seed), workers_(threads) {}

NullDistribution& NullTables::table(const NullModel& model, const arma::mat& weights,
                                    std::uint64_t stream, bool eigenvalues) {
  const std::uint64_t own = depends_on_entries(model) ? stream : 0;
  const Key key{text(model), weights.n_rows, weights.n_cols, own, eigenvalues};
  auto& slot = tables_[key];
  if (slot == nullptr) {
    slot = std::make_unique<Owned<NullDistribution>>(
        NullDistribution::Config{.statistics = kLayerStatistics, .draws = draws_});
    Owned<LayerNull> null({.rows = weights.n_rows,
                           .columns = weights.n_cols,
                           .eigenvalues = eigenvalues,
                           .threads = workers_.threads()});
    static_cast<void>(null->fill(model, view(weights), seed_, own, workers_, **slot));
  }
  return **slot;
}

std::vector<NullResult> place_layers(NullTables& tables, const NullModel& model,
                                     std::span<const LayerReport> layers,
                                     std::span<const arma::mat> weights, bool eigenvalues) {
  std::vector<NullResult> results;
  const auto model_of = [&](const LayerReport& layer) {
    NullModel own = model;
    if (own.kind == NullKind::fitted) own.law = layer.initialisers.front().fit.law;
    return own;
  };
  for (std::size_t k = 0; k < kLayerStatistics; ++k) {
    std::vector<NullResult> row;
    std::vector<double> p_values;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const LayerReport& layer = layers[l];
      NullDistribution& table =
          tables.table(model_of(layer), weights[l], draw_stream(layer), eigenvalues);
      NullResult result{layer.run, layer.layer, k, text(model), layer.statistics[k], {}, kNone};
      if (!table.place(k, result.observed, result.placement).ok()) continue;
      row.push_back(result);
      p_values.push_back(result.placement.p_value);
    }
    std::vector<double> adjusted(p_values.size());
    adjust_by_holm(p_values, adjusted);
    for (std::size_t l = 0; l < row.size(); ++l) row[l].holm = adjusted[l];
    results.insert(results.end(), row.begin(), row.end());
  }
  return results;
}

}  // namespace pinnscope::apps
