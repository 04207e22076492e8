#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/circular_law.hpp"
#include "pinnscope/spectra/eigenvalues.hpp"
#include "pinnscope/spectra/power_law.hpp"
#include "pinnscope/spectra/singular_values.hpp"

namespace pinnscope {

/// Numbers that tell a layer's weights from random ones. None depends on the scale of the weights,
/// so draws from a null of any scale serve; eigenvalues are in units of rms sqrt(n).
enum class LayerStatistic : std::uint8_t {
  kurtosis,
  largest_singular_value,
  smallest_singular_value,
  learned_energy,
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

/// All statistics of one rows x columns layer, by one singular-value and one eigenvalue
/// decomposition.
class LayerStatistics : Pinned {
 public:
  struct Config {
    std::size_t rows = 0;
    std::size_t columns = 0;
    bool eigenvalues = true;  // false leaves the statistics of eigenvalues out: a fifth of the time
  };

  static constexpr Footprint footprint(const Config& config) noexcept {
    const std::size_t order = eigenvalue_order(config);
    return SingularValues<double>::footprint({config.rows, config.columns}) +
           PowerLawTail::footprint({.capacity = std::min(config.rows, config.columns)}) +
           Eigenvalues<double>::footprint({order}) + CircularLaw<double>::footprint({order}) +
           measure([&](Layout& measured) { return layout(measured, config); });
  }

  LayerStatistics(const Config& config, Arena& arena) noexcept;

  /// Fills values[place(statistic)]; NaN for those the layer has not: of eigenvalues where it is
  /// not square or they were not asked for, of singular values where there is one alone, of
  /// spacings where there are few, of the bulk where half of them are zero. About 14 n^3 flops;
  /// allocates nothing. empty_input; shape_mismatch (also of `values`); not_finite; degenerate for
  /// entries that are all zero; not_converged. `values` is undefined unless ok.
  Status compute(MatrixView<const double> w, VectorView<double> values) noexcept;

  /// Of the last compute() that was ok: the root mean square of the entries; singular values over
  /// it, descending; eigenvalues over it and sqrt(n), empty where there are none.
  double root_mean_square() const noexcept { return rms_; }
  VectorView<const double> singular_values() const noexcept { return singular_values_.values(); }
  VectorView<const double> real() const noexcept { return eigenvalues_.real(); }
  VectorView<const double> imaginary() const noexcept { return eigenvalues_.imaginary(); }

 private:
  struct Storage {
    VectorView<double> variances;  // s^2 / N
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {
        layout.vector<double>("squared singular values", std::min(config.rows, config.columns))};
  }

  static constexpr std::size_t eigenvalue_order(const Config& config) noexcept {
    return config.eigenvalues && config.rows == config.columns ? config.rows : 0;
  }

  Status compare_singular_values(VectorView<double> values) noexcept;
  Status compare_eigenvalues(MatrixView<const double> w, VectorView<double> values) noexcept;

  Config config_;
  SingularValues<double> singular_values_;
  PowerLawTail tail_;
  Eigenvalues<double> eigenvalues_;
  CircularLaw<double> circular_law_;
  Storage storage_;
  double rms_ = 0;
};

/// Singular values that stand out of a null whose largest, squared and over N rms^2, rarely exceeds
/// `critical`: how many do so as they are, and by deflation, each over the rms of what is left
/// after those before it (M - k rows of N entries). Values descending, in any unit; linear cost
/// squared.
struct SpikeCount {
  std::size_t standing = 0;
  std::size_t deflated = 0;
};
SpikeCount count_spikes_beyond(VectorView<const double> values, std::size_t rows,
                               std::size_t columns, double critical) noexcept;

}  // namespace pinnscope
