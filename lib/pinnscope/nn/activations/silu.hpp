#pragma once

#include <array>

#include "pinnscope/nn/activation_function.hpp"
#include "pinnscope/nn/logistic.hpp"

namespace pinnscope::activations {

/// z s with the logistic function s = 1 / (1 + e^-z), also called swish: f' = s + z s',
/// f'' = 2 s' + z s'', f''' = 3 s'' + z s'''. Elfwing, Uchibe and Doya, Neural Networks 107, 2018.
template <class T>
struct Silu : KeepsArgument<T> {
  static constexpr const char* kName = "silu";
  static constexpr const char* kMeaning = "z / (1 + e^-z), also called swish";
  static constexpr std::array kKerasNames{KerasName{"silu"}, KerasName{"swish"}};

  template <class V>
  [[gnu::always_inline]] ActivationValues<V> operator()(V z) const noexcept {
    const ActivationValues<V> s = sigmoid_values(z);
    constexpr Element<V> kFar = -ExponentialConstants<Element<V>>::kLeast;
    const V near = limited(z, kFar);
    return {(z > kFar ? z : near) * s.value, s.value + near * s.first,
            2 * s.first + near * s.second, 3 * s.second + near * s.third};
  }
};

}  // namespace pinnscope::activations
