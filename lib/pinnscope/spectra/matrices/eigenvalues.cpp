#include "pinnscope/spectra/matrices/eigenvalues.hpp"

#include "pinnscope/spectra/matrices/scaled_copy.hpp"

namespace pinnscope {

template <class T>
Eigenvalues<T>::Eigenvalues(const Config& config, Arena& arena) noexcept {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  fill_generic(storage_.copy);
  static_cast<void>(
      lapack::eigenvalues(storage_.copy, storage_.real, storage_.imaginary, storage_.work));
}

template <class T>
Status Eigenvalues<T>::compute(MatrixView<const T> w, double scale) noexcept {
  int exponent = 0;
  Status status = scaled_copy(w, scale, storage_.copy, exponent);
  if (!status.ok()) return status;
  status = lapack::eigenvalues(storage_.copy, storage_.real, storage_.imaginary, storage_.work);
  const bool real_finite = rescale(storage_.real, exponent);
  const bool imaginary_finite = rescale(storage_.imaginary, exponent);
  const bool finite = real_finite && imaginary_finite;
  return status.ok() && !finite ? Status{StatusCode::not_finite} : status;
}

template class Eigenvalues<float>;
template class Eigenvalues<double>;

}  // namespace pinnscope
