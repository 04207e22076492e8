#pragma once

#include <optional>

namespace pinnscope {

/// The parameters of activations, by name. An activation reads its own; one that is not given has
/// the standard value that its activation's file says. Files and command lines use the same names.
struct ActivationParameters {
  std::optional<double> negative_slope{};  ///< of a leaky ReLU: f' below 0
  std::optional<double> omega{};           ///< of a sine: the factor of z

  friend bool operator==(const ActivationParameters&, const ActivationParameters&) = default;
};

/// A parameter that an activation has: its name, what it means in a line, where it stands, and its
/// value where it is not given. Files always say one that is `always_written`: where programs
/// differ in what a missing one means.
struct ActivationParameter {
  const char* name = "";                                         ///< in files and on command lines
  const char* meaning = "";                                      ///< half a sentence, for help
  std::optional<double> ActivationParameters::*place = nullptr;  ///< the member that has it
  double standard = 0;          ///< its value where it is not given
  bool always_written = false;  ///< whether files say it although it is the standard one

  /// What is given of it, or its standard value.
  double value_in(const ActivationParameters& parameters) const noexcept {
    const std::optional<double>& given = parameters.*place;
    return given ? *given : standard;
  }
};

}  // namespace pinnscope
