#include "pinnscope/train/quasi_newton.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "pinnscope/train/dot_product.hpp"

namespace pinnscope {

namespace {

/// The member of Broyden's family for B, 0 BFGS and 1 DFP, between the bounds that keep the
/// update's condition low; a = b h - 1 >= 0.
double family_member(double h, double b, double a) noexcept {
  const double c = std::sqrt(a / (1 + a));
  const double rho = std::min(1.0, h * (1 - c));
  const double least = (rho - 1) / a;
  const double most = 1 / rho;
  return std::max(least, std::min(most, (1 - b) / b));
}

double determinant_scale(double theta, double a, std::size_t parameters) noexcept {
  const double sigma = 1 + theta * a;
  if (parameters < 2) return 1;
  return std::pow(std::abs(sigma), 1 / (1 - static_cast<double>(parameters)));
}

}  // namespace

BroydenUpdate broyden_update(QuasiNewtonUpdate update, double h, double b,
                             std::size_t parameters) noexcept {
  const double towards = std::min(1.0, 1 / b);
  if (update == QuasiNewtonUpdate::bfgs) return {};
  if (update == QuasiNewtonUpdate::self_scaled_bfgs) return {1, towards};
  const double a = b * h - 1;
  // s and B^-1 y point the same way, to rounding: the whole family is one update.
  if (!(a > std::numeric_limits<double>::epsilon())) return {1, towards};
  const double theta = family_member(h, b, a);
  const double scale = determinant_scale(theta, a, parameters);
  const double tau =
      theta <= 0 ? std::min(towards * scale, 1 + theta * a) : towards * std::min(scale, 1 / theta);
  return {(1 - theta) / (1 + a * theta), tau};
}

template <class T>
Status QuasiNewton<T>::check(const Config& config) noexcept {
  const bool known = static_cast<std::size_t>(config.update) < kQuasiNewtonUpdates.size();
  const bool works = known && LineSearchMethod<T>::can_work(config.rules);
  return works ? Status{} : Status{StatusCode::bad_quasi_newton};
}

template <class T>
QuasiNewton<T>::QuasiNewton(const Config& config, Arena& arena) noexcept
    : QuasiNewton(config, [&] {
        Layout carver(arena);
        return layout(carver, config);
      }()) {}

template <class T>
QuasiNewton<T>::QuasiNewton(const Config& config, const Storage& storage) noexcept
    : LineSearchMethod<T>(config.rules, storage.search,
                          LineSearchMethod<T>::template curvature_of<QuasiNewton>()),
      update_(config.update),
      memory_(storage) {
  assert(check(config).ok());
}

/// product <- H x: each row of the half gives its own entry, and what stands above the diagonal in
/// its column.
template <class T>
template <class Number>
void QuasiNewton<T>::multiply(const Number* x) noexcept {
  double* __restrict product = memory_.product.data();
  for (std::size_t i = 0; i < memory_.product.size(); ++i) {
    const T* entries = row(i).data();
    const double x_i = static_cast<double>(x[i]);
    product[i] = sum_of(i + 1, [=](std::size_t j) noexcept {
      return static_cast<double>(entries[j]) * static_cast<double>(x[j]);
    });
    for (std::size_t j = 0; j < i; ++j) product[j] += static_cast<double>(entries[j]) * x_i;
  }
}

template <class T>
void QuasiNewton<T>::set_to_multiple_of_identity(double factor) noexcept {
  std::fill(memory_.inverse_hessian.begin(), memory_.inverse_hessian.end(), T(0));
  for (std::size_t i = 0; i < memory_.step.size(); ++i) row(i).back() = static_cast<T>(factor);
}

template <class T>
void QuasiNewton<T>::set_direction() noexcept {
  const VectorView<T> p = storage_.direction;
  if (state_.pairs == 0) {
    std::transform(storage_.gradient.begin(), storage_.gradient.end(), p.begin(),
                   [](T value) noexcept { return -value; });
    return;
  }
  multiply(storage_.gradient.data());
  std::transform(memory_.product.begin(), memory_.product.end(), p.begin(),
                 [](double value) noexcept { return static_cast<T>(-value); });
}

/// s'Bs is -(length of s along the direction) s.g, since B p = -g. The first H is y.s / y.y times
/// the identity, (6.20). What is not positive or not finite teaches nothing.
template <class T>
void QuasiNewton<T>::learn(VectorView<const T> parameters,
                           const typename LineSearchMethod<T>::Pair& pair) noexcept {
  const std::size_t n = parameters.size();
  for (std::size_t i = 0; i < n; ++i) {
    memory_.step[i] = static_cast<double>(parameters[i] - storage_.origin[i]);
    memory_.change[i] = static_cast<double>(storage_.trial_gradient[i] - storage_.gradient[i]);
  }
  const double* s = memory_.step.data();
  const T* g = storage_.gradient.data();
  double s_b_s = 0;
  if (state_.pairs == 0) {
    set_to_multiple_of_identity(pair.scale);
    s_b_s = sum_of(n, [=](std::size_t i) noexcept { return s[i] * s[i]; }) / pair.scale;
  } else {
    s_b_s = -pair.step_length *
            sum_of(n, [=](std::size_t i) noexcept { return s[i] * static_cast<double>(g[i]); });
  }
  multiply(memory_.change.data());
  const double y_h_y = dot_product(memory_.change, memory_.product);
  const BroydenUpdate update =
      broyden_update(update_, y_h_y / pair.curvature, s_b_s / pair.curvature, n);
  const bool works = std::isfinite(1 / y_h_y) && y_h_y > 0 && std::isfinite(update.phi) &&
                     std::isfinite(1 / update.tau) && update.tau > 0;
  if (!works) return;
  apply(update, pair.curvature, y_h_y);
  ++state_.pairs;
  state_.scale = pair.scale;
}

/// With v written out each row is H_ij / tau + of_product H y_j + of_step s_j.
template <class T>
void QuasiNewton<T>::apply(const BroydenUpdate& update, double y_s, double y_h_y) noexcept {
  const double* s = memory_.step.data();
  const double* product = memory_.product.data();
  const double keep = 1 / update.tau;
  for (std::size_t i = 0; i < memory_.step.size(); ++i) {
    const double v_i = s[i] / y_s - product[i] / y_h_y;
    const double of_product = -keep * (product[i] / y_h_y + update.phi * v_i);
    const double of_step = s[i] / y_s + keep * update.phi * y_h_y * v_i / y_s;
    T* __restrict entries = row(i).data();
    for (std::size_t j = 0; j <= i; ++j) {
      entries[j] = static_cast<T>(keep * static_cast<double>(entries[j]) +
                                  (of_product * product[j] + of_step * s[j]));
    }
  }
}

template <class T>
double QuasiNewton<T>::inverse_hessian(std::size_t i, std::size_t j) const noexcept {
  if (state_.pairs == 0) return i == j ? 1 : 0;
  const std::size_t high = std::max(i, j);
  return static_cast<double>(memory_.inverse_hessian[half_of_square(high) + std::min(i, j)]);
}

template class QuasiNewton<float>;
template class QuasiNewton<double>;

}  // namespace pinnscope
