#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "pinnscope/core/names.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// What happens to a signal after each step: nothing, or division by its L1 norm sum |z_i|.
enum class Normalisation : std::uint8_t { none, l1 };

inline constexpr std::array kNormalisations{Normalisation::none, Normalisation::l1};

/// The name of a normalisation, as parse() reads it.
constexpr const char* text(Normalisation normalisation) noexcept {
  switch (normalisation) {
    case Normalisation::none: return "none";
    case Normalisation::l1: return "l1";
  }
  return "unknown normalisation";
}

/// Finds the normalisation called `name`. Returns whether there is one; `found` is unchanged if
/// not.
constexpr bool parse(std::string_view name, Normalisation& found) noexcept {
  return parse_name(kNormalisations, name, found);
}

/// Divides z by what `normalisation` says and adds the logarithm of the divisor to `log_norm`.
/// not_finite where an entry (its index in `info`) or the norm is not finite, degenerate where the
/// norm is 0, unsupported for what is none of these; z and log_norm are unchanged then. Checks the
/// entries also where nothing is divided.
Status normalise(Normalisation normalisation, VectorView<double> z, double& log_norm) noexcept;
Status normalise(Normalisation normalisation, VectorView<float> z, double& log_norm) noexcept;

}  // namespace pinnscope
