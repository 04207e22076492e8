#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/core/named.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// What the weights of a layer are made of. A layer that is a step has a generator W, which is what
/// is trained, and with A = W - W^T - gamma I its weights are one step of length h of da/dt = a A.
/// The eigenvalues of A are -gamma + i omega.
///   antisymmetric:  explicit Euler, as in Haber and Ruthotto, Inverse Problems 34, 014004, 2017
///                   (arXiv 1705.03341), and Chang, Chen, Haber, Chi, ICLR 2019 (arXiv 1902.09689),
///                   who have the activation within the step: a + h f(a A + b).
///   backward_euler: implicit, never longer than what it is given.
///   cayley:         the trapezoidal rule of Crank and Nicolson, orthogonal where gamma is 0.
enum class LayerKind : std::uint8_t {
  plain,
  antisymmetric,
  backward_euler,
  cayley,
};

template <>
inline constexpr auto kNamed<LayerKind> = std::array{
    Named{LayerKind::plain, "plain", "W itself"},
    Named{LayerKind::antisymmetric, "antisymmetric",
          "I + h A with A = W - W^T - gamma I: a step of explicit Euler"},
    Named{LayerKind::backward_euler, "backward_euler", "(I - h A)^-1: never amplifies"},
    Named{LayerKind::cayley, "cayley",
          "(I - h A/2)^-1 (I + h A/2), Crank and Nicolson's: a rotation where gamma = 0"},
};

/// Which kind the square hidden layers of a network are, and their step.
struct LayerStep {
  LayerKind kind = LayerKind::plain;  ///< of every layer that is_step()
  double size = 1;                    ///< h, above 0; a plain layer has none
  double damping = 0;                 ///< gamma, 0 or more; likewise

  /// Whether a layer of these widths is one of the kind: its weights are square, and it is neither
  /// the first nor the last.
  static constexpr bool is_step(VectorView<const std::size_t> widths, std::size_t layer) noexcept {
    return layer > 0 && layer + 2 < widths.size() && widths[layer] == widths[layer + 1];
  }

  /// bad_layer_step: h is not above 0, or gamma is negative, or either is not finite.
  /// no_square_layer: no layer of these widths is_step(). A plain kind goes with everything.
  constexpr Status check(VectorView<const std::size_t> widths) const noexcept {
    constexpr double kMost = std::numeric_limits<double>::max();
    if (kind == LayerKind::plain) return {};
    const bool fits = size > 0 && size <= kMost && damping >= 0 && damping <= kMost;
    if (!fits) return {StatusCode::bad_layer_step};
    for (std::size_t l = 0; l < widths.size(); ++l) {
      if (is_step(widths, l)) return {};
    }
    return {StatusCode::no_square_layer};
  }

  friend bool operator==(const LayerStep&, const LayerStep&) = default;
};

}  // namespace pinnscope
