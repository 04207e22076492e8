#pragma once

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// How far n approximate values are from exact ones.
struct ErrorNorms {
  double l1 = 0;           ///< mean of |e|
  double l2 = 0;           ///< root of the mean of e^2
  double relative_l2 = 0;  ///< |e|_2 / |exact|_2; infinite where exact vanishes and e does not
  double l_infinity = 0;   ///< largest |e|
};

/// Compares equally long vectors. Linear cost, no allocation. empty_input, shape_mismatch and
/// not_finite (info: the index) leave `norms` unchanged.
Status error_norms(VectorView<const double> approximate, VectorView<const double> exact,
                   ErrorNorms& norms) noexcept;

}  // namespace pinnscope
