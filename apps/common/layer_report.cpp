#include "common/layer_report.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/spectra/matrices/non_normality.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/matrices/singular_vectors.hpp"
#include "pinnscope/spectra/random_matrices/edge_laws.hpp"
#include "pinnscope/spectra/random_matrices/random_vectors.hpp"
#include "pinnscope/spectra/random_matrices/spiked_model.hpp"
#include "pinnscope/spectra/samples/kernel_density.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kEntropyBandwidths = 20;  // from a hundredth of the spread to all of it
constexpr std::uint64_t kEntropySeed = 1;

VectorView<const double> entries(const arma::mat& w) { return {w.memptr(), w.n_elem}; }

void leave_out(LayerReport& report, std::initializer_list<const char*> columns,
               const std::string& why) {
  for (const char* column : columns) report.reasons[column] = why;
}

WeightLawFit no_fit() {
  WeightLawFit none;
  none.law.mu = none.law.change = none.law.freedom = kNone;
  none.log_likelihood = none.akaike = none.distance = kNone;
  return none;
}

/// A report with its shape alone.
void clear(LayerReport& report, std::size_t layer, const arma::mat& weights) {
  report.layer = layer;
  report.rows = weights.n_rows;
  report.columns = weights.n_cols;
  report.moments = {0, kNone, kNone, kNone, kNone, kNone, kNone};
  report.rms = report.live_rms = kNone;
  report.statistics.fill(kNone);
  report.bulk = {kNone, kNone, kNone, kNone};
  report.entropy = {kNone, kNone, kNone, 0, 0, kNone, kNone};
  report.corrected_entropy = {kNone, kNone, kNone, kNone, kNone, kNone, kNone};
  report.kernel_entropy = report.tail_p_value = kNone;
  report.tail = {kNone, kNone, kNone, kNone, 0};
  report.spikes = report.largest_strength = report.hard_edge = kNone;
  report.spacings = {0, kNone, kNone, kNone};
  report.transient_growth = report.transient_power = report.structured_vectors = kNone;
  report.plain.fill(no_fit());
  report.plain_status.fill({StatusCode::degenerate});
  std::size_t place = 0;
  for (InitialiserEvidence& evidence : report.initialisers) {
    evidence = {kEveryInitialiser[place++], {StatusCode::degenerate}, no_fit(), kNone};
  }
}

void report_bulk(const LayerStatistics& statistics, LayerReport& report) {
  if (statistics.bulk_absence() != Absence::none) {
    leave_out(report,
              {"sigma_bulk", "sigma_trimmed", "largest_strength", "hard_edge", "wigner_distance",
               "poisson_distance"},
              text(statistics.bulk_absence()));
    return;
  }
  const VectorView<const double> s(report.singular_values);
  const BulkEstimate& bulk = statistics.bulk();
  report.bulk = {bulk.rms * report.live_rms, bulk.sigma * report.live_rms,
                 bulk.trimmed_sigma * report.live_rms, bulk.energy_outside_bulk};
  const auto smaller = static_cast<double>(std::min(report.live_rows, report.live_columns));
  const auto larger = static_cast<double>(std::max(report.live_rows, report.live_columns));
  report.hard_edge = smallest_singular_value_distribution(s.back(), report.live_rows,
                                                          report.live_columns, bulk.sigma);
  Owned<UnfoldedSpacings> spacings({.capacity = s.size()});
  static_cast<void>(
      spacings->compare(s, report.live_rows, report.live_columns, bulk.sigma, report.spacings));
  report.largest_strength =
      spike_strength(s.front() / (bulk.sigma * std::sqrt(larger)), smaller / larger);
}

void report_growth(const arma::mat& weights, const LayerStatistics& statistics,
                   LayerReport& report) {
  const char* const growth_columns[] = {"transient_growth", "transient_power"};
  const auto without = [&](const char* why) {
    leave_out(report, {growth_columns[0], growth_columns[1]}, why);
  };
  const Absence absence = statistics.absence(LayerStatistic::spectral_radius);
  if (absence != Absence::none) return without(text(absence));
  // Rounding moves a double eigenvalue by the square root of its size (Golub and Van Loan, 7.2.3).
  const double radius = report.statistics[place(LayerStatistic::spectral_radius)];
  const auto order = static_cast<double>(report.rows);
  if (radius <= std::sqrt(order * std::numeric_limits<double>::epsilon())) {
    return without("every eigenvalue is zero but for rounding");
  }
  Owned<TransientGrowth> growth({.order = report.rows, .powers = kTransientPowers});
  TransientPeak peak;
  const Status status = growth->compute(view(weights), peak, radius * statistics.eigenvalue_unit());
  if (!status.ok()) return without(status.text());
  report.transient_growth = peak.norm;
  report.transient_power = static_cast<double>(peak.power);
}

void report_tail(const LayerStatistics& statistics, LayerReport& report) {
  const Absence absence = statistics.absence(LayerStatistic::tail_exponent);
  if (absence != Absence::none) {
    leave_out(report, {"alpha_weighted", "tail_size", "tail_distance", "tail_p_value"},
              text(absence));
    return;
  }
  std::vector<double> squares;
  for (std::size_t k = 0; k < report.numerical_rank; ++k) {
    squares.push_back(report.singular_values[k] * report.singular_values[k]);
  }
  Owned<PowerLawTail> tail({.capacity = squares.size()});
  const double resolution = 2 * report.tolerance / report.singular_values.front();
  if (tail->fit(VectorView<const double>(squares), report.tail, resolution).ok()) {
    static_cast<void>(tail->bootstrap(kTailDraws, 1, report.tail_p_value));
  }
}

/// Simulated once for each number of entries and kept; one thread asks.
const EntropyCalibration* entropy_calibration(std::size_t size) {
  static std::map<std::size_t, std::unique_ptr<Owned<EntropyCalibration>>> made;
  auto& slot = made[size];
  if (slot == nullptr) {
    slot = std::make_unique<Owned<EntropyCalibration>>(EntropyCalibration::Config{size});
    if (!(*slot)->simulate(size, 0, kEntropySeed).ok()) slot.reset();
  }
  return slot == nullptr ? nullptr : &**slot;
}

void report_spacing_entropy(const arma::mat& weights, LayerReport& report) {
  const auto without = [&](std::initializer_list<const char*> columns, const Status& status) {
    leave_out(report, columns, status.text());
  };
  Owned<DifferentialEntropy> entropy({.capacity = weights.n_elem});
  const Status status = entropy->estimate(entries(weights), 0, report.entropy);
  if (!status.ok()) without({"entropy_gaussian", "entropy_support"}, status);
  const EntropyCalibration* calibration = entropy_calibration(weights.n_elem);
  if (!status.ok() || calibration == nullptr) {
    return without({"entropy_vasicek", "entropy_ebrahimi", "entropy_nearest", "negentropy",
                    "negentropy_error", "negentropy_p_value"},
                   status.ok() ? Status{StatusCode::out_of_range} : status);
  }
  static_cast<void>(calibration->correct(report.entropy, report.corrected_entropy));
}

/// Bandwidths reach from a hundredth of the standard deviation, or of the quartiles' distance over
/// that of a normal law where outliers stretch the deviation, to the standard deviation. Entries
/// lose their median first: an entropy does not move with its law, and kernels keep their digits.
void report_kernel_entropy(const arma::mat& weights, LayerReport& report) {
  const double spread = report.moments.standard_deviation;
  if (!(spread > 0)) return leave_out(report, {"entropy_kernel"}, text(StatusCode::degenerate));
  arma::vec centred = arma::sort(arma::vectorise(weights));
  const arma::uword n = centred.n_elem;
  const double middle = centred[n / 2];
  centred -= middle;
  const double quartiles = (centred[n - 1 - n / 4] - centred[n / 4]) / 1.349;
  const double narrow = quartiles > 0 ? std::min(spread, quartiles) : spread;
  std::array<double, kEntropyBandwidths> bandwidths{};
  std::array<double, kEntropyBandwidths> scores{};
  geometric_bandwidths(narrow / 100, spread, bandwidths);
  Owned<KernelDensity> density({.capacity = n});
  BandwidthChoice best;
  Status status = density->load(VectorView<const double>(centred.memptr(), n));
  if (status.ok()) status = density->leave_one_out(bandwidths, scores, best);
  if (!status.ok()) return leave_out(report, {"entropy_kernel"}, status.text());
  if (best.index == 0) {
    return leave_out(report, {"entropy_kernel"}, "ties send the best bandwidth to zero");
  }
  // The Gaussian law is one of the candidates; its entropy is the largest at this variance.
  report.kernel_entropy = std::min(-best.score / static_cast<double>(n), gaussian_entropy(spread));
}

/// The reason for every column of a law that could not be fitted.
void explain_missing_fit(LayerReport& report, const std::string& law, const Status& status) {
  if (is_fitted(status)) return;
  const std::string why = status.code == StatusCode::out_of_range
                              ? "the entries are 1e9 times wider or narrower than that law"
                              : status.text();
  for (const LayerColumn& column : layer_columns()) {
    if (column.name.find(law) != std::string::npos) report.reasons[column.name] = why;
  }
}

void report_laws(const arma::mat& weights, LayerReport& report) {
  Owned<WeightLawFitter> fitter({.capacity = weights.n_elem});
  if (!fitter->load(entries(weights)).ok()) return;
  static_cast<void>(rank_initialisers(*fitter, report.rows, report.columns, report.initialisers));
  static_cast<void>(explain_layer(*fitter, report.rows, report.columns, report.explanations));
  for (std::size_t k = 0; k < kPlainLaws.size(); ++k) {
    WeightLawFit fit;
    report.plain_status[k] = fitter->fit({.kind = kPlainLaws[k]}, fit);
    // A scale on its bound is still the best of its kind; a fit that failed has no AIC.
    if (is_fitted(report.plain_status[k])) report.plain[k] = fit;
  }
  explain_missing_fit(report, "student_t", report.plain_status[place_of(LawKind::student_t)]);
  explain_missing_fit(report, "generalized_gaussian",
                      report.plain_status[place_of(LawKind::generalized_gaussian)]);
  for (const InitialiserEvidence& evidence : report.initialisers) {
    explain_missing_fit(report, text(evidence.initialiser), evidence.status);
  }
  explain_missing_fit(report, "memory_", report.initialisers.front().status);
}

/// A unit vector beside a random one; NaN where one of few entries says nothing.
VectorReport report_vector(VectorView<const double> vector, std::size_t values,
                           DirectionTables& tables) {
  VectorReport report;
  report.participation = report.score = report.distance = report.p_value = kNone;
  const std::size_t n = vector.size();
  double ratio = 0;
  if (n < 10 || !inverse_participation_ratio(vector, ratio).ok()) return report;
  const MeanAndVariance random = random_participation(n);
  report.participation = 1 / ratio;
  report.score = (ratio - random.mean) / std::sqrt(random.variance);
  DirectionFit fit;
  if (tables.table(n, values).compare(vector, fit).ok()) {
    report.distance = fit.distance;
    report.p_value = fit.p_value;
  }
  return report;
}

}  // namespace

RandomDirection& DirectionTables::table(std::size_t entries, std::size_t values) {
  auto& slot = tables_[{entries, values}];
  if (slot == nullptr) {
    slot = std::make_unique<Owned<RandomDirection>>(
        RandomDirection::Config{.entries = entries, .draws = draws_needed(2 * values, 0.025, 1)});
  }
  return **slot;
}

void report_vectors(const arma::mat& weights, DirectionTables& tables, LayerReport& report,
                    std::vector<VectorReport>& vectors) {
  if (!report.failure.empty()) return;
  const arma::uvec rows = arma::find(arma::any(weights != 0, 1));
  const arma::uvec columns = arma::find(arma::any(weights != 0, 0));
  const arma::mat live = weights.submat(rows, columns);
  Owned<SingularVectors<double>> decomposition({.rows = live.n_rows, .columns = live.n_cols});
  const Status status = decomposition->compute(view(live));
  if (!status.ok()) return leave_out(report, {"structured_vectors"}, status.text());
  const VectorView<const double> s(report.singular_values);
  const auto alone = [&](std::size_t k) {
    const bool above = k == 0 || s[k - 1] - s[k] > report.tolerance;
    const bool below = k + 1 == s.size() || s[k] - s[k + 1] > report.tolerance;
    return above && below;
  };
  std::vector<VectorReport> found;
  std::vector<double> p_values;
  for (std::size_t k = 0; k < report.numerical_rank; ++k) {
    if (!alone(k)) continue;
    for (const bool right : {false, true}) {
      found.push_back(report_vector(right ? decomposition->right(k) : decomposition->left(k),
                                    s.size(), tables));
      VectorReport& vector = found.back();
      vector.run = report.run;
      vector.layer = report.layer;
      vector.index = k + 1;
      vector.right = right;
      p_values.push_back(vector.p_value);
    }
  }
  if (std::ranges::all_of(p_values, [](double p) { return std::isnan(p); })) {
    return leave_out(report, {"structured_vectors"},
                     found.empty() ? "vectors of equal singular values are any of their span"
                                   : "vectors of fewer than ten entries say nothing");
  }
  std::vector<double> adjusted(p_values.size());
  adjust_by_holm(p_values, adjusted);
  report.structured_vectors = 0;
  for (std::size_t k = 0; k < found.size(); ++k) {
    found[k].holm = adjusted[k];
    if (adjusted[k] < 0.05) ++report.structured_vectors;
  }
  vectors.insert(vectors.end(), found.begin(), found.end());
}

double weight_rounding(const NetworkWeights& network, std::size_t layer) {
  const auto trained = network.metadata.find("training_precision");
  const bool single = network.precision == Precision::float32 ||
                      (trained != network.metadata.end() && trained->second == "float");
  const double rms = root_mean_square(view(network.layers[layer].weights));
  return single ? rms * std::numeric_limits<float>::epsilon() : 0;
}

std::string reason(const LayerReport& report, const LayerColumn& column) {
  if (!report.failure.empty()) return report.failure;
  const auto found = report.reasons.find(column.name);
  return found == report.reasons.end() ? "it could not be estimated" : found->second;
}

FileStatus report_layer(const std::string& file, std::size_t layer, const arma::mat& weights,
                        LayerReport& report, double rounding) {
  clear(report, layer, weights);
  const auto failed = [&](const Status& status) {
    report.failure = status.code == StatusCode::degenerate      ? "every weight is zero"
                     : status.code == StatusCode::not_converged ? "LAPACK did not converge"
                     : status.code == StatusCode::not_finite    ? "a weight is not finite"
                                                                : status.text();
    return file_failure(status.code, file,
                        "layer " + std::to_string(layer) + ": " + report.failure);
  };
  Status status = moments(entries(weights), report.moments);
  if (!status.ok() && status.code != StatusCode::degenerate) return failed(status);
  Owned<LayerStatistics> statistics({.rows = report.rows, .columns = report.columns});
  std::array<double, kLayerStatistics> values{};
  status = statistics->compute(view(weights), values, rounding);
  if (!status.ok()) return failed(status);
  report.statistics = values;
  if (report.moments.standard_deviation == 0) {
    leave_out(report, {"skewness"}, text(Absence::constant_entries));
  }
  for (std::size_t k = 0; k < kLayerStatistics; ++k) {
    const auto statistic = static_cast<LayerStatistic>(k);
    leave_out(report, {text(statistic).name}, text(statistics->absence(statistic)));
  }
  report.rms = root_mean_square(view(weights));
  report.live_rows = statistics->live_rows();
  report.live_columns = statistics->live_columns();
  report.live_rms = statistics->root_mean_square();
  report.numerical_rank = statistics->numerical_rank();
  report.tolerance = statistics->tolerance();
  const auto copy = [](VectorView<const double> from) {
    return std::vector<double>(from.begin(), from.end());
  };
  report.singular_values = copy(statistics->singular_values());
  report.real = copy(statistics->real());
  report.imaginary = copy(statistics->imaginary());
  if (report.numerical_rank < 2) {
    leave_out(report, {"matrix_entropy"}, text(Absence::one_value));
  }
  if (report.real.empty()) {
    leave_out(report, {"expected_real_eigenvalues"},
              text(statistics->absence(LayerStatistic::spectral_radius)));
  }
  report_bulk(*statistics, report);
  report_growth(weights, *statistics, report);
  report_tail(*statistics, report);
  report_spacing_entropy(weights, report);
  report_kernel_entropy(weights, report);
  report_laws(weights, report);
  return {};
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
        NullDistribution::Config{.statistics = kLayerStatistics, .draws = draws_});
    Owned<LayerNull> null({.rows = weights.n_rows,
                           .columns = weights.n_cols,
                           .eigenvalues = eigenvalues,
                           .threads = workers_.threads()});
    static_cast<void>(null->fill(model, view(weights), seed_, own, workers_, **slot));
  }
  return **slot;
}

void count_spikes(NullTables& tables, const arma::mat& weights, bool eigenvalues,
                  LayerReport& report) {
  if (!report.failure.empty()) return;
  const std::size_t values = report.singular_values.size();
  if (values < 2) return leave_out(report, {"spikes"}, text(Absence::one_value));
  const std::size_t needed = draws_needed(1, kSpikeLevel, 1);
  double critical = 0;
  if (tables.draws() < needed ||
      !tables.table({.kind = NullKind::permutation}, weights, draw_stream(report), eigenvalues)
           .critical_value(place(LayerStatistic::largest_singular_value), kSpikeLevel, critical)
           .ok()) {
    return leave_out(report, {"spikes"},
                     "they are counted beyond permutations: at least " + std::to_string(needed) +
                         " draws needed");
  }
  const auto above_rounding =
      VectorView<const double>(report.singular_values).first(report.numerical_rank);
  report.spikes = static_cast<double>(
      count_spikes_beyond(above_rounding, report.live_rows, report.live_columns, critical)
          .deflated);
}

Family correct_family(std::span<NullResult* const> family) {
  const Family found{family.size(), family.empty() ? 0 : draws_needed(family.size())};
  std::vector<double> p_values;
  for (const NullResult* result : family) p_values.push_back(result->placement.p_value);
  std::vector<double> adjusted(p_values.size());
  adjust_by_holm(p_values, adjusted);
  for (std::size_t k = 0; k < family.size(); ++k) {
    family[k]->holm = family[k]->placement.draws < found.needed ? kNone : adjusted[k];
  }
  return found;
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
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const LayerReport& layer = layers[l];
      if (!layer.failure.empty()) continue;
      NullDistribution& table =
          tables.table(model_of(layer), weights[l], draw_stream(layer), eigenvalues);
      NullResult result{layer.run, layer.layer, k, text(model), layer.statistics[k]};
      if (table.place(k, result.observed, result.placement).ok()) results.push_back(result);
    }
  }
  return results;
}

}  // namespace pinnscope::apps
