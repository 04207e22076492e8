#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/laws/power_law.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/spectra/matrices/live_block.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/random_matrices/bulk.hpp"
#include "pinnscope/spectra/random_matrices/circular_law.hpp"

namespace pinnscope {

/// Numbers that tell a layer's weights from random ones. None depends on the scale of the weights,
/// so draws from a null of any scale serve; eigenvalues are in units of rms sqrt(n).
enum class LayerStatistic : std::uint8_t {
  kurtosis,
  largest_singular_value,
  smallest_singular_value,
  energy_outside_bulk,
  marchenko_pastur_distance,
  bulk_distance,
  spectral_entropy,
  effective_rank,
  stable_rank,
  spacing_ratio,
  tail_exponent,
  spectral_radius,
  circular_distance,
  real_eigenvalues,
  henrici_departure,
  elliptic_correlation,
  complex_spacing_ratio,
  complex_spacing_cosine,
};

inline constexpr std::size_t kLayerStatistics = 18;

/// The number at a statistic's place.
constexpr std::size_t place(LayerStatistic statistic) noexcept {
  return static_cast<std::size_t>(statistic);
}

/// Its name in tables, and what it is.
struct LayerStatisticText {
  const char* name;
  const char* meaning;
};
const LayerStatisticText& text(LayerStatistic statistic) noexcept;

/// Why a layer has not a statistic; `none` where it has it.
enum class Absence : std::uint8_t {
  none,
  constant_entries,
  one_value,
  few_values,
  rank_deficient,
  no_bulk,
  equal_values,
  not_square,
  not_asked_for,
  few_eigenvalues,
  not_converged,
};

/// As half a sentence without a full stop; "" for `none`.
const char* text(Absence absence) noexcept;

/// Singular values that a bulk, a tail and ratios of spacings need at the least.
inline constexpr std::size_t kSmallestSpectrum = 10;

/// All statistics of one rows x columns layer, by one singular-value and one eigenvalue
/// decomposition. They are those of its live block, without the rows and columns that are exactly
/// zero (statistics of eigenvalues: without each index whose row or column is), and of the singular
/// values above rounding.
class LayerStatistics : Pinned {
 public:
  struct Config {
    std::size_t rows = 0;
    std::size_t columns = 0;
    bool eigenvalues = true;  // false leaves the statistics of eigenvalues out: a fifth of the time
  };

  static constexpr Footprint footprint(const Config& config) noexcept {
    const std::size_t order = eigenvalue_order(config);
    return LiveBlock::footprint({config.rows, config.columns}) +
           SingularValues<double>::footprint({config.rows, config.columns}) +
           PowerLawTail::footprint({.capacity = std::min(config.rows, config.columns)}) +
           Eigenvalues<double>::footprint({order}) + CircularLaw<double>::footprint({order}) +
           measure([&](Layout& measured) { return layout(measured, config); });
  }

  LayerStatistics(const Config& config, Arena& arena) noexcept;

  /// Fills values[place(statistic)]; NaN for those the layer has not, see absence(). `rounding` is
  /// how far entries are off, see rank_tolerance(). About 14 n^3 flops; allocates nothing.
  /// empty_input; shape_mismatch (also of `values`); not_finite; degenerate for entries that are
  /// all zero; not_converged where the singular values are not. `values` is undefined unless ok.
  Status compute(MatrixView<const double> w, VectorView<double> values,
                 double rounding = 0) noexcept;

  /// Of the last compute() that was ok.
  Absence absence(LayerStatistic statistic) const noexcept { return absences_[place(statistic)]; }

  /// Rows and columns with an entry that is not zero, and the root mean square of their entries.
  std::size_t live_rows() const noexcept { return live_.rows().size(); }
  std::size_t live_columns() const noexcept { return live_.columns().size(); }
  double root_mean_square() const noexcept { return rms_; }

  /// Singular values of the live block over that, descending, min(live rows, live columns); how
  /// many exceed rounding, and up to where that goes.
  VectorView<const double> singular_values() const noexcept {
    return singular_values_.values().first(std::min(live_rows(), live_columns()));
  }
  std::size_t numerical_rank() const noexcept { return rank_; }
  double tolerance() const noexcept { return tolerance_; }

  /// The bulk over the same; NaNs where there is none, and why. There is one where the block has
  /// full rank, kSmallestSpectrum values and a KS distance to Marchenko and Pastur's law at sigma
  /// below largest_bulk_distance().
  const BulkEstimate& bulk() const noexcept { return bulk_; }
  Absence bulk_absence() const noexcept { return bulk_absence_; }

  /// Eigenvalues of the square live block over eigenvalue_unit(), which is rms sqrt(n) of that
  /// block; empty where there are none.
  VectorView<const double> real() const noexcept { return storage_.real.first(order_); }
  VectorView<const double> imaginary() const noexcept { return storage_.imaginary.first(order_); }
  double eigenvalue_unit() const noexcept { return eigenvalue_unit_; }

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

  void set(LayerStatistic statistic, double value) noexcept;
  void leave_out(LayerStatistic first, LayerStatistic last, Absence why) noexcept;

  Status compare_singular_values() noexcept;
  void compare_bulk() noexcept;
  void compare_spacings() noexcept;
  void compare_tail() noexcept;
  Status compare_eigenvalues(MatrixView<const double> w) noexcept;
  void compare_spacings_of_eigenvalues() noexcept;
  MatrixView<const double> square_block(MatrixView<const double> w) noexcept;
  void keep_live_eigenvalues(std::size_t dead) noexcept;

  Config config_;
  LiveBlock live_;
  SingularValues<double> singular_values_;
  PowerLawTail tail_;
  Eigenvalues<double> eigenvalues_;
  CircularLaw<double> circular_law_;
  Storage storage_;
  VectorView<double> values_;  // of the compute() that runs
  std::array<Absence, kLayerStatistics> absences_{};
  BulkEstimate bulk_{};
  Absence bulk_absence_ = Absence::none;
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

/// Singular values that stand out of a null whose largest, squared and over N rms^2, rarely exceeds
/// `critical`, by more than rounding: of the permutations of a layer NullDistribution's
/// critical_value() makes the level exact, the error of the rms included. How many do so as they
/// are, and by deflation, each over the rms of what is left after those before it (M - k rows of N
/// entries). Values descending, in any unit; those that are missing of M = min(rows, columns) are
/// zeros. Linear cost squared.
struct SpikeCount {
  std::size_t standing = 0;
  std::size_t deflated = 0;
};
SpikeCount count_spikes_beyond(VectorView<const double> values, std::size_t rows,
                               std::size_t columns, double critical) noexcept;

}  // namespace pinnscope
