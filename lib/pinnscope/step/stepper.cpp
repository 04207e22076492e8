#include "pinnscope/step/stepper.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "pinnscope/step/stability.hpp"

namespace pinnscope {

namespace {

constexpr std::size_t kMaxRadius = RationalForm::kMaxDegree;
using WideTaps = std::array<double, 2 * kMaxRadius + 1>;

/// The taps of P(L), centred, by Horner's rule.
WideTaps polynomial_taps(const RationalForm& form) noexcept {
  WideTaps taps{};
  const auto degree = static_cast<std::size_t>(form.degree);
  taps[kMaxRadius] = form.polynomial[degree];
  for (std::size_t k = degree; k-- > 0;) {
    WideTaps product{};
    for (std::size_t i = 0; i < taps.size(); ++i) {
      product[i] = form.centre * taps[i];
      if (i > 0) product[i] += form.upper * taps[i - 1];
      if (i + 1 < taps.size()) product[i] += form.lower * taps[i + 1];
    }
    taps = product;
    taps[kMaxRadius] += form.polynomial[k];
  }
  return taps;
}

}  // namespace

template <class T>
Stepper<T>::Stepper(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  status_ = arena.status().ok() ? check(config) : arena.status();
  if (!status_.ok()) return;
  numbers_ = step_numbers(config.velocity, config.diffusivity, config.dt, config.dx);
  status_ = is_propagator(config.scheme) ? prepare_propagator() : prepare_band();
}

template <class T>
Status Stepper<T>::check(const Config& c) noexcept {
  if (c.cells == 0) return {StatusCode::empty_input};
  for (const double value : {c.velocity, c.diffusivity, c.dt, c.dx, c.left, c.right, c.theta}) {
    if (!std::isfinite(value)) return {StatusCode::not_finite};
  }
  const bool in_range = c.dt > 0 && c.dx > 0 && c.diffusivity >= 0 && c.theta >= 0 && c.theta <= 1;
  if (!in_range) return {StatusCode::out_of_range};
  const bool has_form = is_propagator(c.scheme) || rational_form(c.scheme, {}, c.theta).exists();
  const bool has_ends = c.boundary == Boundary::periodic ||
                        (!is_periodic_only(c.scheme) &&
                         !std::isnan(closure(c.boundary, c.velocity, 0, c.cells).edge));
  if (!has_form || !has_ends || c.cells < least_cells(c.scheme)) return {StatusCode::unsupported};
  return {};
}

/// kernel_j = 1/N sum_k G(2 pi k / N) exp(2 pi i j k / N) over k = -N/2..N/2, the real part of the
/// Nyquist mode once; stored twice, so that every rotation of it is contiguous.
template <class T>
Status Stepper<T>::prepare_propagator() noexcept {
  const std::size_t cells = config_.cells;
  const double unit = 2 * std::numbers::pi / static_cast<double>(cells);
  std::fill(storage_.kernel.begin(), storage_.kernel.end(), T(0));
  for (std::size_t j = 0; j < cells; ++j) {
    double sum = 0;
    for (std::size_t k = 0; k <= cells / 2; ++k) {
      const std::complex<double> factor = amplification_factor(
          config_.scheme, numbers_, unit * static_cast<double>(k), config_.theta);
      const double turn = unit * static_cast<double>(j * k % cells);
      const bool alone = k == 0 || 2 * k == cells;
      sum += alone ? factor.real() * std::cos(turn)
                   : 2 * (factor.real() * std::cos(turn) - factor.imag() * std::sin(turn));
    }
    const T value = static_cast<T>(sum / static_cast<double>(cells));
    if (!std::isfinite(value)) return {StatusCode::out_of_range};
    storage_.kernel[j] = value;
    storage_.kernel[j + cells] = value;
  }
  return {};
}

template <class T>
Status Stepper<T>::prepare_band() noexcept {
  form_ = rational_form(config_.scheme, numbers_, config_.theta);
  const WideTaps taps = polynomial_taps(form_);
  for (std::size_t k = 0; k < taps.size(); ++k) {
    taps_[k] = static_cast<T>(taps[k]);
    if (!std::isfinite(taps_[k])) return {StatusCode::out_of_range};
  }
  const double q = form_.implicitness;
  const double lower = -q * form_.lower;
  const double diagonal = 1 - q * form_.centre;
  const double upper = -q * form_.upper;
  if (!std::isfinite(diagonal * diagonal - 4 * lower * upper)) return {StatusCode::out_of_range};
  if (config_.boundary == Boundary::periodic) {
    if (q != 0) cyclic_ = CyclicTridiagonal(lower, diagonal, upper, config_.cells);
    if (!cyclic_.solvable()) return {StatusCode::out_of_range};
    return form_.swaps_last_row ? prepare_last_row() : Status{};
  }
  left_ = closure(config_.boundary, -config_.velocity, config_.left, config_.cells);
  right_ = closure(config_.boundary, config_.velocity, config_.right, config_.cells);
  if (q == 0) return {};
  const double first = diagonal + lower * left_.edge;
  const double single = config_.cells == 1 ? upper * right_.edge : 0;
  rows_ = {lower,
           diagonal,
           upper,
           first + single,
           upper + lower * left_.inner,
           lower + upper * right_.inner,
           diagonal + upper * right_.edge};
  return factor_tridiagonal(rows_, storage_.factors, storage_.pivots);
}

/// With e the unit vector of the last cell and d z = z_{N-2} - z_0, swapping the last row adds
/// s e d to L, s = upper - lower. The solution of (A - q s e d) x = b is x = y + u q s d y / (1 - q
/// s d u), A y = b, A u = e: Sherman and Morrison, Ann. Math. Statist. 21, 124 (1950).
template <class T>
Status Stepper<T>::prepare_last_row() noexcept {
  const VectorView<T> response = storage_.last_row;
  std::fill(response.begin(), response.end(), T(0));
  response.back() = 1;
  cyclic_.solve_in_place(response);
  const double weight = form_.implicitness * (form_.upper - form_.lower);
  const double gain = weight * last_row_difference(response);
  const double rounding = static_cast<double>(std::numeric_limits<T>::epsilon());
  if (!(std::abs(1 - gain) > 16 * rounding * (1 + std::abs(gain)))) return {StatusCode::degenerate};
  last_row_weight_ = weight / (1 - gain);
  return {};
}

template <class T>
double Stepper<T>::last_row_difference(VectorView<const T> z) const noexcept {
  return static_cast<double>(z[z.size() - 2]) - static_cast<double>(z[0]);
}

template <class T>
Status Stepper<T>::step(VectorView<T> z) noexcept {
  if (!status_.ok()) return status_;
  if (z.size() != config_.cells) return {StatusCode::shape_mismatch};
  advance(z);
  return normalise(config_.normalise, z, log_norm_);
}

template <class T>
Status Stepper<T>::run(VectorView<T> z, std::size_t steps) noexcept {
  if (!status_.ok()) return status_;
  if (z.size() != config_.cells) return {StatusCode::shape_mismatch};
  const bool alone = !is_propagator(config_.scheme) && form_.implicitness == 0 &&
                     config_.boundary == Boundary::periodic;
  if (alone && config_.normalise == Normalisation::none && steps > 0) {
    periodic_stencil(steps, z);
    return normalise(config_.normalise, z, log_norm_);
  }
  Status status;
  for (std::size_t k = 0; k < steps && status.ok(); ++k) status = step(z);
  return status;
}

template <class T>
void Stepper<T>::periodic_stencil(std::size_t steps, VectorView<T> z) noexcept {
  const auto radius = static_cast<std::size_t>(form_.degree);
  if (radius == 0) return;
  fastest<Sweeps<T>>().stencil({radius, taps_.data() + (kMaxRadius - radius), steps, z.size(),
                                z.data(), storage_.blocks.data()});
}

template <class T>
Status Stepper<T>::matrix(MatrixView<T> weights, VectorView<T> offset) noexcept {
  if (!status_.ok()) return status_;
  const std::size_t cells = config_.cells;
  if (weights.rows != cells || weights.columns != cells || offset.size() != cells) {
    return {StatusCode::shape_mismatch};
  }
  std::fill(offset.begin(), offset.end(), T(0));
  advance(offset);
  for (std::size_t j = 0; j < cells; ++j) {
    const VectorView<T> column = weights.column(j);
    std::fill(column.begin(), column.end(), T(0));
    column[j] = 1;
    advance(column);
    for (std::size_t i = 0; i < cells; ++i) column[i] -= offset[i];
  }
  return {};
}

template <class T>
void Stepper<T>::advance(VectorView<T> z) noexcept {
  if (is_propagator(config_.scheme)) return propagate(z);
  explicit_part(z);
  if (form_.implicitness != 0) implicit_part(z);
}

/// z_i <- sum_j kernel_{i-j} z_j, column after column.
template <class T>
void Stepper<T>::propagate(VectorView<T> z) noexcept {
  const std::size_t cells = z.size();
  std::copy(z.begin(), z.end(), storage_.start.begin());
  std::fill(z.begin(), z.end(), T(0));
  for (std::size_t j = 0; j < cells; ++j) {
    const T* rotated = storage_.kernel.data() + (cells - j);
    const T factor = storage_.start[j];
    for (std::size_t i = 0; i < cells; ++i) z[i] += rotated[i] * factor;
  }
}

/// z <- P(L) z. With ends, P(L) z = z + p_1 L(z + (p_2/p_1) L(z + ...)), innermost first, where L
/// carries its affine part along.
template <class T>
void Stepper<T>::explicit_part(VectorView<T> z) noexcept {
  if (config_.boundary == Boundary::periodic) {
    const double swapped =
        form_.swaps_last_row
            ? form_.polynomial[1] * (form_.upper - form_.lower) * last_row_difference(z)
            : 0;
    periodic_stencil(1, z);
    if (form_.swaps_last_row) z.back() += static_cast<T>(swapped);
    return;
  }
  const auto& p = form_.polynomial;
  const auto degree = static_cast<std::size_t>(form_.degree);
  if (degree > 1) std::copy(z.begin(), z.end(), storage_.start.begin());
  for (std::size_t k = degree; k > 0; --k) stage(p[k] / p[k - 1], k == degree, z);
}

/// z <- start + weight (L z + affine part). In the first stage of a step, z still is its start.
template <class T>
void Stepper<T>::stage(double weight, bool first, VectorView<T> z) noexcept {
  const std::size_t last = z.size() - 1;
  const auto ghost = [&z](const Closure& end, std::size_t edge, std::size_t inner) {
    return static_cast<T>(end.offset + end.edge * static_cast<double>(z[edge]) +
                          end.inner * static_cast<double>(z[inner]));
  };
  const Ghosts<T, 1> ghosts{{ghost(left_, 0, std::min<std::size_t>(1, last))},
                            {ghost(right_, last, last == 0 ? 0 : last - 1)}};
  const std::array<T, 3> taps{static_cast<T>(weight * form_.lower),
                              static_cast<T>((first ? 1 : 0) + weight * form_.centre),
                              static_cast<T>(weight * form_.upper)};
  stencil_in_place<1, T>(taps, ghosts, first ? VectorView<const T>{} : storage_.start, z);
}

/// z <- (1 - q L)^{-1} (z + q times the affine part of L).
template <class T>
void Stepper<T>::implicit_part(VectorView<T> z) noexcept {
  if (config_.boundary == Boundary::periodic) {
    cyclic_.solve_in_place(z);
    if (!form_.swaps_last_row) return;
    const T weight = static_cast<T>(last_row_weight_ * last_row_difference(z));
    for (std::size_t i = 0; i < z.size(); ++i) z[i] += weight * storage_.last_row[i];
    return;
  }
  const double q = form_.implicitness;
  z.front() += static_cast<T>(q * form_.lower * left_.offset);
  z.back() += static_cast<T>(q * form_.upper * right_.offset);
  solve_tridiagonal_in_place<T>(rows_, storage_.factors, storage_.pivots, z);
}

template class Stepper<float>;
template class Stepper<double>;

}  // namespace pinnscope
