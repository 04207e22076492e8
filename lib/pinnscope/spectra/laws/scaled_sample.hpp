#pragma once

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"
#include "pinnscope/spectra/laws/weight_law_fit.hpp"

namespace pinnscope {

/// An ascending sample times a power of two that brings it into [-1, 1]: sample = sorted
/// 2^exponent.
struct ScaledSample {
  VectorView<const double> sorted;
  int exponent = 0;
};

/// GeneralizedGaussianFitter::fit() over lowest_beta <= beta <= highest_beta. With a `start`, the
/// certified optimum uphill from its beta where there is one, in some 20 passes.
Status fit_generalized_gaussian(const ScaledSample& sample, double lowest_beta, double highest_beta,
                                const GeneralizedGaussian* start,
                                GeneralizedGaussianFit& fit) noexcept;

/// WeightLawFitter::fit() without a start, refit() with one.
Status fit_weight_law(const ScaledSample& sample, const WeightModel& model, const WeightLaw* start,
                      WeightLawFit& fit) noexcept;

}  // namespace pinnscope
