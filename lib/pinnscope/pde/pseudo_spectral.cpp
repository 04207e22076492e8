#include "pinnscope/pde/pseudo_spectral.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace pinnscope {
namespace {

using std::numbers::pi;

double mode_wavenumber(std::size_t index) noexcept { return pi * static_cast<double>(index + 1); }

/// table(k, j) = f(pi (k + 1) x_j) on the interior points of a uniform grid of [0, 1].
template <class Function>
void tabulate(MatrixView<double> table, Function&& f) noexcept {
  const double dx = 1 / static_cast<double>(table.columns + 1);
  for (std::size_t j = 0; j < table.columns; ++j) {
    const double x = static_cast<double>(j + 1) * dx;
    for (std::size_t k = 0; k < table.rows; ++k) table(k, j) = f(mode_wavenumber(k) * x);
  }
}

/// sum_k table(k, j) a_k.
double dot(VectorView<const double> column, VectorView<const double> a) noexcept {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += column[k] * a[k];
  return sum;
}

/// a_k += factor sum_j table(k, j) values_j.
void accumulate(double factor, MatrixView<const double> table, VectorView<const double> values,
                VectorView<double> a) noexcept {
  for (std::size_t j = 0; j < table.columns; ++j) {
    const double scaled = factor * values[j];
    const VectorView<const double> column = table.column(j);
    for (std::size_t k = 0; k < a.size(); ++k) a[k] += column[k] * scaled;
  }
}

}  // namespace

PseudoSpectral::PseudoSpectral(const Config& config, Arena& arena) noexcept : config_(config) {
  assert(config.modes > 0);
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  tabulate(storage_.sines, [](double angle) { return std::sin(angle); });
  tabulate(storage_.fine_sines, [](double angle) { return std::sin(angle); });
  tabulate(storage_.fine_cosines, [](double angle) { return std::cos(angle); });
}

Status PseudoSpectral::solve(const SineWave& initial, double t, VectorView<double> u) noexcept {
  const std::size_t n = config_.modes;
  if (u.size() != n + 2) return {StatusCode::shape_mismatch};
  const bool positive = config_.viscosity > 0 && config_.diffusive_limit > 0 &&
                        config_.convective_limit > 0 && t >= 0;
  if (!positive || !std::isfinite(t)) return {StatusCode::out_of_range};
  project(initial);
  const double dx = 1 / static_cast<double>(n + 1);
  double height = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double x = static_cast<double>(j + 1) * dx;
    height = std::max(height, std::fabs(initial.amplitude * std::sin(initial.wavenumber * x)));
  }
  const double diffusive = config_.diffusive_limit * dx * dx / config_.viscosity;
  const double convective = height > 0 ? config_.convective_limit * dx / height : diffusive;
  const double steps = std::floor(t / std::min(diffusive, convective)) + 1;
  if (!std::isfinite(steps)) return {StatusCode::out_of_range};
  for (double step = 0; step < steps; ++step) advance(t / steps);
  u.front() = 0;
  u.back() = 0;
  bool finite = true;
  for (std::size_t j = 0; j < n; ++j) {
    u[j + 1] = dot(storage_.sines.column(j), storage_.coefficients);
    finite = finite && std::isfinite(u[j + 1]);
  }
  return {finite ? StatusCode::ok : StatusCode::unstable};
}

void PseudoSpectral::project(const SineWave& initial) noexcept {
  const std::size_t n = config_.modes;
  const double dx = 1 / static_cast<double>(n + 1);
  std::fill(storage_.coefficients.begin(), storage_.coefficients.end(), 0.0);
  const VectorView<double> values = storage_.stage;
  for (std::size_t j = 0; j < n; ++j) {
    const double x = static_cast<double>(j + 1) * dx;
    values[j] = initial.amplitude * std::sin(initial.wavenumber * x);
  }
  accumulate(2 * dx, storage_.sines, values, storage_.coefficients);
}

void PseudoSpectral::advance(double dt) noexcept {
  const VectorView<double> a = storage_.coefficients;
  std::copy(a.begin(), a.end(), storage_.stage.begin());
  std::fill(storage_.sum.begin(), storage_.sum.end(), 0.0);
  constexpr double kWeights[] = {1, 2, 2, 1};
  constexpr double kReach[] = {0.5, 0.5, 1, 0};  // of the stage that follows
  for (int stage = 0; stage < 4; ++stage) {
    evaluate_slope();
    for (std::size_t k = 0; k < a.size(); ++k) {
      storage_.sum[k] += kWeights[stage] * storage_.slope[k];
      storage_.stage[k] = a[k] + kReach[stage] * dt * storage_.slope[k];
    }
  }
  for (std::size_t k = 0; k < a.size(); ++k) a[k] += dt / 6 * storage_.sum[k];
}

void PseudoSpectral::evaluate_slope() noexcept {
  const VectorView<const double> a = storage_.stage;
  const VectorView<double> slope = storage_.slope;
  for (std::size_t k = 0; k < a.size(); ++k) slope[k] = mode_wavenumber(k) * a[k];
  const std::size_t points = storage_.product.size();
  for (std::size_t j = 0; j < points; ++j) {
    storage_.product[j] =
        dot(storage_.fine_sines.column(j), a) * dot(storage_.fine_cosines.column(j), slope);
  }
  for (std::size_t k = 0; k < a.size(); ++k) {
    slope[k] = -config_.viscosity * mode_wavenumber(k) * slope[k];
  }
  accumulate(-2 / static_cast<double>(points + 1), storage_.fine_sines, storage_.product, slope);
}

}  // namespace pinnscope
