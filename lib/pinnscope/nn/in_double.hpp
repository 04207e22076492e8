#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>

#include "pinnscope/nn/activation_values.hpp"
#include "pinnscope/simd/lanes.hpp"

namespace pinnscope {

/// f of Lanes of floats, half of them at a time as Lanes of doubles.
template <class V, class Function>
[[gnu::always_inline]] inline ActivationValues<V> widened(V z, Function&& f) noexcept {
  typedef Element<V> Half __attribute__((vector_size(sizeof(V) / 2)));
  Half halves[2], results[4][2];
  std::memcpy(halves, &z, sizeof z);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto wide = f(__builtin_convertvector(halves[i], Lanes<double, sizeof(V)>));
    results[0][i] = __builtin_convertvector(wide.value, Half);
    results[1][i] = __builtin_convertvector(wide.first, Half);
    results[2][i] = __builtin_convertvector(wide.second, Half);
    results[3][i] = __builtin_convertvector(wide.third, Half);
  }
  ActivationValues<V> values;
  std::memcpy(&values.value, results[0], sizeof z);
  std::memcpy(&values.first, results[1], sizeof z);
  std::memcpy(&values.second, results[2], sizeof z);
  std::memcpy(&values.third, results[3], sizeof z);
  return values;
}

/// f(z), computed in double whatever V holds.
template <class V, class Function>
[[gnu::always_inline]] inline ActivationValues<V> in_double(V z, Function&& f) noexcept {
  if constexpr (std::same_as<Element<V>, double>) {
    return f(z);
  } else if constexpr (std::same_as<V, float>) {
    const auto wide = f(static_cast<double>(z));
    return {static_cast<float>(wide.value), static_cast<float>(wide.first),
            static_cast<float>(wide.second), static_cast<float>(wide.third)};
  } else {
    return widened(z, f);
  }
}

}  // namespace pinnscope
