#include "pinnscope/signals/signal_summary.hpp"

#include <algorithm>
#include <cassert>

namespace pinnscope {

SignalSummary::SignalSummary(const Config& config, Arena& arena) noexcept {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  std::fill_n(storage_.spreads.data, storage_.spreads.size(), Spread{});
}

void SignalSummary::add(VectorView<const LayerSignal> layers) noexcept {
  assert(layers.size() == storage_.spreads.columns);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    for (std::size_t k = 0; k < kLayerSignalNumbers.size(); ++k) {
      storage_.spreads(k, l).add(layers[l].*kLayerSignalNumbers[k].member);
    }
  }
}

LayerSignal SignalSummary::mean(std::size_t layer) const noexcept {
  LayerSignal means;
  for (std::size_t k = 0; k < kLayerSignalNumbers.size(); ++k) {
    means.*kLayerSignalNumbers[k].member = storage_.spreads(k, layer).mean;
  }
  return means;
}

}  // namespace pinnscope
