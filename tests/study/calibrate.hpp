#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "pinnscope/core/workers.hpp"
#include "pinnscope/readings/scheme_verdict.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "study/planted.hpp"

namespace pinnscope::study {

/// Matrices that are no step of a scheme.
enum class Structureless : std::uint8_t {
  gaussian,  ///< independent normal entries, which signs and orders leave as they are in law
  permuted,  ///< entries of a step of rk2 in random order, which orders leave so; signs do not
};

constexpr const char* text(Structureless kind) {
  return kind == Structureless::gaussian ? "gaussian" : "permuted";
}

/// What verdicts say of many of them.
struct Calibration {
  std::size_t matrices = 0;
  std::size_t none = 0;
  std::size_t schemes = 0;  ///< false alarms
  /// p-values of the distances of Kolmogorov and Smirnov of percentiles from the uniform law.
  double permuted = 0;    ///< of the share among permuted entries
  double relabelled = 0;  ///< of the share among relabellings
  double velocity = 0;    ///< of U of the mean row among relabellings
};

/// Where a number lies among B draws, from 0 to 1: (below + u (ties + 1)) / (B + 1) with u uniform
/// in (0, 1) is uniform where it and the draws are exchangeable, whatever B is and whatever ties.
inline double randomised_rank(const NullPlacement& placement, double u) {
  const auto draws = static_cast<double>(placement.draws);
  const double at_least = placement.p_upper * (draws + 1) - 1;
  const double at_most = placement.p_lower * (draws + 1) - 1;
  const double below = draws - at_least;
  return (below + u * (at_most - below + 1)) / (draws + 1);
}

/// p-value of ranks in (0, 1) against the uniform law.
inline double uniformity(std::vector<double> ranks) {
  std::sort(ranks.begin(), ranks.end());
  double distance = 0;
  require(kolmogorov_smirnov_distance(
      VectorView<const double>(ranks), [](double rank) { return rank; }, distance));
  return kolmogorov_smirnov_p_value(distance, ranks.size());
}

/// Judges `matrices` of them with `draws` draws each: a function of its arguments alone.
inline Calibration calibrate(Structureless kind, std::size_t cells, std::size_t matrices,
                             std::size_t draws, Workers& crew) {
  Owned<SchemeJudge> judge({.cells = cells, .draws = draws, .threads = crew.threads()});
  std::vector<double> entries(cells * cells);
  const MatrixView<double> matrix{entries.data(), cells, cells};
  const std::vector<double> step =
      plant({Scheme::rk2, {0.4, 0.3}}, cells, 1e12, 1);  // its labels do not matter here
  const NullModel model{.kind = kind == Structureless::gaussian ? NullKind::gaussian
                                                                : NullKind::permutation};
  const FreeLabels free{.signs = kind == Structureless::gaussian};
  Calibration found{.matrices = matrices};
  std::array<std::vector<double>, 3> ranks;
  for (std::size_t k = 0; k < matrices; ++k) {
    const Philox source(cells, (std::uint64_t{1} << 40) + kStudyStream + k);
    require(draw_null(model, {step.data(), cells, cells}, source, matrix));
    SchemeVerdict verdict;
    require(judge->judge(matrix, free, 1000 + cells, k, crew, verdict));
    found.none += verdict.answer == SchemeAnswer::none ? 1 : 0;
    found.schemes += verdict.answer == SchemeAnswer::scheme ? 1 : 0;
    const Philox ties(cells, (std::uint64_t{2} << 40) + kStudyStream + k);
    ranks[0].push_back(randomised_rank(verdict.permuted, ties.uniform(0)));
    ranks[1].push_back(randomised_rank(verdict.relabelled, ties.uniform(1)));
    const auto all = static_cast<double>(verdict.relabelled.draws);
    const double below = verdict.euler.velocity / 100 * all;
    ranks[2].push_back((below + ties.uniform(2)) / (all + 1));
  }
  found.permuted = uniformity(ranks[0]);
  found.relabelled = uniformity(ranks[1]);
  found.velocity = uniformity(ranks[2]);
  return found;
}

}  // namespace pinnscope::study
