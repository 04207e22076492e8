#pragma once

#include <cmath>
#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

/// Fits of the generalised Gaussian law to a window of a sorted sample, all of it or a part: what
/// the fitter and the search for published fits have in common.
namespace pinnscope::windows {

inline constexpr int kMostSweeps = 100;

/// Where brackets are narrow enough: of beta relative, of mu in ranges of the window.
struct Tolerance {
  double beta, mu;
};
inline constexpr Tolerance kFine{1e-13, 1e-15};
inline constexpr Tolerance kCoarse{1e-4, 1e-6};  // while windows are still compared

/// Neighbouring entries of a sorted sample. Distances are divided by the window's range, so that
/// every power stays within [0, 1].
struct Window {
  VectorView<const double> sorted;
  double range = 0;
  double inverse_range = 0;

  explicit Window(VectorView<const double> entries) noexcept
      : sorted(entries), range(entries.back() - entries.front()), inverse_range(1 / range) {}

  double n() const noexcept { return static_cast<double>(sorted.size()); }
  double distance(double x, double mu) const noexcept { return std::abs(x - mu) * inverse_range; }
};

struct WindowFit {
  double beta = 0;
  double mu = 0;
  double power = kInfinity;
  double log_likelihood = -kInfinity;
};

struct BetaRange {
  double low, high;
};

/// Whether a beta is one that can be fitted: from 0.01 to 1000.
bool usable_beta(double beta) noexcept;

/// Of the entries of a sorted sample.
double median(VectorView<const double> sorted) noexcept;

/// The best mu and alpha for beta. A fit that cannot exceed `worth` may come back as -infinity.
WindowFit fit_window(const Window& window, double beta, double guess, double worth,
                     double mu_tolerance = kFine.mu) noexcept;

/// The largest likelihood of a window over a range of beta.
WindowFit fit_window_over(const Window& window, BetaRange range) noexcept;

/// The local fit over beta next to an earlier one, for windows that differ by a few entries.
WindowFit fit_window_near(const Window& window, const WindowFit& previous, BetaRange range,
                          Tolerance tolerance) noexcept;

/// Whether S falls before mu and rises after it, which proves the minimum of a convex S.
bool mu_is_certain(const Window& window, const WindowFit& fit) noexcept;

/// ok, out_of_range on a bound of beta towards which the likelihood still rises, or not_converged.
Status certify(const Window& window, const WindowFit& fit, BetaRange range, double score) noexcept;

/// The scale with the largest likelihood.
double best_alpha(const Window& window, const WindowFit& fit) noexcept;

/// The law of a fit with its score, in the window's own scale.
GeneralizedGaussianFit to_fit(const Window& window, const WindowFit& fit) noexcept;

/// Back in the scale of a sample that is `size` of these entries times 2^exponent.
void unscale(GeneralizedGaussianFit& fit, std::size_t size, int exponent) noexcept;

}  // namespace pinnscope::windows
