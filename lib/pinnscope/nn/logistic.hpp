#pragma once

#include <bit>

#include "pinnscope/nn/activation_values.hpp"
#include "pinnscope/simd/exponential.hpp"

namespace pinnscope {

// The logistic function s(z) = 1 / (1 + e^-z), of which others are made, for one number or for
// Lanes, without branches, calls or tables: the same bits with every C library. All of it follows
// from e^-|z|, so that nothing overflows and both tails keep their relative precision as far as
// numbers go. NaN gives NaN; infinities give the limits.

/// e^-m and 1 - e^-m for m >= 0, both to full relative precision, or NaN.
template <class V>
struct Decay {
  V power;  ///< e^-m
  V lost;   ///< 1 - e^-m
};

/// As exponential(), with the difference taken from the reduced argument where it would cancel.
template <class V>
[[gnu::always_inline]] inline Decay<V> decay(V m) noexcept {
  using C = ExponentialConstants<Element<V>>;
  const V y = m > -C::kLeast ? V{} + C::kLeast : -m;
  const auto [r, rest, shifted] = reduced_exponential(y);
  const V expm1_r = r + rest;
  const V half = (shifted - C::kRound) * Element<V>(0.5) + C::kRound;
  const V other = shifted - half + C::kRound;
  const V power = (1 + expm1_r) * power_of_two(half) * power_of_two(other);
  const V scale = power_of_two(shifted);  // of no use where it would be subnormal
  const V lost = (1 - scale) - scale * expm1_r;
  return {power, m > 1 ? 1 - power : lost};
}

/// |z|, and the sign of z as the highest bit.
template <class V>
struct SignedMagnitude {
  using Words = typename LaneTraits<V>::Words;  ///< as many unsigned integers as V has entries
  V magnitude;                                  ///< |z|
  Words sign;                                   ///< the highest bit of z
  /// Takes z apart.
  explicit SignedMagnitude(V z) noexcept
      : sign(std::bit_cast<Words>(z) & ExponentialConstants<Element<V>>::kSignBit) {
    magnitude = std::bit_cast<V>(std::bit_cast<Words>(z) ^ sign);
  }

  /// v with the sign of z, or with the other one.
  /// @{
  V same(V v) const noexcept { return std::bit_cast<V>(std::bit_cast<Words>(v) ^ sign); }
  V opposite(V v) const noexcept { return -same(v); }
  /// @}
};

/// s, s' = s (1 - s), s'' = s' (1 - 2 s) = -s' tanh(z / 2), s''' = s' (1 - 6 s').
template <class V>
[[gnu::always_inline]] inline ActivationValues<V> sigmoid_values(V z) noexcept {
  const SignedMagnitude<V> parts(z);
  const auto [power, lost] = decay(parts.magnitude);
  const V larger = 1 / (1 + power);
  const V smaller = power * larger;
  const V slope = smaller * larger;
  return {z < 0 ? smaller : larger, slope, parts.opposite(slope * (lost * larger)),
          slope * (1 - 6 * slope)};
}

/// z between -limit and limit, or NaN: for products with what is 0 beyond them.
template <class V>
inline V limited(V z, Element<V> limit) noexcept {
  const V from_below = z < -limit ? V{} - limit : z;
  return from_below > limit ? V{} + limit : from_below;
}

}  // namespace pinnscope
