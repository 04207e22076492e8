#pragma once

#include <cstddef>

#include "pinnscope/nn/kernels.hpp"

namespace pinnscope {

/// Where Replay::residual_rows() writes: a row a point, a column a parameter of the network and
/// behind them one for the residual. Columns stand in blocks of kColumns, and a block is panels of
/// its columns as Kernels take them, so that the product of two blocks is one call of accumulate.
template <class T>
struct JacobianPanels {
  static constexpr std::size_t kColumns = 64;  ///< of a block

  T* data = nullptr;             ///< the first panel of the first block, 64-byte aligned
  std::size_t block_stride = 0;  ///< entries from a block to the next

  /// Blocks that hold as many columns.
  static constexpr std::size_t blocks(std::size_t columns) noexcept {
    return columns / kColumns + (columns % kColumns != 0);
  }

  /// Entries of a panel of a block.
  static constexpr std::size_t panel_entries() noexcept { return kColumns * kPanelRows<T>; }

  /// The kPanelRows entries of a column in a panel of points.
  T* column(std::size_t panel, std::size_t index) const noexcept {
    return data + index / kColumns * block_stride + panel * panel_entries() +
           index % kColumns * kPanelRows<T>;
  }
};

}  // namespace pinnscope
