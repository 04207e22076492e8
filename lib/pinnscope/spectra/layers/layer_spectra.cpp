#include "pinnscope/spectra/layers/layer_spectra.hpp"

#include <cassert>
#include <cmath>

#include "pinnscope/spectra/matrices/numerical_rank.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/matrices/square.hpp"

namespace pinnscope {

LayerSpectra::LayerSpectra(const Config& config, Arena& arena) noexcept
    : config_(config),
      live_({config.rows, config.columns}, arena),
      singular_values_({config.rows, config.columns}, arena),
      tail_({.capacity = std::min(config.rows, config.columns)}, arena),
      eigenvalues_({eigenvalue_order(config)}, arena),
      circular_law_({eigenvalue_order(config)}, arena) {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

Absence LayerSpectra::absence(Needs needs) const noexcept {
  switch (needs) {
    case Needs::singular_values: return no_spectrum_;
    case Needs::bulk: return no_bulk_;
    case Needs::eigenvalues: return no_eigenvalues_;
    case Needs::eigenvalues_and_bulk:
      return no_eigenvalues_ == Absence::none ? no_bulk_ : no_eigenvalues_;
    case Needs::power_law: return no_tail_;
    case Needs::shape:
    case Needs::moments:
    case Needs::entries:
    case Needs::matrix_powers:
    case Needs::singular_vectors:
    case Needs::permutations:
    case Needs::entropy:
    case Needs::calibrated_entropy:
    case Needs::kernel_density:
    case Needs::initialiser_law:
    case Needs::entry_law: break;
  }
  return Absence::none;
}

Status LayerSpectra::compute(MatrixView<const double> w, double rounding) noexcept {
  if (w.rows != config_.rows || w.columns != config_.columns) return {StatusCode::shape_mismatch};
  if (w.empty()) return {StatusCode::empty_input};
  moments_ = {0, kMissing, kMissing, kMissing, kMissing, kMissing, kMissing};
  // A constant sample has moments, too, but a skewness and a kurtosis.
  if (w.contiguous()) static_cast<void>(pinnscope::moments(w.flat(), moments_));
  live_.find(w);
  const double rms = pinnscope::root_mean_square(w);
  if (!std::isfinite(rms)) return {StatusCode::not_finite};
  if (rms == 0) return {StatusCode::degenerate};
  const auto live = static_cast<double>(live_rows() * live_columns());
  rms_ = rms * std::sqrt(static_cast<double>(w.size()) / live);
  Status status = singular_values_.compute(w, rms_);
  if (!status.ok()) return status;
  tolerance_ =
      rank_tolerance(singular_values().front(), live_rows(), live_columns(), rounding / rms_);
  rank_ = std::max<std::size_t>(1, pinnscope::numerical_rank(singular_values(), tolerance_));
  status = compare_singular_values();
  return status.ok() ? find_eigenvalues(w) : status;
}

Status LayerSpectra::compare_singular_values() noexcept {
  const VectorView<const double> s = singular_values();
  bulk_ = {kMissing, kMissing, kMissing, kMissing};
  tail_fit_ = {kMissing, kMissing, kMissing, kMissing, 0};
  // One is the norm of the layer: over the rms it says nothing.
  no_spectrum_ = s.size() < 2 ? Absence::one_value : Absence::none;
  no_bulk_ = no_tail_ = no_spectrum_;
  bulk_distance_ = no_bulk_;
  if (no_spectrum_ != Absence::none) return {};
  Status status = pinnscope::spectral_entropy(values_above_rounding(), entropy_);
  if (status.ok()) {
    status = compare_with_marchenko_pastur(s, live_rows(), live_columns(), 1, law_at_rms_);
  }
  if (!status.ok()) return status;
  compare_bulk();
  fit_tail();
  return {};
}

void LayerSpectra::compare_bulk() noexcept {
  const VectorView<const double> s = singular_values();
  BulkEstimate bulk;
  MarchenkoPasturFit law;
  if (rank_ < s.size()) {
    no_bulk_ = Absence::rank_deficient;
  } else if (rank_ < kSmallestSpectrum) {
    no_bulk_ = Absence::few_values;
  } else if (!estimate_bulk(s, live_rows(), live_columns(), bulk).ok() ||
             !compare_with_marchenko_pastur(s, live_rows(), live_columns(), bulk.sigma, law).ok()) {
    no_bulk_ = Absence::no_bulk;
  }
  bulk_distance_ = no_bulk_;
  if (no_bulk_ != Absence::none) return;
  bulk_distance_ = law.distance;
  if (law.distance > largest_bulk_distance(s.size())) {
    no_bulk_ = Absence::no_bulk;
  } else {
    bulk_ = bulk;
  }
}

void LayerSpectra::fit_tail() noexcept {
  const VectorView<const double> s = values_above_rounding();
  no_tail_ = Absence::few_values;
  if (s.size() < kSmallestSpectrum) return;
  const auto larger = static_cast<double>(larger_side());
  const VectorView<double> variances = storage_.variances.first(s.size());
  for (std::size_t k = 0; k < s.size(); ++k) variances[k] = square(s[k]) / larger;
  // A relative error of the values is twice that in their squares.
  const double resolution = 2 * tolerance_ / s.front();
  const Status status = tail_.fit(VectorView<const double>(variances), tail_fit_, resolution);
  no_tail_ = status.ok() ? Absence::none : Absence::equal_values;
}

MatrixView<const double> LayerSpectra::find_square_block(MatrixView<const double> w) noexcept {
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

void LayerSpectra::keep_live_eigenvalues(std::size_t dead) noexcept {
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

Status LayerSpectra::find_eigenvalues(MatrixView<const double> w) noexcept {
  order_ = 0;
  eigenvalue_unit_ = kMissing;
  block_ = {};
  if (eigenvalue_order(config_) == 0) {
    no_eigenvalues_ =
        config_.rows == config_.columns ? Absence::not_asked_for : Absence::not_square;
    return {};
  }
  no_eigenvalues_ = Absence::few_eigenvalues;
  block_ = find_square_block(w);
  const double rms = live_.whole() ? rms_ : pinnscope::root_mean_square(block_);
  if (!(rms > 0)) return {};
  eigenvalue_unit_ = rms * std::sqrt(static_cast<double>(block_.rows));
  Status status = eigenvalues_.compute(w, eigenvalue_unit_);
  if (status.code == StatusCode::not_converged) {
    no_eigenvalues_ = Absence::not_converged;
    return {};
  }
  if (!status.ok()) return status;
  keep_live_eigenvalues(w.rows - block_.rows);
  status = circular_law_.compare(real(), imaginary(), disc_);
  if (status.ok()) no_eigenvalues_ = Absence::none;
  return status;
}

}  // namespace pinnscope
