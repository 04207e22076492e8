#include "pinnscope/signals/signal_summary.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace pinnscope {

SignalSummary::SignalSummary(const Config& config, Arena& arena) noexcept {
  Layout carver(arena);
  storage_ = layout(carver, config);
  std::fill(storage_.means.begin(), storage_.means.end(), LayerSignal{});
  std::fill(storage_.squares.begin(), storage_.squares.end(), LayerSignal{});
}

/// Welford, Technometrics 4, 419, 1962.
void SignalSummary::add(VectorView<const LayerSignal> layers) noexcept {
  assert(layers.size() == storage_.means.size());
  ++count_;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    for (const LayerSignalNumber& number : kLayerSignalNumbers) {
      const double value = layers[l].*number.member;
      double& mean = storage_.means[l].*number.member;
      double& squares = storage_.squares[l].*number.member;
      if (count_ == 1) {
        mean = value;
        squares = 0;
        continue;
      }
      const double distance = value - mean;
      if (std::isfinite(distance)) {
        mean += distance / static_cast<double>(count_);
        squares += distance * (value - mean);
      } else {
        mean += value;  // an infinite one stays, one that is not known too
        squares = LayerSignal::kUnknown;
      }
    }
  }
}

LayerSignal SignalSummary::standard_deviation(std::size_t layer) const noexcept {
  LayerSignal deviation;
  if (count_ < 2) return deviation;
  for (const LayerSignalNumber& number : kLayerSignalNumbers) {
    deviation.*number.member =
        std::sqrt(storage_.squares[layer].*number.member / static_cast<double>(count_ - 1));
  }
  return deviation;
}

}  // namespace pinnscope
