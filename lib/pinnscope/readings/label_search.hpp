#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/readings/scheme_fit.hpp"
#include "pinnscope/spectra/matrices/singular_vectors.hpp"

namespace pinnscope {

/// Labels under which a matrix is nearest to a scheme, and what it is then.
struct BestLabelling {
  SchemeFits fits;  ///< of the step under these labels
  /// Of the energy, in the means along the nine cyclic diagonals |j - i| <= 4: what is searched
  /// for.
  double band_share = 0;
};

/// Searches the labels of both sides of a step, orders and signs, under which it is nearest to a
/// band on a ring. From each of a few orders, signs are put right neuron by neuron, then each side
/// in turn goes to the places where it fits the means along the diagonals best, an assignment
/// problem (Kuhn and Munkres, by shortest augmenting paths), until nothing is gained. The orders
/// come from the graph of rows and columns that the largest 2 n entries join, where it is cycles,
/// by walking along them; and from the second and third singular vectors, as the angles of a ring,
/// of the 3 n largest entries and of all squares, scaled by their sums: the spectral orders of
/// Fiedler (Atkins, Boman, Hendrickson, SIAM J. Comput. 28, 297 (1998)) for a graph with two sides.
///
/// What both sides can hide is lost: the band may be shifted, mirrored, and, with signs on an even
/// ring, multiplied by (-1)^(j-i). Of these the nearest scheme with the largest share is taken; of
/// those as large the gain nearest to 1, then what is nearest to the identity, then U >= 0.
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
    MatrixView<double> work;         // of one step of the search
    MatrixView<double> costs;        // of the assignment, and entries to sort
    VectorView<double> numbers;      // 4 of n + 1
    VectorView<std::size_t> places;  // 3 of n + 1
    VectorView<std::size_t> orders;  // rows, columns: at hand, and the best
    VectorView<double> signs;
  };

  static constexpr std::size_t kRadius = 4;  ///< of the band: as far as the explicit schemes reach

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = config.cells;
    const std::size_t more = Footprint::saturating_add(n, 1);
    return {layout.matrix<double>("step at hand", n, n),
            layout.matrix<double>("costs of the assignment", n, n),
            layout.vector<double>("numbers by neuron", Footprint::saturating_multiply(4, more)),
            layout.vector<std::size_t>("places", Footprint::saturating_multiply(3, more)),
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
