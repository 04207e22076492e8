// What is claimed of the spectra of the hidden layers: of each network, Holm's correction over the
// layers of both. Eigenvalues are those of a labelling of the neurons: what is claimed of them is
// judged again under other labels of the same networks.

#include <algorithm>
#include <cmath>
#include <map>

#include "audit.hpp"
#include "noise.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/random_matrices/spikes.hpp"

namespace pinnscope::apps {
namespace {

// Margins, and why. A distance between distributions is the share of values that lie elsewhere: one
// in twenty. Entropies are logarithms of a number of directions: half of them, a twentieth of them.
constexpr double kShareMargin = 0.05;
const double kHighMargin = std::log(2.0);
const double kNoiseMargin = -std::log(0.95);

constexpr std::size_t kRelabellings = 99;  // of both networks, or as many as there are draws

struct Layer {
  std::size_t network = 0;
  std::size_t index = 0;
  SpectrumNumbers whole{};
  SpectrumNumbers remainder{};  // without its spikes
  std::size_t spikes = 0;
  SpectrumDraws shuffled{};
  SpectrumDraws relabelled{};
  SpectrumDraws relabelled_remainder{};
  const SpectrumDraws* noise = nullptr;
  const SpectrumDraws* noise_remainder = nullptr;
};

/// Gaussian draws, made once for each order and number of spikes.
class GaussianDraws {
 public:
  explicit GaussianDraws(Audit& audit) : audit_(audit) {}

  const SpectrumDraws* of(std::size_t order, std::size_t spikes) {
    const auto [slot, is_new] = draws_.try_emplace({order, spikes});
    if (is_new) {
      slot->second =
          draw_gaussian(order, spikes, audit_.options.draws, audit_.options.seed, audit_.workers);
    }
    return &slot->second;
  }

 private:
  Audit& audit_;
  std::map<std::pair<std::size_t, std::size_t>, SpectrumDraws> draws_;
};

/// How many singular values stand out of the layer's own entries in random order, one after the
/// other, each with an error of kLevel.
std::size_t count_spikes(const arma::mat& weights, const SpectrumDraws& shuffled) {
  std::vector<double> largest = shuffled[SpectrumNumber::largest];
  std::erase_if(largest, [](double value) { return std::isnan(value); });
  Owned<SingularValues<double>> singular({.rows = weights.n_rows, .columns = weights.n_cols});
  if (largest.empty() || !singular->compute(view(weights)).ok()) return 0;
  std::sort(largest.begin(), largest.end());
  // The least that at most `others` draws exceed, so that its p-value is at most kLevel.
  const double rank = std::floor(kLevel * static_cast<double>(largest.size() + 1) * (1 + 1e-9));
  const std::size_t others = rank >= 1 ? static_cast<std::size_t>(rank) - 1 : 0;
  const double critical = largest[largest.size() - 1 - others];
  const std::size_t spikes =
      count_spikes_beyond(singular->values(), weights.n_rows, weights.n_cols, critical).deflated;
  return std::min<std::size_t>(spikes, weights.n_rows / 2);  // a bulk has to be left
}

std::vector<Layer> measure(Audit& audit, GaussianDraws& gaussian) {
  std::vector<Layer> layers;
  const std::size_t relabellings = std::min(kRelabellings, audit.options.draws);
  for (std::size_t k = 0; k < 2; ++k) {
    const bool signs = signs_are_labels(audit.networks[k]);
    for (std::size_t l = 0; l < audit.networks[k].hidden.size(); ++l) {
      const arma::mat& weights = audit.networks[k].hidden[l];
      Layer layer{.network = k, .index = l + 1};
      layer.whole = measure_spectrum(weights);
      const std::uint64_t stream = 1 + 1024 * k + l;
      layer.shuffled =
          draw_shuffled(weights, audit.options.draws, audit.options.seed, stream, audit.workers);
      layer.spikes = count_spikes(weights, layer.shuffled);
      layer.remainder = measure_spectrum(weights, layer.spikes);
      const auto relabel = [&](std::size_t spikes) {
        return draw_relabelled(weights, spikes, signs, relabellings, audit.options.seed, stream,
                               audit.workers);
      };
      layer.relabelled = relabel(0);
      layer.relabelled_remainder = relabel(layer.spikes);
      layer.noise = gaussian.of(weights.n_rows, 0);
      layer.noise_remainder = gaussian.of(weights.n_rows, layer.spikes);
      layers.push_back(std::move(layer));
    }
  }
  return layers;
}

/// A number of all layers beside the null that it is placed in.
struct Family {
  const std::vector<Layer>& layers;
  SpectrumNumber number;
  const SpectrumDraws& (*null)(const Layer&);
  std::vector<double> observed{};
  std::vector<Member> members{};
};

const SpectrumDraws& shuffled(const Layer& layer) { return layer.shuffled; }
const SpectrumDraws& noise(const Layer& layer) { return *layer.noise; }
const SpectrumDraws& noise_remainder(const Layer& layer) { return *layer.noise_remainder; }
const SpectrumDraws& relabelled(const Layer& layer) { return layer.relabelled; }
const SpectrumDraws& relabelled_remainder(const Layer& layer) { return layer.relabelled_remainder; }
const SpectrumNumbers& whole(const Layer& layer) { return layer.whole; }
const SpectrumNumbers& remainder(const Layer& layer) { return layer.remainder; }

/// A family whose numbers are observed(layer).
template <class Observed>
Family place(const std::vector<Layer>& layers, SpectrumNumber number,
             const SpectrumDraws& (*null)(const Layer&), Observed&& observed) {
  Family family{layers, number, null};
  for (const Layer& layer : layers) {
    const std::vector<double>& draws = null(layer)[number];
    const double value = observed(layer);
    family.observed.push_back(value);
    family.members.push_back({value - mean_of(draws), upper_p_value(value, draws)});
  }
  correct(family.members);
  return family;
}

/// What a family says of one network, and which of its layers departs most.
struct FamilyEvidence {
  Evidence evidence{};
  std::size_t furthest = 0;
};

FamilyEvidence gather(const Audit& audit, const Family& family, std::size_t network, double margin,
                      std::uint64_t stream) {
  FamilyEvidence found{{.margin = margin,
                        .largest = -INFINITY,
                        .tests = family.layers.size(),
                        .draws = audit.options.draws,
                        .one_sided = family.number != SpectrumNumber::bulk_share}};
  Evidence& evidence = found.evidence;
  std::vector<double> observed;
  std::vector<std::span<const double>> null;
  for (std::size_t l = 0; l < family.layers.size(); ++l) {
    const Layer& layer = family.layers[l];
    const Member& member = family.members[l];
    if (layer.network != network) continue;
    ++evidence.members;
    if (std::isnan(member.departure)) {
      ++evidence.missing;
      continue;
    }
    observed.push_back(family.observed[l]);
    null.emplace_back(family.null(layer)[family.number]);
    const bool rejected = rejects(member.holm);
    evidence.rejected += rejected ? 1 : 0;
    evidence.beyond += rejected && member.departure > margin ? 1 : 0;
    if (member.departure > evidence.largest) {
      evidence.largest = member.departure;
      found.furthest = layer.index;
    }
  }
  evidence.departure = bootstrap_departure(observed, null, audit.options.seed, stream);
  return found;
}

/// The same claim about the same networks under other labels of their neurons, one of each layer's
/// `relabelled` draws after the other: fills `evidence.labellings`, and says how the departure is
/// spread and what the verdicts are.
std::string relabel_claim(const Audit& audit, const Family& family, std::size_t network,
                          const SpectrumDraws& (*relabelled)(const Layer&), std::uint64_t stream,
                          Evidence& evidence) {
  const Verdict here = judge(evidence).verdict;
  const std::size_t total = relabelled(family.layers.front())[family.number].size();
  std::vector<double> departures;
  std::map<Verdict, std::size_t> verdicts;
  std::size_t below = 0;
  for (std::size_t k = 0; k < total; ++k) {
    const Family other = place(family.layers, family.number, family.null, [&](const Layer& layer) {
      return relabelled(layer)[family.number][k];
    });
    const Evidence found = gather(audit, other, network, evidence.margin, stream).evidence;
    ++verdicts[judge(found).verdict];
    departures.push_back(found.departure.value);
    below += found.departure.value < evidence.departure.value ? 1 : 0;
  }
  evidence.labellings = {.total = total,
                         .same = verdicts[here],
                         .other = total - verdicts[here] - verdicts[Verdict::cannot_tell]};
  const Interval spread = middle_range(evidence.departure.value, std::move(departures));
  std::string words = "as labelled: of " + std::to_string(total) +
                      " relabellings of the same function " + std::to_string(below) +
                      " depart less, the middle 95 % by " + number(spread.lower, 2) + " to " +
                      number(spread.upper, 2) + "; their verdicts:";
  for (const Verdict verdict : kVerdicts) {
    words += ' ' + std::to_string(verdicts[verdict]) + ' ' + text(verdict);
  }
  return words;
}

/// How a claim is judged.
struct ClaimOfFamily {
  std::string item;
  std::string what;  // departs, in which unit
  double margin = 0;
  const SpectrumDraws& (*relabelled)(const Layer&) = nullptr;  // where the number knows of labels
  std::array<std::string, 2> extra{};                          // a sentence of each network
};

/// A claim about each network.
void judge_family(Audit& audit, const Family& family, const ClaimOfFamily& claim) {
  for (std::size_t k = 0; k < 2; ++k) {
    const std::uint64_t stream = audit.next_stream();
    auto [evidence, furthest] = gather(audit, family, k, claim.margin, stream);
    std::string reason = of(evidence.rejected, evidence.members) + " layers reject noise, " +
                         std::to_string(evidence.beyond) + " by more than the margin";
    if (furthest > 0) {
      reason += "; most in layer " + std::to_string(furthest) + ", " + number(evidence.largest, 2);
    }
    if (!claim.extra[k].empty()) reason += "; " + claim.extra[k];
    if (claim.relabelled != nullptr) {
      reason += "; " + relabel_claim(audit, family, k, claim.relabelled, stream, evidence);
    }
    audit.claim(claim.item, audit.networks[k].name, claim.what, evidence, reason);
  }
}

/// The least and the largest of a number over the layers of a network.
template <class Value>
std::string range(const std::vector<Layer>& layers, std::size_t network, int digits,
                  Value&& value) {
  double least = INFINITY;
  double most = -INFINITY;
  for (const Layer& layer : layers) {
    if (layer.network != network) continue;
    least = std::min(least, static_cast<double>(value(layer)));
    most = std::max(most, static_cast<double>(value(layer)));
  }
  return number(least, digits) + " to " + number(most, digits);
}

/// Of each layer, in one of its states.
auto number_of(SpectrumNumber number, const SpectrumNumbers& (*state)(const Layer&)) {
  return [=](const Layer& layer) { return state(layer)[index_of(number)]; };
}

/// Of the abstract's first sentence what can be judged: whether the layers are told from their own
/// entries in random order.
void judge_randomness(Audit& audit, const std::vector<Layer>& layers) {
  const Family family = place(layers, SpectrumNumber::bulk_share, shuffled,
                              number_of(SpectrumNumber::bulk_share, whole));
  judge_family(audit, family,
               {.item = "\"weight matrices that appear statistically random after training\"",
                .what = "share of the squared weights outside of the bulk, beyond that of the "
                        "shuffled layers",
                .margin = kShareMargin});
}

void judge_entropy(Audit& audit, const std::vector<Layer>& layers) {
  const Family family = place(layers, SpectrumNumber::entropy_deficit, shuffled,
                              number_of(SpectrumNumber::entropy_deficit, whole));
  std::array<std::string, 2> entropies;
  for (std::size_t k = 0; k < 2; ++k) {
    const double most = std::log(static_cast<double>(audit.networks[k].hidden.front().n_rows));
    const auto entropy = [&](const Layer& layer) {
      return most - layer.whole[index_of(SpectrumNumber::entropy_deficit)];
    };
    const auto of_noise = [&](const Layer& layer) {
      return most - mean_of(layer.shuffled[SpectrumNumber::entropy_deficit]);
    };
    entropies[k] =
        range(layers, k, 3, entropy) + " nats, shuffled " + range(layers, k, 3, of_noise);
  }
  judge_family(audit, family,
               {.item = "\"the learned weights reside in a high-entropy regime\"",
                .what = "nats of spectral entropy below the shuffled layers",
                .margin = kHighMargin,
                .extra = entropies});
  judge_family(audit, family,
               {.item = "\"consistent with predictions from random matrix theory\": entropy",
                .what = "nats of spectral entropy below the shuffled layers",
                .margin = kNoiseMargin});
}

struct Treatment {
  const char* name;
  SpectrumNumber singular;
  SpectrumNumber eigenvalue;
  const SpectrumDraws& (*null)(const Layer&);
  const SpectrumNumbers& (*observed)(const Layer&);
  const SpectrumDraws& (*relabelled)(const Layer&);
};

constexpr std::array<Treatment, 4> kTreatments{{
    {"at the rms", SpectrumNumber::singular_at_rms, SpectrumNumber::eigenvalue_at_rms, noise, whole,
     relabelled},
    {"at the sigma of the bulk", SpectrumNumber::singular_at_bulk,
     SpectrumNumber::eigenvalue_at_bulk, noise, whole, relabelled},
    {"without spikes, at the rms", SpectrumNumber::singular_at_rms,
     SpectrumNumber::eigenvalue_at_rms, noise_remainder, remainder, relabelled_remainder},
    {"without spikes, at the sigma of the bulk", SpectrumNumber::singular_at_bulk,
     SpectrumNumber::eigenvalue_at_bulk, noise_remainder, remainder, relabelled_remainder},
}};

/// Both laws in the same four ways.
void judge_laws(Audit& audit, const std::vector<Layer>& layers) {
  std::array<std::string, 2> spikes;
  for (std::size_t k = 0; k < 2; ++k) {
    spikes[k] =
        range(layers, k, 2, [](const Layer& layer) { return layer.spikes; }) + " spikes a layer";
  }
  for (const bool eigenvalues : {true, false}) {
    for (const Treatment& treatment : kTreatments) {
      const SpectrumNumber number = eigenvalues ? treatment.eigenvalue : treatment.singular;
      const Family family =
          place(layers, number, treatment.null, number_of(number, treatment.observed));
      const bool without = treatment.observed == remainder;
      judge_family(audit, family,
                   {.item = std::string(eigenvalues ? "eigenvalues follow the circular law, "
                                                    : "singular values follow Marchenko-Pastur, ") +
                            treatment.name,
                    .what = "KS distance beyond that of noise",
                    .margin = kShareMargin,
                    .relabelled = eigenvalues ? treatment.relabelled : nullptr,
                    .extra = without ? spikes : std::array<std::string, 2>{}});
    }
  }
}

void judge_scale(Audit& audit, const std::vector<Layer>& layers) {
  const Family family = place(layers, SpectrumNumber::bulk_share, noise,
                              number_of(SpectrumNumber::bulk_share, whole));
  judge_family(audit, family,
               {.item = "the rms is the standard deviation of the bulk",
                .what = "share of the squared weights outside of the bulk, beyond that of noise",
                .margin = kShareMargin});
}

/// p of the most extreme order of n + m networks in a rank test.
double smallest_rank_p_value(std::size_t first, std::size_t second) {
  double orders = 1;
  for (std::size_t k = 1; k <= second; ++k) {
    orders = orders * static_cast<double>(first + k) / static_cast<double>(k);
  }
  return 1 / orders;
}

/// Layers of one network are not independent, so what is compared is networks: one of each.
void judge_outliers(Audit& audit, const std::vector<Layer>& layers) {
  std::vector<double> differences;
  std::size_t larger = 0;
  const std::size_t first = audit.networks[0].hidden.size();
  const std::size_t count = std::min(first, layers.size() - first);
  for (std::size_t l = 0; l < count; ++l) {
    const SpectrumNumbers& viscous = layers[l].whole;
    const SpectrumNumbers& inviscid = layers[first + l].whole;
    differences.push_back(inviscid[index_of(SpectrumNumber::bulk_share)] -
                          viscous[index_of(SpectrumNumber::bulk_share)]);
    larger +=
        inviscid[index_of(SpectrumNumber::largest)] > viscous[index_of(SpectrumNumber::largest)];
  }
  const auto more = static_cast<std::size_t>(
      std::count_if(differences.begin(), differences.end(), [](double d) { return d > 0; }));
  const double p = smallest_rank_p_value(1, 1);
  Evidence evidence{
      .departure = bootstrap_mean(differences, audit.options.seed, audit.next_stream()),
      .margin = kShareMargin,
      .smallest_p_value = p,
      .states_departure = true};
  evidence.largest = evidence.departure.upper;
  audit.claim("outliers are more pronounced in the inviscid case", "both networks",
              "share of the squared weights outside of the bulk, inviscid less viscous", evidence,
              "more in " + of(more, count) + " layers, s_1 over the rms larger in " +
                  of(larger, count) + ": a description of one network of each problem");
}

}  // namespace

void audit_weights(Audit& audit) {
  GaussianDraws gaussian(audit);
  const std::vector<Layer> layers = measure(audit, gaussian);
  judge_randomness(audit, layers);
  judge_entropy(audit, layers);
  judge_laws(audit, layers);
  judge_scale(audit, layers);
  judge_outliers(audit, layers);
}

}  // namespace pinnscope::apps
