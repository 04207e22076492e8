#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/step/stability.hpp"
#include "pinnscope/step/stepper.hpp"

namespace pinnscope {

/// The stability of the matrix that a Stepper<double> applies, with its boundaries: by the closed
/// forms of step_stability() where there are any, else from eigenvalues by LAPACK.
///
/// With an outflow end, those of L, brought by a diagonal similarity to the form in which the two
/// entries of a pair beside the diagonal are equal but for their signs: the matrix itself is so far
/// from normal that its eigenvalues are lost to rounding from some fifty cells on. Measured against
/// 40 digits, their error is a few times cells eps of the largest; 16 are allowed for. For
/// crank_nicolson_as_published those of the step, unstable from 1e-10 above 1 on.
class StepSpectrum : Pinned {
 public:
  using Config = Stepper<double>::Config;  ///< the stepper's: its scheme, ends, numbers and cells

  struct Storage {
    MatrixView<double> matrix;    ///< cells x cells, where there is no closed form
    VectorView<double> constant;  ///< what a step adds
  };

  /// Whether the spectrum takes a matrix: cells^2 numbers and some 10 cells^3 operations.
  static constexpr bool is_dense(const Config& config) noexcept {
    if (!has_amplification_factor(config.scheme)) return config.boundary == Boundary::periodic;
    return config.boundary == Boundary::outflow && config.velocity != 0 && config.cells > 1 &&
           !is_periodic_only(config.scheme);
  }

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = is_dense(config) ? config.cells : 0;
    return {layout.matrix<double>("matrix of a step", n, n),
            layout.vector<double>("constant of a step", n)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); }) +
           Stepper<double>::footprint(stepped(config)) +
           Eigenvalues<double>::footprint({.order = is_dense(config) ? config.cells : 0});
  }

  StepSpectrum(const Config& config, Arena& arena) noexcept;

  /// `found` <- what a step does in the end: some 100 cells operations where the spectrum is not
  /// dense. Allocates nothing. The status() of the Stepper, or not_converged as of Eigenvalues:
  /// `found` is untouched then.
  Status compute(StepStability& found) noexcept;

 private:
  /// The stepper's config. Of a propagator the closed form needs no kernel, which takes cells^2
  /// operations: no cells.
  static constexpr Config stepped(Config config) noexcept {
    if (is_propagator(config.scheme)) config.cells = 0;
    return config;
  }

  Status status() const noexcept;
  StepNumbers numbers() const noexcept;
  void fill_operator() noexcept;
  Status compute_step(StepStability& found) noexcept;

  Config config_;
  Storage storage_;
  Stepper<double> stepper_;
  Eigenvalues<double> eigenvalues_;
};

}  // namespace pinnscope
