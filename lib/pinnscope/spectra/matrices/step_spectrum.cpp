#include "pinnscope/spectra/matrices/step_spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

namespace pinnscope {

StepSpectrum::StepSpectrum(const Config& config, Arena& arena) noexcept
    : config_(config),
      storage_([&] {
        Layout carver(arena);
        return layout(carver, config);
      }()),
      stepper_(stepped(config), arena),
      eigenvalues_({.order = is_dense(config) ? config.cells : 0}, arena) {}

/// Of the Stepper of the config, whether it is built or not. The kernel of a propagator is finite
/// where its numbers are, and its factor at the angle pi, which has the largest exponents.
Status StepSpectrum::status() const noexcept {
  if (!is_propagator(config_.scheme)) return stepper_.status();
  const Status status = Stepper<double>::check(config_);
  if (!status.ok()) return status;
  const std::complex<double> factor =
      amplification_factor(config_.scheme, numbers(), std::numbers::pi, config_.theta);
  const bool finite = std::isfinite(numbers().c) && std::isfinite(numbers().r) &&
                      std::isfinite(factor.real()) && std::isfinite(factor.imag());
  return finite ? Status{} : Status{StatusCode::out_of_range};
}

StepNumbers StepSpectrum::numbers() const noexcept {
  return step_numbers(config_.velocity, config_.diffusivity, config_.dt, config_.dx);
}

Status StepSpectrum::compute(StepStability& found) noexcept {
  if (!status().ok()) return status();
  if (!is_dense(config_)) {
    found =
        step_stability(config_.scheme, numbers(), config_.boundary, config_.cells, config_.theta);
    return {};
  }
  if (!has_amplification_factor(config_.scheme)) return compute_step(found);
  fill_operator();
  const Status status = eigenvalues_.compute(storage_.matrix);
  if (!status.ok()) return status;
  double largest = 0;
  for (std::size_t k = 0; k < config_.cells; ++k) {
    largest = std::max(largest, std::hypot(eigenvalues_.real()[k], eigenvalues_.imaginary()[k]));
  }
  const double error =
      16 * static_cast<double>(config_.cells) * std::numeric_limits<double>::epsilon() * largest;
  found = step_stability_of(config_.scheme, eigenvalues_.real(), eigenvalues_.imaginary(), error,
                            config_.theta);
  return {};
}

/// L after the similarity. Where one entry of a pair is 0 the matrix falls apart into triangular
/// blocks, and the other one does not matter either.
void StepSpectrum::fill_operator() noexcept {
  const std::size_t last = config_.cells - 1;
  const RationalForm form = rational_form(config_.scheme, numbers(), config_.theta);
  const Closure left = closure(config_.boundary, -config_.velocity, 0, config_.cells);
  const Closure right = closure(config_.boundary, config_.velocity, 0, config_.cells);
  const MatrixView<double> matrix = storage_.matrix;
  std::fill_n(matrix.data, matrix.size(), 0.0);
  for (std::size_t i = 0; i <= last; ++i) matrix(i, i) = form.centre;
  matrix(0, 0) += form.lower * left.edge;
  matrix(last, last) += form.upper * right.edge;
  for (std::size_t i = 0; i < last; ++i) {
    const double above = form.upper + (i == 0 ? form.lower * left.inner : 0);
    const double below = form.lower + (i + 1 == last ? form.upper * right.inner : 0);
    const double mean = std::sqrt(std::abs(above)) * std::sqrt(std::abs(below));
    matrix(i, i + 1) = std::copysign(mean, above);
    matrix(i + 1, i) = std::copysign(mean, below);
  }
}

/// Of the modulus of an eigenvalue 1, as the header says.
constexpr double kRoundedRadius = 1e-10;

Status StepSpectrum::compute_step(StepStability& found) noexcept {
  Status status = stepper_.matrix(storage_.matrix, storage_.constant);
  if (status.ok()) status = eigenvalues_.compute(storage_.matrix);
  if (!status.ok()) return status;
  double radius = 0;
  for (std::size_t k = 0; k < config_.cells; ++k) {
    radius = std::max(radius, std::hypot(eigenvalues_.real()[k], eigenvalues_.imaginary()[k]));
  }
  found = {radius <= 1 + kRoundedRadius ? Stability::stable : Stability::unstable, radius};
  return {};
}

}  // namespace pinnscope
