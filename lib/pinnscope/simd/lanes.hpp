#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace pinnscope {

/// As many numbers as fill `bytes`, best those of a register: the vector extension of GCC and
/// Clang, whose arithmetic and ?: go entry by entry. Left to plain loops, either compiler finds
/// half of the speed or less. Reading numbers through a Lanes pointer is allowed (may_alias); they
/// must be aligned to it.
template <class T, std::size_t bytes>
struct LanesOf {
  /// The vector of sizeof(Type) == bytes, T by T.
  typedef T Type __attribute__((vector_size(bytes), may_alias));
};
template <class T, std::size_t bytes>
using Lanes = typename LanesOf<T, bytes>::Type;  ///< the vector that LanesOf describes

/// What one entry of V is, and the unsigned integers as wide as V's: V is a float, a double, or
/// Lanes of one of them, so that a formula is written once.
template <class V>
struct LaneTraits {
  /// The number in an entry.
  using Element = std::remove_cvref_t<decltype(std::declval<V&>()[0])>;
  /// The unsigned integer of an entry's size.
  using Word = std::conditional_t<sizeof(Element) == 8, std::uint64_t, std::uint32_t>;
  using Words = Lanes<Word, sizeof(V)>;  ///< as many of these integers as V has entries
};
/// Of a single number.
template <std::floating_point T>
struct LaneTraits<T> {
  using Element = T;  ///< T itself: a number is its only entry
  /// The unsigned integer of its size.
  using Word = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
  using Words = Word;  ///< one of them
};
template <class V>
using Element = typename LaneTraits<V>::Element;  ///< the number in an entry of V

/// Entries of V; 1 of a number.
template <class V>
inline constexpr std::size_t kLanes = sizeof(V) / sizeof(Element<V>);

/// f(entry) for every entry.
template <class V, class Function>
inline V map_lanes(V v, Function&& f) noexcept {
  if constexpr (kLanes<V> == 1 && std::floating_point<V>) {
    return f(v);
  } else {
    V result{};
    for (std::size_t lane = 0; lane < kLanes<V>; ++lane) result[lane] = f(v[lane]);
    return result;
  }
}

}  // namespace pinnscope
