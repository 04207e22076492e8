#pragma once

#include <array>

#include "pinnscope/nn/activation_function.hpp"

namespace pinnscope::activations {

/// z for z > 0, else slope z. The derivative at 0 is the slope. The standard slope is PyTorch's;
/// Keras has another where its name stands alone, so that files always say it.
template <class T>
struct LeakyRelu : PiecewiseLinear<T> {
  static constexpr const char* kName = "leaky_relu";
  static constexpr const char* kMeaning = "z for z > 0, else slope z";
  static constexpr std::array kKerasNames{KerasName{"leaky_relu", {.negative_slope = 0.2}}};
  static constexpr std::array kParameters{
      ActivationParameter{.name = "negative_slope",
                          .meaning = "the slope for z <= 0",
                          .place = &ActivationParameters::negative_slope,
                          .standard = 0.01,
                          .always_written = true}};

  explicit LeakyRelu(const ActivationParameters& parameters) noexcept
      : slope(static_cast<T>(kParameters[0].value_in(parameters))) {}

  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const V zero{};
    return {z > 0 ? z : slope * z, z > 0 ? zero + 1 : zero + slope, zero, zero};
  }

  T slope;
};

}  // namespace pinnscope::activations
