#include "pinnscope/nn/mlp.hpp"

namespace pinnscope {

template <class T>
Mlp<T>::Mlp(const Config& config, Arena& arena) noexcept
    : hidden_(config.hidden),
      output_(config.output),
      activation_parameters_(rounded<T>(config.activation_parameters)) {
  assert(config.widths.size() >= 2);
  assert(std::find(config.widths.begin(), config.widths.end(), std::size_t{0}) ==
         config.widths.end());
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  std::copy(config.widths.begin(), config.widths.end(), storage_.widths.begin());
  for (std::size_t l = 0; l < layers(); ++l) {
    storage_.offsets[l + 1] = storage_.offsets[l] + (fan_in(l) + 1) * fan_out(l);
  }
}

template class Mlp<float>;
template class Mlp<double>;

}  // namespace pinnscope
