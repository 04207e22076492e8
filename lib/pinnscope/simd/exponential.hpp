#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "pinnscope/simd/lanes.hpp"

namespace pinnscope {

/// Constants of expm1(y) = 2^n (expm1(r) + 1) - 1 with y = n ln 2 + r, |r| <= ln(2) / 2.
template <class T>
struct ExponentialConstants;

/// To the precision of double.
template <>
struct ExponentialConstants<double> {
  /// Adding it leaves the nearest integer and the bias of an exponent in the low bits.
  static constexpr double kRound = 0x1.8p52 + 1023;
  static constexpr int kExponentShift = 52;  ///< bits below a number's exponent
  /// The bit of a number's sign.
  static constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
  static constexpr double kInverseLn2 = 0x1.71547652b82fep0;  ///< 1 / ln 2, nearest double
  static constexpr double kLn2High = 0x1.62e42feep-1;  ///< ln 2, so short that n kLn2High is exact
  static constexpr double kLn2Low = 0x1.a39ef35793c76p-33;  ///< ln 2 - kLn2High
  static constexpr double kLeast = -760;                    ///< below which exp is 0
  static constexpr double kLargest = 720;                   ///< above which exp is infinite
  /// Taylor: 1/2!, 1/3!, ...; what is left out is below 2^-56 of expm1(r).
  static constexpr double kSeries[] = {1.0 / 2,        1.0 / 6,         1.0 / 24,
                                       1.0 / 120,      1.0 / 720,       1.0 / 5040,
                                       1.0 / 40320,    1.0 / 362880,    1.0 / 3628800,
                                       1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0};
};

/// The same to the precision of float.
template <>
struct ExponentialConstants<float> {
  /// As of double; what the series leaves out is below 2^-30 of expm1(r).
  /// @{
  static constexpr float kRound = 0x1.8p23f + 127;
  static constexpr int kExponentShift = 23;
  static constexpr std::uint32_t kSignBit = std::uint32_t{1} << 31;
  static constexpr float kInverseLn2 = 0x1.715476p0f;
  static constexpr float kLn2High = 0x1.62e4p-1f;
  static constexpr float kLn2Low = 0x1.7f7d1cp-20f;
  static constexpr float kLeast = -110;
  static constexpr float kLargest = 90;
  static constexpr float kSeries[] = {1.0f / 2,   1.0f / 6,    1.0f / 24,   1.0f / 120,
                                      1.0f / 720, 1.0f / 5040, 1.0f / 40320};
  /// @}
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

/// expm1(r + tail) - r for |r| <= ln(2) / 2, where tail is what r lost to rounding.
template <class V>
inline V small_expm1_rest(V r, V tail) noexcept {
  const V r2 = r * r;
  const V r4 = r2 * r2;
  constexpr std::size_t kTerms = std::size(ExponentialConstants<Element<V>>::kSeries);
  return r2 * exponential_series<0, kTerms>({r, r2, r4, r4 * r4}) + tail;
}

/// 2^n of shifted = n + kRound, where n is an exponent that numbers may have.
template <class V>
inline V power_of_two(V shifted) noexcept {
  using Words = typename LaneTraits<V>::Words;
  return std::bit_cast<V>(std::bit_cast<Words>(shifted)
                          << ExponentialConstants<Element<V>>::kExponentShift);
}

/// e^y = 2^n (1 + r + rest) with |r| <= ln(2) / 2 and |rest| < |r|.
template <class V>
struct ReducedExponential {
  V r;        ///< y - n ln 2, in [-ln(2) / 2, ln(2) / 2]
  V rest;     ///< expm1 of it less itself, and what it lost to rounding
  V shifted;  ///< n + kRound, whose last bits are those of n
};

/// Takes the powers of 2 out of e^y. Precondition: |y| <= 800 (double), 120 (float), or NaN. As in
/// Cody and Waite, Software Manual for the Elementary Functions (1980), ch. 6.
template <class V>
[[gnu::always_inline]] inline ReducedExponential<V> reduced_exponential(V y) noexcept {
  using C = ExponentialConstants<Element<V>>;
  const V shifted = y * C::kInverseLn2 + C::kRound;
  const V n = shifted - C::kRound;
  const V upper = y - n * C::kLn2High;
  const V lower = n * C::kLn2Low;
  const V r = upper - lower;
  return {r, small_expm1_rest(r, (upper - r) - lower), shifted};
}

/// e^y, for one number or for Lanes, without branches, calls or tables: the same bits with every C
/// library. Within 2 units in the last place for every y, subnormal results included; 0 below them,
/// infinite above the largest number; NaN gives NaN.
template <class V>
[[gnu::always_inline]] inline V exponential(V y) noexcept {
  using C = ExponentialConstants<Element<V>>;
  const V from_below = y < C::kLeast ? V{} + C::kLeast : y;
  const V clamped = from_below > C::kLargest ? V{} + C::kLargest : from_below;
  const auto [r, rest, shifted] = reduced_exponential(clamped);
  // Two powers, since one of them alone may be out of range where the product is not.
  const V half = (shifted - C::kRound) * Element<V>(0.5) + C::kRound;
  const V other = shifted - half + C::kRound;
  return (1 + (r + rest)) * power_of_two(half) * power_of_two(other);
}

}  // namespace pinnscope
