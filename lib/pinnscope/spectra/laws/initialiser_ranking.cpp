#include "pinnscope/spectra/laws/initialiser_ranking.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "pinnscope/spectra/laws/information_criterion.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"

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

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

void keep_better(const LayerExplanation& next, LayerExplanation& best) noexcept {
  if (next.akaike < best.akaike) best = next;
}

void try_change(const WeightLawFitter& fitter, const WeightModel& model,
                LayerExplanation& best) noexcept {
  WeightLawFit fit;
  if (!is_fitted(fitter.fit(model, fit))) return;
  keep_better({fit.akaike, fit.distance, fit.law.surviving_share(), false}, best);
}

/// The law alone, in the sample's own scale, with its AIC for mu alone.
void try_alone(const WeightLawFitter& fitter, WeightLaw law, double log_likelihood,
               LayerExplanation& best) noexcept {
  law.mu = std::ldexp(law.mu, -fitter.exponent());
  law.initial = std::ldexp(law.initial, -fitter.exponent());
  law.change = std::ldexp(law.change, -fitter.exponent());
  LayerExplanation alone{akaike_criterion(log_likelihood, 1), 1, 1, true};
  const auto distribution = [&](double x) { return law.distribution(x); };
  if (kolmogorov_smirnov_distance(fitter.sorted(), distribution, alone.distance).ok()) {
    keep_better(alone, best);
  }
}

/// A uniform law with mu as near to 0 as the entries let it be.
void try_uniform_alone(const WeightLawFitter& fitter, double limit,
                       LayerExplanation& best) noexcept {
  const double low = std::ldexp(fitter.sorted().back(), fitter.exponent()) - limit;
  const double high = std::ldexp(fitter.sorted().front(), fitter.exponent()) + limit;
  if (low > high) return;
  const auto n = static_cast<double>(fitter.sorted().size());
  try_alone(fitter, {LawKind::uniform, std::clamp(0.0, low, high), limit}, -n * std::log(2 * limit),
            best);
}

/// A normal law at least as wide as the initialiser's: with a normal change, or alone.
void try_normal(const WeightLawFitter& fitter, double deviation, LayerExplanation& best) noexcept {
  WeightLawFit fit;
  if (!fitter.fit({LawKind::normal}, fit).ok()) return;
  const double ratio = deviation / fit.law.change;
  if (ratio <= 1) keep_better({fit.akaike, fit.distance, ratio * ratio, false}, best);
  // l at the initialiser's deviation, from l = -n / 2 (ln(2 pi v) + s^2 / v), largest at v = s^2.
  const auto n = static_cast<double>(fitter.sorted().size());
  const double fall = n * (std::log(ratio) + (1 / (ratio * ratio) - 1) / 2);
  try_alone(fitter, {LawKind::normal, fit.law.mu, 1, deviation}, fit.log_likelihood - fall, best);
}

/// The distance times sqrt(n) that one of so many laws exceeds with 5 %: 2 e^(-2 x^2) = 0.05 /
/// count (Kolmogorov's law far out, and Bonferroni).
double distance_limit(std::size_t count) noexcept {
  return std::sqrt(std::log(40 * static_cast<double>(count)) / 2);
}

/// How much further from the entries a law is than what is tolerated.
double misfit(const ExplainedLayer& layer, std::size_t initialiser, double limit) noexcept {
  return layer.explanations[initialiser].distance -
         limit / std::sqrt(static_cast<double>(layer.entries)) - kToleratedDistance;
}

double needed_excess(Initialiser best, Initialiser rival) noexcept {
  return is_uniform(best) && !is_uniform(rival) ? kLeastShapeExcess : kLeastExcess;
}

InitialiserReason reason_of(const NetworkInitialiser& network, std::size_t entries) noexcept {
  if (entries < kFewestEntries) return InitialiserReason::too_few_entries;
  if (!(network.worst_misfit <= 0)) return InitialiserReason::misfit;
  if (network.share < kLeastShare) return InitialiserReason::nothing_survives;
  if (!(network.spare_excess > 0)) return InitialiserReason::close;
  return InitialiserReason::recognised;
}

}  // namespace

Status explain_layer(const WeightLawFitter& fitter, std::size_t fan_in, std::size_t fan_out,
                     LayerExplanations& explanations) noexcept {
  if (fan_in == 0 || fan_out == 0) return {StatusCode::out_of_range};
  if (fitter.sorted().size() == 0) return {StatusCode::empty_input};
  for (std::size_t i = 0; i < kInitialisers; ++i) {
    LayerExplanation& best = explanations[i];
    best = {kNever, 1, 0, false};
    const WeightModel model = memory_model(static_cast<Initialiser>(i), fan_in, fan_out);
    try_change(fitter, model, best);
    if (is_uniform(static_cast<Initialiser>(i))) {
      try_change(fitter, {LawKind::uniform_normal, model.initial}, best);
      try_uniform_alone(fitter, model.initial, best);
    } else {
      try_normal(fitter, model.initial, best);
    }
  }
  return {};
}

NetworkInitialiser judge_network(std::span<const ExplainedLayer> layers) noexcept {
  NetworkInitialiser network;
  for (std::size_t i = 0; i < kInitialisers; ++i) {
    for (const ExplainedLayer& layer : layers) network.akaike[i] += layer.explanations[i].akaike;
  }
  const auto lowest = std::min_element(network.akaike.begin(), network.akaike.end());
  const auto best = static_cast<std::size_t>(lowest - network.akaike.begin());
  network.best = static_cast<Initialiser>(best);
  network.spare_excess = kNever;
  for (std::size_t i = 0; i < kInitialisers; ++i) {
    if (i == best) continue;
    const auto rival = static_cast<Initialiser>(i);
    const double excess = network.akaike[i] - *lowest;
    const double spare = excess - needed_excess(network.best, rival);
    if (spare >= network.spare_excess) continue;
    network.rival = rival;
    network.excess = excess;
    network.spare_excess = spare;
  }
  network.worst_misfit = -1;
  std::size_t entries = 0;
  double share = 0;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const LayerExplanation& explanation = layers[l].explanations[best];
    entries += layers[l].entries;
    share += explanation.share * static_cast<double>(layers[l].entries);
    if (explanation.on_bound) ++network.on_bound;
    const double beyond = misfit(layers[l], best, distance_limit(layers.size()));
    if (beyond <= network.worst_misfit) continue;
    network.worst_misfit = beyond;
    network.worst_layer = l;
  }
  network.share = entries > 0 ? share / static_cast<double>(entries) : 0;
  network.reason = reason_of(network, entries);
  return network;
}

}  // namespace pinnscope
