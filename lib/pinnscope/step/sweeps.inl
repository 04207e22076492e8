#pragma once

#include <cstring>
#include <type_traits>
#include <utility>

#include "pinnscope/simd/registers.inl"
#include "pinnscope/step/sweeps.hpp"

// The sweeps for one instruction set.

namespace pinnscope {
namespace {

template <class V, class T>
[[gnu::always_inline]] inline V load(const T* cells) noexcept {
  V v;
  std::memcpy(&v, cells, sizeof(V));
  return v;
}

/// The cells from k - radius on, of three registers side by side the middle one of which starts at
/// cell 0.
template <std::size_t radius, std::size_t k, class V>
[[gnu::always_inline]] inline V moved_cells(V before, V here, V behind) noexcept {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    if constexpr (k < radius) {
      return __builtin_shufflevector(before, here, static_cast<int>(kLanes<V> + k - radius + i)...);
    } else {
      return __builtin_shufflevector(here, behind, static_cast<int>(k - radius + i)...);
    }
  }
  (std::make_index_sequence<kLanes<V>>{});
}

/// One step from one buffer into another, `registers` registers long. Where a register is as long
/// as a cache line, a load that is not aligned touches two lines, and a shuffle takes a unit from
/// the sums: every other register is shuffled, so that neither waits long for the other.
template <std::size_t radius, class T>
[[gnu::always_inline]] inline void step_buffer(const T* taps, const T* from, T* to,
                                               std::size_t registers) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  Vector factors[2 * radius + 1];
  for (std::size_t k = 0; k <= 2 * radius; ++k) factors[k] = Vector{} + taps[k];
  Vector before = load<Vector>(from - kEntries<T>);
  Vector here = load<Vector>(from);
  for (const T* end = from + registers * kEntries<T>; from != end;
       from += kEntries<T>, to += kEntries<T>) {
    const Vector behind = load<Vector>(from + kEntries<T>);
    const auto cells = [&](auto k) {
      if constexpr (sizeof(Vector) == 64 && k % 2 == 0) {
        return moved_cells<radius, k()>(before, here, behind);
      } else {
        return load<Vector>(from - radius + k);
      }
    };
    Vector sum = factors[0] * cells(std::integral_constant<std::size_t, 0>{});
    [&]<std::size_t... k>(std::index_sequence<k...>) {
      ((sum += factors[k + 1] * cells(std::integral_constant<std::size_t, k + 1>{})), ...);
    }
    (std::make_index_sequence<2 * radius>{});
    std::memcpy(to, &sum, sizeof sum);
    before = here;
    here = behind;
  }
}

template <class T>
void copy(const T* from, std::size_t count, T* to) noexcept {
  if (count > 0) std::memcpy(to, from, count * sizeof(T));
}

/// A circle is stepped block by block. `steps` steps need `reach` old cells on each side of a
/// block: those before it are kept in `behind` as they were, those at the start of the circle in
/// `front`.
template <std::size_t radius, class T>
void step_circle(const PeriodicStencil<T>& s, std::size_t steps) noexcept {
  using Block = StencilBlock<T>;
  T front[Block::kMargin];
  T behind[Block::kMargin];
  const std::size_t reach = steps * radius;
  for (std::size_t k = 0; k < reach; ++k) {
    front[k] = s.z[k % s.cells];
    behind[reach - 1 - k] = s.z[s.cells - 1 - k % s.cells];
  }
  constexpr std::size_t kStart = Block::kSpare + Block::kMargin;
  for (std::size_t first = 0; first < s.cells; first += Block::kCells) {
    const std::size_t left = s.cells - first;
    const std::size_t count = left < Block::kCells ? left : Block::kCells;
    const std::size_t inside = left < count + reach ? left : count + reach;
    T* from = s.buffers;
    T* to = s.buffers + Block::buffer(s.cells);
    copy(behind, reach, from + kStart - reach);
    copy(s.z + first, inside, from + kStart);
    copy(front, count + reach - inside, from + kStart + inside);
    copy(from + kStart + count - reach, reach, behind);
    // What shares a register with the cells wanted is computed too, and read by nobody.
    for (std::size_t used = radius; used < reach; used += radius) {
      const std::size_t start = (kStart - reach + used) / kEntries<T> * kEntries<T>;
      const std::size_t end = kStart + count + reach - used;
      step_buffer<radius>(s.taps, from + start, to + start,
                          (end - start + kEntries<T> - 1) / kEntries<T>);
      T* const old = from;
      from = to;
      to = old;
    }
    const std::size_t whole = count / kEntries<T>;
    const std::size_t done = whole * kEntries<T>;
    step_buffer<radius>(s.taps, from + kStart, s.z + first, whole);
    step_buffer<radius>(s.taps, from + kStart + done, to, 1);
    copy(to, count - done, s.z + first + done);
  }
}

template <std::size_t radius, class T>
void step_periodic(const PeriodicStencil<T>& s) noexcept {
  constexpr std::size_t kMost = StencilBlock<T>::kMargin / radius;
  for (std::size_t done = 0; done < s.steps; done += kMost) {
    step_circle<radius>(s, s.steps - done < kMost ? s.steps - done : kMost);
  }
}

template <class T>
void stencil(const PeriodicStencil<T>& s) noexcept {
  switch (s.radius) {
    case 1: return step_periodic<1>(s);
    case 2: return step_periodic<2>(s);
    case 3: return step_periodic<3>(s);
    case 4: return step_periodic<4>(s);
  }
}

using Doubles = Lanes<double, kLaneBytes>;
constexpr std::size_t kDoubles = sizeof(Doubles) / sizeof(double);

template <class T>
[[gnu::always_inline]] inline Doubles load_doubles(const T* cells) noexcept {
  if constexpr (std::is_same_v<T, double>) {
    return load<Doubles>(cells);
  } else {
    typedef T Narrow __attribute__((vector_size(kDoubles * sizeof(T))));
    return __builtin_convertvector(load<Narrow>(cells), Doubles);
  }
}

template <class T>
[[gnu::always_inline]] inline void store_doubles(Doubles v, T* cells) noexcept {
  if constexpr (std::is_same_v<T, double>) {
    std::memcpy(cells, &v, sizeof v);
  } else {
    typedef T Narrow __attribute__((vector_size(kDoubles * sizeof(T))));
    const Narrow narrow = __builtin_convertvector(v, Narrow);
    std::memcpy(cells, &narrow, sizeof narrow);
  }
}

/// v moved by `distance` lanes in the direction of the sweep, zeros coming in.
template <std::size_t distance, bool backward>
[[gnu::always_inline]] inline Doubles moved(Doubles v) noexcept {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return __builtin_shufflevector(
        v, Doubles{},
        static_cast<int>(backward ? (i + distance < kDoubles ? i + distance : kDoubles)
                                  : (i >= distance ? i - distance : kDoubles))...);
  }
  (std::make_index_sequence<kDoubles>{});
}

/// The recurrence within a register: after the stage of `distance`, a lane holds the sum over the
/// 2 distance lanes that end in it. `powers[s]` is ratio^(2^s).
template <bool backward, std::size_t distance = 1, std::size_t stage = 0>
[[gnu::always_inline]] inline Doubles sum_ratios(Doubles v, const double* powers) noexcept {
  if constexpr (distance >= kDoubles) {
    return v;
  } else {
    return sum_ratios<backward, 2 * distance, stage + 1>(
        v + powers[stage] * moved<distance, backward>(v), powers);
  }
}

template <bool backward, class T>
void recur(const Recurrence<T>& r) noexcept {
  double powers[8];
  powers[0] = r.ratio;
  for (std::size_t s = 1; s < 8; ++s) powers[s] = powers[s - 1] * powers[s - 1];
  Doubles decay{};  // ratio^(lanes from the one before)
  double power = 1;
  for (std::size_t i = 0; i < kDoubles; ++i) {
    power *= r.ratio;
    decay[backward ? kDoubles - 1 - i : i] = power;
  }
  constexpr std::size_t kLast = backward ? 0 : kDoubles - 1;
  Doubles before = Doubles{} + r.before;
  std::size_t done = 0;
  for (; done + kDoubles <= r.cells; done += kDoubles) {
    T* cells = backward ? r.z + (r.cells - kDoubles - done) : r.z + done;
    const Doubles own = sum_ratios<backward>(r.scale * load_doubles(cells), powers);
    const Doubles y = own + decay * before;
    store_doubles(y, cells);
    before = [&]<std::size_t... i>(std::index_sequence<i...>) {
      return __builtin_shufflevector(y, y, (static_cast<void>(i), static_cast<int>(kLast))...);
    }
    (std::make_index_sequence<kDoubles>{});
  }
  double y = before[0];
  for (; done < r.cells; ++done) {
    T& cell = r.z[backward ? r.cells - 1 - done : done];
    y = r.scale * static_cast<double>(cell) + r.ratio * y;
    cell = static_cast<T>(y);
  }
}

template <class T>
constexpr Sweeps<T> kSweeps{Set::kName, stencil<T>, recur<false, T>, recur<true, T>};

}  // namespace

template <>
const Sweeps<float>& compiled<Set, Sweeps<float>>() noexcept {
  return kSweeps<float>;
}
template <>
const Sweeps<double>& compiled<Set, Sweeps<double>>() noexcept {
  return kSweeps<double>;
}

}  // namespace pinnscope
