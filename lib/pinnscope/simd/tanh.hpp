#pragma once

#include <bit>

#include "pinnscope/simd/exponential.hpp"

namespace pinnscope {

/// tanh z and its derivative 1 - tanh^2 z = 1 / cosh^2 z.
template <class V>
struct TanhValues {
  V value;  ///< tanh z, in [-1, 1]
  V slope;  ///< 1 - tanh^2 z, in [0, 1]
};

/// tanh z = expm1(2|z|) / (expm1(2|z|) + 2) with the sign of z, for one number or for Lanes,
/// without branches, calls or tables: a network has the same bits with every C library. Within 2
/// units in the last place for every z. The slope is within 4 epsilon relative where it is a normal
/// number, within two units where it is subnormal, and 0 where it underflows. Odd to the last bit;
/// NaN gives NaN.
template <class V>
inline TanhValues<V> tanh_values(V z) noexcept {
  using C = ExponentialConstants<Element<V>>;
  using Words = typename LaneTraits<V>::Words;
  const Words sign = std::bit_cast<Words>(z) & C::kSignBit;
  const V doubled = 2 * std::bit_cast<V>(std::bit_cast<Words>(z) ^ sign);
  const V y = doubled > -C::kLeast ? V{} - C::kLeast : doubled;
  const auto [r, rest, shifted] = reduced_exponential(y);
  // Where tanh has long been 1, what would overflow is left to the slope alone, as a last factor.
  constexpr Element<V> kLargest = C::kRound + (sizeof(Element<V>) == 8 ? 900 : 100);
  const V near = shifted > kLargest ? V{} + kLargest : shifted;
  const V far = power_of_two(C::kRound + (near - shifted));
  const V power = power_of_two(near);
  const V expm1_r = r + rest;
  const V scaled = power * expm1_r;
  const V numerator = scaled + (power - 1);
  const V denominator = numerator + 2;
  const V ratio = 2 / denominator;
  const V slope = ratio * (ratio * (scaled + power)) * far;
  const V quotient = numerator / denominator;
  // What the sums above and below lost to rounding matters while the numerator is small; there the
  // denominator is close to 2.
  const V lost = rest - (expm1_r - r);
  const V lost_below = numerator - (denominator - 2);
  const V corrected = quotient + Element<V>(0.5) * (lost - quotient * lost_below);
  const V value = numerator > 1 ? quotient : corrected;
  return {std::bit_cast<V>(std::bit_cast<Words>(value) | sign), slope};
}

}  // namespace pinnscope
