#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/signals/layer_signal.hpp"
#include "pinnscope/signals/spread.hpp"

namespace pinnscope {

/// What arrives at each layer, over inputs or over runs: any number of them, one after the other,
/// in memory that does not grow. The same numbers in the same order give the same bits.
class SignalSummary : Pinned {
 public:
  struct Config {
    std::size_t layers = 0;  ///< of the network
  };

  struct Storage {
    MatrixView<Spread> spreads;  // a row a number, a column a layer
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {layout.matrix<Spread>("spreads", kLayerSignalNumbers.size(), config.layers)};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  SignalSummary(const Config& config, Arena& arena) noexcept;

  /// One more, with as many layers.
  void add(VectorView<const LayerSignal> layers) noexcept;

  /// Layers of each signal.
  std::size_t layers() const noexcept { return storage_.spreads.columns; }

  /// Of a row of kLayerSignalNumbers at a layer; that of a logarithm is of the logarithms.
  const Spread& spread(std::size_t layer, std::size_t number) const noexcept {
    return storage_.spreads(number, layer);
  }

  /// The means of all numbers.
  LayerSignal mean(std::size_t layer) const noexcept;

 private:
  Storage storage_;
};

}  // namespace pinnscope
