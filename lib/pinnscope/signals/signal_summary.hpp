#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/signals/layer_signal.hpp"

namespace pinnscope {

/// Mean and standard deviation of what arrives at each layer over inputs, or over runs: any number
/// of them, one after the other, in memory that does not grow. The same numbers in the same order
/// give the same bits.
class SignalSummary : Pinned {
 public:
  struct Config {
    std::size_t layers = 0;
  };

  struct Storage {
    VectorView<LayerSignal> means;
    VectorView<LayerSignal> squares;  // sums of squared distances from the means
  };

  static constexpr Storage layout(Layout& layout, const Config& config) {
    return {layout.vector<LayerSignal>("means", config.layers),
            layout.vector<LayerSignal>("squared distances", config.layers)};
  }

  static constexpr Footprint footprint(const Config& config) {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  SignalSummary(const Config& config, Arena& arena) noexcept;

  /// One more, with as many layers. A number that is not known makes its mean unknown.
  void add(VectorView<const LayerSignal> layers) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  std::size_t layers() const noexcept { return storage_.means.size(); }

  /// Of the logarithms it is that of the logarithms. Unknown of none.
  const LayerSignal& mean(std::size_t layer) const noexcept { return storage_.means[layer]; }

  /// The root of the squared distances over count - 1; unknown of fewer than two, and where one is
  /// infinite.
  LayerSignal standard_deviation(std::size_t layer) const noexcept;

 private:
  Storage storage_;
  std::uint64_t count_ = 0;
};

}  // namespace pinnscope
