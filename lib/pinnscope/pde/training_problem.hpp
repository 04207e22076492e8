#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/named.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/tape/loss_term.hpp"
#include "pinnscope/tape/tape.hpp"

namespace pinnscope {

/// Problems for u(x, t) on [0, 1] x [0, 1] with Dirichlet data at x = 0 and x = 1:
///   viscous:   u_t + u u_x = nu u_xx, nu = 0.01/pi, u(x, 0) = sin 2 pi x, u = 0 at both ends
///   inviscid:  u_t + u u_x = 0, u(x, 0) = 1 for x < 1/2, else 0; u = 1 and u = 0 at the ends
///   heat:      u_t = u_xx / 10, u(x, 0) = sin pi x, u = 0 at both ends
/// The first two are those of Tucny, Ganguly, Ansumali, Succi, arXiv 2509.18131.
enum class ProblemKind : std::uint8_t { viscous, inviscid, heat };

template <>
inline constexpr auto kNamed<ProblemKind> = std::array{
    Named{ProblemKind::viscous, "viscous", "u_t + u u_x = 0.01/pi u_xx from sin 2 pi x"},
    Named{ProblemKind::inviscid, "inviscid", "u_t + u u_x = 0 from a step down at x = 1/2"},
    Named{ProblemKind::heat, "heat", "u_t = u_xx / 10 from sin pi x"},
};

inline constexpr auto kProblemKinds = values_of<ProblemKind>();

/// Thermal diffusivity of the heat problem.
inline constexpr double kHeatDiffusivity = 0.1;

/// u(x, t) as it should be: Cole and Hopf's solution, the entropy solution of the step, the first
/// mode of the heat equation. Errors as cole_hopf().
Status exact_solution(ProblemKind kind, double x, double t, double& u) noexcept;

/// The initial data u(x, 0).
double initial_value(ProblemKind kind, double x) noexcept;

/// A problem as a physics-informed network is trained on it: residuals on tapes, and the points at
/// which they are asked for. The defaults are the paper's.
template <class T>
class TrainingProblem : Pinned {
 public:
  static constexpr std::size_t kTerms = 4;
  /// Stream of Philox(seed) that the points are drawn from; the layers' weights have 0, 1, ...
  static constexpr std::uint64_t kPointStream = std::uint64_t{1} << 32;

  struct Config {
    ProblemKind kind = ProblemKind::viscous;
    VectorView<const std::size_t> widths;  // of the network: 2 inputs (x, t), 1 output
    std::uint64_t seed = 1;                // of the points inside
    std::size_t points = 10000;            // uniform in the square, drawn once
    std::size_t initial_points = 201;      // evenly on [0, 1] at t = 0, both ends included
    std::size_t boundary_points = 211;     // times evenly on [0, 1], at each end
  };

  struct Storage {
    MatrixView<T> inside;                  // x, t
    MatrixView<T> initial;                 // x, t, u(x, 0)
    std::array<MatrixView<T>, 2> sides{};  // x, t, at x = 0 and at x = 1
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {layout.matrix<T>("points inside", config.points, 2),
            layout.matrix<T>("initial points", config.initial_points, 3),
            {layout.matrix<T>("left points", config.boundary_points, 2),
             layout.matrix<T>("right points", config.boundary_points, 2)}};
  }

  static constexpr Footprint footprint(const Config& config) {
    const auto tape = [&](std::size_t columns) {
      return Tape<T>::footprint({.widths = config.widths, .columns = columns});
    };
    return measure([&](Layout& measured) { return layout(measured, config); }) + tape(2) + tape(3) +
           tape(2) + tape(2);
  }

  /// Draws the points and records the tapes.
  TrainingProblem(const Config& config, Arena& arena) noexcept;

  /// out_of_range: the network does not have two inputs and one output, or there are fewer than one
  /// point inside or two on a side. no_loss: `kind` is none of kProblemKinds.
  Status status() const noexcept { return status_; }

  /// residual, initial condition, left and right boundary: their mean squares, equally weighted.
  std::span<const LossTerm<T>> terms() const noexcept { return terms_; }

 private:
  void place_points(const Config& config) noexcept;
  Status record(ProblemKind kind) noexcept;

  Storage storage_;
  Tape<T> inside_;
  Tape<T> initial_;
  Tape<T> left_;
  Tape<T> right_;
  std::array<LossTerm<T>, kTerms> terms_{};
  Status status_;
};

}  // namespace pinnscope
