#include "pinnscope/spectra/matrices/singular_values.hpp"

#include "pinnscope/spectra/matrices/scaled_copy.hpp"

namespace pinnscope {

template <class T>
SingularValues<T>::SingularValues(const Config& config, Arena& arena) noexcept {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  fill_generic(storage_.copy);
  static_cast<void>(lapack::singular_values(storage_.copy, storage_.values, storage_.work));
}

template <class T>
Status SingularValues<T>::compute(MatrixView<const T> w, double scale) noexcept {
  int exponent = 0;
  Status status = scaled_copy(w, scale, storage_.copy, exponent);
  if (!status.ok()) return status;
  status = lapack::singular_values(storage_.copy, storage_.values, storage_.work);
  const bool finite = rescale(storage_.values, exponent);
  return status.ok() && !finite ? Status{StatusCode::not_finite} : status;
}

template class SingularValues<float>;
template class SingularValues<double>;

}  // namespace pinnscope
