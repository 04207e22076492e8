#include "pinnscope/spectra/matrices/singular_vectors.hpp"

#include <algorithm>
#include <utility>

#include "pinnscope/spectra/matrices/scaled_copy.hpp"

namespace pinnscope {
namespace {

template <class T>
void transpose(MatrixView<T> square) noexcept {
  for (std::size_t j = 0; j < square.columns; ++j) {
    for (std::size_t i = 0; i < j; ++i) std::swap(square(i, j), square(j, i));
  }
}

}  // namespace

template <class T>
SingularVectors<T>::SingularVectors(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  tall_ = storage_.tall;
  small_ = storage_.small;
  fill_generic(tall_);
  static_cast<void>(lapack::singular_vectors(tall_, storage_.values, small_, storage_.work));
}

template <class T>
Status SingularVectors<T>::compute(MatrixView<const T> w) noexcept {
  if (w.rows > config_.rows || w.columns > config_.columns) return {StatusCode::shape_mismatch};
  const auto [smaller, larger] = std::minmax(w.rows, w.columns);
  const MatrixView<T> tall(storage_.tall.data, larger, smaller);
  const bool wide = w.columns > w.rows;
  int exponent = 0;
  Status status = wide ? scaled_transpose(w, 1, tall, exponent) : scaled_copy(w, 1, tall, exponent);
  if (!status.ok()) return status;
  wide_ = wide;
  tall_ = tall;
  small_ = {storage_.small.data, smaller, smaller};
  const VectorView<T> values = storage_.values.first(smaller);
  status = lapack::singular_vectors(tall_, values, small_, storage_.work);
  transpose(small_);
  const bool finite = rescale(values, exponent);
  return status.ok() && !finite ? Status{StatusCode::not_finite} : status;
}

template class SingularVectors<float>;
template class SingularVectors<double>;

}  // namespace pinnscope
