#include "pinnscope/nn/relabelling.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace pinnscope {

// Within five roundings, where the function is small, curved, and flat.
bool is_odd(Activation activation, const ActivationParameters& parameters) noexcept {
  for (const double z : {0.0, 1e-3, 0.3, 0.7, 1.0, 1.9, 5.0, 40.0}) {
    const double right = activation_values(activation, z, parameters).value;
    const double left = activation_values(activation, -z, parameters).value;
    if (!(std::abs(left + right) <= 1e-15 * std::abs(right))) return false;
  }
  return true;
}

void Labels::reset() const noexcept {
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::fill(signs.begin(), signs.end(), 1.0);
}

void Labels::draw(const Philox& source, bool with_signs) const noexcept {
  reset();
  for (std::size_t left = order.size(); left > 1; --left) {
    const auto place = static_cast<std::size_t>(source.uniform(left) * static_cast<double>(left));
    std::swap(order[left - 1], order[std::min(place, left - 1)]);
  }
  if (!with_signs) return;
  for (std::size_t i = 0; i < signs.size(); ++i) {
    signs[i] = (source.words(order.size() + 1 + i)[0] & 1) != 0 ? -1 : 1;
  }
}

template <class T>
Status relabel(MatrixView<const T> matrix, const Labels& rows, const Labels& columns,
               MatrixView<T> relabelled) noexcept {
  if (matrix.rows != rows.order.size() || matrix.columns != columns.order.size() ||
      relabelled.rows != matrix.rows || relabelled.columns != matrix.columns) {
    return {StatusCode::shape_mismatch};
  }
  for (std::size_t j = 0; j < matrix.columns; ++j) {
    const VectorView<const T> source = matrix.column(columns.order[j]);
    for (std::size_t i = 0; i < matrix.rows; ++i) {
      const T sign = static_cast<T>(rows.signs[i] * columns.signs[j]);
      relabelled(i, j) = sign * source[rows.order[i]];
    }
  }
  return {};
}

Relabelling::Relabelling(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (arena.status().ok()) reset();
}

void Relabelling::reset() noexcept {
  for (std::size_t side = 0; side < config_.widths.size(); ++side) labels(side).reset();
}

void Relabelling::draw(std::uint64_t seed, bool with_signs) noexcept {
  reset();
  for (std::size_t side = 1; side + 1 < config_.widths.size(); ++side) {
    labels(side).draw(Philox(seed, StreamPurpose::network_labels, side - 1), with_signs);
  }
}

Labels Relabelling::labels(std::size_t side) noexcept {
  assert(side < config_.widths.size());
  std::size_t first = 0;
  for (std::size_t k = 0; k < side; ++k) first += config_.widths[k];
  return {storage_.order.subspan(first, config_.widths[side]),
          storage_.signs.subspan(first, config_.widths[side])};
}

template <class T>
Status Relabelling::apply(const Mlp<T>& network, Mlp<T>& relabelled) noexcept {
  if (!std::ranges::equal(network.widths(), config_.widths) ||
      !std::ranges::equal(relabelled.widths(), config_.widths)) {
    return {StatusCode::shape_mismatch};
  }
  for (std::size_t l = 0; l < network.layers(); ++l) {
    const Labels behind = labels(l + 1);
    const Status status = relabel<T>(network.weights(l), labels(l), behind, relabelled.weights(l));
    if (!status.ok()) return status;
    for (std::size_t j = 0; j < behind.order.size(); ++j) {
      relabelled.biases(l)[j] =
          static_cast<T>(behind.signs[j]) * network.biases(l)[behind.order[j]];
    }
  }
  return {};
}

template Status relabel(MatrixView<const float>, const Labels&, const Labels&,
                        MatrixView<float>) noexcept;
template Status relabel(MatrixView<const double>, const Labels&, const Labels&,
                        MatrixView<double>) noexcept;
template Status Relabelling::apply(const Mlp<float>&, Mlp<float>&) noexcept;
template Status Relabelling::apply(const Mlp<double>&, Mlp<double>&) noexcept;

}  // namespace pinnscope
