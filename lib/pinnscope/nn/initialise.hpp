#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pinnscope/core/named.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

/// How weights are drawn before training; biases start at zero.
///   Glorot: variance 2 / (fan_in + fan_out). Glorot and Bengio, AISTATS 2010, eqs. 12 and 16.
///   He:     variance 2 / fan_in. He, Zhang, Ren, Sun, ICCV 2015, eq. 10 (for relu,
///           whose place silu, gelu, softplus and elu take).
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

template <>
inline constexpr auto kNamed<Initialiser> = std::array{
    Named{Initialiser::glorot_uniform, "glorot_uniform",
          "uniform, variance 2 / (fan_in + fan_out)"},
    Named{Initialiser::glorot_normal, "glorot_normal", "normal, variance 2 / (fan_in + fan_out)"},
    Named{Initialiser::he_uniform, "he_uniform", "uniform, variance 2 / fan_in"},
    Named{Initialiser::he_normal, "he_normal", "normal, variance 2 / fan_in"},
    Named{Initialiser::lecun_uniform, "lecun_uniform", "uniform, variance 1 / fan_in"},
    Named{Initialiser::lecun_normal, "lecun_normal", "normal, variance 1 / fan_in"},
};

inline constexpr auto kEveryInitialiser = values_of<Initialiser>();
inline constexpr std::size_t kInitialisers = kEveryInitialiser.size();  ///< how many there are

/// Whether the law is uniform; it is normal otherwise.
constexpr bool is_uniform(Initialiser initialiser) noexcept {
  switch (initialiser) {
    case Initialiser::glorot_uniform:
    case Initialiser::he_uniform:
    case Initialiser::lecun_uniform: return true;
    case Initialiser::glorot_normal:
    case Initialiser::he_normal:
    case Initialiser::lecun_normal: break;
  }
  return false;
}

/// The standard deviation of one weight as it is drawn, be its law uniform or normal.
/// Preconditions: neither fan is zero.
double standard_deviation(Initialiser initialiser, std::size_t fan_in,
                          std::size_t fan_out) noexcept;

/// sqrt(3) standard deviations: a uniform law draws from (-limit, limit).
double uniform_limit(Initialiser initialiser, std::size_t fan_in, std::size_t fan_out) noexcept;

/// Draws the weights of one layer, fan_in x fan_out. W(i, j) is the draw of `source` at index
/// i fan_out + j, the order of a file with a row for each input. Draws are made in double, so a
/// float layer is the double one rounded.
void initialise(MatrixView<float> weights, Initialiser initialiser, const Philox& source) noexcept;
void initialise(MatrixView<double> weights, Initialiser initialiser, const Philox& source) noexcept;

/// Draws every weight and zeroes every bias. Layer l is draw l of StreamPurpose::weights: layers
/// are independent, and a weight depends on the seed, its layer, its place and its layer's shape
/// alone.
void initialise(Mlp<float>& network, Initialiser initialiser, std::uint64_t seed) noexcept;
void initialise(Mlp<double>& network, Initialiser initialiser, std::uint64_t seed) noexcept;

}  // namespace pinnscope
