#include "pinnscope/signals/layer_signal.hpp"

namespace pinnscope {

double signal_exponent(VectorView<const LayerSignal> layers) noexcept {
  if (layers.size() < 3) return LayerSignal::kUnknown;
  const std::size_t hidden = layers.size() - 1;
  return (layers[hidden - 1].log_first_singular_value - layers[0].log_first_singular_value) /
         static_cast<double>(hidden - 1);
}

double saturation_slope(Activation activation) noexcept {
  constexpr double kShare = 0.19;  // 1 - 0.9^2, the slope of a tanh at 0.9
  switch (activation) {
    case Activation::tanh:
    case Activation::relu:
    case Activation::leaky_relu:
    case Activation::identity:
    case Activation::silu:
    case Activation::gelu:
    case Activation::gelu_tanh:
    case Activation::softplus:
    case Activation::elu: return kShare;
    case Activation::sigmoid: return kShare / 4;
    case Activation::sine: break;
  }
  return LayerSignal::kUnknown;
}

const char* saturation_obstacle(Activation activation) noexcept {
  return activation == Activation::sine ? "a sine has no flat part to saturate in" : "";
}

}  // namespace pinnscope
