#pragma once

#include <array>
#include <cstdint>

#include "pinnscope/core/named.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// What happens to a signal after each step: nothing, or division by its L1 norm sum |z_i|, its L2
/// norm, the root of sum z_i^2, or its root mean square.
enum class Normalisation : std::uint8_t { none, l1, l2, rms };

template <>
inline constexpr auto kNamed<Normalisation> =
    std::array{Named{Normalisation::none, "none", "the signal as it is"},
               Named{Normalisation::l1, "l1", "divided by the sum of |z_i| after each step"},
               Named{Normalisation::l2, "l2", "divided by the root of the sum of z_i^2"},
               Named{Normalisation::rms, "rms", "divided by the root of the mean of z_i^2"}};

inline constexpr auto kNormalisations = values_of<Normalisation>();

/// What normalise() would divide z by: 1 for none. In double, so that squares of floats do not
/// overflow; squares of doubles are scaled by the largest entry. NaN or infinity where an entry is,
/// and infinity where the sum of |z_i| overflows.
double norm(Normalisation normalisation, VectorView<const double> z) noexcept;
double norm(Normalisation normalisation, VectorView<const float> z) noexcept;

/// Divides z by what `normalisation` says and adds the logarithm of the divisor to `log_norm`.
/// not_finite where an entry (its index in `info`) or the norm is not finite, degenerate where the
/// norm is 0, unsupported for what is none of these; z and log_norm are unchanged then. Checks the
/// entries also where nothing is divided.
Status normalise(Normalisation normalisation, VectorView<double> z, double& log_norm) noexcept;
Status normalise(Normalisation normalisation, VectorView<float> z, double& log_norm) noexcept;

}  // namespace pinnscope
