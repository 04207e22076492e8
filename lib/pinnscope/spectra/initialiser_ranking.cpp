#include "pinnscope/spectra/initialiser_ranking.hpp"

#include <algorithm>
#include <limits>

namespace pinnscope {
WeightModel memory_model(Initialiser initialiser, std::size_t fan_in,
                         std::size_t fan_out) noexcept {
  if (is_uniform(initialiser)) {
    return {LawKind::uniform_laplace, uniform_limit(initialiser, fan_in, fan_out)};
  }
  return {LawKind::normal_laplace, standard_deviation(initialiser, fan_in, fan_out)};
}

Status rank_initialisers(const WeightLawFitter& fitter, std::size_t fan_in, std::size_t fan_out,
                         InitialiserRanking& ranking) noexcept {
  if (fan_in == 0 || fan_out == 0) return {StatusCode::out_of_range};
  for (std::size_t i = 0; i < kInitialisers; ++i) {
    InitialiserEvidence& evidence = ranking[i];
    evidence = {static_cast<Initialiser>(i)};
    evidence.status = fitter.fit(memory_model(evidence.initialiser, fan_in, fan_out), evidence.fit);
    if (evidence.status.code == StatusCode::empty_input) return evidence.status;
    if (!is_fitted(evidence.status)) evidence.fit.akaike = std::numeric_limits<double>::infinity();
  }
  std::sort(ranking.begin(), ranking.end(), [](const auto& a, const auto& b) {
    if (a.fit.akaike != b.fit.akaike) return a.fit.akaike < b.fit.akaike;
    return a.initialiser < b.initialiser;
  });
  const double best = ranking.front().fit.akaike;
  if (!is_fitted(ranking.front().status)) return {StatusCode::not_converged};
  for (InitialiserEvidence& evidence : ranking) evidence.akaike_excess = evidence.fit.akaike - best;
  return {};
}

}  // namespace pinnscope
