#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "pinnscope/nn/activation_function.hpp"
#include "pinnscope/nn/in_double.hpp"
#include "pinnscope/nn/logistic.hpp"

namespace pinnscope::activations {

/// Beyond +-kNoDensity the normal density is 0 in double.
inline constexpr double kNoDensity = 40;

/// (1 + 5/4 z) e^(z^2/2) Phi(-z) for z >= 0, where Phi is the normal distribution function, as a
/// polynomial in s = kScale (z - kCentre) / (z + 4): interpolated in the zeros of a Chebyshev
/// polynomial with 60 digits. The form is that of Shepherd and Laframboise, Math. Comp. 36, 1981.
/// Within 2 units in the last place of T for z <= kLast.
template <class T>
struct NormalTail;
template <>
struct NormalTail<double> {
  static constexpr double kLast = 38.8;  // beyond, e^(-z^2/2) is 0
  static constexpr double kCentre = 3.3162393162393164;
  static constexpr double kScale = 1.2061855670103092;
  static constexpr double kPolynomial[] = {
      0.5736133264932074,      -0.06723458642187882,   -0.02577726137714717,
      0.05502195923291442,     -0.04069089759793393,   0.017133150781887513,
      -0.0032262350304896226,  -0.0006152268112652199, 0.0004362745916737382,
      4.737201444535277e-06,   -4.947175805448971e-05, 1.141329749043012e-06,
      6.2448680810716385e-06,  1.4182617638439532e-07, -8.503672666497951e-07,
      -1.1730445234925809e-07, 1.1029364969851003e-07, 3.658517757836931e-08,
      -1.1121540257477384e-08, -8.02338662555009e-09,  5.000387697014748e-10,
      1.2325679378433045e-09,  3.3147680547369433e-11, -1.015681384981143e-10};
};
template <>
struct NormalTail<float> {
  static constexpr double kLast = 14.5;  // beyond, z Phi(-z) is 0 in float
  static constexpr double kCentre = 2.577777777777778;
  static constexpr double kScale = 1.5517241379310345;
  static constexpr double kPolynomial[] = {
      0.5820940352589729,     -0.04910227748018338,  -0.039653371809456814,  0.05193319890159208,
      -0.02967933431742416,   0.009398642485941085,  -0.0010110890198525722, -0.0003830515187175922,
      0.00011949215341672077, 1.514205041774073e-05, -8.079182203217232e-06};
};

/// e^(-m^2/2) for 0 <= m <= kNoDensity, or NaN. m in two parts, the square of the higher one exact:
/// the rounding of m^2 would be multiplied by m^2.
template <class V>
[[gnu::always_inline]] inline V bell(V m) noexcept {
  using Words = typename LaneTraits<V>::Words;
  constexpr std::uint64_t kLowBits = (std::uint64_t{1} << 27) - 1;
  const V higher = std::bit_cast<V>(std::bit_cast<Words>(m) & ~kLowBits);
  const V rest = -0.5 * (m - higher) * (m + higher);
  return exponential(-0.5 * higher * higher) * (1 + rest * (1 + rest * (0.5 + rest * (1.0 / 6))));
}

/// z Phi, Phi + z phi, (2 - z^2) phi, (z^2 - 4) z phi with the normal distribution function Phi and
/// its density phi, to the precision of T, for one double or Lanes of them.
template <class T, class V>
[[gnu::always_inline]] inline ActivationValues<V> gelu_in_double(V z) noexcept {
  using Tail = NormalTail<T>;
  constexpr double kDensity = 0.3989422804014327;  // 1 / sqrt(2 pi)
  const V near = limited(z, kNoDensity);
  const V m = SignedMagnitude<V>(near).magnitude;
  const V e = bell(m);
  const V in_range = m > Tail::kLast ? V{} + Tail::kLast : m;
  const V s = Tail::kScale * (in_range - Tail::kCentre) / (in_range + 4);
  constexpr std::size_t kTerms = std::size(Tail::kPolynomial);
  V sum = V{} + Tail::kPolynomial[kTerms - 1];
  for (std::size_t k = kTerms - 1; k > 0; --k) sum = sum * s + Tail::kPolynomial[k - 1];
  const V tail = e * (sum / (1 + 1.25 * in_range));
  const V below = z < 0 ? tail : 1 - tail;
  const V density = kDensity * e;
  const V square = near * near;
  return {(z > kNoDensity ? z : near) * below, below + near * density, (2 - square) * density,
          (square - 4) * near * density};
}

/// z Phi(z) = z (1 + erf(z / sqrt 2)) / 2. Hendrycks and Gimpel, arXiv 1606.08415, 2016. NaN gives
/// NaN; infinities give the limits.
template <class T>
struct Gelu : KeepsArgument<T> {
  static constexpr const char* kName = "gelu";
  static constexpr const char* kMeaning = "z (1 + erf(z / sqrt 2)) / 2";
  static constexpr std::array kKerasNames{KerasName{"gelu"}};

  template <class V>
  [[gnu::always_inline]] ActivationValues<V> operator()(V z) const noexcept {
    return in_double(z, [](auto wide) noexcept { return gelu_in_double<T>(wide); });
  }
};

}  // namespace pinnscope::activations
