#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pinnscope/core/names.hpp"
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

inline constexpr std::size_t kInitialisers = 6;

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

inline constexpr std::array<Initialiser, kInitialisers> kEveryInitialiser{
    Initialiser::glorot_uniform, Initialiser::glorot_normal, Initialiser::he_uniform,
    Initialiser::he_normal,      Initialiser::lecun_uniform, Initialiser::lecun_normal};

constexpr const char* text(Initialiser initialiser) noexcept {
  switch (initialiser) {
    case Initialiser::glorot_uniform: return "glorot_uniform";
    case Initialiser::glorot_normal: return "glorot_normal";
    case Initialiser::he_uniform: return "he_uniform";
    case Initialiser::he_normal: return "he_normal";
    case Initialiser::lecun_uniform: return "lecun_uniform";
    case Initialiser::lecun_normal: return "lecun_normal";
  }
  return "unknown initialiser";
}

// What stands behind the last of the list has no name: the list is whole.
static_assert(std::string_view(text(static_cast<Initialiser>(kInitialisers))) ==
              text(Initialiser{255}));

/// Finds the initialiser called `name`. Returns whether there is one; `found` is unchanged if not.
constexpr bool parse(std::string_view name, Initialiser& found) noexcept {
  return parse_name(kEveryInitialiser, name, found);
}

/// Of one weight, for either law.
double standard_deviation(Initialiser initialiser, std::size_t fan_in,
                          std::size_t fan_out) noexcept;

/// sqrt(3) standard deviations: a uniform law draws from (-limit, limit).
double uniform_limit(Initialiser initialiser, std::size_t fan_in, std::size_t fan_out) noexcept;

/// Draws the weights of one layer, fan_in x fan_out. W(i, j) is the draw of `source` at index
/// i fan_out + j, the order of a file with a row for each input. Draws are made in double, so a
/// float layer is the double one rounded.
void initialise(MatrixView<float> weights, Initialiser initialiser, const Philox& source) noexcept;
void initialise(MatrixView<double> weights, Initialiser initialiser, const Philox& source) noexcept;

/// Draws every weight and zeroes every bias. Layer l draws from stream l of Philox(seed): layers
/// are independent, and a weight depends on the seed, its layer, its place and its layer's shape
/// alone.
void initialise(Mlp<float>& network, Initialiser initialiser, std::uint64_t seed) noexcept;
void initialise(Mlp<double>& network, Initialiser initialiser, std::uint64_t seed) noexcept;

}  // namespace pinnscope
