#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "layer_steps.hpp"
#include "pde.hpp"
#include "pinnscope/readings/label_search.hpp"
#include "pinnscope/readings/scheme_verdict.hpp"

namespace pinnscope::apps {

/// Among the same search on permuted entries, by how many of their standard deviations a share
/// must lie above their mean, and above each: of 9 normal numbers another one does so with a
/// probability of 1e-3.
constexpr double kBestDeviations = 5;

/// A share of which a scheme under the best labels would stand out, or else nothing can be told.
constexpr double kBestShare = 0.9;

/// What a step is under the best labels that a search found.
struct BestReport {
  bool searched = false;
  BestLabelling found;
  std::size_t named = 0;
  double mean = std::numeric_limits<double>::quiet_NaN();  // of the share on permuted entries
  double standard_deviation = std::numeric_limits<double>::quiet_NaN();
  double largest = std::numeric_limits<double>::quiet_NaN();

  const SchemeFit& fit() const { return found.fits.fits[named]; }
  /// NaN where a single search has no deviation.
  double needed() const {
    const double far = mean + kBestDeviations * standard_deviation;
    return std::isnan(far) ? far : std::max({far, largest, kLeastSchemeShare});
  }
  std::string answer() const {
    if (!searched || !(needed() < kBestShare)) return text(SchemeAnswer::cannot_tell);
    return fit().share > needed() ? text(fit().scheme) : text(SchemeAnswer::none);
  }
};

/// What there is to say of a step.
struct StepReport {
  const StepOfLayer* step = nullptr;
  SchemeVerdict verdict;
  double largest_singular_value = std::numeric_limits<double>::quiet_NaN();
  double smallest_singular_value = std::numeric_limits<double>::quiet_NaN();
  double rms = std::numeric_limits<double>::quiet_NaN();
  double source_rms = std::numeric_limits<double>::quiet_NaN();
  double velocity_spread = 0;  // standard deviation over the rows
  double diffusivity_spread = 0;
  double negative_rows = 0;                                     // those with D < 0
  double departure = std::numeric_limits<double>::quiet_NaN();  // from translation invariance
  std::size_t named = 0;  // the scheme that is shown, of those that are tied
  std::string failure;    // why there is no verdict
  BestReport best;

  const SchemeFit& fit() const { return verdict.fits.fits[named]; }
};

/// The names of the schemes that the step cannot be told from, but for the one that is shown.
std::string others(const StepReport& report);

/// The verdict: a scheme's name, or that it is none or cannot be told.
std::string answer_of(const StepReport& report);

/// Reads and judges every step, and searches its best labels where both sides are free.
std::vector<StepReport> judge_steps(const PdeOptions& options, const NetworkWeights& network,
                                    const std::vector<StepOfLayer>& steps);

}  // namespace pinnscope::apps
