#include "pinnscope/step/family_matrix.hpp"

#include <cassert>
#include <cmath>
#include <numbers>

#include "pinnscope/step/stability.hpp"

namespace pinnscope {

template <class T>
FamilyMatrix<T>::FamilyMatrix(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  status_ = arena.status().ok() ? check() : arena.status();
  if (!status_.ok()) return;
  const LayerFamilyRow& row = family_row(config.family);
  if (row.is_random()) {
    draw(0, 0);
  } else if (row.kernel != nullptr) {
    fill_kernel();
  } else {
    status_ = fill_step();
  }
}

template <class T>
Status FamilyMatrix<T>::check() const noexcept {
  const LayerFamilyRow& row = family_row(config_.family);
  const LayerParameters& parameters = config_.parameters;
  if (config_.cells == 0) return {StatusCode::empty_input};
  if (row.reads(LayerParameter::scale)) {
    if (!std::isfinite(static_cast<T>(parameters.scale))) return {StatusCode::not_finite};
    if (parameters.scale < 0) return {StatusCode::out_of_range};
  }
  if (row.reads(LayerParameter::width)) {
    if (!std::isfinite(parameters.width)) return {StatusCode::not_finite};
    if (parameters.width <= 0) return {StatusCode::out_of_range};
  }
  if (row.reads(LayerParameter::stencil)) {
    for (const double weight : parameters.stencil) {
      if (!std::isfinite(static_cast<T>(weight))) return {StatusCode::not_finite};
    }
  }
  if (row.reads(LayerParameter::symbol)) {
    if (parameters.symbol.size() != 2 * (config_.cells / 2 + 1)) {
      return {StatusCode::shape_mismatch};
    }
    for (const double number : parameters.symbol) {
      if (!std::isfinite(static_cast<T>(number))) return {StatusCode::not_finite};
    }
  }
  return {};
}

template <class T>
Status FamilyMatrix<T>::fill_step() noexcept {
  Arena arena(storage_.stepper);
  Stepper<T> stepper(step_of(config_), arena);
  const Status status = stepper.matrix(storage_.weights, storage_.offset);
  if (!status.ok()) return status;
  const LayerParameters& parameters = config_.parameters;
  has_modes_ = has_amplification_factor(parameters.scheme);
  if (!has_modes_) return {};
  const double unit = 2 * std::numbers::pi / static_cast<double>(config_.cells);
  for (std::size_t k = 0; k < storage_.moduli.size(); ++k) {
    const std::complex<double> factor = amplification_factor(
        parameters.scheme, stepper.numbers(), unit * static_cast<double>(k), parameters.theta);
    const bool real = 2 * k == config_.cells;
    storage_.moduli[k] = real ? std::abs(factor.real()) : std::abs(factor);
  }
  return {};
}

template <class T>
void FamilyMatrix<T>::fill_kernel() noexcept {
  const LayerFamilyRow& row = family_row(config_.family);
  const std::size_t n = config_.cells;
  const VectorView<T> first = storage_.weights.column(0);
  for (std::size_t i = 0; i < n; ++i) {
    first[i] = static_cast<T>(row.kernel(config_.parameters, {.row = i, .cells = n}));
  }
  for (std::size_t j = 1; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      storage_.weights(i, j) = first[EntryPlace{i, j, n}.behind()];
    }
  }
  has_modes_ = true;
  for (std::size_t k = 0; k < storage_.moduli.size(); ++k) {
    std::complex<double> factor = 0;
    for (std::size_t d = 0; d < n; ++d) {
      const double turns = static_cast<double>(k * d % n) / static_cast<double>(n);
      factor += std::polar(1.0, -2 * std::numbers::pi * turns) * static_cast<double>(first[d]);
    }
    storage_.moduli[k] = std::abs(factor);
  }
}

template <class T>
void FamilyMatrix<T>::draw(std::uint64_t realisation, std::uint64_t layer) noexcept {
  assert(status_.ok());
  const LayerFamilyRow& row = family_row(config_.family);
  if (!row.is_random()) return;
  const Philox random(config_.seed, StreamPurpose::family_layers, realisation);
  const std::size_t n = config_.cells;
  std::uint64_t index = layer * n * n;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      storage_.weights(i, j) =
          static_cast<T>(row.draw(config_.parameters, {i, j, n}, random, index++));
    }
  }
}

template class FamilyMatrix<float>;
template class FamilyMatrix<double>;

}  // namespace pinnscope
