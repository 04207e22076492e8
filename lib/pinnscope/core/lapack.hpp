#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

/// The one page through which the library talks to BLAS and LAPACK: overloads for float and double
/// over the Fortran symbols, workspace handed in, `info` kept in the Status. Every call runs on the
/// calling thread alone (a threaded BLAS would allocate, and its sums would depend on the threads).
namespace pinnscope::lapack {

/// C <- alpha op(A) op(B) + beta C, op(X) = X or its transpose. op(A) is m x k, op(B) k x n, C m x
/// n. 2 m n k flops. No allocation once a BLAS call has been made in this process.
enum class Transpose : bool { no, yes };
void multiply(float alpha, MatrixView<const float> a, Transpose transpose_a,
              MatrixView<const float> b, Transpose transpose_b, float beta,
              MatrixView<float> c) noexcept;
void multiply(double alpha, MatrixView<const double> a, Transpose transpose_a,
              MatrixView<const double> b, Transpose transpose_b, double beta,
              MatrixView<double> c) noexcept;

/// Entries of real workspace that eigenvalues() wants for an n x n matrix (GEEV's query).
std::size_t eigenvalue_work_size(float tag, std::size_t n) noexcept;
std::size_t eigenvalue_work_size(double tag, std::size_t n) noexcept;

/// Eigenvalues real + i imaginary of the square matrix A, which is destroyed (GEEV, no vectors).
/// A real eigenvalue has imaginary == 0 exactly; a conjugate pair stands side by side, the one with
/// the positive imaginary part first. Status: not_converged with GEEV's info. A must be finite.
Status eigenvalues(MatrixView<float> a, VectorView<float> real, VectorView<float> imaginary,
                   VectorView<float> work) noexcept;
Status eigenvalues(MatrixView<double> a, VectorView<double> real, VectorView<double> imaginary,
                   VectorView<double> work) noexcept;

/// Entries of real workspace that singular_values() wants for an m x n matrix (GESDD's query).
std::size_t singular_value_work_size(float tag, std::size_t rows, std::size_t columns) noexcept;
std::size_t singular_value_work_size(double tag, std::size_t rows, std::size_t columns) noexcept;

/// Entries of integer workspace for singular_values() of an m x n matrix.
constexpr std::size_t singular_value_index_size(std::size_t rows, std::size_t columns) noexcept {
  return 8 * (rows < columns ? rows : columns);
}

/// Singular values of A, descending, min(m, n) of them; A is destroyed (GESDD, no vectors). Status:
/// not_converged with GESDD's info. A must be finite.
Status singular_values(MatrixView<float> a, VectorView<float> values, VectorView<float> work,
                       VectorView<int> index_work) noexcept;
Status singular_values(MatrixView<double> a, VectorView<double> values, VectorView<double> work,
                       VectorView<int> index_work) noexcept;

/// What the BLAS at hand says of itself and the kernels it picked, or "unknown".
const char* blas_description() noexcept;

}  // namespace pinnscope::lapack
