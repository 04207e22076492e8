#pragma once

#include <limits>
#include <string>
#include <vector>

#include "layer_steps.hpp"
#include "pde.hpp"
#include "pinnscope/readings/label_search.hpp"
#include "pinnscope/readings/scheme_verdict.hpp"
#include "pinnscope/signals/spread.hpp"

namespace pinnscope::apps {

/// What a step is under the best labels that a search found.
struct BestReport {
  bool searched = false;
  BestLabelling found;
  std::size_t named = 0;
  BestShareNull null;

  const SchemeFit& fit() const { return found.fits.fits[named]; }
  std::string answer() const {
    const SchemeAnswer answer = searched ? null.answer(fit().share) : SchemeAnswer::cannot_tell;
    return answer == SchemeAnswer::scheme ? text(fit().scheme) : text(answer);
  }
};

/// Spreads of the coefficients of a reading.
struct CoefficientSpreads {
  Spread reaction;
  Spread velocity;
  Spread diffusivity;
  Spread dispersion;

  void add(const PdeCoefficients& coefficients) {
    reaction.add(coefficients.reaction);
    velocity.add(coefficients.velocity);
    diffusivity.add(coefficients.diffusivity);
    dispersion.add(coefficients.dispersion);
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
  CoefficientSpreads euler;                                     // over the rows
  CoefficientSpreads flow;                                      // over those that have one
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
