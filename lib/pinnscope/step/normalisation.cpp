#include "pinnscope/step/normalisation.hpp"

#include <cmath>
#include <cstddef>

namespace pinnscope {

namespace {

template <class T>
Status not_finite_at(VectorView<T> z) noexcept {
  std::size_t index = 0;
  while (index < z.size() && std::isfinite(z[index])) ++index;
  return {StatusCode::not_finite, index < z.size() ? static_cast<int>(index) : 0};
}

template <class T>
Status normalise_any(Normalisation normalisation, VectorView<T> z, double& log_norm) noexcept {
  if (normalisation == Normalisation::none) {
    bool finite = true;
    for (const T value : z) finite &= std::isfinite(value);
    return finite ? Status{} : not_finite_at(z);
  }
  double norm = 0;
  for (const T value : z) norm += std::abs(static_cast<double>(value));
  if (!std::isfinite(norm)) return not_finite_at(z);
  if (norm == 0) return {StatusCode::degenerate};
  for (T& value : z) value = static_cast<T>(value / norm);
  log_norm += std::log(norm);
  return {};
}

}  // namespace

Status normalise(Normalisation normalisation, VectorView<double> z, double& log_norm) noexcept {
  return normalise_any(normalisation, z, log_norm);
}

Status normalise(Normalisation normalisation, VectorView<float> z, double& log_norm) noexcept {
  return normalise_any(normalisation, z, log_norm);
}

}  // namespace pinnscope
