#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include "pinnscope/core/named.hpp"
#include "pinnscope/nn/activation_function.hpp"
#include "pinnscope/nn/activation_parameters.hpp"
#include "pinnscope/nn/activation_values.hpp"
#include "pinnscope/nn/activations/elu.hpp"
#include "pinnscope/nn/activations/gelu.hpp"
#include "pinnscope/nn/activations/gelu_tanh.hpp"
#include "pinnscope/nn/activations/identity.hpp"
#include "pinnscope/nn/activations/leaky_relu.hpp"
#include "pinnscope/nn/activations/relu.hpp"
#include "pinnscope/nn/activations/sigmoid.hpp"
#include "pinnscope/nn/activations/silu.hpp"
#include "pinnscope/nn/activations/sine.hpp"
#include "pinnscope/nn/activations/softplus.hpp"
#include "pinnscope/nn/activations/tanh.hpp"

namespace pinnscope {

/// What a layer does to z = a W + b, entry by entry. Each has a row in ActivationRows, and a file
/// that says everything else of it.
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

/// An activation, and the template of its function object.
template <Activation activation, template <class> class FunctionOf>
struct ActivationRow {
  static constexpr Activation kActivation = activation;  ///< the enumerator
  template <class T>
  using Function = FunctionOf<T>;  ///< its function object
};
template <class... Rows>
struct ActivationList {};  ///< rows of activations

/// In the order in which they are listed to a user.
using ActivationRows = ActivationList<ActivationRow<Activation::tanh, activations::Tanh>,
                                      ActivationRow<Activation::relu, activations::Relu>,
                                      ActivationRow<Activation::leaky_relu, activations::LeakyRelu>,
                                      ActivationRow<Activation::sine, activations::Sine>,
                                      ActivationRow<Activation::identity, activations::Identity>,
                                      ActivationRow<Activation::sigmoid, activations::Sigmoid>,
                                      ActivationRow<Activation::silu, activations::Silu>,
                                      ActivationRow<Activation::gelu, activations::Gelu>,
                                      ActivationRow<Activation::gelu_tanh, activations::GeluTanh>,
                                      ActivationRow<Activation::softplus, activations::Softplus>,
                                      ActivationRow<Activation::elu, activations::Elu>>;

/// What the file of an activation says of it.
struct NamedActivation {
  Activation value{};                                 ///< the enumerator
  const char* name = "";                              ///< in files and on command lines
  const char* meaning = "";                           ///< the formula of z, for lists in help
  std::span<const KerasName> keras_names{};           ///< its names in Keras
  std::span<const ActivationParameter> parameters{};  ///< what parameters it has
  double steepest_slope = 1;                          ///< see ActivationFunction::kSteepestSlope
};

/// What the files of all rows say.
template <class... Rows>
constexpr std::array<NamedActivation, sizeof...(Rows)> named_activations(
    ActivationList<Rows...>) noexcept {
  const auto row = []<class Function>(Activation activation, std::type_identity<Function>) {
    return NamedActivation{activation,
                           Function::kName,
                           Function::kMeaning,
                           Function::kKerasNames,
                           Function::kParameters,
                           Function::kSteepestSlope};
  };
  return {
      row(Rows::kActivation, std::type_identity<typename Rows::template Function<double>>{})...};
}

template <>
inline constexpr auto kNamed<Activation> = named_activations(ActivationRows{});

inline constexpr auto kActivations = values_of<Activation>();

/// What its file says of an activation.
constexpr const NamedActivation& row_of(Activation activation) noexcept {
  std::size_t i = 0;
  while (named<Activation>()[i].value != activation) ++i;
  return named<Activation>()[i];
}

/// Whether an activation has a parameter.
constexpr bool has_parameter(Activation activation, const ActivationParameter& parameter) noexcept {
  for (const ActivationParameter& own : row_of(activation).parameters) {
    if (own.place == parameter.place) return true;
  }
  return false;
}

/// use(parameter) for each parameter that an activation has, once, in the order of the list.
template <class Use>
constexpr void for_each_parameter(Use&& use) {
  for (std::size_t i = 0; i < kActivations.size(); ++i) {
    for (const ActivationParameter& parameter : row_of(kActivations[i]).parameters) {
      bool is_new = true;
      for (std::size_t k = 0; k < i; ++k) {
        is_new = is_new && !has_parameter(kActivations[k], parameter);
      }
      if (is_new) use(parameter);
    }
  }
}

/// What is given of the parameters, rounded to T.
template <class T>
ActivationParameters rounded(const ActivationParameters& parameters) noexcept {
  ActivationParameters result;
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::optional<double>& given = parameters.*parameter.place;
    if (given) result.*parameter.place = static_cast<double>(static_cast<T>(*given));
  });
  return result;
}

/// Whether every parameter that is given is finite as a T.
template <class T>
bool are_finite(const ActivationParameters& parameters) noexcept {
  bool finite = true;
  for_each_parameter([&](const ActivationParameter& parameter) {
    const std::optional<double>& given = parameters.*parameter.place;
    finite = finite && (!given || std::isfinite(static_cast<T>(*given)));
  });
  return finite;
}

/// The function object of a row, from the parameters of its activation where it has any.
template <class Function>
Function make_activation(const ActivationParameters& parameters) noexcept {
  if constexpr (std::is_constructible_v<Function, const ActivationParameters&>) {
    return Function(parameters);
  } else {
    return Function{};
  }
}

/// Calls use(f) with the function object of `activation`, so that a loop inside `use` is compiled
/// for it: f(z) gives ActivationValues of a T or of Lanes of them. Tanh stands in for that of the
/// list where a processor has a faster way.
template <class T, class Tanh = activations::Tanh<T>, class Use>
void with_activation(Activation activation, const ActivationParameters& parameters, Use&& use) {
  const auto choose = [&]<class... Rows>(ActivationList<Rows...>) {
    const auto is_called = [&]<class Function>(Activation row, std::type_identity<Function>) {
      if (row != activation) return false;
      constexpr bool is_tanh = std::is_same_v<Function, activations::Tanh<T>>;
      use(make_activation<std::conditional_t<is_tanh, Tanh, Function>>(parameters));
      return true;
    };
    static_cast<void>(
        (is_called(Rows::kActivation, std::type_identity<typename Rows::template Function<T>>{}) ||
         ...));
  };
  choose(ActivationRows{});
}

/// f(z) and its first three derivatives, for one z.
template <class T>
ActivationValues<T> activation_values(Activation activation, T z,
                                      const ActivationParameters& parameters = {}) noexcept {
  ActivationValues<T> values;
  with_activation<T>(activation, parameters, [&](auto function) { values = function(z); });
  return values;
}

}  // namespace pinnscope
