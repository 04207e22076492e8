#pragma once

#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// How evenly singular values share their weight. With M = min(rows, columns) of them:
struct SpectralEntropy {
  double entropy = 0;         ///< -sum p ln p, p = s^2 / sum s^2; between 0 and ln M
  double effective_rank = 0;  ///< exp(-sum p ln p), p = s / sum s (Roy and Vetterli 2007)
  double stable_rank = 0;     ///< sum s^2 / max s^2
};

/// Computes all three from M singular values in any order. Linear cost, no allocation, no overflow.
/// empty_input, not_finite (or negative: out_of_range), degenerate (all zero) leave `result`.
Status spectral_entropy(VectorView<const float> values, SpectralEntropy& result) noexcept;
Status spectral_entropy(VectorView<const double> values, SpectralEntropy& result) noexcept;

}  // namespace pinnscope
