#pragma once

#include <array>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/step/boundary.hpp"
#include "pinnscope/step/normalisation.hpp"
#include "pinnscope/step/scheme.hpp"
#include "pinnscope/step/stencil.hpp"
#include "pinnscope/step/sweeps.hpp"
#include "pinnscope/step/tridiagonal.hpp"

namespace pinnscope {

/// Steps z_t + U z_x = D z_xx by dt on a uniform cell-centred grid, in place. Everything that
/// depends on the configuration alone is computed in the constructor; step() allocates nothing.
///
/// Cost of a step of N cells, and storage:
///   explicit, periodic      one sweep with 2p + 1 taps (p stages); two blocks of the sweep, about
///                           2 N + 600, at most 30 KiB
///   explicit, other ends    p sweeps with 3 taps; N for p > 1 (the start of the step)
///   implicit, periodic      one sweep with 3 taps and two recurrences; its two blocks (as
///                           published: N more, for the one row that differs, by Sherman and
///                           Morrison's formula; backward Euler: no sweep, none)
///   implicit, other ends    the same with Thomas' algorithm; 2 N
///   exact, spectral         N^2 fused operations; 3 N (and N^2 sines and cosines to construct)
template <class T>
class Stepper : Pinned {
 public:
  struct Config {
    Scheme scheme = Scheme::ftcs;            ///< how a step is taken
    std::size_t cells = 0;                   ///< N, 1 or more
    double velocity = 0;                     ///< U, of either sign, in units of dx over those of dt
    double diffusivity = 0;                  ///< D, 0 or more, in units of dx^2 over those of dt
    double dt = 1;                           ///< of a step, above 0
    double dx = 1;                           ///< width of a cell, above 0
    Boundary boundary = Boundary::periodic;  ///< what stands beyond both ends
    double left = 0;     ///< z on the face x = 0, for dirichlet and where outflow flows in
    double right = 0;    ///< likewise, at the face x = N dx
    double theta = 0.5;  ///< implicitness of Scheme::theta, 0 (ftcs) to 1 (backward_euler)
    Normalisation normalise = Normalisation::none;  ///< what happens to z after each step
  };

  struct Storage {
    VectorView<T> start;   // z before the step, where it is needed beside z
    VectorView<T> kernel;  // of a propagator, twice in a row
    VectorView<T> factors;
    VectorView<T> pivots;
    VectorView<T> last_row;  // the solution of the periodic system for 1 in the last cell
    VectorView<T> blocks;    // of the periodic sweep
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    const bool propagator = is_propagator(config.scheme);
    const bool periodic = config.boundary == Boundary::periodic;
    const RationalForm form = rational_form(config.scheme, {}, config.theta);
    const bool staged = !propagator && !periodic && form.degree > 1;
    const bool solves = !propagator && !periodic && form.implicitness != 0;
    const bool sweeps = !propagator && periodic && form.degree > 0 && config.cells > 0;
    const std::size_t cells = config.cells;
    const std::size_t twice = Footprint::saturating_add(cells, cells);
    return {layout.vector<T>("start of the step", propagator || staged ? cells : 0),
            layout.vector<T>("propagator kernel", propagator ? twice : 0),
            layout.vector<T>("elimination factors", solves ? cells : 0),
            layout.vector<T>("inverse pivots", solves ? cells : 0),
            layout.vector<T>("response to the last row", form.swaps_last_row ? cells : 0),
            layout.vector<T>("blocks of the sweep", sweeps ? stencil_buffers<T>(cells) : 0)};
  }

  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& layout) { return Stepper::layout(layout, config); });
  }

  /// What keeps a configuration from working whatever its coefficients are: empty_input (no cells),
  /// not_finite (a number of it), out_of_range (dt <= 0, dx <= 0, D < 0, theta outside [0, 1]),
  /// unsupported (a scheme without a form, ends without a closure, a periodic-only scheme with
  /// ends, fewer cells than least_cells()).
  static Status check(const Config& config) noexcept;

  /// A propagator takes about cells^2 cosines here.
  Stepper(const Config& config, Arena& arena) noexcept;

  /// Why this stepper cannot step: what check() says; out_of_range (dt so large that coefficients
  /// overflow T, or that the 1 in a periodic implicit step is lost to rounding), degenerate (an
  /// implicit step whose matrix is singular or has no LU factors without pivoting), out_of_memory.
  Status status() const noexcept { return status_; }

  /// What it was made with, and U dt / dx and D dt / dx^2 of it.
  /// @{
  const Config& config() const noexcept { return config_; }
  StepNumbers numbers() const noexcept { return numbers_; }
  /// @}

  /// z <- the solution one dt later, then normalised. Returns status() or shape_mismatch with z
  /// unchanged; not_finite (index of the first such entry in `info`) once an unstable run has
  /// overflowed, degenerate where the L1 norm is 0: z is then the step's result, not normalised.
  Status step(VectorView<T> z) noexcept;

  /// `steps` steps: the bits that as many calls of step() give. Without normalisation, explicit
  /// steps on a periodic grid take a part of the cells in cache through up to 64 / p of them at
  /// once, and entries that overflowed are looked for after the last one alone; otherwise it ends
  /// with the first step that fails. Errors as step().
  Status run(VectorView<T> z, std::size_t steps) noexcept;

  /// The sum of the logarithms of what normalisation divided by: the growth that it hides.
  /// @{
  double log_norm() const noexcept { return log_norm_; }
  void reset_log_norm() noexcept { log_norm_ = 0; }
  /// @}

  /// The step, normalisation aside, as the layer W z + b that it is: weights (cells x cells) <- W
  /// and offset (cells) <- b, for a LayerChain with LayerOrientation::weights_first. cells + 1
  /// steps. Returns status() or shape_mismatch with both unchanged.
  Status matrix(MatrixView<T> weights, VectorView<T> offset) noexcept;

 private:
  using Taps = std::array<T, 2 * RationalForm::kMaxDegree + 1>;

  Status prepare_propagator() noexcept;
  Status prepare_band() noexcept;
  Status prepare_last_row() noexcept;
  void advance(VectorView<T> z) noexcept;
  void propagate(VectorView<T> z) noexcept;
  void periodic_stencil(std::size_t steps, VectorView<T> z) noexcept;
  void explicit_part(VectorView<T> z) noexcept;
  void implicit_part(VectorView<T> z) noexcept;
  double last_row_difference(VectorView<const T> z) const noexcept;
  void stage(double weight, bool first, VectorView<T> z) noexcept;

  Config config_;
  StepNumbers numbers_;
  RationalForm form_;
  Closure left_{};
  Closure right_{};
  Storage storage_;
  Taps taps_{};  // P(L) of a periodic grid, in the middle of the array
  CyclicTridiagonal cyclic_{};
  TridiagonalRows rows_{};
  double last_row_weight_ = 0;  // of the difference that corrects the solution
  double log_norm_ = 0;
  Status status_{};
};

extern template class Stepper<float>;
extern template class Stepper<double>;

}  // namespace pinnscope
