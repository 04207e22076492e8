#include "pinnscope/spectra/layer_statistics.hpp"

#include <cmath>

#include "pinnscope/spectra/bulk.hpp"
#include "pinnscope/spectra/marchenko_pastur.hpp"
#include "pinnscope/spectra/moments.hpp"
#include "pinnscope/spectra/non_normality.hpp"
#include "pinnscope/spectra/root_mean_square.hpp"
#include "pinnscope/spectra/spacing_ratios.hpp"
#include "pinnscope/spectra/special_values.hpp"
#include "pinnscope/spectra/spectral_entropy.hpp"
#include "pinnscope/spectra/square.hpp"

namespace pinnscope {
namespace {

constexpr std::array<LayerStatisticText, kLayerStatistics> kTexts{{
    {"kurtosis", "of the entries, Pearson's: 3 for a Gaussian, 1.8 for a uniform law"},
    {"largest_singular_value", "s_1^2 / (N rms^2); the edge of noise is at (1 + sqrt(M/N))^2"},
    {"smallest_singular_value", "s_M^2 / sigma^2 times N: Edelman's t of a square layer"},
    {"learned_energy", "1 - (sigma / rms)^2, sigma that of the bulk: energy outside of the bulk"},
    {"marchenko_pastur_distance", "KS distance of s^2 / N to Marchenko and Pastur's law at rms"},
    {"bulk_distance", "the same at the sigma of the bulk"},
    {"spectral_entropy", "-sum p ln p, p = s^2 / sum s^2, in nats"},
    {"effective_rank", "exp(-sum p ln p), p = s / sum s (Roy and Vetterli 2007)"},
    {"stable_rank", "sum s^2 / s_1^2"},
    {"spacing_ratio", "mean ratio of consecutive spacings of s: 0.386 Poisson, 0.531 GOE"},
    {"tail_exponent",
     "alpha of a power law in s^2 (Clauset et al. 2009; WeightWatcher's alpha): in [2, 6] for two "
     "of three 100 x 100 matrices of pure noise"},
    {"spectral_radius", "largest |lambda| / (rms sqrt(n))"},
    {"circular_distance", "KS distance of |lambda| to the circular law at rms"},
    {"real_eigenvalues", "how many eigenvalues are real"},
    {"henrici_departure", "sqrt(|W|^2 - sum |lambda|^2) / |W|: 0 normal, 0.707 for noise"},
    {"elliptic_correlation", "correlation of w_ij with w_ji"},
    {"complex_spacing_ratio", "mean |z| of spacing ratios of eigenvalues: 0.667 Poisson, 0.738"},
    {"complex_spacing_cosine", "mean -cos(arg z) of the same: 0 Poisson, 0.24 repelling"},
}};

/// Writes by name into a row of statistics.
class Row {
 public:
  explicit Row(VectorView<double> values) noexcept : values_(values) {}
  double& operator[](LayerStatistic statistic) const noexcept { return values_[place(statistic)]; }

 private:
  VectorView<double> values_;
};

}  // namespace

const LayerStatisticText& text(LayerStatistic statistic) noexcept {
  return kTexts[place(statistic)];
}

LayerStatistics::LayerStatistics(const Config& config, Arena& arena) noexcept
    : config_(config),
      singular_values_({config.rows, config.columns}, arena),
      tail_({.capacity = std::min(config.rows, config.columns)}, arena),
      eigenvalues_({eigenvalue_order(config)}, arena),
      circular_law_({eigenvalue_order(config)}, arena) {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

Status LayerStatistics::compute(MatrixView<const double> w, VectorView<double> values) noexcept {
  if (w.empty()) return {StatusCode::empty_input};
  if (w.rows != config_.rows || w.columns != config_.columns || values.size() != kLayerStatistics) {
    return {StatusCode::shape_mismatch};
  }
  const double rms = pinnscope::root_mean_square(w);
  if (!std::isfinite(rms)) return {StatusCode::not_finite};
  if (rms == 0) return {StatusCode::degenerate};
  std::fill(values.begin(), values.end(), kNone);
  Status status = singular_values_.compute(w, rms);
  if (!status.ok()) return status;
  rms_ = rms;
  Moments sample;
  if (w.contiguous() && moments(w.flat(), sample).ok()) {
    values[place(LayerStatistic::kurtosis)] = sample.kurtosis;
  }
  status = compare_singular_values(values);
  if (status.ok() && eigenvalue_order(config_) > 0) status = compare_eigenvalues(w, values);
  return status;
}

Status LayerStatistics::compare_singular_values(VectorView<double> values) noexcept {
  const Row row(values);
  const VectorView<const double> s = singular_values_.values();
  if (s.size() < 2) return {};  // one is the norm of the layer: over rms it says nothing
  const auto larger = static_cast<double>(std::max(config_.rows, config_.columns));
  SpectralEntropy entropy;
  MarchenkoPasturFit law;
  Status status = spectral_entropy(s, entropy);
  if (status.ok()) {
    status = compare_with_marchenko_pastur(s, config_.rows, config_.columns, 1, law);
  }
  if (!status.ok()) return status;
  row[LayerStatistic::largest_singular_value] = law.largest;
  row[LayerStatistic::marchenko_pastur_distance] = law.distance;
  row[LayerStatistic::spectral_entropy] = entropy.entropy;
  row[LayerStatistic::effective_rank] = entropy.effective_rank;
  row[LayerStatistic::stable_rank] = entropy.stable_rank;
  BulkEstimate bulk;
  if (estimate_bulk(s, config_.rows, config_.columns, bulk).ok()) {
    row[LayerStatistic::learned_energy] = bulk.learned_energy;
    row[LayerStatistic::smallest_singular_value] = larger * square(s.back() / bulk.sigma);
    status = compare_with_marchenko_pastur(s, config_.rows, config_.columns, bulk.sigma, law);
    if (!status.ok()) return status;
    row[LayerStatistic::bulk_distance] = law.distance;
  }
  SpacingRatio spacing;
  if (spacing_ratio(s, spacing).ok()) row[LayerStatistic::spacing_ratio] = spacing.mean;
  for (std::size_t k = 0; k < s.size(); ++k) storage_.variances[k] = square(s[k]) / larger;
  PowerLawFit tail;
  if (tail_.fit(VectorView<const double>(storage_.variances), tail).ok()) {
    row[LayerStatistic::tail_exponent] = tail.exponent;
  }
  return {};
}

Status LayerStatistics::compare_eigenvalues(MatrixView<const double> w,
                                            VectorView<double> values) noexcept {
  const Row row(values);
  const double unit = rms_ * std::sqrt(static_cast<double>(config_.rows));
  Status status = eigenvalues_.compute(w, unit);
  CircularLawFit disc;
  if (status.ok()) status = circular_law_.compare(real(), imaginary(), disc);
  if (!status.ok()) return status;
  row[LayerStatistic::spectral_radius] = disc.radius;
  row[LayerStatistic::circular_distance] = disc.distance;
  row[LayerStatistic::real_eigenvalues] = static_cast<double>(disc.real_count);
  // |W|_F = n rms, so in units of rms sqrt(n) the mean square of the eigenvalues is what is normal.
  double normal = 0;
  for (std::size_t k = 0; k < config_.rows; ++k)
    normal += square(real()[k]) + square(imaginary()[k]);
  row[LayerStatistic::henrici_departure] =
      std::sqrt(std::max(0.0, 1 - normal / static_cast<double>(config_.rows)));
  EllipticCorrelation correlation;
  if (elliptic_correlation(w, correlation).ok()) {
    row[LayerStatistic::elliptic_correlation] = correlation.tau;
  }
  ComplexSpacingRatio ratio;
  if (complex_spacing_ratio(real(), imaginary(), ratio).ok()) {
    row[LayerStatistic::complex_spacing_ratio] = ratio.mean_modulus;
    row[LayerStatistic::complex_spacing_cosine] = ratio.minus_cosine;
  }
  return {};
}

SpikeCount count_spikes_beyond(VectorView<const double> values, std::size_t rows,
                               std::size_t columns, double critical) noexcept {
  const std::size_t count = std::min(values.size(), std::min(rows, columns));
  const auto larger = static_cast<double>(std::max(rows, columns));
  const double unit = count > 0 && values.front() > 0 ? values.front() : 1;
  double total = 0;
  for (const double value : values) total += square(value / unit);
  const double mean = total / (static_cast<double>(count) * larger);
  SpikeCount spikes;
  while (spikes.standing < count &&
         square(values[spikes.standing] / unit) > critical * larger * mean) {
    ++spikes.standing;
  }
  for (std::size_t k = 0; k < count; ++k) {
    double left = 0;
    for (std::size_t j = k; j < count; ++j) left += square(values[j] / unit);
    if (!(square(values[k] / unit) > critical * left / static_cast<double>(count - k))) break;
    ++spikes.deflated;
  }
  return spikes;
}

}  // namespace pinnscope
