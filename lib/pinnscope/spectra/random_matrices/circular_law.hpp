#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// How the eigenvalues of W / (rms sqrt n) lie against the circular law, under which they fill the
/// unit disc evenly (Girko 1984; Tao and Vu 2010): P(|lambda| <= r) = r^2.
struct CircularLawFit {
  double share_inside = 0;  ///< of the eigenvalues, those with |lambda| <= 1
  double radius = 0;        ///< the largest |lambda|
  double distance = 0;      ///< sup over r of |F_n(r) - min(r, 1)^2|; no iid KS law applies to it
  std::size_t real_count = 0;  ///< eigenvalues on the real axis
};

/// Workspace for circular_law: the radii in order.
template <class T>
class CircularLaw : Pinned {
 public:
  struct Config {
    std::size_t capacity = 0;  ///< eigenvalues at the most
  };

  struct Storage {
    VectorView<double> radii;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.vector<double>("sorted radii", config.capacity)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  CircularLaw(const Config& config, Arena& arena) noexcept;

  /// Compares n normalised eigenvalues with the law. n log n operations; allocates nothing.
  /// empty_input, shape_mismatch (lengths differ, or above the capacity) or not_finite leave `fit`.
  Status compare(VectorView<const T> real, VectorView<const T> imaginary,
                 CircularLawFit& fit) noexcept;

 private:
  Storage storage_;
};

}  // namespace pinnscope
