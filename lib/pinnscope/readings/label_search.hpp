#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/readings/scheme_fit.hpp"
#include "pinnscope/readings/scheme_verdict.hpp"
#include "pinnscope/spectra/matrices/singular_vectors.hpp"

namespace pinnscope {

/// Labels under which a matrix is nearest to a scheme, and what it is then.
struct BestLabelling {
  SchemeFits fits;  ///< of the step under these labels
  /// Of the energy, in the means along the nine cyclic diagonals |j - i| <= 4: what is searched
  /// for.
  double band_share = 0;
};

/// A share under the best labels must lie above the mean of those of permuted entries by as many of
/// their standard deviations, and above each: of 9 normal numbers another one does so with a
/// probability of 1e-3.
inline constexpr double kBestDeviations = 5;
/// Where a scheme would need this share to stand out nothing can be told.
inline constexpr double kLargestNeededShare = 0.9;

/// The shares that the same search finds where there is nothing: on permutations of the entries.
struct BestShareNull {
  double mean = std::numeric_limits<double>::quiet_NaN();     ///< of the shares
  double largest = std::numeric_limits<double>::quiet_NaN();  ///< of them
  /// With one less than there are; NaN of a single one.
  double standard_deviation = std::numeric_limits<double>::quiet_NaN();

  /// What a share must exceed: see kBestDeviations; kLeastSchemeShare at least. NaN of fewer than
  /// two shares.
  double needed() const noexcept;

  /// What there is to say of a matrix with this share under the best labels. `none` is no proof: a
  /// weak band may have been missed.
  SchemeAnswer answer(double share) const noexcept;
};

/// Mean, largest and deviation of any number of shares. O(shares).
BestShareNull best_share_null(VectorView<const double> shares) noexcept;

/// Searches the labels of both sides of a step, orders and signs, under which it is nearest to a
/// band on a ring. From each of a few orders, signs are put right neuron by neuron, then each side
/// in turn goes to the places where it fits the means along the diagonals best, an assignment
/// problem (Kuhn and Munkres), until nothing is gained. The orders: along cycles that the largest
/// entries form; of the pairs of the heaviest matching, a round tour over the heaviest entries
/// between them; spectral ones (Atkins, Boman, Hendrickson, SIAM J. Comput. 28, 297 (1998)).
///
/// What both sides can hide is lost: the band may be shifted, mirrored, and, with signs on an even
/// ring, multiplied by (-1)^(j-i). Of these the nearest scheme is taken; of those as near that with
/// the gain nearest to 1, as far as it is known, then the nearest to the identity, then U >= 0.
///
///     LabelSearch search({.cells = n}, arena);
///     status = search.find(step, is_odd(activation), rows, columns, found);
///     relabel<double>(step, rows, columns, banded);
class LabelSearch : Pinned {
 public:
  struct Config {
    std::size_t cells = 0;  ///< rows and columns of the step
  };

  struct Storage {
    MatrixView<double> transposed;   // the step
    MatrixView<double> work;         // of one part of the search
    MatrixView<double> costs;        // of the assignment, and entries to sort
    VectorView<double> numbers;      // 4 of n + 1
    VectorView<std::size_t> places;  // 4 of n + 1
    VectorView<std::size_t> orders;  // rows, columns: at hand, and the best
    VectorView<double> signs;
  };

  static constexpr std::size_t kRadius = 4;  ///< of the band: as far as the explicit schemes reach

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = config.cells;
    const std::size_t more = Footprint::saturating_add(n, 1);
    return {layout.matrix<double>("transposed step", n, n),
            layout.matrix<double>("step at hand", n, n),
            layout.matrix<double>("costs of the assignment", n, n),
            layout.vector<double>("numbers by neuron", Footprint::saturating_multiply(4, more)),
            layout.vector<std::size_t>("places", Footprint::saturating_multiply(4, more)),
            layout.vector<std::size_t>("orders", Footprint::saturating_multiply(4, n)),
            layout.vector<double>("signs", Footprint::saturating_multiply(4, n))};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return SchemeSearch::footprint({config.cells}) +
           SingularVectors<double>::footprint({config.cells, config.cells}) +
           measure([&](Layout& measured) { return layout(measured, config); });
  }

  LabelSearch(const Config& config, Arena& arena) noexcept;

  /// `rows` and `columns` <- the labels found, `found` <- what the step is under them. O(n^3),
  /// allocates nothing; a function of its arguments alone. As SchemeSearch::fit(), shape_mismatch
  /// where labels do not fit, out_of_memory where LAPACK lacks a buffer: nothing is changed then.
  Status find(MatrixView<const double> step, bool with_signs, const Labels& rows,
              const Labels& columns, BestLabelling& found) noexcept;

 private:
  using Band = std::array<double, 2 * kRadius + 1>;

  Labels labels(std::size_t which) const noexcept;
  Labels rows() const noexcept { return labels(0); }
  Labels columns() const noexcept { return labels(1); }
  double entry(std::size_t i, std::size_t j) const noexcept;
  double signed_entry(std::size_t i, std::size_t j) const noexcept;
  Band band() const noexcept;
  double band_energy() const noexcept;
  void centre() noexcept;
  double threshold(std::size_t count) noexcept;
  bool walk() noexcept;
  bool embed(double least) noexcept;
  VectorView<std::size_t> partners() const noexcept;
  void pair() noexcept;
  void weigh(double (*joint)(double there, double back)) noexcept;
  void start_tour() noexcept;
  bool reverse_parts(double least) noexcept;
  bool move_parts(double least) noexcept;
  void tour() noexcept;
  void order_by_angle(VectorView<const double> x, VectorView<const double> y,
                      const Labels& side) noexcept;
  void align_signs(const Band& pattern) noexcept;
  void start_signs() noexcept;
  void assign(bool of_rows) noexcept;
  void solve_assignment(VectorView<std::size_t> place_of) noexcept;
  void refine() noexcept;
  void keep_if_better() noexcept;
  void choose(BestLabelling& found) noexcept;

  Config config_;
  SchemeSearch schemes_;
  SingularVectors<double> vectors_;
  Storage storage_;
  MatrixView<const double> step_;
  bool with_signs_ = true;
  double energy_ = 0;
  double best_ = -1;
};

}  // namespace pinnscope
