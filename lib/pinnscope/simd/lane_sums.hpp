#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "pinnscope/simd/lanes.hpp"

namespace pinnscope {

/// The lane of (x, y) that stands at `i` in one half of a fold(). Groups that fit a block of 16
/// bytes are paired within it: shuffles across such blocks cost more.
template <std::size_t group, class V>
constexpr std::size_t folded_lane(std::size_t i, bool upper) noexcept {
  constexpr std::size_t kBlockLanes = 16 / sizeof(Element<V>);
  constexpr std::size_t kSpan = group <= kBlockLanes ? kBlockLanes : kLanes<V>;
  constexpr std::size_t kHalf = group / 2;
  const std::size_t place = i % kSpan;  // in the span: half of it from x, half from y
  const std::size_t in_source = place % (kSpan / 2);
  const std::size_t source = place < kSpan / 2 ? 0 : kLanes<V>;
  return source + i / kSpan * kSpan + in_source / kHalf * group + in_source % kHalf +
         (upper ? kHalf : 0);
}

/// One level of the sum of vectors over their lanes: the lanes of x and of y stand in groups of
/// `group`; the halves of each group are added.
template <std::size_t group, class V>
[[gnu::always_inline]] inline V fold(V x, V y) noexcept {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return __builtin_shufflevector(x, y, static_cast<int>(folded_lane<group, V>(i, false))...) +
           __builtin_shufflevector(x, y, static_cast<int>(folded_lane<group, V>(i, true))...);
  }
  (std::make_index_sequence<kLanes<V>>{});
}

/// Each lane is the sum over the lanes of one of kLanes<V> vectors; summed_vectors says of which.
template <std::size_t group, class V>
[[gnu::always_inline]] inline V sum_lanes(const V* vectors) noexcept {
  // A group of lanes is made of kLanes / group vectors.
  if constexpr (group == kLanes<V>) {
    return fold<group>(vectors[0], vectors[1]);
  } else {
    constexpr std::size_t kHalf = kLanes<V> / group;
    return fold<group>(sum_lanes<2 * group>(vectors), sum_lanes<2 * group>(vectors + kHalf));
  }
}

/// Of which vector, counted from `first`, each lane of sum_lanes() holds a part of the sum.
template <std::size_t group, class V>
constexpr std::array<std::size_t, kLanes<V>> summed_vectors(std::size_t first = 0) noexcept {
  std::array<std::size_t, 2 * kLanes<V>> parts{};  // of x, then of y
  if constexpr (group == kLanes<V>) {
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = first + i / kLanes<V>;
  } else {
    const auto x = summed_vectors<2 * group, V>(first);
    const auto y = summed_vectors<2 * group, V>(first + kLanes<V> / group);
    std::copy(x.begin(), x.end(), parts.begin());
    std::copy(y.begin(), y.end(), parts.begin() + kLanes<V>);
  }
  std::array<std::size_t, kLanes<V>> result{};
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = parts[folded_lane<group, V>(i, false)];
  return result;
}

/// The lane of sum_lanes() that holds the sum of each vector.
template <class V>
constexpr std::array<std::size_t, kLanes<V>> lanes_of_sums() noexcept {
  const auto vectors = summed_vectors<2, V>();
  std::array<std::size_t, kLanes<V>> lanes{};
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) lanes[vectors[lane]] = lane;
  return lanes;
}

/// The sums of sum_lanes() in the order of their vectors.
template <class V>
[[gnu::always_inline]] inline V in_order(V sums) noexcept {
  static constexpr auto kLane = lanes_of_sums<V>();
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return __builtin_shufflevector(sums, sums, static_cast<int>(kLane[i])...);
  }
  (std::make_index_sequence<kLanes<V>>{});
}

}  // namespace pinnscope
