#include "pinnscope/train/lbfgs.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "pinnscope/train/dot_product.hpp"

namespace pinnscope {

namespace {

/// y <- y + factor x
template <class T>
void add_scaled(double factor, VectorView<T> x, VectorView<T> y) noexcept {
  const T* __restrict from = x.data();
  T* __restrict to = y.data();
  for (std::size_t i = 0; i < y.size(); ++i) {
    to[i] = static_cast<T>(static_cast<double>(to[i]) + factor * static_cast<double>(from[i]));
  }
}

template <class T>
typename LineSearchMethod<T>::Rules rules_of(const typename Lbfgs<T>::Config& config) noexcept {
  return {config.parameters,         config.sufficient_decrease,
          config.curvature,          config.line_search_evaluations,
          config.gradient_tolerance, config.loss_tolerance,
          config.loss_floor};
}

}  // namespace

template <class T>
Status Lbfgs<T>::check(const Config& config) noexcept {
  const bool works = LineSearchMethod<T>::can_work(rules_of<T>(config));
  return works ? Status{} : Status{StatusCode::bad_lbfgs};
}

template <class T>
Lbfgs<T>::Lbfgs(const Config& config, Arena& arena) noexcept
    : Lbfgs(config, [&] {
        Layout carver(arena);
        return layout(carver, config);
      }()) {}

template <class T>
Lbfgs<T>::Lbfgs(const Config& config, const Storage& storage) noexcept
    : LineSearchMethod<T>(rules_of<T>(config), storage.search,
                          LineSearchMethod<T>::template curvature_of<Lbfgs>()),
      most_pairs_(config.pairs),
      memory_(storage) {
  assert(check(config).ok());
}

/// direction <- -H gradient by the two-loop recursion, algorithm 7.4, with (7.20) between the
/// loops.
template <class T>
void Lbfgs<T>::set_direction() noexcept {
  const VectorView<T> p = storage_.direction;
  const auto column = [this](std::size_t age) noexcept {  // 0 is the latest pair
    return (state_.next_pair + most_pairs_ - 1 - age) % most_pairs_;
  };
  std::transform(storage_.gradient.begin(), storage_.gradient.end(), p.begin(),
                 [](T value) noexcept { return -value; });
  if (state_.pairs == 0) return;
  for (std::size_t age = 0; age < state_.pairs; ++age) {
    const std::size_t k = column(age);
    memory_.weights[k] = dot_product(memory_.steps.column(k), p) / memory_.curvatures[k];
    add_scaled(-memory_.weights[k], memory_.gradient_changes.column(k), p);
  }
  for (T& value : p) value = static_cast<T>(state_.scale * static_cast<double>(value));
  for (std::size_t age = state_.pairs; age-- > 0;) {
    const std::size_t k = column(age);
    const double b = dot_product(memory_.gradient_changes.column(k), p) / memory_.curvatures[k];
    add_scaled(memory_.weights[k] - b, memory_.steps.column(k), p);
  }
}

/// Keeps s and y in place of the oldest pair.
template <class T>
void Lbfgs<T>::learn(VectorView<const T> parameters,
                     const typename LineSearchMethod<T>::Pair& pair) noexcept {
  if (most_pairs_ == 0) return;
  const std::size_t k = state_.next_pair;
  const VectorView<T> s = memory_.steps.column(k);
  const VectorView<T> y = memory_.gradient_changes.column(k);
  for (std::size_t i = 0; i < s.size(); ++i) {
    s[i] = parameters[i] - storage_.origin[i];
    y[i] = storage_.trial_gradient[i] - storage_.gradient[i];
  }
  memory_.curvatures[k] = pair.curvature;
  state_.scale = pair.scale;
  state_.next_pair = (k + 1) % most_pairs_;
  state_.pairs = std::min<std::uint64_t>(state_.pairs + 1, most_pairs_);
}

template class Lbfgs<float>;
template class Lbfgs<double>;

}  // namespace pinnscope
