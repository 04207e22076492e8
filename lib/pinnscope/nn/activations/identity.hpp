#pragma once

#include <array>

#include "pinnscope/nn/activation_function.hpp"

namespace pinnscope::activations {

/// z itself.
template <class T>
struct Identity : PiecewiseLinear<T> {
  static constexpr const char* kName = "identity";
  static constexpr const char* kMeaning = "z";
  static constexpr std::array kKerasNames{KerasName{"linear"}};

  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const V zero{};
    return {z, zero + 1, zero, zero};
  }
};

}  // namespace pinnscope::activations
