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
double l1_norm(VectorView<const T> z) noexcept {
  double sum = 0;
  for (const T value : z) sum += std::abs(static_cast<double>(value));
  return sum;
}

/// The root of `weight` times the sum of squares.
template <class T>
double l2_norm(double weight, VectorView<const T> z) noexcept {
  double largest = 0;
  for (const T value : z) {
    const double size = std::abs(static_cast<double>(value));
    if (!(size <= largest)) largest = size;  // a NaN stays
  }
  if (largest == 0 || !std::isfinite(largest)) return largest;
  double sum = 0;
  for (const T value : z) {
    const double part = static_cast<double>(value) / largest;
    sum += part * part;
  }
  return largest * std::sqrt(weight * sum);
}

template <class T>
double norm_of_any(Normalisation normalisation, VectorView<const T> z) noexcept {
  switch (normalisation) {
    case Normalisation::none: return 1;
    case Normalisation::l1: return l1_norm(z);
    case Normalisation::l2: return l2_norm(1, z);
    case Normalisation::rms: return l2_norm(1 / static_cast<double>(z.size()), z);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

template <class T>
Status divide_by(double divisor, VectorView<T> z, double& log_norm) noexcept {
  if (!std::isfinite(divisor)) return not_finite_at(z);
  if (divisor == 0) return {StatusCode::degenerate};
  for (T& value : z) value = static_cast<T>(value / divisor);
  log_norm += std::log(divisor);
  return {};
}

template <class T>
Status normalise_any(Normalisation normalisation, VectorView<T> z, double& log_norm) noexcept {
  switch (normalisation) {
    case Normalisation::none: return all_finite(z) ? Status{} : not_finite_at(z);
    case Normalisation::l1:
    case Normalisation::l2:
    case Normalisation::rms: return divide_by(norm_of_any<T>(normalisation, z), z, log_norm);
  }
  return {StatusCode::unsupported};
}

}  // namespace

double norm(Normalisation normalisation, VectorView<const double> z) noexcept {
  return norm_of_any(normalisation, z);
}

double norm(Normalisation normalisation, VectorView<const float> z) noexcept {
  return norm_of_any(normalisation, z);
}

Status normalise(Normalisation normalisation, VectorView<double> z, double& log_norm) noexcept {
  return normalise_any(normalisation, z, log_norm);
}

Status normalise(Normalisation normalisation, VectorView<float> z, double& log_norm) noexcept {
  return normalise_any(normalisation, z, log_norm);
}

}  // namespace pinnscope
