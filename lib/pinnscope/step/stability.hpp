#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/core/view.hpp"
#include "pinnscope/step/boundary.hpp"
#include "pinnscope/step/scheme.hpp"

namespace pinnscope {

/// Von Neumann analysis on a periodic grid: the mode exp(i angle j) of z_j is multiplied by
/// G(angle) in a step, angle = k dx. Formulas: G = P(x) / (1 - q x) with P and q of rational_form()
/// and x of symbol(), which is -2r (1 - cos(angle)) - i c sin(angle) for the central schemes; of a
/// propagator, the factor of its row. Nothing here allocates. A scheme without
/// has_amplification_factor() gets NaN for every number here and is never called stable: what its
/// matrix does depends on the number of cells too.
///
/// G for any angle. On a grid with an even number of cells the mode at angle pi is real; there
/// the steppers use the real part (G is real at pi but for Scheme::spectral).
std::complex<double> amplification_factor(Scheme scheme, StepNumbers numbers, double angle,
                                          double theta = 0.5) noexcept;

/// Largest |G| over the modes 2 pi k / cells of a grid. O(cells). NaN for cells = 0.
double largest_amplification_on_grid(Scheme scheme, StepNumbers numbers, std::size_t cells,
                                     double theta = 0.5) noexcept;

/// Largest |G| over all angles, by a scan and golden sections about its maxima: relative error
/// below 1e-12.
double largest_amplification(Scheme scheme, StepNumbers numbers, double theta = 0.5) noexcept;

/// Whether |G| <= 1 for every angle: by the closed form of the scheme's StepLimit, or (rk2, rk3,
/// rk4) by the largest |G|^2 - 1, computed without cancellation. Each with a slack of 16 roundings
/// (2^-52 of what is compared), which is what c and r are known to: is_stable(scheme,
/// step_numbers(U, D, dt, dx)) holds for dt = largest_stable_dt(). false for r < 0.
bool is_stable(Scheme scheme, StepNumbers numbers, double theta = 0.5) noexcept;

/// The largest dt up to which every step is stable on a grid with spacing dx, for all angles:
/// infinity where every dt is stable, 0 where none is (ftcs and rk2 with D = 0, U != 0). The closed
/// form of the scheme's StepLimit, or bisection to the last bit of dt, as sharp as |G|^2 - 1 is
/// known (relative error of dt below 1e-9 for U dx/D < 1e8). NaN where dx > 0, D >= 0 does not hold
/// or an argument is not finite.
double largest_stable_dt(Scheme scheme, double velocity, double diffusivity, double dx,
                         double theta = 0.5) noexcept;

/// Whether the powers of a matrix stay bounded.
enum class Stability : std::uint8_t { stable, unstable, unknown };

/// The verdict in words: "cannot tell" where it is unknown.
constexpr const char* text(Stability stability) noexcept {
  switch (stability) {
    case Stability::stable: return "stable";
    case Stability::unstable: return "unstable";
    case Stability::unknown: return "cannot tell";
  }
  return "unknown stability";
}

/// What the matrix of one step, boundaries included, does to a signal in the end. Before, a matrix
/// that is not normal can let it grow by any factor.
struct StepStability {
  Stability verdict = Stability::unknown;  ///< whether its powers stay bounded
  /// The largest modulus of an eigenvalue; NaN where the verdict is unknown.
  double spectral_radius = std::numeric_limits<double>::quiet_NaN();
  /// Two eigenvalues of modulus 1 share an eigenvector: signals grow by powers of the number of
  /// steps although the spectral radius is 1.
  bool is_defective = false;
};

/// Stability on a grid of `cells` cells. The matrix is G(L) with G(x) = P(x) / (1 - q x), so
/// its eigenvalues are G of those of L, closures included, which with a = lower, b = upper are
///
///   periodic    the symbol at the angles 2 pi k / cells
///   dirichlet   -(a + b) + 2 sqrt(a b) cos(pi k / cells), k = 1..cells - 1, and -2 (a + b)
///   neumann     the same, and 0
///
/// (sums, differences of neighbours bring L to the Toeplitz matrix with zeros beyond its ends).
/// O(cells), allocates nothing; slack as of is_stable(). unknown, with NaN, for what has no closed
/// form: an outflow end (but for U = 0 or a single cell), crank_nicolson_as_published, and what no
/// Stepper steps. spectra's StepSpectrum computes these.
StepStability step_stability(Scheme scheme, StepNumbers numbers, Boundary boundary,
                             std::size_t cells, double theta = 0.5) noexcept;

/// The same from the eigenvalues of L, each known to `error`, an absolute one: unstable where |G|
/// exceeds 1 by more than that explains. Precondition: the scheme has a rational form.
StepStability step_stability_of(Scheme scheme, VectorView<const double> real,
                                VectorView<const double> imaginary, double error,
                                double theta = 0.5) noexcept;

}  // namespace pinnscope
