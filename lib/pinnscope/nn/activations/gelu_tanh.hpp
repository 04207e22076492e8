#pragma once

#include "pinnscope/nn/activation_function.hpp"
#include "pinnscope/nn/in_double.hpp"
#include "pinnscope/nn/logistic.hpp"

namespace pinnscope::activations {

/// z s(w) with w = sqrt(8 / pi) (z + 0.044715 z^3), which is z (1 + tanh(w / 2)) / 2.
template <class V>
[[gnu::always_inline]] inline ActivationValues<V> gelu_tanh_in_double(V z) noexcept {
  constexpr double kFar = 40;  // beyond, the logistic function of w is 0 or 1
  constexpr double kFactor = 1.5957691216057308;
  constexpr double kCubic = 0.044715;
  const V near = limited(z, kFar);
  const V square = near * near;
  const ActivationValues<V> s = sigmoid_values(kFactor * near * (1 + kCubic * square));
  const V w1 = kFactor * (1 + 3 * kCubic * square);
  const V w2 = 6 * kCubic * kFactor * near;
  constexpr double kW3 = 6 * kCubic * kFactor;
  // Derivatives of s(w(z)) along z.
  const V s1 = s.first * w1;
  const V s2 = s.second * w1 * w1 + s.first * w2;
  const V s3 = s.third * w1 * w1 * w1 + 3 * s.second * w1 * w2 + s.first * kW3;
  return {(z > kFar ? z : near) * s.value, s.value + near * s1, 2 * s1 + near * s2,
          3 * s2 + near * s3};
}

/// z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2, the approximation of gelu in section 2 of
/// Hendrycks and Gimpel, arXiv 1606.08415, 2016. NaN gives NaN; infinities give the limits.
template <class T>
struct GeluTanh : KeepsArgument<T> {
  static constexpr const char* kName = "gelu_tanh";
  static constexpr const char* kMeaning =
      "z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2, close to gelu";

  template <class V>
  [[gnu::always_inline]] ActivationValues<V> operator()(V z) const noexcept {
    return in_double(z, [](auto wide) noexcept { return gelu_tanh_in_double(wide); });
  }
};

}  // namespace pinnscope::activations
