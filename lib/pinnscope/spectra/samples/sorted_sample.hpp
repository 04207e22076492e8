#pragma once

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// sorted[i] = the i-th smallest entry of the sample, in double. Same sizes. O(n log n), allocates
/// nothing. empty_input, or not_finite with the first offending index; `sorted` is then
/// unspecified.
Status sort_sample(VectorView<const float> sample, VectorView<double> sorted) noexcept;
Status sort_sample(VectorView<const double> sample, VectorView<double> sorted) noexcept;

/// The same copy in the order of the sample.
Status copy_sample(VectorView<const float> sample, VectorView<double> copy) noexcept;
Status copy_sample(VectorView<const double> sample, VectorView<double> copy) noexcept;

/// Scales an ascending sample in place by the power of two that brings it into [-1, 1]: it was
/// sorted 2^exponent. degenerate for a constant one, which is left as it is.
Status scale_sorted(VectorView<double> sorted, int& exponent) noexcept;

/// Sorts and scales a sample into the front of `storage`. shape_mismatch (info: the size of
/// `storage`) where it does not fit; otherwise as sort_sample() and scale_sorted().
Status load_scaled(VectorView<const float> sample, VectorView<double> storage,
                   int& exponent) noexcept;
Status load_scaled(VectorView<const double> sample, VectorView<double> storage,
                   int& exponent) noexcept;

}  // namespace pinnscope
