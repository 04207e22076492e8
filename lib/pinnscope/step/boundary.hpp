#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/core/named.hpp"

namespace pinnscope {

/// What stands beyond the ends of the grid. The grid is cell-centred: z_i is the value at
/// x = (i + 1/2) dx, i = 0..N-1, and the boundaries are the faces x = 0 and x = N dx, half a cell
/// beyond the outermost values.
///
///   periodic    z_{-1} = z_{N-1}, z_N = z_0
///   dirichlet   a given value g on the face: ghost 2g - z_0 (2g - z_{N-1} on the right)
///   neumann     zero gradient on the face: ghost z_0 (z_{N-1})
///   outflow     the end that U points to is open: ghost 2 z_{N-1} - z_{N-2}, which makes its row
///               the first-order upwind one, z_{N-1} - c (z_{N-1} - z_{N-2}), without diffusion.
///               The other end, where the flow comes in, is as dirichlet. At U = 0 there is no
///               such end and both are as neumann
enum class Boundary : std::uint8_t { periodic, dirichlet, neumann, outflow };

template <>
inline constexpr auto kNamed<Boundary> = std::array{
    Named{Boundary::periodic, "periodic", "the ends are joined"},
    Named{Boundary::dirichlet, "dirichlet", "a given value, or 0, at both ends"},
    Named{Boundary::neumann, "neumann", "no gradient at either end"},
    Named{Boundary::outflow, "outflow",
          "as dirichlet where the flow comes in, open where it leaves"},
};

inline constexpr auto kBoundaries = values_of<Boundary>();

/// A ghost value as offset + edge * (outermost value) + inner * (the one inside of it).
struct Closure {
  double offset = 0;  ///< in the unit of z
  double edge = 0;    ///< factor of the outermost value
  double inner = 0;   ///< factor of the one inside of it
};

/// The closure at one end of a grid of `cells` values; `outward` is U seen from inside (-U on the
/// left), `value` the one given there. A single cell extrapolates by its own value. NaN for a grid
/// without ends.
constexpr Closure closure(Boundary boundary, double outward, double value,
                          std::size_t cells) noexcept {
  constexpr double kNoClosure = std::numeric_limits<double>::quiet_NaN();
  switch (boundary) {
    case Boundary::dirichlet: return {2 * value, -1, 0};
    case Boundary::neumann: return {0, 1, 0};
    case Boundary::outflow:
      if (outward < 0) return {2 * value, -1, 0};
      return outward > 0 && cells > 1 ? Closure{0, 2, -1} : Closure{0, 1, 0};
    case Boundary::periodic: break;
  }
  return {kNoClosure, kNoClosure, kNoClosure};
}

}  // namespace pinnscope
