#pragma once

#include <array>

#include "pinnscope/nn/activation_function.hpp"

namespace pinnscope::activations {

/// z / (1 + |z|). f' = 1 / (1 + |z|)^2, f'' = -2 sign(z) f' / (1 + |z|), f''' = 6 f'^2. Bergstra,
/// Desjardins, Lamblin and Bengio, technical report 1337, Universite de Montreal, 2009. At 0, f''
/// is that of z > 0.
template <class T>
struct Softsign : KeepsArgument<T> {
  static constexpr const char* kName = "softsign";
  static constexpr const char* kMeaning = "z / (1 + |z|)";
  static constexpr std::array kKerasNames{KerasName{"softsign"}};

  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const V magnitude = z < 0 ? -z : z;
    const V inverse = 1 / (1 + magnitude);
    const V slope = inverse * inverse;
    const V curvature = 2 * slope * inverse;
    return {z * inverse, slope, z < 0 ? curvature : -curvature, 6 * slope * slope};
  }
};

}  // namespace pinnscope::activations
