#include "pinnscope/signals/layer_signal.hpp"

#include <cmath>

namespace pinnscope {

double signal_exponent(VectorView<const LayerSignal> layers) noexcept {
  if (layers.size() < 3) return LayerSignal::kUnknown;
  const std::size_t hidden = layers.size() - 1;
  const double first = layers[0].log_first_singular_value;
  if (!std::isfinite(first)) return LayerSignal::kUnknown;
  return (layers[hidden - 1].log_first_singular_value - first) / static_cast<double>(hidden - 1);
}

double saturation_slope(Activation activation) noexcept {
  constexpr double kShare = 0.19;  // 1 - 0.9^2, the slope of a tanh at 0.9
  return kShare * row_of(activation).steepest_slope;
}

const char* saturation_obstacle(Activation activation) noexcept {
  return std::isnan(row_of(activation).steepest_slope) ? "a sine has no flat part to saturate in"
                                                       : "";
}

}  // namespace pinnscope
