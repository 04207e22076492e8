#pragma once

#include <array>
#include <limits>

#include "pinnscope/nn/activation_function.hpp"
#include "pinnscope/simd/sine.hpp"

namespace pinnscope::activations {

/// sin(omega z), in radians, of the product rounded to T. Sitzmann, Martel, Bergman, Lindell and
/// Wetzstein, NeurIPS 2020, section 3.2, where omega is 30.
template <class T>
struct Sine : KeepsSlope<T> {
  static constexpr const char* kName = "sine";
  static constexpr const char* kMeaning = "sin(omega z), in radians";
  static constexpr std::array kKerasNames{KerasName{"sin"}};
  static constexpr std::array kParameters{ActivationParameter{.name = "omega",
                                                              .meaning = "the factor of z",
                                                              .place = &ActivationParameters::omega,
                                                              .standard = 1}};
  static constexpr double kSteepestSlope = std::numeric_limits<double>::quiet_NaN();

  explicit Sine(const ActivationParameters& parameters) noexcept
      : omega(static_cast<T>(kParameters[0].value_in(parameters))),
        square(omega * omega),
        coarse(1 / (std::numeric_limits<T>::epsilon() * rate())) {}

  template <class V>
  ActivationValues<V> operator()(V z) const noexcept {
    const SineValues<V> sine = sine_values(omega * z);
    return completed(*this, sine.value, omega * sine.slope);
  }
  template <class V>
  Curvatures<V> curvatures(V value, V slope) const noexcept {
    return {-(square * value), -(square * slope)};
  }

  T rate() const noexcept { return omega < 0 ? -omega : omega; }
  T unknown_from() const noexcept { return coarse; }

  T omega;
  T square;
  T coarse;  // |z| from which on numbers beside omega z are a radian or more away
};

}  // namespace pinnscope::activations
