#include "pinnscope/step/normalisation.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace pinnscope {

namespace {

template <class T>
Status not_finite_at(VectorView<T> z) noexcept {
  std::size_t index = 0;
  while (index < z.size() && std::isfinite(z[index])) ++index;
  return {StatusCode::not_finite, index < z.size() ? static_cast<int>(index) : 0};
}

/// Adding the exponent's lowest bit to an exponent of ones, which infinities and NaNs have, carries
/// into the sign; done on all values at once, the loop is a few vector instructions.
template <class T>
bool all_finite(VectorView<T> z) noexcept {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr Bits kExponent = std::bit_cast<Bits>(std::numeric_limits<T>::infinity());
  constexpr Bits kLowest = std::bit_cast<Bits>(std::numeric_limits<T>::min());
  constexpr Bits kSign = std::bit_cast<Bits>(T(-0.0));
  Bits carried = 0;
  for (const T value : z) carried |= (std::bit_cast<Bits>(value) & kExponent) + kLowest;
  return (carried & kSign) == 0;
}

template <class T>
Status divide_by_l1_norm(VectorView<T> z, double& log_norm) noexcept {
  double norm = 0;
  for (const T value : z) norm += std::abs(static_cast<double>(value));
  if (!std::isfinite(norm)) return not_finite_at(z);
  if (norm == 0) return {StatusCode::degenerate};
  for (T& value : z) value = static_cast<T>(value / norm);
  log_norm += std::log(norm);
  return {};
}

template <class T>
Status normalise_any(Normalisation normalisation, VectorView<T> z, double& log_norm) noexcept {
  switch (normalisation) {
    case Normalisation::none: return all_finite(z) ? Status{} : not_finite_at(z);
    case Normalisation::l1: return divide_by_l1_norm(z, log_norm);
  }
  return {StatusCode::unsupported};
}

}  // namespace

Status normalise(Normalisation normalisation, VectorView<double> z, double& log_norm) noexcept {
  return normalise_any(normalisation, z, log_norm);
}

Status normalise(Normalisation normalisation, VectorView<float> z, double& log_norm) noexcept {
  return normalise_any(normalisation, z, log_norm);
}

}  // namespace pinnscope
