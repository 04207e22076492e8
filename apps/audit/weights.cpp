// What is claimed of the spectra of the hidden layers: of each network, Holm's correction over the
// layers of both.

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

struct Layer {
  std::size_t network = 0;
  std::size_t index = 0;
  SpectrumNumbers whole{};
  SpectrumNumbers remainder{};  // without its spikes
  std::size_t spikes = 0;
  double in_band = 0;  // share of its squares in the three diagonals of a ring
  SpectrumDraws shuffled{};
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

/// The share of the squared entries that a stencil of three cells on a ring would hold all of.
double share_in_band(const arma::mat& weights) {
  const arma::uword n = weights.n_rows;
  double band = 0;
  double all = 0;
  for (arma::uword j = 0; j < n; ++j) {
    for (arma::uword i = 0; i < n; ++i) {
      const double square = weights(i, j) * weights(i, j);
      const arma::uword apart = (i + n - j) % n;
      all += square;
      if (apart <= 1 || apart == n - 1) band += square;
    }
  }
  return band / all;
}

std::vector<Layer> measure(Audit& audit, GaussianDraws& gaussian) {
  std::vector<Layer> layers;
  for (std::size_t k = 0; k < 2; ++k) {
    for (std::size_t l = 0; l < audit.networks[k].hidden.size(); ++l) {
      const arma::mat& weights = audit.networks[k].hidden[l];
      Layer layer{.network = k, .index = l + 1};
      layer.whole = measure_spectrum(weights);
      layer.shuffled = draw_shuffled(weights, audit.options.draws, audit.options.seed,
                                     1 + 1024 * k + l, audit.workers);
      layer.spikes = count_spikes(weights, layer.shuffled);
      layer.remainder = measure_spectrum(weights, layer.spikes);
      layer.in_band = share_in_band(weights);
      layer.noise = gaussian.of(weights.n_rows, 0);
      layer.noise_remainder = gaussian.of(weights.n_rows, layer.spikes);
      layers.push_back(std::move(layer));
    }
  }
  return layers;
}

/// A number of all layers beside the null that it is placed in.
struct Family {
  std::vector<Layer> const& layers;
  SpectrumNumber number;
  const SpectrumDraws& (*null)(const Layer&);
  const SpectrumNumbers& (*observed)(const Layer&);
  std::vector<Member> members;
};

const SpectrumDraws& shuffled(const Layer& layer) { return layer.shuffled; }
const SpectrumDraws& noise(const Layer& layer) { return *layer.noise; }
const SpectrumDraws& noise_remainder(const Layer& layer) { return *layer.noise_remainder; }
const SpectrumNumbers& whole(const Layer& layer) { return layer.whole; }
const SpectrumNumbers& remainder(const Layer& layer) { return layer.remainder; }

void place_members(Family& family) {
  for (const Layer& layer : family.layers) {
    const std::vector<double>& draws = family.null(layer)[family.number];
    const double observed = family.observed(layer)[index_of(family.number)];
    family.members.push_back({observed - mean_of(draws), upper_p_value(observed, draws)});
  }
  correct(family.members);
}

/// A claim about each network. `what` says what departs, in which unit; `extra` adds a sentence.
void judge_family(Audit& audit, const Family& family, const std::string& item,
                  const std::string& what, double margin,
                  const std::array<std::string, 2>& extra = {}) {
  for (std::size_t k = 0; k < 2; ++k) {
    Evidence evidence{.margin = margin,
                      .largest = -INFINITY,
                      .tests = family.layers.size(),
                      .draws = audit.options.draws,
                      .one_sided = family.number != SpectrumNumber::bulk_share};
    std::vector<double> observed;
    std::vector<std::span<const double>> null;
    std::size_t furthest = 0;
    for (std::size_t l = 0; l < family.layers.size(); ++l) {
      const Layer& layer = family.layers[l];
      const Member& member = family.members[l];
      if (layer.network != k) continue;
      ++evidence.members;
      if (std::isnan(member.departure)) {
        ++evidence.missing;
        continue;
      }
      observed.push_back(family.observed(layer)[index_of(family.number)]);
      null.emplace_back(family.null(layer)[family.number]);
      const bool rejected = rejects(member.holm);
      evidence.rejected += rejected ? 1 : 0;
      evidence.beyond += rejected && member.departure > margin ? 1 : 0;
      if (member.departure > evidence.largest) {
        evidence.largest = member.departure;
        furthest = layer.index;
      }
    }
    evidence.departure =
        bootstrap_departure(observed, null, audit.options.seed, audit.next_stream());
    std::string reason = of(evidence.rejected, evidence.members) + " layers reject noise, " +
                         std::to_string(evidence.beyond) + " by more than the margin";
    if (furthest > 0) {
      reason += "; most in layer " + std::to_string(furthest) + ", " + number(evidence.largest, 2);
    }
    if (!extra[k].empty()) reason += "; " + extra[k];
    audit.claim(item, audit.networks[k].name, what, evidence, reason);
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

void judge_entropy(Audit& audit, const std::vector<Layer>& layers) {
  Family family{layers, SpectrumNumber::entropy_deficit, shuffled, whole, {}};
  place_members(family);
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
  judge_family(audit, family, "\"the learned weights reside in a high-entropy regime\"",
               "nats of spectral entropy below the shuffled layers", kHighMargin, entropies);
  judge_family(audit, family, "\"consistent with predictions from random matrix theory\": entropy",
               "nats of spectral entropy below the shuffled layers", kNoiseMargin);
}

struct Treatment {
  const char* name;
  SpectrumNumber singular;
  SpectrumNumber eigenvalue;
  const SpectrumDraws& (*null)(const Layer&);
  const SpectrumNumbers& (*observed)(const Layer&);
};

constexpr std::array<Treatment, 4> kTreatments{{
    {"at the rms", SpectrumNumber::singular_at_rms, SpectrumNumber::eigenvalue_at_rms, noise,
     whole},
    {"at the sigma of the bulk", SpectrumNumber::singular_at_bulk,
     SpectrumNumber::eigenvalue_at_bulk, noise, whole},
    {"without spikes, at the rms", SpectrumNumber::singular_at_rms,
     SpectrumNumber::eigenvalue_at_rms, noise_remainder, remainder},
    {"without spikes, at the sigma of the bulk", SpectrumNumber::singular_at_bulk,
     SpectrumNumber::eigenvalue_at_bulk, noise_remainder, remainder},
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
      Family family{layers,
                    eigenvalues ? treatment.eigenvalue : treatment.singular,
                    treatment.null,
                    treatment.observed,
                    {}};
      place_members(family);
      const bool without = treatment.observed == remainder;
      judge_family(audit, family,
                   std::string(eigenvalues ? "eigenvalues follow the circular law, "
                                           : "singular values follow Marchenko-Pastur, ") +
                       treatment.name,
                   "KS distance beyond that of noise", kShareMargin,
                   without ? spikes : std::array<std::string, 2>{});
    }
  }
}

void judge_scale(Audit& audit, const std::vector<Layer>& layers) {
  Family family{layers, SpectrumNumber::bulk_share, noise, whole, {}};
  place_members(family);
  judge_family(audit, family, "the rms is the standard deviation of the bulk",
               "share of the squared weights outside of the bulk, beyond that of noise",
               kShareMargin);
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

/// Whether a layer is a stencil: of a stencil all squares stand in three diagonals. In the order of
/// the file; a stencil in another order of its neurons is not found.
void judge_stencils(Audit& audit, const std::vector<Layer>& layers) {
  for (std::size_t k = 0; k < 2; ++k) {
    std::vector<double> outside;
    for (const Layer& layer : layers) {
      if (layer.network == k) outside.push_back(1 - layer.in_band);
    }
    const auto n = static_cast<double>(audit.networks[k].hidden.front().n_rows);
    Evidence evidence{.departure = bootstrap_mean(outside, audit.options.seed, audit.next_stream()),
                      .margin = kShareMargin,
                      .largest = *std::max_element(outside.begin(), outside.end()),
                      .definite = false};
    audit.claim(
        "\"random [...] weight matrices can be associated with specific discretizations of neural "
        "PDEs\"",
        audit.networks[k].name,
        "share of the squared weights outside of a stencil's three diagonals", evidence,
        "of shuffled entries " + number(1 - 3 / n, 3) +
            "; neurons have no order of their own, another one may show a stencil");
  }
}

}  // namespace

void audit_weights(Audit& audit) {
  GaussianDraws gaussian(audit);
  const std::vector<Layer> layers = measure(audit, gaussian);
  judge_entropy(audit, layers);
  judge_laws(audit, layers);
  judge_scale(audit, layers);
  judge_outliers(audit, layers);
  judge_stencils(audit, layers);
}

}  // namespace pinnscope::apps
