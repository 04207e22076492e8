#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "pinnscope/core/named.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/pde/problem.hpp"

namespace pinnscope {

/// How points are drawn in a box.
enum class Sampling : std::uint8_t {
  uniform,
  latin_hypercube,
  sobol,
};

/// Their names.
template <>
inline constexpr auto kNamed<Sampling> = std::array{
    Named{Sampling::uniform, "uniform", "each point by itself"},
    Named{Sampling::latin_hypercube, "latin_hypercube",
          "of as many slabs as points along each coordinate one point in each"},
    Named{Sampling::sobol, "sobol", "Sobol's sequence, shifted by the seed: even at every scale"}};

/// The number at `part` of an interval, 0 to 1, both ends exactly.
constexpr double number_at(const Input& input, double part) noexcept {
  return part == 1 ? input.high : input.low + (input.high - input.low) * part;
}

/// Fills in points of a box, a row each, a column a coordinate, the same for the same source: never
/// on its faces, but for rounding to T. Latin hypercubes: McKay, Beckman, Conover, Technometrics
/// 21, 239 (1979). Sobol's sequence with the direction numbers of Joe and Kuo, SIAM J. Sci. Comput.
/// 30, 2635 (2008), of 32 bits, each coordinate shifted digit by digit (exclusive or) by a random
/// word, which leaves every dyadic box as many points as it has. Allocates nothing. Precondition:
/// as many columns as inputs, at most Problem::kMostInputs; below 2^32 rows.
template <class T>
void draw_points(Sampling sampling, const Philox& source, std::span<const Input> box,
                 MatrixView<T> points) noexcept;

}  // namespace pinnscope
