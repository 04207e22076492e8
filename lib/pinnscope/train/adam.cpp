#include "pinnscope/train/adam.hpp"

#include <cassert>
#include <cmath>

namespace pinnscope {

template <class T>
Status Adam<T>::check(const Config& config) noexcept {
  const auto positive = [](double number) {
    return std::isfinite(static_cast<T>(number)) && static_cast<T>(number) > 0;
  };
  const auto decays = [](double beta) { return beta >= 0 && beta < 1; };
  const bool works = positive(config.learning_rate) && positive(config.epsilon) &&
                     decays(config.beta1) && decays(config.beta2);
  return works ? Status{} : Status{StatusCode::bad_adam};
}

template <class T>
Adam<T>::Adam(const Config& config, Arena& arena) noexcept : config_(config) {
  assert(check(config).ok());
  Layout carver(arena);
  storage_ = layout(carver, config);
}

template <class T>
void Adam<T>::step(VectorView<T> parameters, VectorView<const T> gradient) noexcept {
  assert(parameters.size() == config_.parameters && gradient.size() == config_.parameters);
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double correction =
      std::sqrt(1 - std::pow(config_.beta2, t)) / (1 - std::pow(config_.beta1, t));
  const T rate = static_cast<T>(config_.learning_rate * correction);
  const T epsilon = static_cast<T>(config_.epsilon);
  const T keep1 = static_cast<T>(config_.beta1);
  const T keep2 = static_cast<T>(config_.beta2);
  const T take1 = static_cast<T>(1 - config_.beta1);
  const T take2 = static_cast<T>(1 - config_.beta2);
  const T* __restrict g = gradient.data();
  T* __restrict theta = parameters.data();
  T* __restrict m = storage_.first_moments.data();
  T* __restrict v = storage_.second_moments.data();
  for (std::size_t i = 0; i < config_.parameters; ++i) {
    m[i] = keep1 * m[i] + take1 * g[i];
    v[i] = keep2 * v[i] + take2 * (g[i] * g[i]);
    theta[i] -= rate * m[i] / (std::sqrt(v[i]) + epsilon);
  }
}

template class Adam<float>;
template class Adam<double>;

}  // namespace pinnscope
