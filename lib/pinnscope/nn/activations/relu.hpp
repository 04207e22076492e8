#pragma once

#include <array>

#include "pinnscope/nn/activation_function.hpp"

namespace pinnscope::activations {

/// max(z, 0). The derivative at 0 is 0; a NaN stays one.
template <class T>
struct Relu : PiecewiseLinear<T> {
  static constexpr const char* kName = "relu";
  static constexpr const char* kMeaning = "max(z, 0)";
  static constexpr std::array kKerasNames{KerasName{"relu"}};

  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const V zero{};
    return {z <= 0 ? zero : z, z > 0 ? zero + 1 : zero, zero, zero};
  }
};

}  // namespace pinnscope::activations
