#pragma once

#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"

/// What arXiv 2509.18131 maximised in place of a likelihood, for reproducing its fits alone.
namespace pinnscope {

/// The floor of the published fits: a density, in units of 1 over those of the entries.
inline constexpr double kPublishedDensityFloor = 1e-12;

/// sum_i ln max(f(x_i), floor) in nats. Not a likelihood: an outlier costs ln floor however far out
/// it is. Compensated; 0 without entries. O(n), allocates nothing.
double floored_log_likelihood(const GeneralizedGaussian& law, VectorView<const float> sample,
                              double floor = kPublishedDensityFloor) noexcept;
double floored_log_likelihood(const GeneralizedGaussian& law, VectorView<const double> sample,
                              double floor = kPublishedDensityFloor) noexcept;

/// A fit whose log_likelihood is the floored one.
struct FlooredFit : GeneralizedGaussianFit {
  std::size_t floored = 0;  ///< entries whose density is floored
};

/// The largest floored_log_likelihood() of the sample that the fitter holds, over its range of beta
/// or at one beta: the largest, over windows of the sorted sample, of the window's likelihood plus
/// ln floor for each entry outside. Windows are searched from many starts and to a fixed point, and
/// must keep half of the sample (the objective is unbounded on a single entry). Some thousand
/// passes; allocates nothing. Statuses as of GeneralizedGaussianFitter::fit() and fit_beta();
/// out_of_range with info 0, `fit` untouched, unless floor is positive and finite too.
/// @{
Status fit_floored(const GeneralizedGaussianFitter& fitter, double floor, FlooredFit& fit) noexcept;
Status fit_floored_beta(const GeneralizedGaussianFitter& fitter, double floor, double beta,
                        FlooredFit& fit) noexcept;
/// @}

}  // namespace pinnscope
