#pragma once

#include <array>

#include "pinnscope/nn/activation_function.hpp"
#include "pinnscope/simd/tanh.hpp"

namespace pinnscope::activations {

/// t = tanh z, f' = 1 - t^2, f'' = -2 t f', f''' = (6 t^2 - 2) f'. f' keeps its relative precision
/// where t is close to 1.
template <class T>
struct Tanh : KeepsSlope<T> {
  static constexpr const char* kName = "tanh";
  static constexpr const char* kMeaning = "(e^z - e^-z) / (e^z + e^-z)";
  static constexpr std::array kKerasNames{KerasName{"tanh"}};

  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const TanhValues<V> tanh = tanh_values(z);
    return completed(*this, tanh.value, tanh.slope);
  }
  template <class V>
  Curvatures<V> curvatures(V t, V slope) const noexcept {
    return {-2 * t * slope, (6 * t * t - 2) * slope};
  }
};

}  // namespace pinnscope::activations
