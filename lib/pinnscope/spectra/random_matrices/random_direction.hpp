#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// A vector beside those in a random direction.
struct DirectionFit {
  double distance = 0;  ///< KS, of v_i^2 / sum v^2 from Beta(1/2, (n - 1)/2)
  double p_value = 1;   ///< (1 + draws at least as far off) / (draws + 1)
};

/// Whether a vector of n entries points in a random direction, as a singular vector of noise does.
/// Its components depend on each other through its length, which brings them closer to their law
/// than independent draws are: Kolmogorov's table would say p = 0.63 in the mean (as with a scale
/// that was fitted: Lilliefors, J. American Statistical Association 62, 1967). The distances of
/// random vectors are drawn once, by simulate().
class RandomDirection : Pinned {
 public:
  struct Config {
    std::size_t entries = 0;   ///< of the longest vector
    std::size_t draws = 9999;  ///< at the most
  };

  struct Storage {
    VectorView<double> squares;    ///< of one vector
    VectorView<double> distances;  ///< of the draws, ascending
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.vector<double>("squared components", config.entries),
            layout.vector<double>("distances of random vectors", config.draws)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  RandomDirection(const Config& config, Arena& arena) noexcept;

  /// Draws the distances of vectors of n entries: draw k of StreamPurpose::random_directions. draws
  /// n log n operations, some 20 ms a thousand draws of a hundred entries; allocates nothing.
  /// shape_mismatch above the configuration, which leaves the last draws.
  Status simulate(std::size_t entries, std::size_t draws, std::uint64_t seed = 1) noexcept;

  /// n and the draws of the last simulate(); 0 before.
  /// @{
  std::size_t entries() const noexcept { return squares_.size(); }
  std::size_t draws() const noexcept { return distances_.size(); }
  /// @}

  /// Compares a vector, of any length that is not 0, with random ones. O(n log n); allocates
  /// nothing. shape_mismatch unless it has n entries; empty_input; not_finite with the index;
  /// degenerate (all zero, or n = 1). `fit` is then untouched.
  Status compare(VectorView<const double> vector, DirectionFit& fit) noexcept;

 private:
  Status distance(VectorView<const double> vector, double& distance) noexcept;

  Storage storage_;
  VectorView<double> squares_;  // the fronts of the storage that are in use
  VectorView<double> distances_;
};

}  // namespace pinnscope
