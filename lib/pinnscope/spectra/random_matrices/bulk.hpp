#pragma once

#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The standard deviation of the entries behind the bulk of a spectrum. A few learned directions
/// raise the rms but not the others.
struct BulkEstimate {
  double rms = 0;            ///< sqrt(sum s^2 / (M N)): of all entries
  double sigma = 0;          ///< median(s) over sqrt(N median of Marchenko and Pastur's law)
  double trimmed_sigma = 0;  ///< least squares through the quantiles of the law, ranks 10 % to 90 %
  double energy_outside_bulk = 0;  ///< 1 - (sigma / rms)^2: a share of the squared weights
};

/// Both estimates from the min(rows, columns) singular values of a rows x columns matrix,
/// descending. `sigma` holds up to half of them being spikes. O(M), some hundred quantiles of the
/// law a hundred values; allocates nothing. empty_input; shape_mismatch; not_finite, or
/// out_of_range where a value is negative or above the one before (info: its index); degenerate
/// where half of them are zero. `estimate` is then untouched.
Status estimate_bulk(VectorView<const float> values, std::size_t rows, std::size_t columns,
                     BulkEstimate& estimate) noexcept;
Status estimate_bulk(VectorView<const double> values, std::size_t rows, std::size_t columns,
                     BulkEstimate& estimate) noexcept;

/// How many of the largest singular values stand out, by deflation: s_k is tested against the
/// largest of a matrix with k - 1 rows less, until one passes. Its score (see edge_laws.hpp) must
/// exceed `critical_score`: 0.979316 for 5 % of Tracy and Widom's law, tracy_widom_quantile(1 - p)
/// for others. That is the level for Gaussian entries whose sigma is known: at estimate_bulk()'s
/// sigma one such layer in ten shows a spike, and heavier tails show more (t(5): six in ten);
/// count_spikes_beyond() against permutations has no such bias. Allocates nothing. Preconditions:
/// values as in estimate_bulk(), sigma positive.
std::size_t count_spikes(VectorView<const float> values, std::size_t rows, std::size_t columns,
                         double sigma, double critical_score) noexcept;
std::size_t count_spikes(VectorView<const double> values, std::size_t rows, std::size_t columns,
                         double sigma, double critical_score) noexcept;

/// The same count, and behind each of the spikes counted the theta of the rank-one part that put it
/// there, in units of sigma sqrt(max(rows, columns)), by inverting the spiked model (see
/// spiked_model.hpp; 0 where deflation counts what stands within the edge of the whole matrix).
/// `strengths` is written up to the count. Preconditions: those of count_spikes(), `strengths` as
/// long as the count: min(rows, columns) is always enough. Allocates nothing.
std::size_t spike_strengths(VectorView<const float> values, std::size_t rows, std::size_t columns,
                            double sigma, double critical_score,
                            VectorView<double> strengths) noexcept;
std::size_t spike_strengths(VectorView<const double> values, std::size_t rows, std::size_t columns,
                            double sigma, double critical_score,
                            VectorView<double> strengths) noexcept;

/// The 95 % point of Tracy and Widom's law for beta = 1: what one largest singular value in twenty
/// of Gaussian entries of known sigma exceeds.
inline constexpr double kFivePercentScore = 0.979316;

}  // namespace pinnscope
