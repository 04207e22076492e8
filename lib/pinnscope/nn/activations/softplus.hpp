#pragma once

#include <array>

#include "pinnscope/nn/activation_function.hpp"
#include "pinnscope/nn/logistic.hpp"

namespace pinnscope::activations {

/// log(1 + e), 0 <= e <= 1, as 2 artanh(e / (2 + e)): its series in the square of an argument that
/// is at most 1/3. What is left out is below a quarter of a unit in the last place.
template <class V>
[[gnu::always_inline]] inline V log_one_plus(V e) noexcept {
  constexpr int kTerms = sizeof(Element<V>) == 8 ? 17 : 8;
  const V w = e / (2 + e);
  const V square = w * w;
  V sum{};
  for (int k = kTerms - 1; k > 0; --k) sum = (sum + Element<V>(1) / Element<V>(2 * k + 1)) * square;
  return 2 * (w + w * sum);
}

/// log(1 + e^z) = max(z, 0) + log(1 + e^-|z|). Its derivatives are s, s', s'' of the logistic
/// function s.
template <class T>
struct Softplus : KeepsArgument<T> {
  static constexpr const char* kName = "softplus";
  static constexpr const char* kMeaning = "log(1 + e^z)";
  static constexpr std::array kKerasNames{KerasName{"softplus"}};

  template <class V>
  [[gnu::always_inline]] ActivationValues<V> operator()(V z) const noexcept {
    const SignedMagnitude<V> parts(z);
    const auto [power, lost] = decay(parts.magnitude);
    const V larger = 1 / (1 + power);
    const V smaller = power * larger;
    const V slope = smaller * larger;
    return {(z > 0 ? z : V{}) + log_one_plus(power), z < 0 ? smaller : larger, slope,
            parts.opposite(slope * (lost * larger))};
  }
};

}  // namespace pinnscope::activations
