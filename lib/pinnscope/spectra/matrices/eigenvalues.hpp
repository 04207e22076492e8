#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/matrices/lapack.hpp"

namespace pinnscope {

/// Eigenvalues of a square matrix that need not be symmetric, by LAPACK, without vectors.
template <class T>
class Eigenvalues : Pinned {
 public:
  struct Config {
    std::size_t order = 0;  ///< n: rows and columns
  };

  struct Storage {
    MatrixView<T> copy;  ///< n x n; LAPACK destroys what it is given
    VectorView<T> real;
    VectorView<T> imaginary;
    VectorView<T> work;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = config.order;
    return {layout.matrix<T>("matrix to decompose", n, n), layout.vector<T>("real parts", n),
            layout.vector<T>("imaginary parts", n),
            layout.vector<T>("LAPACK work", lapack::eigenvalue_work_size(n))};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Computes the spectrum of one arbitrary matrix, so that BLAS maps its buffers here and not
  /// later.
  Eigenvalues(const Config& config, Arena& arena) noexcept;

  /// Eigenvalues of W / scale. W is n x n and stays as it is. About 10 n^3 flops; allocates
  /// nothing. shape_mismatch, out_of_range (scale not positive) or not_finite leave the last
  /// result; not_converged (LAPACK's info kept) and not_finite where
  /// an eigenvalue overflows leave it undefined.
  Status compute(MatrixView<const T> w, double scale = 1) noexcept;

  /// n numbers each. A real eigenvalue has imaginary part 0 exactly; of a conjugate pair the one
  /// with the positive imaginary part comes first. The order is LAPACK's.
  /// @{
  VectorView<const T> real() const noexcept { return storage_.real; }
  VectorView<const T> imaginary() const noexcept { return storage_.imaginary; }
  /// @}

 private:
  Storage storage_;
};

}  // namespace pinnscope
