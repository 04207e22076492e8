// What is claimed of the entries of the hidden layers: which law they follow.

#include <algorithm>
#include <cmath>
#include <map>

#include "audit.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"
#include "pinnscope/spectra/laws/information_criterion.hpp"
#include "pinnscope/spectra/laws/initialiser_ranking.hpp"
#include "pinnscope/spectra/samples/differential_entropy.hpp"

namespace pinnscope::apps {
namespace {

// A model ten above the best has essentially no support (Burnham and Anderson, Model Selection and
// Multimodel Inference, 2002, section 2.6).
constexpr double kAkaikeMargin = 10;

/// AIC of both kinds of law for the layers of a network.
struct Criteria {
  std::vector<double> generalized_gaussian;
  std::map<Initialiser, std::vector<double>> memory;  // an initialiser's law * Laplace
};

Criteria fit_layers(const AuditNetwork& network) {
  Criteria criteria;
  for (const arma::mat& weights : network.hidden) {
    const VectorView<const double> sample(weights.memptr(), weights.n_elem);
    Owned<GeneralizedGaussianFitter> gaussian({.capacity = sample.size()});
    GeneralizedGaussianFit fit;
    fit.log_likelihood = std::nan("");
    if (gaussian->load(sample).ok()) static_cast<void>(gaussian->fit(fit));
    criteria.generalized_gaussian.push_back(akaike_criterion(fit.log_likelihood, 3));
    Owned<WeightLawFitter> fitter({.capacity = sample.size()});
    InitialiserRanking ranking{};
    const bool ranked = fitter->load(sample).ok() &&
                        rank_initialisers(*fitter, weights.n_rows, weights.n_cols, ranking).ok();
    for (const Initialiser initialiser : kEveryInitialiser) {
      const auto* found = std::find_if(ranking.begin(), ranking.end(), [&](const auto& evidence) {
        return evidence.initialiser == initialiser;
      });
      const bool has = ranked && found != ranking.end() && std::isfinite(found->akaike_excess);
      criteria.memory[initialiser].push_back(has ? found->fit.akaike : std::nan(""));
    }
  }
  return criteria;
}

/// The initialiser that explains all layers of the network best; NaN criteria lose.
const std::pair<const Initialiser, std::vector<double>>* best_of(const Criteria& criteria) {
  const std::pair<const Initialiser, std::vector<double>>* best = nullptr;
  double least = INFINITY;
  for (const auto& candidate : criteria.memory) {
    double sum = 0;
    for (const double akaike : candidate.second) sum += akaike;
    if (sum < least) {
      least = sum;
      best = &candidate;
    }
  }
  return best;
}

// Nats: of the width that a law fills, a twentieth less than the Gaussian of its variance fills.
const double kEntropyMargin = -std::log(0.95);

/// How far the entries of each layer lie below the largest entropy of their variance, in nats,
/// corrected by what the estimate has on Gaussian samples of the same size; p-values among those
/// samples. The layers of both networks, one after the other.
std::vector<Member> measure_entropies(Audit& audit) {
  std::vector<Member> layers;
  for (const AuditNetwork& network : audit.networks) {
    const std::size_t entries = network.hidden.front().n_elem;  // of every square layer
    Owned<DifferentialEntropy> estimator({.capacity = entries});
    Owned<EntropyCalibration> calibration({.capacity = entries, .draws = audit.options.draws});
    audit.fail(calibration->simulate(entries, 0, audit.options.seed), "entropies of noise");
    for (const arma::mat& weights : network.hidden) {
      EntropyEstimate estimate;
      CorrectedEntropy corrected;
      corrected.negentropy = corrected.p_value = kUnknown;
      const VectorView<const double> sample(weights.memptr(), weights.n_elem);
      if (estimator->estimate(sample, 0, estimate).ok()) {
        static_cast<void>(calibration->correct(estimate, corrected));
      }
      layers.push_back({corrected.negentropy, corrected.p_value});
    }
  }
  correct(layers);
  return layers;
}

void judge_entropies(Audit& audit) {
  const std::vector<Member> layers = measure_entropies(audit);
  std::size_t first = 0;
  for (const AuditNetwork& network : audit.networks) {
    const std::span<const Member> own = std::span(layers).subspan(first, network.hidden.size());
    first += own.size();
    Evidence evidence{.margin = kEntropyMargin,
                      .largest = -INFINITY,
                      .tests = layers.size(),
                      .members = own.size(),
                      .draws = audit.options.draws,
                      .one_sided = true};
    std::vector<double> known;
    for (const Member& member : own) {
      if (std::isnan(member.departure)) {
        ++evidence.missing;
        continue;
      }
      known.push_back(member.departure);
      evidence.rejected += rejects(member.holm) ? 1 : 0;
      evidence.beyond += rejects(member.holm) && member.departure > kEntropyMargin ? 1 : 0;
      evidence.largest = std::max(evidence.largest, member.departure);
    }
    evidence.departure = bootstrap_mean(known, audit.options.seed, audit.next_stream());
    audit.claim("\"high-entropy regime\": entries", network.name,
                "nats of the entries' entropy below the Gaussian law of their variance", evidence,
                of(evidence.rejected, evidence.members) + " layers reject a Gaussian law, " +
                    std::to_string(evidence.beyond) + " by more than the margin; most " +
                    number(evidence.largest, 2) + ", a uniform law has " +
                    number(gaussian_entropy(1) - std::log(std::sqrt(12.0)), 2));
  }
}

}  // namespace

void audit_laws_of_entries(Audit& audit) {
  judge_entropies(audit);
  for (const AuditNetwork& network : audit.networks) {
    const Criteria criteria = fit_layers(network);
    const auto* best = best_of(criteria);
    std::vector<double> excess;
    double least = INFINITY;
    double most = -INFINITY;
    for (std::size_t l = 0; best != nullptr && l < network.hidden.size(); ++l) {
      const double difference = criteria.generalized_gaussian[l] - best->second[l];
      least = std::min(least, difference);
      most = std::max(most, difference);
      excess.push_back(std::max(0.0, difference));
    }
    const Evidence evidence{
        .departure = bootstrap_mean(excess, audit.options.seed, audit.next_stream()),
        .margin = kAkaikeMargin,
        .largest = most};
    const auto beyond = std::count_if(excess.begin(), excess.end(),
                                      [](double value) { return value > kAkaikeMargin; });
    const std::string law = best == nullptr ? "no initialiser's law * Laplace"
                                            : std::string(text(best->first)) + " * Laplace";
    audit.claim(
        "the entries follow a generalised Gaussian law", network.name,
        "AIC above that of an initialiser's law * Laplace, which has a parameter less", evidence,
        law + "; in single layers " + number(least, 3) + " to " + number(most, 3) + ", in " +
            of(static_cast<std::size_t>(beyond), excess.size()) + " beyond the margin");
  }
}

}  // namespace pinnscope::apps
