#pragma once

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/weight_law_fit.hpp"

namespace pinnscope {

/// An ascending sample times a power of two that brings it into [-1, 1]: sample = sorted
/// 2^exponent.
struct ScaledSample {
  VectorView<const double> sorted;
  int exponent = 0;
};

/// WeightLawFitter::fit() without a start, refit() with one.
Status fit_weight_law(const ScaledSample& sample, const WeightModel& model, const WeightLaw* start,
                      WeightLawFit& fit) noexcept;

}  // namespace pinnscope
