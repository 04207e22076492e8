#pragma once

#include <algorithm>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/matrices/lapack.hpp"

namespace pinnscope {

/// Singular values and vectors of a rectangular matrix, by LAPACK.
template <class T>
class SingularVectors : Pinned {
 public:
  struct Config {
    std::size_t rows = 0;     ///< of the largest matrix
    std::size_t columns = 0;  ///< of the largest matrix
  };

  struct Storage {
    MatrixView<T> tall;    ///< the matrix or its transpose, then its left vectors, a column each
    MatrixView<T> small;   ///< its right vectors, a column each
    VectorView<T> values;  ///< min(rows, columns)
    VectorView<T> work;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t larger = std::max(config.rows, config.columns);
    const std::size_t smaller = std::min(config.rows, config.columns);
    return {layout.matrix<T>("vectors of the longer side", larger, smaller),
            layout.matrix<T>("vectors of the shorter side", smaller, smaller),
            layout.vector<T>("singular values", smaller),
            layout.vector<T>("LAPACK work", lapack::singular_value_work_size(larger, smaller))};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Decomposes one arbitrary matrix, so that BLAS maps its buffers here and not later.
  SingularVectors(const Config& config, Arena& arena) noexcept;

  /// W = sum s_k u_k v_k'. W has at most the rows and the columns of the configuration and stays as
  /// it is. Some 20 flops times the longer side times the square of the shorter; allocates nothing.
  /// shape_mismatch or not_finite leave the last result; not_converged (LAPACK's info kept) and
  /// not_finite where a singular value overflows leave it undefined.
  Status compute(MatrixView<const T> w) noexcept;

  /// Singular values of the last matrix, descending, min(rows, columns) of them, and the vectors of
  /// unit length of the k-th, counted from 0: the left one has `rows` entries, the right one
  /// `columns`.
  /// @{
  VectorView<const T> values() const noexcept { return storage_.values.first(small_.columns); }
  VectorView<const T> left(std::size_t k) const noexcept { return wide_ ? small(k) : tall(k); }
  VectorView<const T> right(std::size_t k) const noexcept { return wide_ ? tall(k) : small(k); }
  /// @}

 private:
  VectorView<const T> tall(std::size_t k) const noexcept { return tall_.column(k); }
  VectorView<const T> small(std::size_t k) const noexcept { return small_.column(k); }

  Config config_;
  Storage storage_;
  MatrixView<T> tall_;  // the front of the storage, of the last matrix
  MatrixView<T> small_;
  bool wide_ = false;  // more columns than rows: the transpose was decomposed
};

}  // namespace pinnscope
