#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pinnscope/core/status.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/spectra/laws/weight_law_fit.hpp"

namespace pinnscope {

/// How well an initialiser explains a trained layer.
struct InitialiserEvidence {
  Initialiser initialiser{};  ///< whose law was convolved with a change
  Status status{};            ///< of the fit, see WeightLawFitter::fit()
  WeightLawFit fit{};         ///< of memory_model(); what is left of it where the status is not ok
  double akaike_excess = 0;   ///< AIC above the best one's
};

/// Every initialiser, the best explanation first.
using InitialiserRanking = std::array<InitialiserEvidence, kInitialisers>;

/// The law of each initialiser for this shape convolved with a Laplace law of the change, fitted to
/// the sample that the fitter holds (mu and b, two parameters each), best AIC first. Initialisers
/// of the same law (Glorot and LeCun, where fan_in = fan_out) tie and stand in the order of the
/// enum. A status of out_of_range, info -1, says that this initialiser alone is already too wide;
/// fits that failed stand last with an infinite excess. Six fits. empty_input without a sample;
/// out_of_range where fan_in or fan_out is 0; not_converged where no fit succeeded.
Status rank_initialisers(const WeightLawFitter& fitter, std::size_t fan_in, std::size_t fan_out,
                         InitialiserRanking& ranking) noexcept;

/// The model of rank_initialisers() for one of them.
WeightModel memory_model(Initialiser initialiser, std::size_t fan_in, std::size_t fan_out) noexcept;

/// How one initialiser explains one layer, with a free change of its own: the best by AIC of no
/// change (mu alone), a Laplace change and a normal one (mu and a scale). With a normal initialiser
/// a normal change leaves a normal law, whose share of the initialiser no sample can tell.
struct LayerExplanation {
  double akaike = 0;      ///< infinite where nothing could be fitted
  double distance = 1;    ///< Kolmogorov-Smirnov, of the entries from the law, from 0 to 1
  double share = 0;       ///< of the variance, the initialiser's; 1 without a change
  bool on_bound = false;  ///< no change: the initialiser alone is as wide as the entries, or wider
};

using LayerExplanations = std::array<LayerExplanation, kInitialisers>;  ///< in the enum's order

/// The explanations of the sample that the fitter holds, by every initialiser. 13 fits of some 20
/// passes; allocates nothing. empty_input without a sample; out_of_range where fan_in or fan_out is
/// 0.
Status explain_layer(const WeightLawFitter& fitter, std::size_t fan_in, std::size_t fan_out,
                     LayerExplanations& explanations) noexcept;

/// A layer for judge_network(): its explanations and its number of entries.
struct ExplainedLayer {
  LayerExplanations explanations{};  ///< by explain_layer()
  std::size_t entries = 0;           ///< rows times columns
};

/// What a verdict on a network rests on.
enum class InitialiserReason : std::uint8_t {
  recognised,
  too_few_entries,   ///< fewer than kFewestEntries in all
  misfit,            ///< no law of an initialiser fits a layer, with a change or without
  nothing_survives,  ///< the best one's share of the variance is below kLeastShare
  close,             ///< another one is within kLeastExcess or kLeastShapeExcess of AIC
};

/// Entries of a network below which none is named.
inline constexpr std::size_t kFewestEntries = 100;
inline constexpr double kLeastShare = 0.1;  ///< share of the variance below which none is named
inline constexpr double kLeastExcess = 10;  ///< AIC of the rival above the best: e^5 in likelihood
/// The same of a normal law above a uniform one: between the two lie normal laws cut at two
/// deviations, as Keras draws them.
inline constexpr double kLeastShapeExcess = 60;
/// A law fits a layer with a distance up to what chance exceeds in 5 % of networks (1.63 / sqrt(n)
/// for five layers of n entries) plus this, the misfit in probability that large layers may have.
inline constexpr double kToleratedDistance = 0.005;

/// The initialiser of a whole network, or that it cannot be told.
struct NetworkInitialiser {
  /// Why an initialiser is named, or none.
  InitialiserReason reason = InitialiserReason::too_few_entries;
  Initialiser best = Initialiser::glorot_uniform;   ///< by the sum of the layers' AIC
  Initialiser rival = Initialiser::glorot_uniform;  ///< the one hardest to tell from it
  double excess = 0;            ///< AIC of the rival above the best one's: the effect size
  double spare_excess = 0;      ///< the same less what is needed
  double share = 0;             ///< of the variance, the best one's: the mean over the entries
  double worst_misfit = 0;      ///< largest distance less what is tolerated, of the best one
  std::size_t worst_layer = 0;  ///< where
  std::size_t on_bound = 0;     ///< layers that the best one explains without a change
  std::array<double, kInitialisers> akaike{};  ///< sums, in the enum's order

  /// Whether `best` may be named.
  bool recognised() const noexcept { return reason == InitialiserReason::recognised; }
};

/// One network has one initialiser: judges by the sum of AIC over its layers, each with a change of
/// its own. A name is given only where the evidence is enough (see InitialiserReason). A normal
/// initialiser with a normal change is never told from a narrower normal one. O(layers).
NetworkInitialiser judge_network(std::span<const ExplainedLayer> layers) noexcept;

}  // namespace pinnscope
