#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <type_traits>

namespace pinnscope {

/// A contiguous run of numbers that somebody else owns. std::vector, std::array, arma::Col and C
/// arrays convert to it; VectorView<T> converts to VectorView<const T>.
template <class T>
using VectorView = std::span<T>;

/// A column-major matrix that somebody else owns, as BLAS, LAPACK and Armadillo have it: entry
/// (i, j) stands at data[i + j * stride], with stride >= rows.
template <class T>
struct MatrixView {
  T* data = nullptr;        ///< entry (0, 0); nullptr where there is no matrix
  std::size_t rows = 0;     ///< entries of a column
  std::size_t columns = 0;  ///< entries of a row
  std::size_t stride = 0;   ///< entries from the start of a column to that of the next

  /// No matrix: 0 x 0.
  constexpr MatrixView() noexcept = default;

  /// Columns that follow each other without a gap.
  constexpr MatrixView(T* first, std::size_t row_count, std::size_t column_count) noexcept
      : MatrixView(first, row_count, column_count, row_count) {}

  /// Columns `column_stride` entries apart.
  constexpr MatrixView(T* first, std::size_t row_count, std::size_t column_count,
                       std::size_t column_stride) noexcept
      : data(first), rows(row_count), columns(column_count), stride(column_stride) {
    assert(stride >= rows);
  }

  /// MatrixView<T> converts to MatrixView<const T>.
  template <class U>
  requires std::is_same_v<const U, T>
  constexpr MatrixView(MatrixView<U> other) noexcept
      : data(other.data), rows(other.rows), columns(other.columns), stride(other.stride) {}

  /// Entry (row, column), counted from 0. Precondition: it is one.
  constexpr T& operator()(std::size_t row, std::size_t column) const noexcept {
    assert(row < rows && column < columns);
    return data[row + column * stride];
  }

  /// The column `index`, counted from 0, of `rows` entries.
  constexpr VectorView<T> column(std::size_t index) const noexcept {
    assert(index < columns);
    return {data + index * stride, rows};
  }

  /// The rows x columns block whose upper left entry is (row, column).
  constexpr MatrixView block(std::size_t row, std::size_t column, std::size_t row_count,
                             std::size_t column_count) const noexcept {
    assert(row + row_count <= rows && column + column_count <= columns);
    return {data + row + column * stride, row_count, column_count, stride};
  }

  /// Entries in all.
  constexpr std::size_t size() const noexcept { return rows * columns; }

  /// Whether there are no entries.
  constexpr bool empty() const noexcept { return rows == 0 || columns == 0; }

  /// Whether the entries stand without gaps, as flat() takes them.
  constexpr bool contiguous() const noexcept { return stride == rows || columns <= 1; }

  /// All entries, column after column. Precondition: contiguous().
  constexpr VectorView<T> flat() const noexcept {
    assert(contiguous());
    return {data, size()};
  }
};

}  // namespace pinnscope
