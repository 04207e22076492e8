#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "pinnscope/core/named.hpp"
#include "pinnscope/nn/activation_values.hpp"
#include "pinnscope/nn/gelu.hpp"
#include "pinnscope/nn/logistic.hpp"
#include "pinnscope/simd/sine.hpp"
#include "pinnscope/simd/tanh.hpp"

namespace pinnscope {

/// What a layer does to z = a W + b, entry by entry.
enum class Activation : std::uint8_t {
  tanh,
  relu,
  leaky_relu,
  sine,
  identity,
  sigmoid,
  silu,
  gelu,
  gelu_tanh,
  softplus,
  elu,
};

template <>
inline constexpr auto kNamed<Activation> = std::array{
    Named{Activation::tanh, "tanh", "(e^z - e^-z) / (e^z + e^-z)"},
    Named{Activation::relu, "relu", "max(z, 0)"},
    Named{Activation::leaky_relu, "leaky_relu", "z for z > 0, else slope z"},
    Named{Activation::sine, "sine", "sin z, in radians"},
    Named{Activation::identity, "identity", "z"},
    Named{Activation::sigmoid, "sigmoid", "1 / (1 + e^-z)"},
    Named{Activation::silu, "silu", "z / (1 + e^-z), also called swish"},
    Named{Activation::gelu, "gelu", "z (1 + erf(z / sqrt 2)) / 2"},
    Named{Activation::gelu_tanh, "gelu_tanh",
          "z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2, close to gelu"},
    Named{Activation::softplus, "softplus", "log(1 + e^z)"},
    Named{Activation::elu, "elu", "z for z > 0, else e^z - 1"},
};

inline constexpr auto kActivations = values_of<Activation>();

/// Slope of leaky_relu for z <= 0 where nobody says otherwise: PyTorch's.
inline constexpr double kNegativeSlope = 0.01;

/// f''(z) and f'''(z).
template <class V>
struct Curvatures {
  V second{};
  V third{};
};

// The functions themselves, for one number or for Lanes of them. The tape takes derivatives through
// a layer after its values, from f(z) and one more number a neuron: f', where f'' and f''' follow
// from f and f' as curvatures(value, first); z, where a function says kKeepsArgument.

struct KeepsSlope {
  static constexpr bool kKeepsArgument = false;
};
struct KeepsArgument {
  static constexpr bool kKeepsArgument = true;
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

/// t = tanh z, f' = 1 - t^2, f'' = -2 t f', f''' = (6 t^2 - 2) f'. f' keeps its relative precision
/// where t is close to 1.
struct TanhFunction : KeepsSlope {
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
struct PiecewiseLinear : KeepsSlope {
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
struct SineFunction : KeepsSlope {
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

/// 1 / (1 + e^-z).
struct SigmoidFunction : KeepsArgument {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    return sigmoid_values(z);
  }
};

/// z / (1 + e^-z), also called swish.
struct SiluFunction : KeepsArgument {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    return silu_values(z);
  }
};

/// z Phi(z) = z (1 + erf(z / sqrt 2)) / 2.
struct GeluFunction : KeepsArgument {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    return gelu_values(z);
  }
};

/// Its approximation z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2.
struct GeluTanhFunction : KeepsArgument {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    return gelu_tanh_values(z);
  }
};

/// log(1 + e^z).
struct SoftplusFunction : KeepsArgument {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    return softplus_values(z);
  }
};

/// z for z > 0, else e^z - 1. At 0, f'' and f''' are those of z < 0: 1.
struct EluFunction : KeepsSlope {
  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const EluValues<V> elu = elu_values(z);
    return completed(*this, elu.value, elu.slope);
  }
  template <class V>
  Curvatures<V> curvatures(V value, V slope) const noexcept {
    const V curvature = value > 0 ? V{} : slope;
    return {curvature, curvature};
  }
};

/// |z| from which on f(z) is not known, although it may be finite: infinity, which a sum that
/// overflowed has become, or, of a sine, where the rounding of z is a turn or more. A power of two.
template <class Function, class T>
inline constexpr T kUnknownFrom = std::is_same_v<Function, SineFunction>
                                      ? 1 / std::numeric_limits<T>::epsilon()
                                      : std::numeric_limits<T>::infinity();

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
    case Activation::sigmoid: return use(SigmoidFunction{});
    case Activation::silu: return use(SiluFunction{});
    case Activation::gelu: return use(GeluFunction{});
    case Activation::gelu_tanh: return use(GeluTanhFunction{});
    case Activation::softplus: return use(SoftplusFunction{});
    case Activation::elu: return use(EluFunction{});
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
