#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "pinnscope/nn/lanes.hpp"

namespace pinnscope {

/// Constants of expm1(y) = 2^n (expm1(r) + 1) - 1 with y = n ln 2 + r, |r| <= ln(2) / 2.
template <class T>
struct ExponentialConstants;

template <>
struct ExponentialConstants<double> {
  static constexpr double kRound =
      0x1.8p52;  // adding it leaves the nearest integer in the low bits
  static constexpr int kExponentShift = 52;
  static constexpr std::uint64_t kExponentBias = 1023;
  static constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
  static constexpr double kLargest = 700;  // 2 |z| beyond which tanh z has long been 1
  static constexpr double kInverseLn2 = 0x1.71547652b82fep0;
  static constexpr double kLn2High = 0x1.62e42feep-1;  // n kLn2High is exact
  static constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
  /// Taylor: 1/2!, 1/3!, ...; what is left out is below 2^-56 of expm1(r).
  static constexpr double kSeries[] = {1.0 / 2,        1.0 / 6,         1.0 / 24,
                                       1.0 / 120,      1.0 / 720,       1.0 / 5040,
                                       1.0 / 40320,    1.0 / 362880,    1.0 / 3628800,
                                       1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0};
};

template <>
struct ExponentialConstants<float> {
  static constexpr float kRound = 0x1.8p23f;
  static constexpr int kExponentShift = 23;
  static constexpr std::uint32_t kExponentBias = 127;
  static constexpr std::uint32_t kSignBit = std::uint32_t{1} << 31;
  static constexpr float kLargest = 80;
  static constexpr float kInverseLn2 = 0x1.715476p0f;
  static constexpr float kLn2High = 0x1.62e4p-1f;
  static constexpr float kLn2Low = 0x1.7f7d1cp-20f;
  static constexpr float kSeries[] = {1.0f / 2,   1.0f / 6,    1.0f / 24,   1.0f / 120,
                                      1.0f / 720, 1.0f / 5040, 1.0f / 40320};
};

/// Terms first ... first + count - 1 of kSeries as a polynomial in r; powers are r, r^2, r^4, r^8.
/// Halves side by side (Estrin): Horner's chain of waits costs twice the time.
template <std::size_t first, std::size_t count, class V>
inline V exponential_series(const V (&powers)[4]) noexcept {
  constexpr auto& kSeries = ExponentialConstants<Element<V>>::kSeries;
  if constexpr (count == 1) {
    return V{} + kSeries[first];
  } else {
    constexpr std::size_t kHalf = std::bit_floor(count - 1);
    return exponential_series<first, kHalf>(powers) +
           exponential_series<first + kHalf, count - kHalf>(powers) *
               powers[std::countr_zero(kHalf)];
  }
}

/// expm1(r + tail) for |r| <= ln(2) / 2, where tail is what r lost to rounding.
template <class V>
inline V small_expm1(V r, V tail) noexcept {
  const V r2 = r * r;
  const V r4 = r2 * r2;
  constexpr std::size_t kTerms = std::size(ExponentialConstants<Element<V>>::kSeries);
  return r + (r2 * exponential_series<0, kTerms>({r, r2, r4, r4 * r4}) + tail);
}

/// tanh z and its derivative 1 - tanh^2 z = 1 / cosh^2 z.
template <class V>
struct TanhValues {
  V value;
  V slope;
};

/// tanh z = expm1(2|z|) / (expm1(2|z|) + 2) with the sign of z, for one number or for Lanes,
/// without branches, calls or tables: a network has the same bits with every C library. Within 2.5
/// units in the last place for every z: at worst one each for numerator and denominator, half for
/// the quotient. The slope is within 4 epsilon relative while |z| < 350 (double), 40 (float); from
/// there on, below 1e-300 (1e-33), it stays what it is. Odd to the last bit; NaN gives NaN.
/// Reduction as in Cody and Waite, Software Manual for the Elementary Functions (1980), ch. 6.
template <class V>
inline TanhValues<V> tanh_values(V z) noexcept {
  using C = ExponentialConstants<Element<V>>;
  using Words = typename LaneTraits<V>::Words;
  const Words sign = std::bit_cast<Words>(z) & C::kSignBit;
  const V doubled = 2 * std::bit_cast<V>(std::bit_cast<Words>(z) ^ sign);
  const V y = doubled > C::kLargest ? V{} + C::kLargest : doubled;
  const V shifted = y * C::kInverseLn2 + C::kRound;
  const V n = shifted - C::kRound;
  const V upper = y - n * C::kLn2High;
  const V lower = n * C::kLn2Low;
  const V r = upper - lower;
  const V expm1_r = small_expm1(r, (upper - r) - lower);
  const V power =
      std::bit_cast<V>((std::bit_cast<Words>(shifted) + C::kExponentBias) << C::kExponentShift);
  const V expm1_y = power * expm1_r + (power - 1);
  const V denominator = expm1_y + 2;
  const V ratio = 2 / denominator;
  const V slope = ratio * (ratio * (power * expm1_r + power));
  return {std::bit_cast<V>(std::bit_cast<Words>(expm1_y / denominator) | sign), slope};
}

}  // namespace pinnscope
