#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The tail x >= cutoff of a sample as a power law with density proportional to x^-exponent.
struct PowerLawFit {
  double exponent = 0;        ///< alpha = 1 + n / sum ln(x / cutoff), n the entries of the tail
  double standard_error = 0;  ///< (alpha - 1) / sqrt(n), for a cutoff known beforehand
  double cutoff = 0;          ///< x_min, an entry of the sample
  double distance = 0;        ///< max |F(x_(i)) - (i - 1) / n| over the tail
  std::size_t tail = 0;       ///< n
};

/// Power-law tails by maximum likelihood, with the cutoff at the entry whose tail is the closest to
/// its own fit (Clauset, Shalizi and Newman, SIAM Review 51, 2009, sections 3.1 and 3.3).
///
/// The distance counts the steps of the sample from below alone, as the paper's own program does;
/// the full Kolmogorov-Smirnov distance can choose another cutoff. An exponent says little without
/// that of a null: of purely random square matrices most have one between 2 and 6, too.
class PowerLawTail : Pinned {
 public:
  struct Config {
    std::size_t capacity = 0;       ///< entries of the largest sample
    std::size_t smallest_tail = 2;  ///< entries that a cutoff must leave, itself included
  };

  struct Storage {
    VectorView<double> sorted;
    VectorView<double> logarithms;
    VectorView<double> observed;  ///< the sample of the last fit, ascending
    VectorView<double> drawn;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.vector<double>("sorted sample", config.capacity),
            layout.vector<double>("logarithms", config.capacity),
            layout.vector<double>("observed sample", config.capacity),
            layout.vector<double>("drawn sample", config.capacity)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Precondition: smallest_tail >= 2.
  PowerLawTail(const Config& config, Arena& arena) noexcept;

  /// Tries as the cutoff every distinct entry that leaves at least smallest_tail entries, not all
  /// equal; of equally close ones takes the smallest. Entries of 0 are in no tail. Those of a tail
  /// count as equal where ln(x / cutoff) is within `resolution`, their relative error, in the mean:
  /// without it the exponent of equal entries is that of their rounding. The exponent does not
  /// depend on the scale. O(n log n), and up to n^2 / 2 exponentials, each cutoff being
  /// given up once its distance exceeds the best. Allocates nothing. empty_input; shape_mismatch
  /// above the capacity (info: the capacity); not_finite, or out_of_range (negative), with the
  /// index; degenerate where no cutoff is left. `fit` is untouched unless ok.
  Status fit(VectorView<const float> sample, PowerLawFit& fit, double resolution = 0) noexcept;
  Status fit(VectorView<const double> sample, PowerLawFit& fit, double resolution = 0) noexcept;

  /// How often a sample with such a tail is as far from its own fit as the last one was from its:
  /// p = (1 + exceedances) / (draws + 1). Each draw takes an entry of the tail from the law and one
  /// below the cutoff from the sample, at their shares, and has its own cutoff fitted
  /// (section 4.1). Below 0.1 a power law is ruled out. Draw k is that of
  /// StreamPurpose::power_law_samples. `draws` times the cost of a fit; allocates nothing.
  /// empty_input without a fit or a draw.
  Status bootstrap(std::size_t draws, std::uint64_t seed, double& p_value) noexcept;

 private:
  void draw_sample(const Philox& source) noexcept;

  template <class T>
  Status fit_any(VectorView<const T> sample, PowerLawFit& fit, double resolution) noexcept;
  Status search(VectorView<const double> positive, PowerLawFit& fit) noexcept;

  std::size_t smallest_tail_;
  Storage storage_;
  PowerLawFit fitted_{};
  double resolution_ = 0;  // of the last fit
  std::size_t size_ = 0;   // of the sample of the last fit; 0 without one
};

}  // namespace pinnscope
