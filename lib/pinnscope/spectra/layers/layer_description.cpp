#include "pinnscope/spectra/layers/layer_description.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/random_matrices/random_vectors.hpp"
#include "pinnscope/spectra/random_matrices/spikes.hpp"

namespace pinnscope {
namespace {

constexpr std::size_t kEntropyBandwidths = 20;  // from a hundredth of the spread to all of it
constexpr std::uint64_t kEntropySeed = 1;
constexpr std::uint64_t kTailSeed = 1;
constexpr std::size_t kShortestVector = 10;

/// One test in forty, over the vectors of both sides: a table holds for 2.5 % of them together.
constexpr std::size_t direction_draws(std::size_t values) noexcept {
  return draws_needed(2 * values, 0.025, 1);
}

std::size_t square_order(const LayerDescription::Config& config) noexcept {
  return config.rows == config.columns ? config.rows : 0;
}

/// Singular values of a layer whose vectors and spacings are described; 0 where they are not.
std::size_t described_values(const LayerDescription::Config& config) noexcept {
  return config.invariants ? std::min(config.rows, config.columns) : 0;
}

SingularVectors<double>::Config vectors_of(const LayerDescription::Config& config) noexcept {
  return config.invariants ? SingularVectors<double>::Config{config.rows, config.columns}
                           : SingularVectors<double>::Config{0, 0};
}

RandomDirection::Config directions_of(std::size_t entries,
                                      const LayerDescription::Config& config) noexcept {
  if (!config.invariants) return {0, 0};
  return {entries, direction_draws(std::max<std::size_t>(1, described_values(config)))};
}

const char* text_of_failure(const Status& status) noexcept {
  return status.code == StatusCode::degenerate      ? "every weight is zero"
         : status.code == StatusCode::not_converged ? "LAPACK did not converge"
         : status.code == StatusCode::not_finite    ? "a weight is not finite"
                                                    : status.text();
}

WeightLawFit no_fit() noexcept {
  WeightLawFit none;
  none.law.mu = none.law.change = none.law.freedom = kMissing;
  none.log_likelihood = none.akaike = none.distance = kMissing;
  return none;
}

}  // namespace

LayerDescription::Storage LayerDescription::layout(Layout& layout, const Config& config) noexcept {
  const std::size_t vectors = 2 * described_values(config);
  const SingularVectors<double>::Config live = vectors_of(config);
  return {layout.matrix<double>("weights", config.rows, config.columns),
          layout.matrix<double>("live block", live.rows, live.columns),
          layout.vector<double>("centred entries", config.rows * config.columns),
          layout.vector<double>("p-values of vectors", vectors),
          layout.vector<double>("corrected p-values", vectors),
          layout.vector<VectorDescription>("descriptions of vectors", vectors)};
}

Footprint LayerDescription::footprint(const Config& config) noexcept {
  const std::size_t entries = config.rows * config.columns;
  return measure([&](Layout& measured) { return layout(measured, config); }) +
         LayerSpectra::footprint({config.rows, config.columns}) +
         UnfoldedSpacings::footprint({.capacity = described_values(config)}) +
         TransientGrowth::footprint({.order = square_order(config), .powers = kTransientPowers}) +
         SingularVectors<double>::footprint(vectors_of(config)) +
         RandomDirection::footprint(directions_of(config.rows, config)) +
         RandomDirection::footprint(directions_of(config.columns, config)) +
         DifferentialEntropy::footprint({entries}) + EntropyCalibration::footprint({entries}) +
         KernelDensity::footprint({entries}) + WeightLawFitter::footprint({entries});
}

LayerDescription::LayerDescription(const Config& config, Arena& arena) noexcept
    : config_(config),
      storage_([&] {
        Layout carver(arena);
        return layout(carver, config);
      }()),
      spectra_({config.rows, config.columns}, arena),
      unfolded_({.capacity = described_values(config)}, arena),
      growth_({.order = square_order(config), .powers = kTransientPowers}, arena),
      vectors_(vectors_of(config), arena),
      left_directions_(directions_of(config.rows, config), arena),
      right_directions_(directions_of(config.columns, config), arena),
      spacing_entropy_({config.rows * config.columns}, arena),
      calibration_({config.rows * config.columns}, arena),
      density_({config.rows * config.columns}, arena),
      fitter_({config.rows * config.columns}, arena) {
  forget();
  failure_ = "nothing was described";
}

void LayerDescription::forget() noexcept {
  failure_ = "";
  reasons_.fill("");
  statistics_ = {};
  spikes_ = vector_count_ = structured_vectors_ = 0;
  spacings_ = {0, kMissing, kMissing, kMissing};
  peak_ = {0, kMissing, kMissing};
  tail_p_value_ = kernel_entropy_ = kMissing;
  entropy_ = {kMissing, kMissing, kMissing, 0, 0, kMissing, kMissing};
  corrected_entropy_ = {kMissing, kMissing, kMissing, kMissing, kMissing, kMissing, kMissing};
  for (std::size_t k = 0; k < kInitialisers; ++k) {
    initialisers_[k] = {kEveryInitialiser[k], {StatusCode::degenerate}, no_fit(), kMissing};
  }
  explanations_ = {};
  plain_.fill({no_fit(), {StatusCode::degenerate}});
}

Status LayerDescription::load(MatrixView<const double> w, double rounding) noexcept {
  if (w.rows != config_.rows || w.columns != config_.columns) return {StatusCode::shape_mismatch};
  forget();
  for (std::size_t j = 0; j < w.columns; ++j) {
    std::copy(w.column(j).begin(), w.column(j).end(), storage_.weights.column(j).begin());
  }
  const MatrixView<const double> weights = storage_.weights;
  rms_ = pinnscope::root_mean_square(weights);
  const Status status = spectra_.compute(weights, rounding);
  for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
    if (!status.ok() && kLayerStatistics[k].needs != Needs::moments) continue;
    statistics_[k] = number_of(kLayerStatistics[k], spectra_);
  }
  if (!status.ok()) {
    failure_ = text_of_failure(status);
    return status;
  }
  for (const Needs needs : {Needs::singular_values, Needs::bulk, Needs::eigenvalues,
                            Needs::eigenvalues_and_bulk, Needs::power_law}) {
    leave_out(needs, text(spectra_.absence(needs)));
  }
  return {};
}

Status LayerDescription::describe_labelled(MatrixView<const double> w, double rounding,
                                           bool entries) noexcept {
  const Status status = load(w, rounding);
  if (!status.ok()) return status;
  constexpr const char* kNotAsked = "it was not asked for";
  leave_out(Needs::permutations, kNotAsked);
  leave_out(Needs::singular_vectors, kNotAsked);
  find_transient_growth();
  if (entries) {
    describe_entries();
  } else {
    for (const Needs needs : {Needs::entropy, Needs::calibrated_entropy, Needs::kernel_density,
                              Needs::initialiser_law, Needs::entry_law}) {
      leave_out(needs, kNotAsked);
    }
  }
  return {};
}

Status LayerDescription::describe(MatrixView<const double> w, double rounding) noexcept {
  assert(config_.invariants);
  const Status status = load(w, rounding);
  if (!status.ok()) return status;
  static_assert(kFewestPermutations == 19);
  leave_out(Needs::permutations, "they are counted beyond permutations: at least 19 draws needed");
  if (spectra_.singular_values().size() < 2) {
    leave_out(Needs::permutations, text(Absence::one_value));
  }
  compare_spacings();
  find_transient_growth();
  bootstrap_tail();
  compare_vectors();
  describe_entries();
  return {};
}

void LayerDescription::describe_entries() noexcept {
  estimate_entropy();
  estimate_kernel_entropy();
  fit_laws();
}

void LayerDescription::count_spikes(NullDistribution& permutations) noexcept {
  const VectorView<const double> values = spectra_.values_above_rounding();
  double critical = 0;
  if (*failure_ != 0 || spectra_.singular_values().size() < 2 ||
      permutations.draws() < kFewestPermutations ||
      !permutations.critical_value(statistic_named("largest_singular_value"), kSpikeLevel, critical)
           .ok()) {
    return;
  }
  leave_out(Needs::permutations, "");
  spikes_ =
      count_spikes_beyond(values, spectra_.live_rows(), spectra_.live_columns(), critical).deflated;
}

const InitialiserEvidence& LayerDescription::evidence(Initialiser initialiser) const noexcept {
  return *std::find_if(initialisers_.begin(), initialisers_.end(),
                       [&](const auto& evidence) { return evidence.initialiser == initialiser; });
}

const PlainFit& LayerDescription::plain(LawKind kind) const noexcept {
  const auto place = std::find(kPlainLaws.begin(), kPlainLaws.end(), kind) - kPlainLaws.begin();
  assert(static_cast<std::size_t>(place) < kPlainLaws.size());
  return plain_[static_cast<std::size_t>(place)];
}

void LayerDescription::compare_spacings() noexcept {
  if (spectra_.absence(Needs::bulk) != Absence::none) return;
  static_cast<void>(unfolded_.compare(spectra_.singular_values(), spectra_.live_rows(),
                                      spectra_.live_columns(), spectra_.bulk().sigma, spacings_));
}

void LayerDescription::find_transient_growth() noexcept {
  const Absence absence = spectra_.absence(Needs::eigenvalues);
  leave_out(Needs::matrix_powers, text(absence));
  if (absence != Absence::none) return;
  // Rounding moves a double eigenvalue by the square root of its size (Golub and Van Loan, 7.2.3).
  const double radius = spectra_.disc().radius;
  const auto order = static_cast<double>(config_.rows);
  if (radius <= std::sqrt(order * std::numeric_limits<double>::epsilon())) {
    return leave_out(Needs::matrix_powers, "every eigenvalue is zero but for rounding");
  }
  const MatrixView<const double> weights = storage_.weights;
  const Status status = growth_.compute(weights, peak_, radius * spectra_.eigenvalue_unit());
  if (!status.ok()) leave_out(Needs::matrix_powers, status.text());
}

void LayerDescription::bootstrap_tail() noexcept {
  if (spectra_.absence(Needs::power_law) != Absence::none) return;
  static_cast<void>(spectra_.bootstrap_tail(kTailDraws, kTailSeed, tail_p_value_));
}

RandomDirection& LayerDescription::directions(std::size_t entries) noexcept {
  RandomDirection& table = entries == spectra_.live_rows() ? left_directions_ : right_directions_;
  const std::size_t draws = direction_draws(spectra_.singular_values().size());
  if (table.entries() != entries || table.draws() != draws) {
    static_cast<void>(table.simulate(entries, draws));
  }
  return table;
}

VectorDescription LayerDescription::compare_vector(VectorView<const double> vector) noexcept {
  VectorDescription found;
  found.participation = found.score = found.distance = found.p_value = kMissing;
  double ratio = 0;
  if (vector.size() < kShortestVector || !inverse_participation_ratio(vector, ratio).ok()) {
    return found;
  }
  const MeanAndVariance random = random_participation(vector.size());
  found.participation = 1 / ratio;
  found.score = (ratio - random.mean) / std::sqrt(random.variance);
  DirectionFit fit;
  if (directions(vector.size()).compare(vector, fit).ok()) {
    found.distance = fit.distance;
    found.p_value = fit.p_value;
  }
  return found;
}

void LayerDescription::compare_vectors() noexcept {
  const Status status = vectors_.compute(spectra_.live().gather(storage_.weights, storage_.live));
  if (!status.ok()) return leave_out(Needs::singular_vectors, status.text());
  const VectorView<const double> s = spectra_.singular_values();
  const auto alone = [&](std::size_t k) {
    const bool above = k == 0 || s[k - 1] - s[k] > spectra_.tolerance();
    const bool below = k + 1 == s.size() || s[k] - s[k + 1] > spectra_.tolerance();
    return above && below;
  };
  std::size_t count = 0;
  bool any = false;
  for (std::size_t k = 0; k < spectra_.numerical_rank(); ++k) {
    if (!alone(k)) continue;
    for (const bool right : {false, true}) {
      VectorDescription& vector = storage_.vectors[count];
      vector = compare_vector(right ? vectors_.right(k) : vectors_.left(k));
      vector.index = k + 1;
      vector.right = right;
      storage_.p_values[count++] = vector.p_value;
      any = any || !std::isnan(vector.p_value);
    }
  }
  if (!any) {
    return leave_out(Needs::singular_vectors,
                     count == 0 ? "vectors of equal singular values are any of their span"
                                : "vectors of fewer than ten entries say nothing");
  }
  vector_count_ = count;
  adjust_by_holm(storage_.p_values.first(count), storage_.adjusted.first(count));
  for (std::size_t k = 0; k < count; ++k) {
    storage_.vectors[k].holm = storage_.adjusted[k];
    if (storage_.adjusted[k] < kStructuredLevel) ++structured_vectors_;
  }
}

void LayerDescription::estimate_entropy() noexcept {
  const VectorView<const double> entries = storage_.weights.flat();
  Status status = spacing_entropy_.estimate(entries, 0, entropy_);
  if (!status.ok()) {
    leave_out(Needs::entropy, status.text());
    return leave_out(Needs::calibrated_entropy, status.text());
  }
  if (!calibrated_) calibrated_ = calibration_.simulate(entries.size(), 0, kEntropySeed).ok();
  status = calibrated_ ? calibration_.correct(entropy_, corrected_entropy_)
                       : Status{StatusCode::out_of_range};
  if (!status.ok()) leave_out(Needs::calibrated_entropy, status.text());
}

/// Bandwidths reach from a hundredth of the standard deviation, or of the quartiles' distance over
/// that of a normal law where outliers stretch the deviation, to the standard deviation. Entries
/// lose their median first: an entropy does not move with its law, and kernels keep their digits.
void LayerDescription::estimate_kernel_entropy() noexcept {
  const double spread = spectra_.moments().standard_deviation;
  if (!(spread > 0)) return leave_out(Needs::kernel_density, text(StatusCode::degenerate));
  const VectorView<double> centred = storage_.centred;
  const std::size_t n = centred.size();
  std::copy_n(storage_.weights.data, n, centred.begin());
  std::sort(centred.begin(), centred.end());
  const double middle = centred[n / 2];
  for (double& entry : centred) entry -= middle;
  // Quartiles of a Gaussian lie 1.349 standard deviations apart.
  const double quartiles = (centred[n - 1 - n / 4] - centred[n / 4]) / 1.349;
  const double narrow = quartiles > 0 ? std::min(spread, quartiles) : spread;
  std::array<double, kEntropyBandwidths> bandwidths{};
  std::array<double, kEntropyBandwidths> scores{};
  geometric_bandwidths(narrow / 100, spread, bandwidths);
  BandwidthChoice best;
  Status status = density_.load(VectorView<const double>(centred));
  if (status.ok()) status = density_.leave_one_out(bandwidths, scores, best);
  if (!status.ok()) return leave_out(Needs::kernel_density, status.text());
  if (best.index == 0) {
    return leave_out(Needs::kernel_density, "ties send the best bandwidth to zero");
  }
  // The Gaussian law is one of the candidates; its entropy is the largest at this variance.
  kernel_entropy_ = std::min(-best.score / static_cast<double>(n), gaussian_entropy(spread));
}

void LayerDescription::fit_laws() noexcept {
  const Status status = fitter_.load(VectorView<const double>(storage_.weights.flat()));
  if (!status.ok()) {
    leave_out(Needs::initialiser_law, status.text());
    leave_out(Needs::entry_law, status.text());
    return;
  }
  static_cast<void>(rank_initialisers(fitter_, config_.rows, config_.columns, initialisers_));
  if (config_.invariants) {  // no number of the layer, but of the verdict on its network
    static_cast<void>(explain_layer(fitter_, config_.rows, config_.columns, explanations_));
  }
  for (std::size_t k = 0; k < kPlainLaws.size(); ++k) {
    WeightLawFit fit;
    plain_[k].status = fitter_.fit({.kind = kPlainLaws[k]}, fit);
    // A scale on its bound is still the best of its kind; a fit that failed has no AIC.
    plain_[k].fit = is_fitted(plain_[k].status) ? fit : no_fit();
  }
}

}  // namespace pinnscope
