#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/step/layer_family.hpp"
#include "pinnscope/step/stepper.hpp"

namespace pinnscope {

/// The matrix of a layer of a family, for a LayerChain with LayerOrientation::weights_first, and
/// what it multiplies the modes of the ring by.
///
///     FamilyMatrix<double> matrix({.family = LayerFamily::uniform, .cells = 100}, arena);
///     matrix.draw(realisation, layer);
///     chain.step(matrix.weights(), {}, z);
template <class T>
class FamilyMatrix : Pinned {
 public:
  struct Config {
    LayerFamily family = LayerFamily::identity;  ///< where the entries come from
    std::size_t cells = 0;                       ///< n, rows and columns; 1 or more
    LayerParameters parameters{};                ///< what the family reads of it
    std::uint64_t seed = 1;                      ///< of random entries
  };

  struct Storage {
    MatrixView<T> weights;
    VectorView<T> offset;           // of a step, 0 on a ring
    VectorView<double> moduli;      // |G| of the modes 0..n/2
    VectorView<std::byte> stepper;  // what one carves, for a step
  };

  /// The stepper of LayerFamily::scheme, on a ring with cells and steps of 1.
  static constexpr typename Stepper<T>::Config step_of(const Config& config) noexcept {
    const LayerParameters& parameters = config.parameters;
    return {.scheme = parameters.scheme,
            .cells = config.cells,
            .velocity = parameters.numbers.c,
            .diffusivity = parameters.numbers.r,
            .theta = parameters.theta};
  }

  static constexpr Storage layout(Layout& layout, const Config& config) {
    const bool steps = config.family == LayerFamily::scheme;
    const std::size_t bytes = steps ? Stepper<T>::footprint(step_of(config)).bytes : 0;
    return {layout.matrix<T>("weights", config.cells, config.cells),
            layout.vector<T>("offset of the step", steps ? config.cells : 0),
            layout.vector<double>("amplification of the modes", config.cells / 2 + 1),
            layout.vector<std::byte>("stepper", bytes)};
  }

  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& layout) { return FamilyMatrix::layout(layout, config); });
  }

  /// Fills the weights, those of a random family by draw(0, 0). n^2 entries, each of n cosines for
  /// a circulant; the step of a scheme takes n + 1 steps.
  FamilyMatrix(const Config& config, Arena& arena) noexcept;

  /// ok, empty_input (no cells), not_finite (a parameter that the family reads), out_of_range (a
  /// scale below 0, a width of 0 or less), shape_mismatch (a symbol that is not of cells / 2 + 1
  /// modes), out_of_memory, or what Stepper::status() says.
  Status status() const noexcept { return status_; }

  /// What it was made with.
  const Config& config() const noexcept { return config_; }

  /// Fills the weights of a random family with those of a layer of a realisation, functions of
  /// (seed, realisation, layer) alone. n^2 draws; nothing for another family. Preconditions: ok,
  /// and a realisation below 2^32.
  void draw(std::uint64_t realisation, std::uint64_t layer) noexcept;

  /// W, n x n, such that the new signal is f(W z).
  MatrixView<const T> weights() const noexcept { return storage_.weights; }

  /// |G| of the modes 0..n/2, by which W multiplies exp(2 pi i k j / n): of a scheme
  /// amplification_factor(), of a kernel its discrete Fourier transform. Empty of what is not
  /// circulant: a random family, crank_nicolson_as_published.
  VectorView<const double> moduli() const noexcept {
    return storage_.moduli.first(has_modes_ ? storage_.moduli.size() : 0);
  }

 private:
  Status check() const noexcept;
  Status fill_step() noexcept;
  void fill_kernel() noexcept;

  Config config_;
  Storage storage_;
  bool has_modes_ = false;
  Status status_{};
};

extern template class FamilyMatrix<float>;
extern template class FamilyMatrix<double>;

}  // namespace pinnscope
