#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The rows and columns of a matrix that hold an entry which is not zero. What lies outside of that
/// block adds exact zeros to the spectrum, which are no part of any law of it.
class LiveBlock : Pinned {
 public:
  struct Config {
    std::size_t rows = 0;     ///< of every matrix
    std::size_t columns = 0;  ///< of every matrix
  };

  struct Storage {
    VectorView<std::size_t> rows;
    VectorView<std::size_t> columns;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.vector<std::size_t>("live rows", config.rows),
            layout.vector<std::size_t>("live columns", config.columns)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  LiveBlock(const Config& config, Arena& arena) noexcept;

  /// Looks through a matrix; NaN is not zero. Linear cost; allocates nothing. Precondition: the
  /// matrix is rows x columns of the configuration.
  void find(MatrixView<const double> w) noexcept;

  /// Indices of the live rows and columns of the last matrix, counted from 0, ascending.
  /// @{
  VectorView<const std::size_t> rows() const noexcept { return storage_.rows.first(rows_); }
  VectorView<const std::size_t> columns() const noexcept {
    return storage_.columns.first(columns_);
  }
  /// @}

  /// The block itself: `w`, the last matrix, where it is whole or has none, and else a copy at the
  /// front of `room`, which is as large. Linear cost.
  MatrixView<const double> gather(MatrixView<const double> w,
                                  MatrixView<double> room) const noexcept;

  /// Whether every row and column is live.
  bool whole() const noexcept {
    return rows_ == storage_.rows.size() && columns_ == storage_.columns.size();
  }

 private:
  Storage storage_;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace pinnscope
