#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

/// How weights are drawn before training; biases start at zero.
///   Glorot: variance 2 / (fan_in + fan_out). Glorot and Bengio, AISTATS 2010, eqs. 12 and 16.
///   He:     variance 2 / fan_in. He, Zhang, Ren, Sun, ICCV 2015, eq. 10 (for relu).
///   LeCun:  variance 1 / fan_in. LeCun, Bottou, Orr, Mueller, "Efficient BackProp", 1998, eq. 16.
/// The normal laws are not truncated, as in PyTorch (Keras cuts them at two standard deviations).
enum class Initialiser : std::uint8_t {
  glorot_uniform,
  glorot_normal,
  he_uniform,
  he_normal,
  lecun_uniform,
  lecun_normal,
};

inline constexpr std::size_t kInitialisers = 6;

/// Whether the law is uniform; it is normal otherwise.
constexpr bool is_uniform(Initialiser initialiser) noexcept {
  return initialiser == Initialiser::glorot_uniform || initialiser == Initialiser::he_uniform ||
         initialiser == Initialiser::lecun_uniform;
}

/// Of one weight, for either law.
double standard_deviation(Initialiser initialiser, std::size_t fan_in,
                          std::size_t fan_out) noexcept;

/// sqrt(3) standard deviations: a uniform law draws from (-limit, limit).
double uniform_limit(Initialiser initialiser, std::size_t fan_in, std::size_t fan_out) noexcept;

/// Draws every weight and zeroes every bias. W_l(i, j) is the draw at index i fan_out + j (the
/// order of a file with a row for each input) of stream l of Philox(seed): layers are independent,
/// and a weight depends on the seed, its layer, its place and its layer's shape alone. Draws are
/// made in double, so a float network is the double one rounded.
void initialise(Mlp<float>& network, Initialiser initialiser, std::uint64_t seed) noexcept;
void initialise(Mlp<double>& network, Initialiser initialiser, std::uint64_t seed) noexcept;

}  // namespace pinnscope
