#include "pinnscope/step/layer_chain.hpp"

#include <algorithm>

namespace pinnscope {

namespace {

/// sum <- sum + z W: one dot product a column.
template <class T>
void add_signal_first(VectorView<const T> z, MatrixView<const T> weights,
                      VectorView<T> sum) noexcept {
  for (std::size_t j = 0; j < weights.columns; ++j) {
    const VectorView<const T> column = weights.column(j);
    T dot = 0;
    for (std::size_t i = 0; i < column.size(); ++i) dot += z[i] * column[i];
    sum[j] += dot;
  }
}

/// sum <- sum + W z, column after column.
template <class T>
void add_weights_first(MatrixView<const T> weights, VectorView<const T> z,
                       VectorView<T> sum) noexcept {
  for (std::size_t j = 0; j < weights.columns; ++j) {
    const VectorView<const T> column = weights.column(j);
    for (std::size_t i = 0; i < column.size(); ++i) sum[i] += column[i] * z[j];
  }
}

}  // namespace

template <class T>
LayerChain<T>::LayerChain(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) {
    status_ = arena.status();
  } else if (config.width == 0) {
    status_ = {StatusCode::empty_input};
  } else if (!are_finite<T>(config.activation_parameters)) {
    status_ = {StatusCode::not_finite};
  }
}

template <class T>
Status LayerChain<T>::apply(MatrixView<const T> weights, VectorView<const T> bias,
                            VectorView<const T> input, VectorView<T> output) noexcept {
  if (!status_.ok()) return status_;
  const bool signal_first = config_.orientation == LayerOrientation::signal_first;
  const std::size_t fan_in = signal_first ? weights.rows : weights.columns;
  const std::size_t fan_out = signal_first ? weights.columns : weights.rows;
  const bool fits = input.size() == fan_in && output.size() == fan_out &&
                    (bias.empty() || bias.size() == fan_out) && fan_in > 0 && fan_out > 0 &&
                    std::max(fan_in, fan_out) <= config_.width;
  if (!fits) return {StatusCode::shape_mismatch};
  const VectorView<T> sum = storage_.sum.first(fan_out);
  if (bias.empty()) {
    std::fill(sum.begin(), sum.end(), T(0));
  } else {
    std::copy(bias.begin(), bias.end(), sum.begin());
  }
  if (signal_first) {
    add_signal_first(input, weights, sum);
  } else {
    add_weights_first(weights, input, sum);
  }
  with_activation<T>(config_.activation, config_.activation_parameters, [&](auto f) {
    for (std::size_t i = 0; i < fan_out; ++i) output[i] = f(sum[i]).value;
  });
  return normalise(config_.normalise, output, log_norm_);
}

template class LayerChain<float>;
template class LayerChain<double>;

}  // namespace pinnscope
