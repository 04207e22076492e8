#include "pinnscope/step/layer_chain.hpp"

#include <algorithm>
#include <cmath>

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

/// p tanh(z) + (1 - p) max(z, 0), value and slope.
template <class T>
struct Blend {
  T tanh_share{};
  activations::Tanh<T> tanh{};
  activations::Relu<T> relu{};

  ActivationValues<T> operator()(T z) const noexcept {
    const ActivationValues<T> smooth = tanh(z);
    const ActivationValues<T> straight = relu(z);
    const T rest = 1 - tanh_share;
    if (rest == 0) return smooth;  // 0 times a sum that overflowed is no number
    return {tanh_share * smooth.value + rest * straight.value,
            tanh_share * smooth.first + rest * straight.first};
  }
};

/// use(f) with the function object of the layers.
template <class T, class Use>
void with_activation_of(const typename LayerChain<T>::Config& config, Use&& use) {
  if (config.blend) {
    use(Blend<T>{static_cast<T>(*config.blend)});
  } else {
    with_activation<T>(config.activation, config.activation_parameters, use);
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
  } else if (config.blend && !(*config.blend >= 0 && *config.blend <= 1)) {
    status_ = {StatusCode::out_of_range};
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
  fan_out_ = fan_out;
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
  with_activation_of<T>(config_, [&](auto f) {
    for (std::size_t i = 0; i < fan_out; ++i) output[i] = f(sum[i]).value;
  });
  return normalise(config_.normalise, output, log_norm_);
}

template <class T>
double LayerChain<T>::share_below(double slope) const noexcept {
  if (fan_out_ == 0) return 0;
  std::size_t count = 0;
  with_activation_of<T>(config_, [&](auto f) {
    for (const T z : sums()) count += std::abs(f(z).first) < slope ? 1 : 0;
  });
  return static_cast<double>(count) / static_cast<double>(fan_out_);
}

template class LayerChain<float>;
template class LayerChain<double>;

}  // namespace pinnscope
