#pragma once

#include <cstddef>
#include <span>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/tape/jacobian_panels.hpp"
#include "pinnscope/tape/loss_term.hpp"
#include "pinnscope/train/objective.hpp"

namespace pinnscope {

/// J'J and J'r of an Objective's residuals r, whose squares sum up to its loss, with J = dr /
/// dtheta by the network's parameters, and Cholesky's factor of J'J with numbers added to its
/// diagonal. Rows of J are made a few tiles at a time and never kept whole: memory grows with the
/// square of the parameters, not with the points. For n parameters about n^2 numbers of T, half of
/// them for the factor, and n for each row at hand, a tile a lane: 93 MB of double for 3,000, eight
/// lanes and tiles of 96. Threads are the objective's, and do not change the bits: an entry is one
/// thread's sum over the rows, in their order.
template <class T>
class NormalMatrix : Pinned {
 public:
  static constexpr std::size_t kBlock = JacobianPanels<T>::kColumns;  ///< rows of a block
  static constexpr std::size_t kBlockEntries = kBlock * kBlock;       ///< of a matrix

  /// What the storage depends on, and whose residuals.
  struct Config {
    Objective<T>* objective = nullptr;  ///< outlives the matrix
    std::size_t parameters = 0;         ///< of its network; 0: no storage
    std::size_t threads = 1;            ///< as the objective's config has it
    std::size_t lanes = 8;              ///< likewise
    std::size_t tile = kTilePoints<T>;  ///< likewise
  };

  struct Storage {
    VectorView<T> rows;           ///< of J, a tile a lane, as JacobianPanels
    VectorView<T> matrix;         ///< lower half of (J r)'(J r): blocks, row after row of them
    VectorView<T> factor;         ///< likewise; below the diagonal blocks are panels of columns
    MatrixView<T> packed;         ///< a column a thread: rows of a block, copied
    MatrixView<T> ahead;          ///< residuals of a moved network, a column a lane
    MatrixView<double> shares;    ///< of a sum over the rows, a column a lane
    VectorView<double> solution;  ///< of the triangular systems
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    const auto times = Footprint::saturating_multiply;
    const std::size_t columns = config.parameters == 0 ? 0 : config.parameters + 1;
    const std::size_t blocks = JacobianPanels<T>::blocks(columns);
    const std::size_t panels = times(panel_count<T>(config.tile), config.lanes);
    const std::size_t entries = times(times(blocks, blocks + 1) / 2, kBlockEntries);
    return {layout.vector<T>("rows of the Jacobian",
                             times(times(blocks, panels), JacobianPanels<T>::panel_entries())),
            layout.vector<T>("normal matrix", entries),
            layout.vector<T>("factor of the normal matrix", entries),
            layout.matrix<T>("packed rows of the Jacobian", packed_entries<T>(kPackedPanels, 0),
                             columns == 0 ? 0 : config.threads),
            layout.matrix<T>("residuals ahead",
                             times(panel_count<T>(config.tile), columns == 0 ? 0 : kPanelRows<T>),
                             config.lanes),
            layout.matrix<double>("curvature of the residuals", config.parameters, config.lanes),
            layout.vector<double>("solution of the normal equations", times(blocks, kBlock))};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Whether a loss of these terms has residuals: no_sum_of_squares (info: index of the term) where
  /// a tape subtracts a mean square from others. Precondition: Objective::check() takes them.
  static Status check(std::span<const LossTerm<T>> terms) noexcept;

  /// Preconditions: check() takes the objective's terms; the config's sizes are the objective's.
  NormalMatrix(const Config& config, Arena& arena) noexcept;

  /// Computes J'J, J'r and r'r for the network: n^2 flops a residual, n parameters, beside what its
  /// gradient takes. not_finite where an entry of them is not, as of a mean of w r^2 with a w below
  /// zero. objective.status() where that is not ok. Allocates nothing.
  Status compute(const Mlp<T>& network) noexcept;

  /// r'r: the loss, to rounding.
  double loss() const noexcept { return entry(parameters_, parameters_); }

  /// Entries of J'J and of J'r, half of the loss's gradient. Precondition: below parameters.
  /// @{
  double normal(std::size_t i, std::size_t j) const noexcept { return entry(i, j); }
  double right_side(std::size_t i) const noexcept { return entry(parameters_, i); }
  /// @}

  /// Factorises J'J + diag(added): n^3 / 3 flops. degenerate where that is not positive definite,
  /// to rounding; there is no factor then. Allocates nothing. Precondition: as many numbers as
  /// parameters.
  Status factorise(VectorView<const double> added) noexcept;

  /// x <- (J'J + diag(added))^-1 x, with the factor of the last factorise(): 2 n^2 flops. Allocates
  /// nothing. Precondition: as many numbers as parameters.
  void solve(VectorView<double> x) noexcept;

  /// result <- J'r'' of the second derivative r'' of the residuals along a step, from where they
  /// are at `ahead`, the network moved by `part` of it: r'' = 2 ((r(ahead) - r) / part - J step) /
  /// part, but for part times a third of the third derivative (Transtrum, Sethna, arXiv 1201.5885).
  /// What a gradient takes, and half as much. Allocates nothing. Preconditions: as many numbers as
  /// parameters; objective.status() is ok.
  void curvature(const Mlp<T>& network, const Mlp<T>& ahead, VectorView<const double> step,
                 double part, VectorView<double> result) noexcept;

 private:
  struct Unit {
    std::size_t term;
    std::size_t residual;
    std::size_t tile;
  };

  static constexpr std::size_t half_of_square(std::size_t n) noexcept { return n * (n + 1) / 2; }
  static T* block(VectorView<T> half, std::size_t i, std::size_t j) noexcept {
    return half.data() + (half_of_square(i) + j) * kBlockEntries;
  }
  double entry(std::size_t i, std::size_t j) const noexcept;
  std::size_t units() const noexcept;
  Unit unit_of(std::size_t index) const noexcept;
  void fill_rows(const Mlp<T>& network, const Unit& unit, std::size_t slot,
                 std::size_t thread) noexcept;
  void fill_ahead(const Mlp<T>& ahead, const Unit& unit, std::size_t slot,
                  std::size_t thread) noexcept;
  void add_curvature(std::size_t slot, VectorView<const double> step, double part) noexcept;
  JacobianPanels<T> rows_of(std::size_t slot) const noexcept;
  void add_products(std::size_t index, std::size_t panels, std::size_t thread) noexcept;
  void add_pieces(const T* a, const T* z, std::size_t panels, T* sums, std::size_t thread) noexcept;
  void update_block(std::size_t i, std::size_t j, VectorView<const double> added,
                    std::size_t thread) noexcept;
  bool factorise_diagonal(std::size_t j) noexcept;
  void solve_block(std::size_t i, std::size_t j) noexcept;
  std::size_t unknowns_of(std::size_t i) const noexcept;
  void solve_lower(std::size_t i) noexcept;
  void solve_upper(std::size_t i) noexcept;

  Storage storage_;
  Objective<T>* objective_;
  const Kernels<T>& kernels_;
  std::size_t parameters_;
  std::size_t lanes_;
  std::size_t tile_panels_;
  std::size_t blocks_;
};

extern template class NormalMatrix<float>;
extern template class NormalMatrix<double>;

}  // namespace pinnscope
