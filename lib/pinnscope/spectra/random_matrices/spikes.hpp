#pragma once

#include <cstddef>

#include "pinnscope/core/view.hpp"

namespace pinnscope {

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
