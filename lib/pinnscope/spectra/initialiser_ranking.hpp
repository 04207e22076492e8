#pragma once

#include <array>
#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/spectra/weight_law_fit.hpp"

namespace pinnscope {

/// How well an initialiser explains a trained layer.
struct InitialiserEvidence {
  Initialiser initialiser{};
  Status status{};
  WeightLawFit fit{};
  double akaike_excess = 0;  // AIC above the best one's
};

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

}  // namespace pinnscope
