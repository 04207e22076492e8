#pragma once

#include <array>

#include "pinnscope/nn/activation_function.hpp"
#include "pinnscope/nn/logistic.hpp"

namespace pinnscope::activations {

/// z for z > 0, else e^z - 1. At 0, f'' and f''' are those of z < 0: 1. Clevert, Unterthiner and
/// Hochreiter, ICLR 2016, eq. 15, alpha = 1.
template <class T>
struct Elu : KeepsSlope<T> {
  static constexpr const char* kName = "elu";
  static constexpr const char* kMeaning = "z for z > 0, else e^z - 1";
  static constexpr std::array kKerasNames{KerasName{"elu"}};

  template <class V>
  [[gnu::always_inline]] ActivationValues<V> operator()(V z) const noexcept {
    const auto [power, lost] = decay(SignedMagnitude<V>(z).magnitude);
    const V value = z > 0 ? z : -lost;
    const V slope = z > 0 ? V{} + 1 : power;
    return completed(*this, value, slope);
  }
  template <class V>
  Curvatures<V> curvatures(V value, V slope) const noexcept {
    const V curvature = value > 0 ? V{} : slope;
    return {curvature, curvature};
  }
};

}  // namespace pinnscope::activations
