#include "pinnscope/spectra/matrices/singular_vectors.hpp"

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
SingularVectors<T>::SingularVectors(const Config& config, Arena& arena) noexcept
    : wide_(config.columns > config.rows) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  fill_generic(storage_.tall);
  static_cast<void>(
      lapack::singular_vectors(storage_.tall, storage_.values, storage_.small, storage_.work));
}

template <class T>
Status SingularVectors<T>::compute(MatrixView<const T> w) noexcept {
  int exponent = 0;
  Status status = wide_ ? scaled_transpose(w, 1, storage_.tall, exponent)
                        : scaled_copy(w, 1, storage_.tall, exponent);
  if (!status.ok()) return status;
  status = lapack::singular_vectors(storage_.tall, storage_.values, storage_.small, storage_.work);
  transpose(storage_.small);
  const bool finite = rescale(storage_.values, exponent);
  return status.ok() && !finite ? Status{StatusCode::not_finite} : status;
}

template class SingularVectors<float>;
template class SingularVectors<double>;

}  // namespace pinnscope
