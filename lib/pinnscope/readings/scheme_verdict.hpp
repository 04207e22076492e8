#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/named.hpp"
#include "pinnscope/core/object_grid.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/core/workers.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/readings/pde_reading.hpp"
#include "pinnscope/readings/scheme_fit.hpp"
#include "pinnscope/spectra/nulls/null_distribution.hpp"

namespace pinnscope {

/// Whether a matrix is a step of a scheme.
enum class SchemeAnswer : std::uint8_t { scheme, none, cannot_tell };

template <>
inline constexpr auto kNamed<SchemeAnswer> = std::array{
    Named{SchemeAnswer::scheme, "scheme", "the nearest scheme explains more than chance does"},
    Named{SchemeAnswer::none, "none", "it does not, and would have been found"},
    Named{SchemeAnswer::cannot_tell, "cannot tell", "it does not, and might not have been found"},
};

/// Probability that a matrix without a scheme, its entries in random order, is said to have one.
inline constexpr double kSchemeLevel = 0.01;
/// The least share of energy for which a matrix is said to be a step of a scheme.
inline constexpr double kLeastSchemeShare = 0.2;
/// Of finding a scheme with that share: with less, the answer is "cannot tell" in place of "none".
inline constexpr double kLeastSchemePower = 0.8;

/// Percentiles of the coefficients of a reading among relabellings. NaN where there are none, and
/// of the reaction where signs stay: it is invariant then.
struct CoefficientPercentiles {
  double reaction = std::numeric_limits<double>::quiet_NaN();     ///< of R, from 0 to 100
  double velocity = std::numeric_limits<double>::quiet_NaN();     ///< of U, from 0 to 100
  double diffusivity = std::numeric_limits<double>::quiet_NaN();  ///< of D, from 0 to 100
  double dispersion = std::numeric_limits<double>::quiet_NaN();   ///< of E, from 0 to 100
};

/// What there is to say of a matrix under the labels that it has.
struct SchemeVerdict {
  SchemeAnswer answer = SchemeAnswer::cannot_tell;  ///< whether it is a step of a scheme
  SchemeFits fits;                                  ///< the effect is fits.nearest().share
  /// Of that share among those of the same entries in random order: p_upper is the test's p-value.
  NullPlacement permuted;

  /// The share that such a matrix exceeds with a probability of kSchemeLevel.
  double critical_share = std::numeric_limits<double>::quiet_NaN();
  /// A lower bound of the probability with which kLeastSchemeShare is found at kSchemeLevel: of a
  /// scheme S in A = sqrt(rho) S + sqrt(1 - rho) noise, unit norms, <A, S> is normal with mean
  /// sqrt(rho) and variance (1 - rho) / (n^2 - 1), and no less than what the search finds.
  double power = 0;
  /// The same share, and the mean row's readings, among relabellings that keep the function. No
  /// draws where no label is free.
  NullPlacement relabelled;
  PdeReading mean_row;           ///< what its mean row says
  CoefficientPercentiles euler;  ///< of mean_row.euler
  CoefficientPercentiles flow;   ///< of mean_row.flow
};

/// Judges square matrices of one size: the nearest scheme among the same search on permuted entries
/// and on relabellings.
///
///     SchemeJudge judge({.cells = n, .draws = 199, .threads = crew.threads()}, arena);
///     SchemeVerdict verdict;
///     status = judge.judge(step, {.signs = true}, seed, layer, crew, verdict);
class SchemeJudge : Pinned {
 public:
  struct Config {
    std::size_t cells = 0;    ///< n: rows and columns of every matrix
    std::size_t draws = 199;  ///< of each kind; below 99 kSchemeLevel cannot be reached
    std::size_t threads = 1;  ///< at least as many as the crew has
    Neighbours neighbours = Neighbours::ring;  ///< what distances the readings take
  };

  struct Storage {
    ObjectGrid<SchemeSearch> searches;  // one a thread
    MatrixView<std::byte> workspace;    // a column a thread: what that object carves
    MatrixView<double> drawn;           // a column a thread: its matrix
    MatrixView<std::size_t> orders;     // a column a thread: of rows, then of columns
    MatrixView<double> signs;
  };

  static constexpr std::size_t kStatistics = 10;  ///< two shares, and two readings

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = config.cells;
    const std::size_t twice = Footprint::saturating_add(n, n);
    return {ObjectGrid<SchemeSearch>::layout(layout, "searches", 1, config.threads),
            layout.matrix<std::byte>("workspaces of the searches",
                                     SchemeSearch::footprint({n}).bytes, config.threads),
            layout.matrix<double>("drawn matrices", Footprint::saturating_multiply(n, n),
                                  config.threads),
            layout.matrix<std::size_t>("drawn orders", twice, config.threads),
            layout.matrix<double>("drawn signs", twice, config.threads)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return NullDistribution::footprint({kStatistics, config.draws}) +
           measure([&](Layout& measured) { return layout(measured, config); });
  }

  SchemeJudge(const Config& config, Arena& arena) noexcept;

  /// Rows of `a` are the new cells, columns the old ones: whose labels are free is said of these.
  /// Draws are functions of (a, seed, stream, index) alone, stream below 2^24: the same bits for
  /// any crew. Two fits and a reading a draw; allocates nothing. As SchemeSearch::fit(), and
  /// shape_mismatch where the crew has more threads than the configuration: `verdict` is untouched
  /// then.
  Status judge(MatrixView<const double> a, const FreeLabels& free, std::uint64_t seed,
               std::uint64_t stream, Workers& workers, SchemeVerdict& verdict) noexcept;

 private:
  SchemeSearch& search(std::size_t thread) const noexcept { return storage_.searches(0, thread); }
  void draw(MatrixView<const double> a, const FreeLabels& free, std::uint64_t seed,
            std::uint64_t stream, std::size_t index, std::size_t thread,
            VectorView<double> statistics) noexcept;
  void answer(double entries, SchemeVerdict& verdict) noexcept;
  CoefficientPercentiles percentiles(std::size_t first, const PdeCoefficients& observed) noexcept;

  Config config_;
  NullDistribution null_;
  Storage storage_;
};

}  // namespace pinnscope
