#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/laws/power_law.hpp"
#include "pinnscope/spectra/layers/layer_number.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/spectra/matrices/live_block.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/matrices/spectral_entropy.hpp"
#include "pinnscope/spectra/random_matrices/bulk.hpp"
#include "pinnscope/spectra/random_matrices/circular_law.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"
#include "pinnscope/spectra/samples/moments.hpp"

namespace pinnscope {

/// The decompositions of one rows x columns layer, each done once, and what several statistics
/// share. They are of its live block, without the rows and columns that are exactly zero
/// (eigenvalues: without each index whose row or column is), and of the singular values above
/// rounding.
class LayerSpectra : Pinned {
 public:
  struct Config {
    std::size_t rows = 0;     ///< of every layer
    std::size_t columns = 0;  ///< of every layer
    bool eigenvalues = true;  ///< false leaves the eigenvalues out: a fifth of the time
  };

  static constexpr Footprint footprint(const Config& config) noexcept {
    const std::size_t order = eigenvalue_order(config);
    return LiveBlock::footprint({config.rows, config.columns}) +
           SingularValues<double>::footprint({config.rows, config.columns}) +
           PowerLawTail::footprint({.capacity = std::min(config.rows, config.columns)}) +
           Eigenvalues<double>::footprint({order}) + CircularLaw<double>::footprint({order}) +
           measure([&](Layout& measured) { return layout(measured, config); });
  }

  LayerSpectra(const Config& config, Arena& arena) noexcept;

  /// Decomposes `w`, which must stay as it is while statistics are computed. `rounding` is how far
  /// entries are off, see rank_tolerance(). About 14 n^3 flops; allocates nothing. empty_input;
  /// shape_mismatch; not_finite; degenerate for entries that are all zero; not_converged where the
  /// singular values are not. Moments and the live rows and columns are there whatever the status
  /// but the first two; all else is undefined unless ok.
  Status compute(MatrixView<const double> w, double rounding = 0) noexcept;

  /// Why the last layer has not what a number needs; `none` where it has, and for what it does not
  /// know of.
  Absence absence(Needs needs) const noexcept;

  /// Moments of all entries; NaNs where an entry is not finite. Those of a layer whose columns do
  /// not follow each other in memory are not computed.
  const Moments& moments() const noexcept { return moments_; }

  /// Rows and columns with an entry that is not zero, and the root mean square of their entries.
  /// @{
  std::size_t live_rows() const noexcept { return live_.rows().size(); }
  std::size_t live_columns() const noexcept { return live_.columns().size(); }
  std::size_t larger_side() const noexcept { return std::max(live_rows(), live_columns()); }
  double root_mean_square() const noexcept { return rms_; }
  const LiveBlock& live() const noexcept { return live_; }
  /// @}

  /// Singular values of the live block over root_mean_square(), descending, min(live rows, live
  /// columns); how many exceed rounding, and up to where that goes.
  /// @{
  VectorView<const double> singular_values() const noexcept {
    return singular_values_.values().first(std::min(live_rows(), live_columns()));
  }
  VectorView<const double> values_above_rounding() const noexcept {
    return singular_values().first(rank_);
  }
  std::size_t numerical_rank() const noexcept { return rank_; }
  double tolerance() const noexcept { return tolerance_; }
  /// @}

  /// The entropy of the values above rounding, and how all of them lie against Marchenko and
  /// Pastur's law with the rms as its sigma. Both take two singular values or more.
  /// @{
  const SpectralEntropy& spectral_entropy() const noexcept { return entropy_; }
  const MarchenkoPasturFit& law_at_rms() const noexcept { return law_at_rms_; }
  /// @}

  /// The bulk over the rms; NaNs where there is none. There is one where the block has full rank,
  /// kSmallestSpectrum values and a KS distance to Marchenko and Pastur's law at sigma, which
  /// stands beside it, below largest_bulk_distance().
  /// @{
  const BulkEstimate& bulk() const noexcept { return bulk_; }
  LayerNumber bulk_distance() const noexcept { return bulk_distance_; }
  /// @}

  /// The power law of the squared singular values s^2 / N; NaNs where there is none. Its bootstrap
  /// is PowerLawTail::bootstrap().
  /// @{
  const PowerLawFit& tail() const noexcept { return tail_fit_; }
  Status bootstrap_tail(std::size_t draws, std::uint64_t seed, double& p_value) noexcept {
    return tail_.bootstrap(draws, seed, p_value);
  }
  /// @}

  /// Eigenvalues of the square live block over eigenvalue_unit(), which is rms sqrt(n) of that
  /// block; empty where there are none.
  /// @{
  VectorView<const double> real() const noexcept { return storage_.real.first(order_); }
  VectorView<const double> imaginary() const noexcept { return storage_.imaginary.first(order_); }
  double eigenvalue_unit() const noexcept { return eigenvalue_unit_; }
  /// @}

  /// That block, and its eigenvalues against the circular law.
  /// @{
  MatrixView<const double> square_block() const noexcept { return block_; }
  const CircularLawFit& disc() const noexcept { return disc_; }
  /// @}

 private:
  struct Storage {
    VectorView<double> variances;  // s^2 / N
    VectorView<double> real;       // eigenvalues of the square live block
    VectorView<double> imaginary;
    MatrixView<double> block;  // that block, where it is not the whole layer
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = eigenvalue_order(config);
    return {layout.vector<double>("squared singular values", std::min(config.rows, config.columns)),
            layout.vector<double>("real parts of live eigenvalues", n),
            layout.vector<double>("imaginary parts of live eigenvalues", n),
            layout.matrix<double>("square live block", n, n)};
  }

  static constexpr std::size_t eigenvalue_order(const Config& config) noexcept {
    return config.eigenvalues && config.rows == config.columns ? config.rows : 0;
  }

  Status compare_singular_values() noexcept;
  void compare_bulk() noexcept;
  void fit_tail() noexcept;
  Status find_eigenvalues(MatrixView<const double> w) noexcept;
  MatrixView<const double> find_square_block(MatrixView<const double> w) noexcept;
  void keep_live_eigenvalues(std::size_t dead) noexcept;

  Config config_;
  LiveBlock live_;
  SingularValues<double> singular_values_;
  PowerLawTail tail_;
  Eigenvalues<double> eigenvalues_;
  CircularLaw<double> circular_law_;
  Storage storage_;
  Moments moments_{};
  SpectralEntropy entropy_{};
  MarchenkoPasturFit law_at_rms_{};
  BulkEstimate bulk_{};
  LayerNumber bulk_distance_{};
  PowerLawFit tail_fit_{};
  MatrixView<const double> block_{};
  CircularLawFit disc_{};

  Absence no_spectrum_ = Absence::none;  // why there is none, and so on
  Absence no_bulk_ = Absence::none;
  Absence no_tail_ = Absence::none;
  Absence no_eigenvalues_ = Absence::none;
  double rms_ = 0;
  double tolerance_ = 0;
  double eigenvalue_unit_ = 0;
  std::size_t rank_ = 0;
  std::size_t order_ = 0;  // of the square live block
};

/// How far singular values of a bulk may lie from Marchenko and Pastur's law at its sigma, KS:
/// 0.1 + 2.5 / M. Of M = 10 to 200 values of Gaussian, uniform or Laplace noise one in a thousand
/// lies further off at the most, and ten spikes of a hundred values stay below it. Cauchy noise
/// lies as close in 0 of 300 layers of 64 x 64, in 3 % of 30 x 30 and 19 % of 20 x 20: a few
/// singular values cannot tell.
constexpr double largest_bulk_distance(std::size_t values) noexcept {
  return 0.1 + 2.5 / static_cast<double>(values);
}

}  // namespace pinnscope
