#include "pinnscope/nn/panel.hpp"

#include <algorithm>
#include <type_traits>

namespace pinnscope {
namespace {

/// Neurons of a panel that are summed side by side: eight vectors of sums hide the wait for an
/// addition, and leave sixteen registers room for what is added.
template <class T>
constexpr std::size_t kColumns = 8 * sizeof(Lanes<T>) / kBlockAlignment;

template <std::size_t columns, class T>
void multiply_columns(const T* a, MatrixView<const T> weights, const T* biases, T* z) noexcept {
  using Vector = Lanes<T>;
  constexpr std::size_t kVectors = kBlockAlignment / sizeof(Vector);
  Vector sums[columns][kVectors];
  for (std::size_t c = 0; c < columns; ++c) {
    for (Vector& sum : sums[c]) sum = Vector{} + (biases == nullptr ? T(0) : biases[c]);
  }
  for (std::size_t k = 0; k < weights.rows; ++k) {
    const Vector* entries = reinterpret_cast<const Vector*>(a + k * kPanelRows<T>);
    for (std::size_t c = 0; c < columns; ++c) {
      const Vector weight = Vector{} + weights.data[k + c * weights.stride];
      for (std::size_t v = 0; v < kVectors; ++v) sums[c][v] += entries[v] * weight;
    }
  }
  for (std::size_t c = 0; c < columns; ++c) {
    Vector* results = reinterpret_cast<Vector*>(z + c * kPanelRows<T>);
    for (std::size_t v = 0; v < kVectors; ++v) results[v] = sums[c][v];
  }
}

template <class T>
void multiply_panel_of(const T* a, MatrixView<const T> weights, VectorView<const T> biases,
                       T* z) noexcept {
  const auto columns = [&](auto count, std::size_t first) {
    multiply_columns<count()>(a, weights.block(0, first, weights.rows, count()),
                              biases.empty() ? nullptr : &biases[first], z + first * kPanelRows<T>);
  };
  std::size_t first = 0;
  for (; first + kColumns<T> <= weights.columns; first += kColumns<T>) {
    columns(std::integral_constant<std::size_t, kColumns<T>>{}, first);
  }
  for (; first < weights.columns; ++first) {
    columns(std::integral_constant<std::size_t, 1>{}, first);
  }
}

/// A panel of neurons at a time, in Lanes although their weights lie apart: left to itself, GCC
/// would round the products of some neurons and fuse those of others.
template <class T>
void multiply_point_of(const T* a, MatrixView<const T> weights, VectorView<const T> biases,
                       T* z) noexcept {
  using Vector = Lanes<T>;
  constexpr std::size_t kEntries = sizeof(Vector) / sizeof(T);
  constexpr std::size_t kVectors = kPanelRows<T> / kEntries;
  for (std::size_t first = 0; first < weights.columns; first += kPanelRows<T>) {
    const std::size_t count = std::min(kPanelRows<T>, weights.columns - first);
    const T* columns[kPanelRows<T>];
    for (std::size_t c = 0; c < kPanelRows<T>; ++c) {
      columns[c] = weights.data + (first + std::min(c, count - 1)) * weights.stride;
    }
    T* results = z + first;
    std::fill_n(results, kPanelRows<T>, T(0));
    if (!biases.empty()) std::copy_n(&biases[first], count, results);
    Vector sums[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) sums[v] = reinterpret_cast<Vector*>(results)[v];
    for (std::size_t k = 0; k < weights.rows; ++k) {
      for (std::size_t v = 0; v < kVectors; ++v) {
        Vector weight{};
        for (std::size_t e = 0; e < kEntries; ++e) weight[e] = columns[v * kEntries + e][k];
        sums[v] += a[k] * weight;
      }
    }
    for (std::size_t v = 0; v < kVectors; ++v) reinterpret_cast<Vector*>(results)[v] = sums[v];
    std::fill_n(results + count, kPanelRows<T> - count, T(0));
  }
}

/// One V of a neuron in every stream, `distance` V apart. From the last stream to the first: a
/// second derivative needs the first ones as they were.
template <class V>
void activate_streams(const ActivationValues<V>& f, const Derivatives& derivatives,
                      std::size_t distance, V* z) noexcept {
  for (std::size_t stream = derivatives.count() - 1; stream > 0; --stream) {
    V& entry = z[stream * distance];
    entry = f.first * entry;
    if (derivatives[stream].order == 2) {
      const auto [i, j] = derivatives.factors(stream);
      entry += f.second * (z[i * distance] * z[j * distance]);
    }
  }
  z[0] = f.value;
}

template <class T>
void activate(Activation activation, T negative_slope, const Derivatives& derivatives,
              std::size_t width, T* streams) noexcept {
  if (activation == Activation::identity) return;
  Lanes<T>* z = reinterpret_cast<Lanes<T>*>(streams);
  const std::size_t entries = width * kBlockAlignment / sizeof(Lanes<T>);
  with_activation(activation, negative_slope, [&](auto function) {
    if (derivatives.count() == 1) {
      for (std::size_t i = 0; i < entries; ++i) z[i] = function(z[i]).value;
    } else {
      for (std::size_t i = 0; i < entries; ++i) {
        activate_streams(function(z[i]), derivatives, entries, z + i);
      }
    }
  });
}

}  // namespace

void multiply_panel(const float* a, MatrixView<const float> weights, VectorView<const float> biases,
                    float* z) noexcept {
  multiply_panel_of(a, weights, biases, z);
}
void multiply_panel(const double* a, MatrixView<const double> weights,
                    VectorView<const double> biases, double* z) noexcept {
  multiply_panel_of(a, weights, biases, z);
}

void multiply_point(const float* a, MatrixView<const float> weights, VectorView<const float> biases,
                    float* z) noexcept {
  multiply_point_of(a, weights, biases, z);
}
void multiply_point(const double* a, MatrixView<const double> weights,
                    VectorView<const double> biases, double* z) noexcept {
  multiply_point_of(a, weights, biases, z);
}

void activate_panels(Activation activation, float negative_slope, const Derivatives& derivatives,
                     std::size_t width, float* streams) noexcept {
  activate(activation, negative_slope, derivatives, width, streams);
}
void activate_panels(Activation activation, double negative_slope, const Derivatives& derivatives,
                     std::size_t width, double* streams) noexcept {
  activate(activation, negative_slope, derivatives, width, streams);
}

}  // namespace pinnscope
