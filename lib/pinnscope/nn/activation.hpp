#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "pinnscope/nn/sine.hpp"
#include "pinnscope/nn/tanh.hpp"

namespace pinnscope {

/// What a layer does to z = a W + b, entry by entry.
enum class Activation : std::uint8_t { tanh, relu, leaky_relu, sine, identity };

inline constexpr std::array kActivations{Activation::tanh, Activation::relu, Activation::leaky_relu,
                                         Activation::sine, Activation::identity};

/// Slope of leaky_relu for z <= 0 where nobody says otherwise: PyTorch's.
inline constexpr double kNegativeSlope = 0.01;

/// The name of an activation, as parse() reads it.
constexpr const char* text(Activation activation) noexcept {
  switch (activation) {
    case Activation::tanh: return "tanh";
    case Activation::relu: return "relu";
    case Activation::leaky_relu: return "leaky_relu";
    case Activation::sine: return "sine";
    case Activation::identity: return "identity";
  }
  return "unknown activation";
}

/// Finds the activation called `name`. Returns whether there is one; `found` is unchanged if not.
constexpr bool parse(std::string_view name, Activation& found) noexcept {
  for (const Activation activation : kActivations) {
    if (name == text(activation)) {
      found = activation;
      return true;
    }
  }
  return false;
}

/// f(z), f'(z), f''(z), f'''(z). What nobody reads costs nothing: everything here is inlined.
template <class V>
struct ActivationValues {
  V value{};
  V first{};
  V second{};
  V third{};
};

/// f''(z) and f'''(z).
template <class V>
struct Curvatures {
  V second{};
  V third{};
};

// The functions themselves, for one number or for Lanes of them. Of each, f'' and f''' follow from
// f and f' without another look at z: curvatures(value, first).

/// f, f', and what follows from them.
template <class Function, class V>
ActivationValues<V> completed(const Function& function, V value, V first) noexcept {
  const Curvatures<V> curvatures = function.curvatures(value, first);
  return {value, first, curvatures.second, curvatures.third};
}

/// t = tanh z, f' = 1 - t^2, f'' = -2 t f', f''' = (6 t^2 - 2) f'. f' keeps its relative precision
/// where t is close to 1.
struct TanhFunction {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const TanhValues<V> tanh = tanh_values(z);
    return completed(*this, tanh.value, tanh.slope);
  }
  template <class V>
  Curvatures<V> curvatures(V t, V slope) const noexcept {
    return {-2 * t * slope, (6 * t * t - 2) * slope};
  }
};

/// No curvature anywhere.
struct PiecewiseLinear {
  template <class V>
  Curvatures<V> curvatures(V, V) const noexcept {
    return {};
  }
};

/// max(z, 0). The derivative at 0 is 0; a NaN stays one.
struct ReluFunction : PiecewiseLinear {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const V zero{};
    return {z <= 0 ? zero : z, z > 0 ? zero + 1 : zero, zero, zero};
  }
};

/// z for z > 0, else slope z. The derivative at 0 is the slope.
template <class T>
struct LeakyReluFunction : PiecewiseLinear {
  T slope;
  explicit LeakyReluFunction(T slope_below) noexcept : slope(slope_below) {}
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const V zero{};
    return {z > 0 ? z : slope * z, z > 0 ? zero + 1 : zero + slope, zero, zero};
  }
};

/// sin z, in radians.
struct SineFunction {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const SineValues<V> sine = sine_values(z);
    return completed(*this, sine.value, sine.slope);
  }
  template <class V>
  Curvatures<V> curvatures(V sine, V cosine) const noexcept {
    return {-sine, -cosine};
  }
};

/// z itself.
struct IdentityFunction : PiecewiseLinear {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const V zero{};
    return {z, zero + 1, zero, zero};
  }
};

/// Calls use(f) with the function object of `activation`, so that a loop inside `use` is compiled
/// for it: f(z) gives ActivationValues of a T or of Lanes of them. Tanh stands in for TanhFunction
/// where a processor has a faster way.
template <class Tanh = TanhFunction, class T, class Use>
void with_activation(Activation activation, T negative_slope, Use&& use) {
  switch (activation) {
    case Activation::tanh: return use(Tanh{});
    case Activation::relu: return use(ReluFunction{});
    case Activation::leaky_relu: return use(LeakyReluFunction<T>{negative_slope});
    case Activation::sine: return use(SineFunction{});
    case Activation::identity: return use(IdentityFunction{});
  }
}

/// f(z) and its first three derivatives, for one z.
template <class T>
ActivationValues<T> activation_values(Activation activation, T z,
                                      T negative_slope = T(kNegativeSlope)) noexcept {
  ActivationValues<T> values;
  with_activation(activation, negative_slope, [&](auto function) { values = function(z); });
  return values;
}

}  // namespace pinnscope
