#pragma once

#include <algorithm>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/matrices/lapack.hpp"

namespace pinnscope {

/// Singular values of a rectangular matrix, by LAPACK, without vectors.
template <class T>
class SingularValues : Pinned {
 public:
  struct Config {
    std::size_t rows = 0;     ///< of every matrix
    std::size_t columns = 0;  ///< of every matrix
  };

  struct Storage {
    MatrixView<T> copy;    ///< rows x columns; LAPACK destroys what it is given
    VectorView<T> values;  ///< min(rows, columns)
    VectorView<T> work;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t m = config.rows;
    const std::size_t n = config.columns;
    return {layout.matrix<T>("matrix to decompose", m, n),
            layout.vector<T>("singular values", std::min(m, n)),
            layout.vector<T>("LAPACK work", lapack::singular_value_work_size(m, n))};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Decomposes one arbitrary matrix, so that BLAS maps its buffers here and not later.
  SingularValues(const Config& config, Arena& arena) noexcept;

  /// Singular values of W / scale. W is rows x columns and stays as it is. About 4 m n min(m, n)
  /// flops; allocates nothing. shape_mismatch, out_of_range (scale not positive) or not_finite
  /// leave the last result; not_converged (LAPACK's info kept) and not_finite where
  /// a singular value overflows leave it undefined.
  Status compute(MatrixView<const T> w, double scale = 1) noexcept;

  /// min(rows, columns) numbers, descending.
  VectorView<const T> values() const noexcept { return storage_.values; }

 private:
  Storage storage_;
};

}  // namespace pinnscope
