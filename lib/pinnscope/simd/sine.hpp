#pragma once

#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "pinnscope/simd/lanes.hpp"

namespace pinnscope {

/// sin z and its derivative cos z.
template <class V>
struct SineValues {
  V value;  ///< sin z
  V slope;  ///< cos z
};

/// pi / 2 in parts of 33 bits: their products with an integer below 2^20 are exact.
inline constexpr double kHalfPi[] = {0x1.921fb544p0, 0x1.0b4611a6p-34, 0x1.3198a2ep-69,
                                     0x1.b839a252049c1p-104};

/// |z| up to which z is reduced here; beyond, by the C library.
inline constexpr double kLargestReduced = 0x1p20;

/// Coefficients of the Taylor series of sin and cos from their third terms on, in powers of r^2.
template <class T>
struct SineSeries;
/// As many of them as the precision of double takes.
template <>
struct SineSeries<double> {
  /// 1/5!, -1/7!, ... of sin.
  static constexpr double kSine[] = {1.0 / 120,
                                     -1.0 / 5040,
                                     1.0 / 362880,
                                     -1.0 / 39916800,
                                     1.0 / 6227020800.0,
                                     -1.0 / 1307674368000.0,
                                     1.0 / 355687428096000.0};
  /// 1/4!, -1/6!, ... of cos.
  static constexpr double kCosine[] = {
      1.0 / 24,        -1.0 / 720,           1.0 / 40320,           -1.0 / 3628800,
      1.0 / 479001600, -1.0 / 87178291200.0, 1.0 / 20922789888000.0};
};
/// As many of them, summed in double, as the precision of float takes.
template <>
struct SineSeries<float> {
  /// 1/5!, -1/7!, 1/9! of sin.
  static constexpr double kSine[] = {1.0 / 120, -1.0 / 5040, 1.0 / 362880};
  /// 1/4!, -1/6!, ... of cos.
  static constexpr double kCosine[] = {1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800};
};

/// The polynomial of these coefficients, from the constant upward, at x.
template <class V, std::size_t count>
inline V horner(const double (&coefficients)[count], V x) noexcept {
  V sum = V{} + coefficients[count - 1];
  for (std::size_t k = count - 1; k > 0; --k) sum = sum * x + coefficients[k - 1];
  return sum;
}

/// z = n pi / 2 + value + tail with |value| <= pi / 4.
template <class V>
struct QuarterTurns {
  V value;    ///< what is left of z, to a double's precision
  V tail;     ///< what `value` lost of it to rounding
  V shifted;  ///< n + 1.5 2^52, whose last bits are those of n
};

/// Four parts of Cody and Waite (1980, ch. 8) with the roundings of the differences kept: the
/// double next to a multiple of pi / 2 has its sine to full relative precision.
/// Precondition: 0 <= z <= kLargestReduced, or NaN.
template <class V>
inline QuarterTurns<V> reduce_angle(V z) noexcept {
  constexpr double kRound = 0x1.8p52;
  const V shifted = z * 0x1.45f306dc9c883p-1 + kRound;
  const V n = shifted - kRound;
  V upper = z - n * kHalfPi[0];
  V lower{};
  for (std::size_t part = 1; part < 3; ++part) {
    const V removed = n * kHalfPi[part];
    const V difference = upper - removed;
    const V kept = upper - difference;  // upper - removed - difference, whichever is larger
    lower += (kept - removed) + (upper - (difference + kept));
    upper = difference;
  }
  lower -= n * kHalfPi[3];
  const V value = upper + lower;
  return {value, (upper - value) + lower, shifted};
}

/// sin and cos of z >= 0 for one double or Lanes of them, to the precision of T.
template <class T, class V>
inline SineValues<V> reduced_sine(V z) noexcept {
  using Words = typename LaneTraits<V>::Words;
  const auto [r, tail, shifted] = reduce_angle(z);
  const V square = r * r;
  // Two terms by hand: the first rounding of each is the only one of its size.
  const V sine = r + (square * r * (horner(SineSeries<T>::kSine, square) * square - 1.0 / 6) +
                      tail * (1 - 0.5 * square));
  const V half = 0.5 * square;
  const V leading = 1 - half;
  const V cosine =
      leading + (((1 - leading) - half) +
                 (square * square * horner(SineSeries<T>::kCosine, square) - r * tail));
  const Words quadrant = std::bit_cast<Words>(shifted);
  const Words odd = 0 - (quadrant & 1);
  const Words first = std::bit_cast<Words>(sine), second = std::bit_cast<Words>(cosine);
  const Words swapped = (first ^ second) & odd;
  // sin changes its sign in quadrants 2 and 3, cos in 1 and 2.
  return {std::bit_cast<V>((first ^ swapped) ^ ((quadrant & 2) << 62)),
          std::bit_cast<V>((second ^ swapped) ^ (((quadrant + 1) & 2) << 62))};
}

/// reduced_sine of Lanes of floats, half of them at a time as Lanes of doubles.
template <class V>
inline SineValues<V> widened_sine(V z) noexcept {
  typedef Element<V> Half __attribute__((vector_size(sizeof(V) / 2)));
  Half halves[2], sines[2], cosines[2];
  std::memcpy(halves, &z, sizeof z);
  for (std::size_t i = 0; i < 2; ++i) {
    using Wide = Lanes<double, sizeof(V)>;
    const auto wide = reduced_sine<float>(__builtin_convertvector(halves[i], Wide));
    sines[i] = __builtin_convertvector(wide.value, Half);
    cosines[i] = __builtin_convertvector(wide.slope, Half);
  }
  SineValues<V> values;
  std::memcpy(&values.value, sines, sizeof sines);
  std::memcpy(&values.slope, cosines, sizeof cosines);
  return values;
}

/// reduced_sine of z >= 0 for one number or Lanes of floats or doubles.
template <class V>
inline SineValues<V> sine_of_magnitude(V z) noexcept {
  using T = Element<V>;
  if constexpr (std::same_as<T, double>) {
    return reduced_sine<double>(z);
  } else if constexpr (std::same_as<V, float>) {
    const auto [value, slope] = reduced_sine<float>(static_cast<double>(z));
    return {static_cast<float>(value), static_cast<float>(slope)};
  } else {
    return widened_sine(z);
  }
}

/// sin z and cos z, z in radians, for one number or for Lanes, each within 2 units in the last
/// place for every z. Up to |z| = 2^20 without branches, calls or tables, the same bits with every
/// C library; beyond, those of the C library, entry by entry. sin is odd and cos even to the last
/// bit; infinities and NaN give NaN. Floats are computed in double.
template <class V>
inline SineValues<V> sine_values(V z) noexcept {
  using Words = typename LaneTraits<V>::Words;
  constexpr auto kSignBit = typename LaneTraits<V>::Word(1) << (8 * sizeof(Element<V>) - 1);
  const Words sign = std::bit_cast<Words>(z) & kSignBit;
  const V magnitude = std::bit_cast<V>(std::bit_cast<Words>(z) ^ sign);
  bool large = false;
  map_lanes(magnitude, [&](auto entry) { return large |= entry > kLargestReduced, entry; });
  if (large) {
    return {map_lanes(z, [](auto entry) { return std::sin(entry); }),
            map_lanes(z, [](auto entry) { return std::cos(entry); })};
  }
  const SineValues<V> values = sine_of_magnitude(magnitude);
  return {std::bit_cast<V>(std::bit_cast<Words>(values.value) ^ sign), values.slope};
}

}  // namespace pinnscope
