#include "pinnscope/spectra/layers/layer_statistics.hpp"

#include <cassert>
#include <cmath>
#include <limits>

#include "pinnscope/spectra/matrices/non_normality.hpp"
#include "pinnscope/spectra/matrices/numerical_rank.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/matrices/spectral_entropy.hpp"
#include "pinnscope/spectra/matrices/square.hpp"
#include "pinnscope/spectra/random_matrices/bulk.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"
#include "pinnscope/spectra/random_matrices/spacing_ratios.hpp"
#include "pinnscope/spectra/samples/moments.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope {
namespace {

/// A row of the table, at the place of its statistic.
struct TextRow {
  LayerStatistic statistic;
  LayerStatisticText text;
};

constexpr std::array<TextRow, kLayerStatistics> kTexts{{
    {LayerStatistic::kurtosis,
     {"kurtosis", "of the entries, Pearson's: 3 for a Gaussian, 1.8 for a uniform law"}},
    {LayerStatistic::largest_singular_value,
     {"largest_singular_value", "s_1^2 / (N rms^2); the edge of noise is at (1 + sqrt(M/N))^2"}},
    {LayerStatistic::smallest_singular_value,
     {"smallest_singular_value", "s_M^2 / sigma^2 times N: Edelman's t of a square layer"}},
    {LayerStatistic::energy_outside_bulk,
     {"energy_outside_bulk",
      "1 - (sigma_bulk / rms)^2: share of the squared weights beyond a Marchenko-Pastur bulk"}},
    {LayerStatistic::marchenko_pastur_distance,
     {"marchenko_pastur_distance",
      "KS distance of s^2 / N to Marchenko and Pastur's law at rms, zeros among the s included"}},
    {LayerStatistic::bulk_distance,
     {"bulk_distance", "the same at the median's sigma; above 0.1 + 2.5 / M there is no bulk"}},
    {LayerStatistic::spectral_entropy,
     {"spectral_entropy", "-sum p ln p, p = s^2 / sum s^2, in nats"}},
    {LayerStatistic::effective_rank,
     {"effective_rank", "exp(-sum p ln p), p = s / sum s (Roy and Vetterli 2007)"}},
    {LayerStatistic::stable_rank, {"stable_rank", "sum s^2 / s_1^2"}},
    {LayerStatistic::spacing_ratio,
     {"spacing_ratio", "mean ratio of consecutive spacings of s: 0.386 Poisson, 0.531 GOE"}},
    {LayerStatistic::tail_exponent,
     {"tail_exponent",
      "alpha of a power law in s^2 (Clauset et al. 2009; WeightWatcher's alpha): in [2, 6] for two "
      "of three 100 x 100 matrices of pure noise"}},
    {LayerStatistic::spectral_radius, {"spectral_radius", "largest |lambda| / (rms sqrt(n))"}},
    {LayerStatistic::circular_distance,
     {"circular_distance", "KS distance of |lambda| to the circular law at rms"}},
    {LayerStatistic::real_eigenvalues, {"real_eigenvalues", "how many eigenvalues are real"}},
    {LayerStatistic::henrici_departure,
     {"henrici_departure", "sqrt(|W|^2 - sum |lambda|^2) / |W|: 0 normal, 0.707 for noise"}},
    {LayerStatistic::elliptic_correlation,
     {"elliptic_correlation", "correlation of w_ij with w_ji"}},
    {LayerStatistic::complex_spacing_ratio,
     {"complex_spacing_ratio",
      "mean |z| of spacing ratios of eigenvalues: 0.667 Poisson, 0.738 Ginibre"}},
    {LayerStatistic::complex_spacing_cosine,
     {"complex_spacing_cosine", "mean -cos(arg z) of the same: 0 Poisson, 0.24 repelling"}},
}};

constexpr bool every_text_stands_at_its_place() {
  for (std::size_t k = 0; k < kLayerStatistics; ++k) {
    if (place(kTexts[k].statistic) != k) return false;
  }
  return true;
}
static_assert(every_text_stands_at_its_place());

}  // namespace

const LayerStatisticText& text(LayerStatistic statistic) noexcept {
  return kTexts[place(statistic)].text;
}

static_assert(kSmallestSpectrum == 10);  // as the text of few_values says

const char* text(Absence absence) noexcept {
  switch (absence) {
    case Absence::none: return "";
    case Absence::constant_entries: return "the entries are all equal";
    case Absence::one_value: return "one singular value is the norm of the layer and no spectrum";
    case Absence::few_values: return "fewer than ten singular values above rounding";
    case Absence::rank_deficient:
      return "some singular values are zero but for rounding: Marchenko and Pastur's law has none";
    case Absence::no_bulk: return "no bulk: the singular values are not Marchenko and Pastur's";
    case Absence::equal_values: return "singular values are equal but for rounding";
    case Absence::not_square: return "the layer is not square";
    case Absence::not_asked_for: return "eigenvalues were not asked for";
    case Absence::few_eigenvalues: return "too few eigenvalues";
    case Absence::not_converged: return "LAPACK did not converge on the eigenvalues";
  }
  return "unknown absence";
}

LayerStatistics::LayerStatistics(const Config& config, Arena& arena) noexcept
    : config_(config),
      live_({config.rows, config.columns}, arena),
      singular_values_({config.rows, config.columns}, arena),
      tail_({.capacity = std::min(config.rows, config.columns)}, arena),
      eigenvalues_({eigenvalue_order(config)}, arena),
      circular_law_({eigenvalue_order(config)}, arena) {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

void LayerStatistics::set(LayerStatistic statistic, double value) noexcept {
  values_[place(statistic)] = value;
  absences_[place(statistic)] = Absence::none;
}

void LayerStatistics::leave_out(LayerStatistic first, LayerStatistic last, Absence why) noexcept {
  for (std::size_t k = place(first); k <= place(last); ++k) {
    values_[k] = kNone;
    absences_[k] = why;
  }
}

Status LayerStatistics::compute(MatrixView<const double> w, VectorView<double> values,
                                double rounding) noexcept {
  if (w.empty()) return {StatusCode::empty_input};
  if (w.rows != config_.rows || w.columns != config_.columns || values.size() != kLayerStatistics) {
    return {StatusCode::shape_mismatch};
  }
  const double rms = pinnscope::root_mean_square(w);
  if (!std::isfinite(rms)) return {StatusCode::not_finite};
  if (rms == 0) return {StatusCode::degenerate};
  values_ = values;
  live_.find(w);
  const auto live = static_cast<double>(live_rows() * live_columns());
  rms_ = rms * std::sqrt(static_cast<double>(w.size()) / live);
  Status status = singular_values_.compute(w, rms_);
  if (!status.ok()) return status;
  tolerance_ =
      rank_tolerance(singular_values().front(), live_rows(), live_columns(), rounding / rms_);
  rank_ = std::max<std::size_t>(1, pinnscope::numerical_rank(singular_values(), tolerance_));
  Moments sample;
  leave_out(LayerStatistic::kurtosis, LayerStatistic::kurtosis, Absence::constant_entries);
  if (w.contiguous() && moments(w.flat(), sample).ok()) {
    set(LayerStatistic::kurtosis, sample.kurtosis);
  }
  status = compare_singular_values();
  return status.ok() ? compare_eigenvalues(w) : status;
}

Status LayerStatistics::compare_singular_values() noexcept {
  leave_out(LayerStatistic::largest_singular_value, LayerStatistic::tail_exponent,
            Absence::one_value);
  bulk_ = {kNone, kNone, kNone, kNone};
  bulk_absence_ = Absence::one_value;
  const VectorView<const double> s = singular_values();
  if (s.size() < 2) return {};  // one is the norm of the layer: over rms it says nothing
  SpectralEntropy entropy;
  MarchenkoPasturFit law;
  Status status = spectral_entropy(s.first(rank_), entropy);
  if (status.ok()) {
    status = compare_with_marchenko_pastur(s, live_rows(), live_columns(), 1, law);
  }
  if (!status.ok()) return status;
  set(LayerStatistic::largest_singular_value, law.largest);
  set(LayerStatistic::marchenko_pastur_distance, law.distance);
  set(LayerStatistic::spectral_entropy, entropy.entropy);
  set(LayerStatistic::effective_rank, entropy.effective_rank);
  set(LayerStatistic::stable_rank, entropy.stable_rank);
  compare_bulk();
  compare_spacings();
  compare_tail();
  return {};
}

void LayerStatistics::compare_spacings() noexcept {
  const VectorView<const double> s = singular_values().first(rank_);
  const auto equal = [&](double above, double below) { return above - below <= tolerance_; };
  SpacingRatio spacing;
  if (std::adjacent_find(s.begin(), s.end(), equal) == s.end() && spacing_ratio(s, spacing).ok()) {
    set(LayerStatistic::spacing_ratio, spacing.mean);
    return;
  }
  leave_out(LayerStatistic::spacing_ratio, LayerStatistic::spacing_ratio,
            rank_ < 3 ? Absence::few_values : Absence::equal_values);
}

void LayerStatistics::compare_bulk() noexcept {
  const VectorView<const double> s = singular_values();
  BulkEstimate bulk;
  MarchenkoPasturFit law;
  bulk_absence_ = Absence::none;
  if (rank_ < s.size()) {
    bulk_absence_ = Absence::rank_deficient;
  } else if (rank_ < kSmallestSpectrum) {
    bulk_absence_ = Absence::few_values;
  } else if (!estimate_bulk(s, live_rows(), live_columns(), bulk).ok() ||
             !compare_with_marchenko_pastur(s, live_rows(), live_columns(), bulk.sigma, law).ok()) {
    bulk_absence_ = Absence::no_bulk;
  }
  leave_out(LayerStatistic::bulk_distance, LayerStatistic::bulk_distance, bulk_absence_);
  if (bulk_absence_ == Absence::none) {
    set(LayerStatistic::bulk_distance, law.distance);
    if (law.distance > largest_bulk_distance(s.size())) bulk_absence_ = Absence::no_bulk;
  }
  leave_out(LayerStatistic::smallest_singular_value, LayerStatistic::energy_outside_bulk,
            bulk_absence_);
  if (bulk_absence_ != Absence::none) return;
  bulk_ = bulk;
  const auto larger = static_cast<double>(std::max(live_rows(), live_columns()));
  set(LayerStatistic::energy_outside_bulk, bulk.energy_outside_bulk);
  set(LayerStatistic::smallest_singular_value, larger * square(s.back() / bulk.sigma));
}

void LayerStatistics::compare_tail() noexcept {
  const VectorView<const double> s = singular_values();
  leave_out(LayerStatistic::tail_exponent, LayerStatistic::tail_exponent, Absence::few_values);
  if (rank_ < kSmallestSpectrum) return;
  const auto larger = static_cast<double>(std::max(live_rows(), live_columns()));
  const VectorView<double> variances = storage_.variances.first(rank_);
  for (std::size_t k = 0; k < rank_; ++k) variances[k] = square(s[k]) / larger;
  PowerLawFit tail;
  // A relative error of the values is twice that in their squares.
  if (tail_.fit(VectorView<const double>(variances), tail, 2 * tolerance_ / s.front()).ok()) {
    set(LayerStatistic::tail_exponent, tail.exponent);
  } else {
    leave_out(LayerStatistic::tail_exponent, LayerStatistic::tail_exponent, Absence::equal_values);
  }
}

MatrixView<const double> LayerStatistics::square_block(MatrixView<const double> w) noexcept {
  if (live_.whole()) return w;
  const VectorView<const std::size_t> rows = live_.rows();
  const VectorView<const std::size_t> columns = live_.columns();
  const auto both = [&](std::size_t index) {
    return std::binary_search(rows.begin(), rows.end(), index) &&
           std::binary_search(columns.begin(), columns.end(), index);
  };
  std::size_t count = 0;
  double* next = storage_.block.data;
  for (const std::size_t j : columns) {
    if (!both(j)) continue;
    ++count;
    for (const std::size_t i : rows) {
      if (both(i)) *next++ = w(i, j);
    }
  }
  return {storage_.block.data, count, count};
}

void LayerStatistics::keep_live_eigenvalues(std::size_t dead) noexcept {
  // LAPACK finds the zeros of dead rows and columns exactly, by balancing.
  const VectorView<const double> real = eigenvalues_.real();
  const VectorView<const double> imaginary = eigenvalues_.imaginary();
  order_ = 0;
  for (std::size_t k = 0; k < real.size(); ++k) {
    if (dead > 0 && real[k] == 0 && imaginary[k] == 0) {
      --dead;
      continue;
    }
    storage_.real[order_] = real[k];
    storage_.imaginary[order_++] = imaginary[k];
  }
  assert(dead == 0);
}

Status LayerStatistics::compare_eigenvalues(MatrixView<const double> w) noexcept {
  constexpr LayerStatistic kFirst = LayerStatistic::spectral_radius;
  constexpr LayerStatistic kLast = LayerStatistic::complex_spacing_cosine;
  order_ = 0;
  eigenvalue_unit_ = kNone;
  if (eigenvalue_order(config_) == 0) {
    leave_out(kFirst, kLast,
              config_.rows == config_.columns ? Absence::not_asked_for : Absence::not_square);
    return {};
  }
  leave_out(kFirst, kLast, Absence::few_eigenvalues);
  const MatrixView<const double> block = square_block(w);
  const double rms = live_.whole() ? rms_ : pinnscope::root_mean_square(block);
  if (!(rms > 0)) return {};
  const auto n = static_cast<double>(block.rows);
  eigenvalue_unit_ = rms * std::sqrt(n);
  Status status = eigenvalues_.compute(w, eigenvalue_unit_);
  if (status.code == StatusCode::not_converged) {
    leave_out(kFirst, kLast, Absence::not_converged);
    return {};
  }
  if (!status.ok()) return status;
  keep_live_eigenvalues(w.rows - block.rows);
  CircularLawFit disc;
  status = circular_law_.compare(real(), imaginary(), disc);
  if (!status.ok()) return status;
  set(LayerStatistic::spectral_radius, disc.radius);
  set(LayerStatistic::circular_distance, disc.distance);
  // |W|_F = n rms, so in units of rms sqrt(n) the mean square of the eigenvalues is what is normal.
  double normal = 0;
  for (std::size_t k = 0; k < order_; ++k) normal += square(real()[k]) + square(imaginary()[k]);
  set(LayerStatistic::henrici_departure, std::sqrt(std::max(0.0, 1 - normal / n)));
  EllipticCorrelation correlation;
  if (elliptic_correlation(block, correlation).ok()) {
    set(LayerStatistic::elliptic_correlation, correlation.tau);
  }
  if (rank_ < singular_values().size()) {
    leave_out(LayerStatistic::real_eigenvalues, LayerStatistic::real_eigenvalues,
              Absence::rank_deficient);
  } else {
    set(LayerStatistic::real_eigenvalues, static_cast<double>(disc.real_count));
  }
  compare_spacings_of_eigenvalues();
  return {};
}

void LayerStatistics::compare_spacings_of_eigenvalues() noexcept {
  constexpr LayerStatistic kFirst = LayerStatistic::complex_spacing_ratio;
  constexpr LayerStatistic kLast = LayerStatistic::complex_spacing_cosine;
  if (bulk_absence_ != Absence::none) {
    leave_out(kFirst, kLast, bulk_absence_);
    return;
  }
  // The disc of the bulk has the radius sigma sqrt(n).
  const double sigma =
      bulk_.sigma * rms_ * std::sqrt(static_cast<double>(order_)) / eigenvalue_unit_;
  const ComplexSpacingConfig whole;
  const ComplexSpacingConfig bulk{whole.smallest_imaginary * sigma, whole.largest_modulus * sigma};
  ComplexSpacingRatio ratio;
  if (!complex_spacing_ratio(real(), imaginary(), ratio, bulk).ok()) return;
  set(LayerStatistic::complex_spacing_ratio, ratio.mean_modulus);
  set(LayerStatistic::complex_spacing_cosine, ratio.minus_cosine);
}

SpikeCount count_spikes_beyond(VectorView<const double> values, std::size_t rows,
                               std::size_t columns, double critical) noexcept {
  const auto smaller = static_cast<double>(std::min(rows, columns));
  const double rounding = values.empty() ? 0 : rank_tolerance(values.front(), rows, columns);
  const std::size_t count = std::min(numerical_rank(values, rounding), std::min(rows, columns));
  const auto larger = static_cast<double>(std::max(rows, columns));
  const double unit = count > 0 && values.front() > 0 ? values.front() : 1;
  double total = 0;
  for (const double value : values.first(count)) total += square(value / unit);
  const double mean = total / (smaller * larger);
  // A matrix that is its own permutation, a constant one, is beyond `critical` by rounding alone.
  critical *= 1 + 4 * larger * std::numeric_limits<double>::epsilon();
  SpikeCount spikes;
  while (spikes.standing < count &&
         square(values[spikes.standing] / unit) > critical * larger * mean) {
    ++spikes.standing;
  }
  for (std::size_t k = 0; k < count; ++k) {
    double left = 0;
    for (std::size_t j = k; j < count; ++j) left += square(values[j] / unit);
    if (!(square(values[k] / unit) > critical * left / (smaller - static_cast<double>(k)))) break;
    ++spikes.deflated;
  }
  return spikes;
}

}  // namespace pinnscope
