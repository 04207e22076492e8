#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "pinnscope/core/random.hpp"
#include "pinnscope/nn/kernels.hpp"

namespace pinnscope::test {

/// Points that go through the kernels at a time: whole panels of either type.
inline constexpr std::size_t kChunkPoints = 1024;

template <class T>
struct alignas(kBlockAlignment) Chunk {
  std::array<T, kChunkPoints> entries{};
};

/// |a - exact| in units of the last place of the exact value rounded to T.
template <class T>
double ulps(T a, long double exact) {
  if (std::isnan(a)) return std::numeric_limits<double>::infinity();
  const T rounded = std::fabs(static_cast<T>(exact));
  const T unit = std::nextafter(rounded, std::numeric_limits<T>::infinity()) - rounded;
  return static_cast<double>(std::fabs(static_cast<long double>(a) - exact) / unit);
}

/// The kernels' f and f' at the points of a chunk.
template <class T>
void activate(const Kernels<T>& kernel, Activation activation, const Chunk<T>& z, Chunk<T>& values,
              Chunk<T>& slopes) {
  const StreamPlan<T> plan;
  const LayerActivation<T> layer{activation, {}, plan, 1, kChunkPoints / kPanelRows<T>};
  kernel.activate_values(layer, z.entries.data(), values.entries.data(), slopes.entries.data());
}

/// The worst error in ulps of values(kernel, points, results) against exact(point), over every kind
/// of kernels, at `count` points of sample(index).
template <class T, class Sample, class Exact, class Values>
double worst_ulps(std::uint64_t count, Sample&& sample, Exact&& exact, Values&& values) {
  Chunk<T> points, results;
  std::array<long double, kChunkPoints> references;
  double worst = 0;
  for (std::uint64_t first = 0; first < count; first += kChunkPoints) {
    for (std::size_t i = 0; i < kChunkPoints; ++i) {
      points.entries[i] = sample(first + i);
      references[i] = exact(static_cast<long double>(points.entries[i]));
    }
    for (const Kernels<T>* kernel : available<Kernels<T>>()) {
      values(*kernel, points, results);
      for (std::size_t i = 0; i < kChunkPoints; ++i) {
        worst = std::max(worst, ulps(results.entries[i], references[i]));
      }
    }
  }
  return worst;
}

/// A chunk that is z everywhere but in its middle, so that a value stands among others.
template <class T>
Chunk<T> among(T z, T others) {
  Chunk<T> chunk;
  chunk.entries.fill(others);
  chunk.entries[kChunkPoints / 2 + 3] = z;
  return chunk;
}
template <class T>
T middle(const Chunk<T>& chunk) {
  return chunk.entries[kChunkPoints / 2 + 3];
}

template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

}  // namespace pinnscope::test
