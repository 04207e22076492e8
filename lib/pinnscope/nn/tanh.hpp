#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>

namespace pinnscope {

/// tanh z and its derivative 1 - tanh^2 z = 1 / cosh^2 z.
template <class T>
struct TanhValues {
  T value;
  T slope;
};

/// Constants of expm1(y) = 2^n (expm1(r) + 1) - 1 with y = n ln 2 + r, |r| <= ln(2) / 2.
template <class T>
struct ExponentialConstants;

template <>
struct ExponentialConstants<double> {
  using Bits = std::uint64_t;
  static constexpr double kRound =
      0x1.8p52;  // adding it leaves the nearest integer in the low bits
  static constexpr int kExponentShift = 52;
  static constexpr Bits kExponentBias = 1023;
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
  using Bits = std::uint32_t;
  static constexpr float kRound = 0x1.8p23f;
  static constexpr int kExponentShift = 23;
  static constexpr Bits kExponentBias = 127;
  static constexpr float kLargest = 80;
  static constexpr float kInverseLn2 = 0x1.715476p0f;
  static constexpr float kLn2High = 0x1.62e4p-1f;
  static constexpr float kLn2Low = 0x1.7f7d1cp-20f;
  static constexpr float kSeries[] = {1.0f / 2,   1.0f / 6,    1.0f / 24,   1.0f / 120,
                                      1.0f / 720, 1.0f / 5040, 1.0f / 40320};
};

/// tanh z = expm1(2|z|) / (expm1(2|z|) + 2) with the sign of z, without branches, calls or tables,
/// so that a loop over it becomes vector code and a network has the same bits with every C library.
/// Within 2 units in the last place of the value for every z, and within 4 of the slope while
/// |z| < 350 (double), 40 (float); from there on the slope, below 1e-300 (1e-33), stays what it is.
/// Odd to the last bit; NaN gives NaN. Reduction as in Cody and Waite, Software Manual for the
/// Elementary Functions (1980), ch. 6.
template <class T>
inline TanhValues<T> tanh_values(T z) noexcept {
  using C = ExponentialConstants<T>;
  using Bits = typename C::Bits;
  const T doubled = 2 * std::fabs(z);
  const T y = doubled > C::kLargest ? C::kLargest : doubled;
  const T shifted = y * C::kInverseLn2 + C::kRound;
  const T n = shifted - C::kRound;
  const T r = (y - n * C::kLn2High) - n * C::kLn2Low;
  T series = 0;
  for (int k = static_cast<int>(std::size(C::kSeries)) - 1; k >= 0; --k) {
    series = series * r + C::kSeries[k];
  }
  const T expm1_r = r + r * r * series;
  const T power =
      std::bit_cast<T>((std::bit_cast<Bits>(shifted) + C::kExponentBias) << C::kExponentShift);
  const T expm1_y = power * expm1_r + (power - 1);
  const T denominator = expm1_y + 2;
  const T ratio = 2 / denominator;
  return {std::copysign(expm1_y / denominator, z), ratio * (ratio * (power * expm1_r + power))};
}

}  // namespace pinnscope
