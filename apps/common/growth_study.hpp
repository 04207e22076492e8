#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pinnscope/core/named.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/signals/family_chain.hpp"

namespace pinnscope::apps {

/// What a chain of the study is beside its matrix. Signals keep a norm, so that nothing overflows,
/// but for tanh alone.
enum class ChainKind : std::uint8_t { linear, tanh, blend, tanh_alone };

}  // namespace pinnscope::apps

namespace pinnscope {

template <>
inline constexpr auto kNamed<apps::ChainKind> = std::array{
    Named{apps::ChainKind::linear, "linear", "no activation, divided by its L2 norm"},
    Named{apps::ChainKind::tanh, "tanh", "divided by its L1 norm, as published"},
    Named{apps::ChainKind::blend, "blend", "half tanh and half ReLU, divided by its L1 norm"},
    Named{apps::ChainKind::tanh_alone, "tanh_alone", "tanh, not normalised"},
};

}  // namespace pinnscope

namespace pinnscope::apps {

inline constexpr std::size_t kChainKinds = kNamed<ChainKind>.size();

/// The growth a layer of the chains of one matrix, against the largest |G| of the modes that their
/// signal has: the spectral radius where the matrix is not circulant.
struct GrowthPoint {
  FamilyMatrix<double>::Config matrix{};
  bool without_mean = false;  // of the signal: of the linear chain alone, the others make a mean
  bool unstable = false;      // of a scheme: for some angle |G| > 1
  double log_amplification = FamilySignal::kUnknown;
  std::array<LayerGrowth, kChainKinds> growth{};  // in the order of the list
};

/// Growth against |G| over points: Spearman's rank correlation, and of the least-squares line
/// slope, and the largest distance of a point from the diagonal. NaN of fewer than two.
struct GrowthTrend {
  std::size_t points = 0;
  double rank_correlation = FamilySignal::kUnknown;
  double slope = FamilySignal::kUnknown;
  double largest_distance = FamilySignal::kUnknown;
};

/// Whether numerical stability governs the signal: families, schemes on both sides of their
/// boundary, random initial signals of kStudyCells neurons.
struct GrowthStudy {
  std::vector<GrowthPoint> points;
  std::array<GrowthTrend, kChainKinds> trends{};  // in the order of the list
};

inline constexpr std::size_t kStudyCells = 16;

/// Some seconds. The same bits for the same seed. What LAPACK or a chain failed by, or ok.
Status study_growth(std::uint32_t seed, GrowthStudy& study);

}  // namespace pinnscope::apps
