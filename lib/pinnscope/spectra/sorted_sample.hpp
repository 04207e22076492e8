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

}  // namespace pinnscope
