#include "pinnscope/train/normal_matrix.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace pinnscope {
namespace {

// Panels that are multiplied at a time: of 64 columns they fit a second-level cache.
constexpr std::size_t kPiecePanels = kPackedPanels / 2;

}  // namespace

template <class T>
Status NormalMatrix<T>::check(std::span<const LossTerm<T>> terms) noexcept {
  for (std::size_t k = 0; k < terms.size(); ++k) {
    const Loss<T>& loss = terms[k].tape->loss();
    for (std::size_t i = 0; i < loss.count; ++i) {
      if (loss.terms[i].factor < 0) return {StatusCode::no_sum_of_squares, static_cast<int>(k)};
    }
  }
  return {};
}

template <class T>
NormalMatrix<T>::NormalMatrix(const Config& config, Arena& arena) noexcept
    : objective_(config.objective),
      kernels_(fastest<Kernels<T>>()),
      parameters_(config.parameters),
      lanes_(config.lanes),
      tile_panels_(panel_count<T>(config.tile)),
      blocks_(JacobianPanels<T>::blocks(config.parameters == 0 ? 0 : config.parameters + 1)) {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

template <class T>
double NormalMatrix<T>::entry(std::size_t i, std::size_t j) const noexcept {
  const auto [low, high] = std::minmax(i, j);
  const T* entries = block(storage_.matrix, high / kBlock, low / kBlock);
  return static_cast<double>(entries[low % kBlock * kBlock + high % kBlock]);
}

/// Tiles of all residuals of all terms.
template <class T>
std::size_t NormalMatrix<T>::units() const noexcept {
  std::size_t count = 0;
  for (const LossTerm<T>& term : objective_->terms()) {
    count += term.tape->loss().count * objective_->tiles_of(term);
  }
  return count;
}

template <class T>
typename NormalMatrix<T>::Unit NormalMatrix<T>::unit_of(std::size_t index) const noexcept {
  for (std::size_t k = 0;; ++k) {
    const LossTerm<T>& term = objective_->terms_[k];
    const std::size_t tiles = objective_->tiles_of(term);
    const std::size_t count = term.tape->loss().count * tiles;
    if (index < count) return {k, index / tiles, index % tiles};
    index -= count;
  }
}

template <class T>
Status NormalMatrix<T>::compute(const Mlp<T>& network) noexcept {
  if (!objective_->status().ok()) return objective_->status();
  assert(network.parameters().size() == parameters_);
  std::fill(storage_.matrix.begin(), storage_.matrix.end(), T(0));
  const std::size_t count = units();
  for (std::size_t first = 0; first < count; first += lanes_) {
    const std::size_t slots = std::min(lanes_, count - first);
    objective_->workers_.run(slots, [&](std::size_t slot, std::size_t thread) noexcept {
      fill_rows(network, unit_of(first + slot), slot, thread);
    });
    objective_->workers_.run(half_of_square(blocks_),
                             [&](std::size_t index, std::size_t thread) noexcept {
                               add_products(index, slots * tile_panels_, thread);
                             });
  }
  double poison = 0;  // a column that is not finite has a square that is not
  for (std::size_t i = 0; i <= parameters_; ++i) poison += 0 * entry(i, i);
  return poison == 0 ? Status{} : Status{StatusCode::not_finite};
}

/// The room of a lane for the rows of a tile.
template <class T>
JacobianPanels<T> NormalMatrix<T>::rows_of(std::size_t slot) const noexcept {
  constexpr std::size_t kEntries = JacobianPanels<T>::panel_entries();
  return {storage_.rows.data() + slot * tile_panels_ * kEntries, lanes_ * tile_panels_ * kEntries};
}

/// The rows of a tile; what it does not fill of its room is zero.
template <class T>
void NormalMatrix<T>::fill_rows(const Mlp<T>& network, const Unit& unit, std::size_t slot,
                                std::size_t thread) noexcept {
  constexpr std::size_t kEntries = JacobianPanels<T>::panel_entries();
  const LossTerm<T>& term = objective_->terms_[unit.term];
  const std::size_t start = objective_->tile_start(term, unit.tile);
  const std::size_t rows = objective_->tile_start(term, unit.tile + 1) - start;
  const JacobianPanels<T> target = rows_of(slot);
  Replay<T>& tape = objective_->storage_.replays(unit.term, thread);
  tape.forward(network, term.points.block(start, 0, rows, term.points.columns));
  tape.residual_rows(network, unit.residual, term.weight / static_cast<double>(term.points.rows),
                     target);
  const std::size_t filled = panel_count<T>(rows);
  for (std::size_t b = 0; b < blocks_; ++b) {
    std::fill_n(target.column(filled, b * kBlock), (tile_panels_ - filled) * kEntries, T(0));
  }
}

template <class T>
void NormalMatrix<T>::curvature(const Mlp<T>& network, const Mlp<T>& ahead,
                                VectorView<const double> step, double part,
                                VectorView<double> result) noexcept {
  assert(step.size() == parameters_ && result.size() == parameters_);
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    std::ranges::fill(storage_.shares.column(lane), 0.0);
  }
  const std::size_t count = units();
  for (std::size_t first = 0; first < count; first += lanes_) {
    objective_->workers_.run(std::min(lanes_, count - first),
                             [&](std::size_t slot, std::size_t thread) noexcept {
                               const Unit unit = unit_of(first + slot);
                               fill_ahead(ahead, unit, slot, thread);
                               fill_rows(network, unit, slot, thread);
                               add_curvature(slot, step, part);
                             });
  }
  std::fill(result.begin(), result.end(), 0.0);
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    const auto share = storage_.shares.column(lane);
    for (std::size_t i = 0; i < parameters_; ++i) result[i] += share[i];
  }
}

/// The residuals of a tile alone, of the moved network.
template <class T>
void NormalMatrix<T>::fill_ahead(const Mlp<T>& ahead, const Unit& unit, std::size_t slot,
                                 std::size_t thread) noexcept {
  const LossTerm<T>& term = objective_->terms_[unit.term];
  const std::size_t start = objective_->tile_start(term, unit.tile);
  const std::size_t rows = objective_->tile_start(term, unit.tile + 1) - start;
  Replay<T>& tape = objective_->storage_.replays(unit.term, thread);
  tape.forward(ahead, term.points.block(start, 0, rows, term.points.columns));
  tape.residuals(unit.residual, term.weight / static_cast<double>(term.points.rows), rows_of(slot));
  const VectorView<T> kept = storage_.ahead.column(slot);
  std::fill(kept.begin(), kept.end(), T(0));
  for (std::size_t p = 0; p < panel_count<T>(rows); ++p) {
    std::copy_n(rows_of(slot).column(p, parameters_), kPanelRows<T>, &kept[p * kPanelRows<T>]);
  }
}

/// Adds J'r'' of a tile, whose rows and residuals ahead are at hand, to the share of its lane.
template <class T>
void NormalMatrix<T>::add_curvature(std::size_t slot, VectorView<const double> step,
                                    double part) noexcept {
  constexpr std::size_t kRows = kPanelRows<T>;
  const JacobianPanels<T> rows = rows_of(slot);
  double* share = storage_.shares.column(slot).data();
  for (std::size_t p = 0; p < tile_panels_; ++p) {
    double along[kRows] = {};
    for (std::size_t i = 0; i < parameters_; ++i) {
      const T* column = rows.column(p, i);
      for (std::size_t e = 0; e < kRows; ++e) along[e] += static_cast<double>(column[e]) * step[i];
    }
    const T* here = rows.column(p, parameters_);
    const T* there = storage_.ahead.column(slot).data() + p * kRows;
    for (std::size_t e = 0; e < kRows; ++e) {
      const double change = static_cast<double>(there[e]) - static_cast<double>(here[e]);
      along[e] = 2 / part * (change / part - along[e]);
    }
    for (std::size_t i = 0; i < parameters_; ++i) {
      const T* column = rows.column(p, i);
      double sum = 0;
      for (std::size_t e = 0; e < kRows; ++e) sum += static_cast<double>(column[e]) * along[e];
      share[i] += sum;
    }
  }
}

/// Adds the products of rows of J to one block of the matrix.
template <class T>
void NormalMatrix<T>::add_products(std::size_t index, std::size_t panels,
                                   std::size_t thread) noexcept {
  std::size_t i = 0;
  while (half_of_square(i + 1) <= index) ++i;
  const std::size_t j = index - half_of_square(i);
  const std::size_t stride = lanes_ * tile_panels_ * JacobianPanels<T>::panel_entries();
  const T* rows = storage_.rows.data();
  add_pieces(rows + i * stride, rows + j * stride, panels, block(storage_.matrix, i, j), thread);
}

/// sums += A'Z of two blocks of columns in panels.
template <class T>
void NormalMatrix<T>::add_pieces(const T* a, const T* z, std::size_t panels, T* sums,
                                 std::size_t thread) noexcept {
  for (std::size_t first = 0; first < panels; first += kPiecePanels) {
    const std::size_t start = first * JacobianPanels<T>::panel_entries();
    kernels_.accumulate({std::min(kPiecePanels, panels - first),
                         0,
                         kBlock,
                         kBlock,
                         {a + start, nullptr},
                         {z + start, nullptr},
                         sums,
                         storage_.packed.column(thread).data()});
  }
}

/// Block columns from left to right (Golub and Van Loan, Matrix Computations, 4th ed., 2013,
/// section 4.2.6): blocks in front of a diagonal block are panels of their columns, so that their
/// products are those of rows of J. The residual's column has no pivot.
template <class T>
Status NormalMatrix<T>::factorise(VectorView<const double> added) noexcept {
  assert(added.size() == parameters_);
  Workers& workers = objective_->workers_;
  for (std::size_t j = 0; j < blocks_; ++j) {
    workers.run(blocks_ - j, [&](std::size_t lane, std::size_t thread) noexcept {
      update_block(j + lane, j, added, thread);
    });
    if (!factorise_diagonal(j)) return {StatusCode::degenerate};
    workers.run(blocks_ - j - 1,
                [&](std::size_t lane, std::size_t) noexcept { solve_block(j + 1 + lane, j); });
  }
  return {};
}

/// What is left of a block of the matrix without the products of the blocks before it.
template <class T>
void NormalMatrix<T>::update_block(std::size_t i, std::size_t j, VectorView<const double> added,
                                   std::size_t thread) noexcept {
  constexpr std::size_t kPanels = kBlock / kPanelRows<T>;
  const T* given = block(storage_.matrix, i, j);
  T* result = block(storage_.factor, i, j);
  std::fill_n(result, kBlockEntries, T(0));
  add_pieces(block(storage_.factor, i, 0), block(storage_.factor, j, 0), j * kPanels, result,
             thread);
  if (i == j) {
    for (std::size_t q = 0; q < kBlock && j * kBlock + q < parameters_; ++q) {
      result[q * kBlock + q] -= static_cast<T>(added[j * kBlock + q]);
    }
  }
  for (std::size_t e = 0; e < kBlockEntries; ++e) result[e] = given[e] - result[e];
}

/// A diagonal block, column-major; what stands above its diagonal is not used.
template <class T>
bool NormalMatrix<T>::factorise_diagonal(std::size_t j) noexcept {
  T* lower = block(storage_.factor, j, j);
  for (std::size_t q = 0; q < kBlock; ++q) {
    T* column = lower + q * kBlock;
    if (j * kBlock + q >= parameters_) {
      column[q] = 1;
      continue;
    }
    if (!(column[q] > 0)) return false;
    column[q] = std::sqrt(column[q]);
    for (std::size_t k = q + 1; k < kBlock; ++k) column[k] /= column[q];
    for (std::size_t c = q + 1; c < kBlock; ++c) {
      T* __restrict other = lower + c * kBlock;
      const T factor = column[c];
      for (std::size_t k = c; k < kBlock; ++k) other[k] -= column[k] * factor;
    }
  }
  return true;
}

/// X <- X L^-T with the diagonal block L, then panels of the columns of X.
template <class T>
void NormalMatrix<T>::solve_block(std::size_t i, std::size_t j) noexcept {
  const T* lower = block(storage_.factor, j, j);
  T* x = block(storage_.factor, i, j);
  for (std::size_t q = 0; q < kBlock; ++q) {
    T* __restrict column = x + q * kBlock;
    for (std::size_t p = 0; p < q; ++p) {
      const T* before = x + p * kBlock;
      const T factor = lower[p * kBlock + q];
      for (std::size_t k = 0; k < kBlock; ++k) column[k] -= before[k] * factor;
    }
    for (std::size_t k = 0; k < kBlock; ++k) column[k] /= lower[q * kBlock + q];
  }
  T columns[JacobianPanels<T>::panel_entries()];
  for (std::size_t first = 0; first < kBlock; first += kPanelRows<T>) {
    T* panel = x + first * kBlock;
    std::copy_n(panel, JacobianPanels<T>::panel_entries(), columns);
    for (std::size_t k = 0; k < kBlock; ++k) {
      for (std::size_t q = 0; q < kPanelRows<T>; ++q) {
        panel[k * kPanelRows<T> + q] = columns[q * kBlock + k];
      }
    }
  }
}

template <class T>
void NormalMatrix<T>::solve(VectorView<double> x) noexcept {
  assert(x.size() == parameters_);
  std::fill(storage_.solution.begin(), storage_.solution.end(), 0.0);
  std::copy(x.begin(), x.end(), storage_.solution.begin());
  for (std::size_t i = 0; i < blocks_; ++i) solve_lower(i);
  for (std::size_t i = blocks_; i-- > 0;) solve_upper(i);
  std::copy_n(storage_.solution.begin(), parameters_, x.begin());
}

/// Those of a block.
template <class T>
std::size_t NormalMatrix<T>::unknowns_of(std::size_t i) const noexcept {
  return std::min(kBlock, parameters_ - std::min(parameters_, i * kBlock));
}

/// The unknowns of a block, of those before it.
template <class T>
void NormalMatrix<T>::solve_lower(std::size_t i) noexcept {
  double* x = storage_.solution.data();
  double* own = x + i * kBlock;
  const std::size_t unknowns = unknowns_of(i);
  for (std::size_t first = 0; first < i * kBlock; first += kPanelRows<T>) {
    const T* panel = block(storage_.factor, i, 0) + first * kBlock;
    for (std::size_t k = 0; k < unknowns; ++k, panel += kPanelRows<T>) {
      double sum = 0;
      for (std::size_t q = 0; q < kPanelRows<T>; ++q) {
        sum += static_cast<double>(panel[q]) * x[first + q];
      }
      own[k] -= sum;
    }
  }
  const T* lower = block(storage_.factor, i, i);
  for (std::size_t q = 0; q < unknowns; ++q) {
    own[q] /= static_cast<double>(lower[q * kBlock + q]);
    for (std::size_t k = q + 1; k < unknowns; ++k) {
      own[k] -= static_cast<double>(lower[q * kBlock + k]) * own[q];
    }
  }
}

/// The unknowns of a block, which then leave the equations of those before it.
template <class T>
void NormalMatrix<T>::solve_upper(std::size_t i) noexcept {
  double* x = storage_.solution.data();
  double* own = x + i * kBlock;
  const T* lower = block(storage_.factor, i, i);
  for (std::size_t q = unknowns_of(i); q-- > 0;) {
    for (std::size_t k = q + 1; k < kBlock; ++k) {
      own[q] -= static_cast<double>(lower[q * kBlock + k]) * own[k];
    }
    own[q] /= static_cast<double>(lower[q * kBlock + q]);
  }
  for (std::size_t first = 0; first < i * kBlock; first += kPanelRows<T>) {
    const T* panel = block(storage_.factor, i, 0) + first * kBlock;
    for (std::size_t k = 0; k < kBlock; ++k, panel += kPanelRows<T>) {
      for (std::size_t q = 0; q < kPanelRows<T>; ++q) {
        x[first + q] -= static_cast<double>(panel[q]) * own[k];
      }
    }
  }
}

template class NormalMatrix<float>;
template class NormalMatrix<double>;

}  // namespace pinnscope
