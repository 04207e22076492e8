#pragma once

#include <algorithm>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

/// The one page through which the library talks to LAPACK: overloads for float and double over the
/// Fortran symbols, workspace handed in, `info` kept in the Status. Every call runs on the calling
/// thread alone (a threaded BLAS would allocate, and its sums would depend on the threads), and
/// only unblocked routines are called: those need no matrix product, for which OpenBLAS's kernels
/// for small matrices take heap memory on some processors. OpenBLAS maps one buffer for each call
/// that is under way and keeps it for later ones; all functions return out_of_memory, and touch
/// nothing, where there is no room for it.
namespace pinnscope::lapack {

/// Bytes of one buffer of OpenBLAS: BUFFER_SIZE on x86-64 and aarch64. Only what a call uses of it
/// is ever touched: it takes address space, and hardly any memory.
inline constexpr std::size_t kBufferBytes = std::size_t{128} << 20;

/// Has the buffers for this many calls at once mapped, 64 at most, which the calls otherwise see
/// to. Status: out_of_memory where there is no room for one. Does nothing with another BLAS.
Status provide_buffers(std::size_t calls) noexcept;

/// Entries of real workspace for eigenvalues() of an n x n matrix.
constexpr std::size_t eigenvalue_work_size(std::size_t n) noexcept {
  return Footprint::saturating_add(n, Footprint::saturating_add(n, n));
}

/// Eigenvalues real + i imaginary of the n x n matrix A, which is destroyed: balanced (GEBAL),
/// brought to Hessenberg form by reflections (GEHD2), then the QR iteration of Francis (LAHQR).
/// About 10 n^3 flops. A real eigenvalue has imaginary part 0 exactly; of a conjugate pair, which
/// stands side by side, the one with the positive imaginary part comes first. A must be finite,
/// with entries whose squares neither overflow nor underflow. Status: not_converged with LAHQR's
/// info.
Status eigenvalues(MatrixView<float> a, VectorView<float> real, VectorView<float> imaginary,
                   VectorView<float> work) noexcept;
Status eigenvalues(MatrixView<double> a, VectorView<double> real, VectorView<double> imaginary,
                   VectorView<double> work) noexcept;

/// Entries of real workspace for singular_values() of a rows x columns matrix.
constexpr std::size_t singular_value_work_size(std::size_t rows, std::size_t columns) noexcept {
  const std::size_t smaller = std::min(rows, columns);
  std::size_t size = std::max(rows, columns);
  for (int part = 0; part < 7; ++part) size = Footprint::saturating_add(size, smaller);
  return size;
}

/// The min(rows, columns) singular values of A, descending; A is destroyed: brought to bidiagonal
/// form by reflections (GEBD2), then the qd iteration of Fernando and Parlett (BDSQR). About
/// 4 m n min(m, n) flops. A must be finite, with entries whose squares neither overflow nor
/// underflow. Status: not_converged with BDSQR's info.
Status singular_values(MatrixView<float> a, VectorView<float> values,
                       VectorView<float> work) noexcept;
Status singular_values(MatrixView<double> a, VectorView<double> values,
                       VectorView<double> work) noexcept;

/// The same with vectors, of an m x n matrix with m >= n: A becomes the left vectors, a column
/// each, `right` (n x n) the right ones, a row each, in the order of `values`. The reflections are
/// multiplied out (ORG2R, ORGL2) and BDSQR rotates them along: some 20 m n^2 flops. Workspace as of
/// singular_values().
Status singular_vectors(MatrixView<float> a, VectorView<float> values, MatrixView<float> right,
                        VectorView<float> work) noexcept;
Status singular_vectors(MatrixView<double> a, VectorView<double> values, MatrixView<double> right,
                        VectorView<double> work) noexcept;

/// What the BLAS at hand says of itself and of the kernels it picked, or "unknown".
const char* blas_description() noexcept;

}  // namespace pinnscope::lapack
