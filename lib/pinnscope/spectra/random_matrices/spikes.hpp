#pragma once

#include <cstddef>

#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// How many singular values stand out of a null whose largest one rarely exceeds a critical number.
struct SpikeCount {
  std::size_t standing = 0;  ///< of the values as they are
  std::size_t deflated = 0;  ///< each over the rms of what those before it leave
};

/// Counts the singular values of a rows x columns matrix that exceed `critical` by more than
/// rounding, once squared and divided by N rms^2, N = max(rows, columns). With critical_value() of
/// a NullDistribution of the layer's permutations the level is exact, the error of the rms
/// included. `values` descend, in any unit; those that are missing of M = min(rows, columns) are
/// zeros. By deflation the rms of the k-th value is that of the values from it on, over M - k + 1
/// rows of N entries. O(M^2); allocates nothing.
SpikeCount count_spikes_beyond(VectorView<const double> values, std::size_t rows,
                               std::size_t columns, double critical) noexcept;

}  // namespace pinnscope
