#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/pde/cole_hopf.hpp"

namespace pinnscope {

/// A sine pseudo-spectral solver of u_t + u u_x = nu u_xx on [0, 1], u = 0 at both ends:
///
///     u = sum_k a_k sin(pi k x),  k = 1..N;   a_k' = -(u u_x)_k - nu (pi k)^2 a_k,
///
/// the product on 3N/2 points so that it does not alias (Orszag 1971), classical Runge-Kutta in
/// time. With N = 98 it is the reference that the PINNs of Tucny et al. (2026) were judged by; at
/// nu = 0.01 / pi it does not resolve the front, and its own error is larger than the networks'.
class PseudoSpectral : Pinned {
 public:
  struct Config {
    std::size_t modes = 98;                ///< N, as in the paper's notebook
    double viscosity = kBurgersViscosity;  ///< nu, above 0
    double diffusive_limit = 2.5;          ///< dt <= this dx^2 / nu, dx = 1 / (N + 1)
    double convective_limit = 0.6;         ///< dt <= this dx / max |u_0|
  };

  struct Storage {
    MatrixView<double> sines;         ///< sin(pi k x_j) at the N grid points, N x N
    MatrixView<double> fine_sines;    ///< at the 3N/2 points of the product, N x 3N/2
    MatrixView<double> fine_cosines;  ///< cos(pi k x_j), likewise
    VectorView<double> coefficients;  ///< a_k
    VectorView<double> stage;         ///< where a Runge-Kutta stage looks
    VectorView<double> slope;         ///< a_k' there
    VectorView<double> sum;           ///< of the weighted slopes
    VectorView<double> product;       ///< u u_x at the fine points
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = config.modes;
    const std::size_t m = fine_points(n);
    return {layout.matrix<double>("sines", n, n),        layout.matrix<double>("fine sines", n, m),
            layout.matrix<double>("fine cosines", n, m), layout.vector<double>("coefficients", n),
            layout.vector<double>("stage", n),           layout.vector<double>("slope", n),
            layout.vector<double>("sum of slopes", n),   layout.vector<double>("product", m)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  /// Fills the tables of sines and cosines: 4 N^2 evaluations. Precondition: modes > 0.
  PseudoSpectral(const Config& config, Arena& arena) noexcept;

  /// From u_0 to u(x_j, t) on the N + 2 points x_j = j / (N + 1), both ends (zeros) included, in
  /// floor(t / dt) + 1 equal steps. About 18 N^2 flops a step; allocates nothing. shape_mismatch
  /// (not N + 2 entries) and out_of_range (t < 0, viscosity or limits not positive) leave `u`;
  /// unstable: the run blew up, `u` holds what came of it.
  Status solve(const SineWave& initial, double t, VectorView<double> u) noexcept;

 private:
  static constexpr std::size_t fine_points(std::size_t modes) noexcept { return 3 * modes / 2; }
  void project(const SineWave& initial) noexcept;
  void advance(double dt) noexcept;
  void evaluate_slope() noexcept;

  Config config_;
  Storage storage_;
};

}  // namespace pinnscope
