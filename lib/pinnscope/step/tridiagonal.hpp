#pragma once

#include <cmath>
#include <cstddef>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The constant-coefficient cyclic system lower x_{i-1} + diagonal x_i + upper x_{i+1} = d_i,
/// solved in place with O(1) state: with S x_i = x_{i+1}, the circulant is
/// g (1 - alpha S^{-1}) (1 - beta S), g = (diagonal + sqrt(diagonal^2 - 4 lower upper)) / 2,
/// alpha = -lower/g, beta = -upper/g, so that two recursive sweeps solve it; each starts from its
/// cyclic fixed point, a geometric series cut where it drops below one rounding.
///
/// Holds for every size >= 1. Needs |alpha|, |beta| < 1, which implicit steps of the central
/// stencil have for every c and every r >= 0: the real part of their symbol is at least 1, so its
/// winding number about 0 is 0. The recurrences run in double for float too.
class CyclicTridiagonal {
 public:
  /// The identity.
  constexpr CyclicTridiagonal() noexcept = default;

  /// The system of `size` rows, factored; solvable() says whether it can be solved.
  CyclicTridiagonal(double lower, double diagonal, double upper, std::size_t size) noexcept;

  /// Whether |alpha|, |beta| < 1 in double too: coefficients beyond some 1e16 round to 1.
  bool solvable() const noexcept {
    return std::abs(forward_.ratio) < 1 && std::abs(backward_.ratio) < 1;
  }

  /// d in, x out. Preconditions: solvable(), and z.size() is the size given to the constructor.
  void solve_in_place(VectorView<double> z) const noexcept;
  void solve_in_place(VectorView<float> z) const noexcept;

 private:
  /// y_i = d_i + ratio y_{i-1} around the circle, for the values that follow a starting one.
  struct Sweep {
    double ratio = 0;
    double closing = 1;     // 1 / (1 - ratio^size)
    std::size_t terms = 0;  // of the series that starts it
  };
  static Sweep make_sweep(double ratio, std::size_t size) noexcept;

  template <class T>
  void solve(VectorView<T> z) const noexcept;

  double scale_ = 1;  // 1/g
  Sweep forward_{};
  Sweep backward_{};
};

/// The rows of a tridiagonal matrix whose first and last one differ from the others.
struct TridiagonalRows {
  double lower = 0;           ///< rows 1..N-2
  double diagonal = 1;        ///< rows 1..N-2
  double upper = 0;           ///< rows 1..N-2
  double first_diagonal = 1;  ///< row 0
  double first_upper = 0;     ///< row 0
  double last_lower = 0;      ///< row N-1
  double last_diagonal = 1;   ///< row N-1
};

/// Eliminates: pivots[i] <- 1 / pivot of row i, factors[i] <- lower_i / pivot_{i-1}. No pivoting:
/// degenerate where a pivot (its row in `info`) is lost to rounding. For a single row both ends'
/// diagonals are the same number, first_diagonal.
template <class T>
Status factor_tridiagonal(const TridiagonalRows& rows, VectorView<T> factors,
                          VectorView<T> pivots) noexcept;

/// d in, x out, by the factors of factor_tridiagonal: Thomas' algorithm.
template <class T>
void solve_tridiagonal_in_place(const TridiagonalRows& rows, VectorView<const T> factors,
                                VectorView<const T> pivots, VectorView<T> z) noexcept;

}  // namespace pinnscope
