#pragma once

#include <array>

#include "pinnscope/nn/activation_function.hpp"
#include "pinnscope/nn/logistic.hpp"

namespace pinnscope::activations {

/// The logistic function 1 / (1 + e^-z).
template <class T>
struct Sigmoid : KeepsArgument<T> {
  static constexpr const char* kName = "sigmoid";
  static constexpr const char* kMeaning = "1 / (1 + e^-z)";
  static constexpr std::array kKerasNames{KerasName{"sigmoid"}};
  static constexpr double kSteepestSlope = 0.25;

  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    return sigmoid_values(z);
  }
};

}  // namespace pinnscope::activations
