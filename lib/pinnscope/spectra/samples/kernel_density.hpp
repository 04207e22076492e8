#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/samples/box_sums.hpp"

namespace pinnscope {

/// Which of the bandwidths tried has the best score.
struct BandwidthChoice {
  std::size_t index = 0;     ///< into the bandwidths tried
  double bandwidth = 0;      ///< h, in units of the sample
  double score = 0;          ///< log-likelihood in nats
  bool at_grid_end = false;  ///< the best is the smallest or largest tried: the grid is too short
};

/// The Gaussian kernel density estimate of a sample (Rosenblatt 1956; Parzen 1962),
///   f(x) = 1 / (n h sqrt(2 pi)) sum_j exp(-(x - x_j)^2 / (2 h^2)),
/// and the likelihood of its bandwidth h on data held out. Kernels are cut only where they no
/// longer change the sum in double precision, and sums are kept relative to the nearest entry, so
/// that an isolated point has its true, however small, log-density: no floor and no -infinity.
///
/// Scores cost O(n) per bandwidth, not O(n^2): the entries are sorted into boxes about h wide, and
/// two boxes meet through exp(-(a - b + D)^2 / 2) with only exp(a b) expanded in powers, |a b| <= 1
/// (a fast Gauss transform, Greengard and Strain, SIAM J. Sci. Stat. Comput. 12, 1991, but with a
/// relative error of 1e-15 everywhere, since all terms are positive).
///
/// Bandwidths must be positive and finite, and no entry or point may exceed 1e150 bandwidths in
/// size: out_of_range otherwise, with the index of the bandwidth.
class KernelDensity : Pinned {
 public:
  struct Config {
    std::size_t capacity = 10000;  ///< entries of the largest sample: a 100 x 100 layer
  };

  struct Storage {
    VectorView<double> sample;  ///< in its own order: the folds are contiguous in it
    VectorView<double> sorted;
    VectorView<double> held_out;        ///< ascending, of one fold
    VectorView<double> training;        ///< ascending, all but that fold
    VectorView<double> offsets;         ///< of the sources from their box's centre, in bandwidths
    VectorView<double> target_offsets;  ///< of the targets in one box
    VectorView<double> target_sums;
    VectorView<double> box_numbers;
    VectorView<std::size_t> box_begins;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = config.capacity;
    const std::size_t padded = Footprint::saturating_add(n, BoxSums::kPadding);
    return {layout.vector<double>("sample", n),
            layout.vector<double>("sorted sample", padded),
            layout.vector<double>("held-out fold", padded),
            layout.vector<double>("training folds", padded),
            layout.vector<double>("offsets in boxes", padded),
            layout.vector<double>("offsets of targets", padded),
            layout.vector<double>("sums of targets", padded),
            layout.vector<double>("box numbers", n),
            layout.vector<std::size_t>("box begins", Footprint::saturating_add(n, 1))};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  KernelDensity(const Config& config, Arena& arena) noexcept;

  /// Takes a copy of the sample. O(n log n). empty_input; shape_mismatch above the capacity (info:
  /// the capacity); not_finite with the index. A sample that is refused leaves none.
  Status load(VectorView<const float> sample) noexcept;
  Status load(VectorView<const double> sample) noexcept;

  /// The sample, ascending.
  VectorView<const double> sorted() const noexcept { return storage_.sorted.first(size_); }

  /// densities[i] = f(points[i]), and its logarithm, which does not underflow; points in any order.
  /// One exponential for each entry within some ten bandwidths of each point. empty_input without a
  /// sample; not_finite with the index of the point, those after it unset.
  /// @{
  Status densities(double bandwidth, VectorView<const double> points,
                   VectorView<double> densities) const noexcept;
  Status log_densities(double bandwidth, VectorView<const double> points,
                       VectorView<double> log_densities) const noexcept;
  /// @}

  /// scores[b] = the mean over `folds` folds of the summed log-density of the fold under the
  /// estimate from the other folds with bandwidths[b]. Folds are contiguous in the sample, not
  /// shuffled, and the first n mod `folds` of them one entry longer (scikit-learn's KFold). Ties go
  /// to the first bandwidth. out_of_range (info -1) unless 2 <= folds <= n; empty_input.
  Status cross_validate(std::size_t folds, VectorView<const double> bandwidths,
                        VectorView<double> scores, BandwidthChoice& best) noexcept;

  /// scores[b] = sum_i ln f_(-i)(x_i), each entry under the estimate from all others (Habbema,
  /// Hermans and van den Broek 1974). -scores[b] / n estimates the entropy of the law in nats. With
  /// ties the score grows without bound as h -> 0. degenerate for fewer than two entries.
  Status leave_one_out(VectorView<const double> bandwidths, VectorView<double> scores,
                       BandwidthChoice& best) noexcept;

 private:
  template <class T>
  Status load_any(VectorView<const T> sample) noexcept;
  Status check_bandwidths(VectorView<const double> bandwidths) const noexcept;

  Storage storage_;
  std::size_t size_ = 0;
};

/// bandwidths[i] = first (last / first)^(i / (count - 1)), as numpy.logspace. Both ends are exact.
/// The published tables have 20 from 1e-3 to 1e-1. Precondition: both ends positive.
void geometric_bandwidths(double first, double last, VectorView<double> bandwidths) noexcept;

}  // namespace pinnscope
