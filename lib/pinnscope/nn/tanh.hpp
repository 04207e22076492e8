#pragma once

#include <bit>

#include "pinnscope/nn/exponential.hpp"

namespace pinnscope {

/// tanh z and its derivative 1 - tanh^2 z = 1 / cosh^2 z.
template <class V>
struct TanhValues {
  V value;
  V slope;
};

/// tanh z = expm1(2|z|) / (expm1(2|z|) + 2) with the sign of z, for one number or for Lanes,
/// without branches, calls or tables: a network has the same bits with every C library. Within 2
/// units in the last place for every z. The slope is within 4 epsilon relative while |z| < 350
/// (double), 40 (float); from there on, below 1e-300 (1e-33), it stays what it is. Odd to the last
/// bit; NaN gives NaN.
template <class V>
inline TanhValues<V> tanh_values(V z) noexcept {
  using C = ExponentialConstants<Element<V>>;
  using Words = typename LaneTraits<V>::Words;
  const Words sign = std::bit_cast<Words>(z) & C::kSignBit;
  const V doubled = 2 * std::bit_cast<V>(std::bit_cast<Words>(z) ^ sign);
  constexpr Element<V> kLargest = sizeof(Element<V>) == 8 ? 700 : 80;  // tanh has long been 1
  const V y = doubled > kLargest ? V{} + kLargest : doubled;
  const auto [r, rest, shifted] = reduced_exponential(y);
  const V power = power_of_two(shifted);
  const V expm1_r = r + rest;
  const V scaled = power * expm1_r;
  const V numerator = scaled + (power - 1);
  const V denominator = numerator + 2;
  const V ratio = 2 / denominator;
  const V slope = ratio * (ratio * (scaled + power));
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
