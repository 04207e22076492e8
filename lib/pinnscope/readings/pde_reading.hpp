#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/core/named.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// What lies between neurons i and j of a layer, in cells.
enum class Neighbours : std::uint8_t { ring, line };

template <>
inline constexpr auto kNamed<Neighbours> = std::array{
    Named{Neighbours::ring, "ring", "the ends are joined: the shorter way, half of N/2 either way"},
    Named{Neighbours::line, "line", "j - i"},
};

/// Coefficients of z_t = R z - U z_x + D z_xx + E z_xxx in cells and layers (dx = dt = 1; U counts
/// as c = U dt/dx, D as r = D dt/dx^2, E as E dt/dx^3).
struct PdeCoefficients {
  double reaction = std::numeric_limits<double>::quiet_NaN();     ///< R
  double velocity = std::numeric_limits<double>::quiet_NaN();     ///< U
  double diffusivity = std::numeric_limits<double>::quiet_NaN();  ///< D
  double dispersion = std::numeric_limits<double>::quiet_NaN();   ///< E
};

/// A row w of the matrix of a step, z_i <- sum_j w_j z_j, read as a PDE in two ways. With the
/// moments M_k = sum_j d^k w_j over the distances d from i to j, Taylor's z_j = sum_k d^k/k!
/// z^(k)_i makes it z_i <- sum_k M_k/k! z^(k)_i. Then
///
///   euler  is the equation that one explicit step of Euler solves:
///          R = M_0 - 1, U = -M_1, D = M_2 / 2, E = M_3 / 6
///   flow   is the one whose exact solution the row is, the modified equation: with the cumulants
///   of
///          w / M_0, k1 = M_1, k2 = M_2 - M_1^2, k3 = M_3 - 3 M_2 M_1 + 2 M_1^3 (M_k / M_0 for
///          M_k), R = log M_0, U = -k1, D = k2 / 2, E = k3 / 6; NaN for M_0 <= 0, which no real
///          flow has
///
/// For ftcs, euler gives U = c, D = r and flow D = r - c^2 / 2. Moments of the kernel of a step:
/// Succi, MEMOCS 13, 275 (2025); its cumulants are the logarithm of its symbol.
struct PdeReading {
  PdeCoefficients euler;  ///< of the equation that one step of Euler solves
  PdeCoefficients flow;   ///< of the equation whose exact solution the row is
};

/// The distance from neuron i to neuron j of n that a moment of even order takes; one of odd order
/// takes 0 for half of a ring, which lies either way.
double cell_distance(std::size_t i, std::size_t j, std::size_t n, Neighbours neighbours) noexcept;

/// Reads row `row` of a square matrix of a step: entry (i, j) is what new cell i takes from old
/// cell j. O(n), allocates nothing. Precondition: row < n.
PdeReading read_row(MatrixView<const double> step, std::size_t row, Neighbours neighbours) noexcept;

/// Reads the mean of all rows, each seen from its own neuron: its Euler reading is the mean of
/// those of the rows, its flow reading is not. O(n^2), allocates nothing. Precondition: square.
PdeReading read_mean_row(MatrixView<const double> step, Neighbours neighbours) noexcept;

/// `step` <- the matrix of a layer z <- f(z W + b) as a step of its input: diag(slopes) W', slopes
/// of f at each neuron's z W + b; empty for W' alone. O(n^2). shape_mismatch, nothing changed.
Status step_of_layer(MatrixView<const double> weights, VectorView<const double> slopes,
                     MatrixView<double> step) noexcept;

}  // namespace pinnscope
