#pragma once

#include <array>
#include <limits>

#include "pinnscope/nn/activation_parameters.hpp"
#include "pinnscope/nn/activation_values.hpp"

namespace pinnscope {

// What the file of an activation is made of. It holds one template over T, float or double, derived
// from KeepsSlope<T>, KeepsArgument<T> or PiecewiseLinear<T>, with
//
//     kName, kMeaning    as files, command lines and their help have them
//     operator()(z)      ActivationValues of one T, or of Lanes of them
//     curvatures(f, f')  where it keeps its slope: f'' and f''' from these
//
// and, where it has them, kKerasNames, kParameters with a constructor from ActivationParameters,
// kSteepestSlope, rate() and unknown_from(). All of it is inlined into the loops over a layer.

/// The name of an activation in Keras, with the parameters that the name alone means there.
struct KerasName {
  const char* name = "";              ///< in Keras
  ActivationParameters parameters{};  ///< that the name means
};

/// What an activation has that says nothing else.
template <class T>
struct ActivationFunction {
  static constexpr std::array<KerasName, 0> kKerasNames{};            ///< its names in Keras
  static constexpr std::array<ActivationParameter, 0> kParameters{};  ///< what parameters it has

  /// The slope of the steepest part, by which a flat one is told; NaN of what has no flat part.
  static constexpr double kSteepestSlope = 1;

  /// A factor of z: how many times faster f changes than tanh at the fastest.
  T rate() const noexcept { return 1; }

  /// |z| from which on f(z) is not known, although it may be finite: infinity, which a sum that
  /// overflowed has become, or less. Used as a power of two, the next lower one.
  T unknown_from() const noexcept { return std::numeric_limits<T>::infinity(); }
};

// The tape takes derivatives through a layer after its values, from f(z) and one more number a
// neuron: its slope f', where f'' and f''' follow from f and f', or else its argument z.

/// An activation that keeps f'(z), of which f'' and f''' are made.
template <class T>
struct KeepsSlope : ActivationFunction<T> {
  static constexpr bool kKeepsArgument = false;  ///< it keeps f'(z)
};
/// An activation that keeps z itself.
template <class T>
struct KeepsArgument : ActivationFunction<T> {
  static constexpr bool kKeepsArgument = true;  ///< it keeps z
};

/// f''(z) and f'''(z).
template <class V>
struct Curvatures {
  V second{};  ///< f''(z)
  V third{};   ///< f'''(z)
};

/// No curvature anywhere.
template <class T>
struct PiecewiseLinear : KeepsSlope<T> {
  /// Zeros.
  template <class V>
  Curvatures<V> curvatures(V, V) const noexcept {
    return {};
  }
};

/// f, f', and what follows from them.
template <class Function, class V>
ActivationValues<V> completed(const Function& function, V value, V first) noexcept {
  const Curvatures<V> curvatures = function.curvatures(value, first);
  return {value, first, curvatures.second, curvatures.third};
}

/// The number to keep beside f(z) for restored().
template <class Function, class V>
V kept_beside(const ActivationValues<V>& values, V z) noexcept {
  return Function::kKeepsArgument ? z : values.first;
}

/// What function(z) is, from f(z) and what was kept beside it.
template <class Function, class V>
ActivationValues<V> restored(const Function& function, V value, V kept) noexcept {
  if constexpr (Function::kKeepsArgument) {
    return function(kept);
  } else {
    return completed(function, value, kept);
  }
}

}  // namespace pinnscope
