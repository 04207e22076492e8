#pragma once

#include <algorithm>
#include <armadillo>
#include <cassert>
#include <cstddef>
#include <type_traits>

#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The memory of an Armadillo matrix as a view; valid until the matrix is resized or gone.
template <class T>
MatrixView<T> view(arma::Mat<T>& matrix) noexcept {
  return {matrix.memptr(), matrix.n_rows, matrix.n_cols};
}
template <class T>
MatrixView<const T> view(const arma::Mat<T>& matrix) noexcept {
  return {matrix.memptr(), matrix.n_rows, matrix.n_cols};
}

/// The memory of an Armadillo column or row as a view, likewise.
template <class T>
VectorView<T> view(arma::Col<T>& vector) noexcept {
  return {vector.memptr(), vector.n_elem};
}
template <class T>
VectorView<const T> view(const arma::Col<T>& vector) noexcept {
  return {vector.memptr(), vector.n_elem};
}
template <class T>
VectorView<T> view(arma::Row<T>& vector) noexcept {
  return {vector.memptr(), vector.n_elem};
}
template <class T>
VectorView<const T> view(const arma::Row<T>& vector) noexcept {
  return {vector.memptr(), vector.n_elem};
}

/// An Armadillo matrix on the memory of a view: nothing is copied, writing to one shows in the
/// other, and its size is fixed. Precondition: contiguous().
template <class T>
requires(!std::is_const_v<T>) arma::Mat<T> wrap(MatrixView<T> view) {
  assert(view.contiguous());
  return arma::Mat<T>(view.data, view.rows, view.columns, false, true);
}

/// An Armadillo column on the memory of a view.
template <class T>
requires(!std::is_const_v<T>) arma::Col<T> wrap(VectorView<T> view) {
  return arma::Col<T>(view.data(), view.size(), false, true);
}

/// A matrix of its own with the entries of a view, of whatever stride.
template <class T>
arma::Mat<std::remove_const_t<T>> copy_of(MatrixView<T> view) {
  arma::Mat<std::remove_const_t<T>> copy(view.rows, view.columns);
  for (std::size_t j = 0; j < view.columns; ++j) {
    std::copy_n(view.column(j).begin(), view.rows, copy.colptr(j));
  }
  return copy;
}

/// A column of its own with the entries of a view.
template <class T>
arma::Col<std::remove_const_t<T>> copy_of(VectorView<T> view) {
  arma::Col<std::remove_const_t<T>> copy(view.size());
  std::copy(view.begin(), view.end(), copy.begin());
  return copy;
}

}  // namespace pinnscope
