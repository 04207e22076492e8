#pragma once

#include <algorithm>
#include <cstddef>

#include "pinnscope/simd/instruction_set.hpp"

namespace pinnscope {

/// A block of cells that goes through many steps in the first-level cache: its most cells, those
/// that the steps may use up on each side, and those before and behind where registers start or end
/// outside of what is valid.
template <class T>
struct StencilBlock {
  static constexpr std::size_t kCells = 12288 / sizeof(T);  ///< most cells: 12 KiB of them
  static constexpr std::size_t kMargin = 64;  ///< cells on each side that the steps may use up
  static constexpr std::size_t kSpare = 64;   ///< entries before and behind those

  /// Entries from one of the two buffers of a stencil to the other: an odd number of half KiB, so
  /// that what is read of one and written to the other differ in the lower twelve bits of their
  /// addresses, by which processors tell whether a load must wait for a store.
  static constexpr std::size_t buffer(std::size_t cells) noexcept {
    constexpr std::size_t kHalf = 512 / sizeof(T);
    const std::size_t needed = std::min(cells, kCells) + 2 * (kMargin + kSpare);
    return (needed + 2 * kHalf - 1) / (2 * kHalf) * (2 * kHalf) + kHalf;
  }
};

/// Entries of the buffers that a stencil on a circle of `cells` cells works in: at most 30 KiB.
template <class T>
constexpr std::size_t stencil_buffers(std::size_t cells) noexcept {
  return 2 * StencilBlock<T>::buffer(cells);
}

/// z_i <- sum_k taps[k] z_{i - radius + k} on a circle of `cells` >= 1 cells, `steps` times;
/// 1 <= radius <= 4, 2 radius + 1 taps. `buffers` are stencil_buffers<T>(cells) entries, 64-byte
/// aligned, whose values do not matter.
template <class T>
struct PeriodicStencil {
  std::size_t radius;  ///< cells that a tap reaches to each side, 1 to 4
  const T* taps;       ///< 2 radius + 1 factors, the leftmost cell's first
  std::size_t steps;   ///< how often the stencil is applied
  std::size_t cells;   ///< of the circle, 1 or more
  T* z;                ///< the signal, which is replaced
  T* buffers;          ///< stencil_buffers<T>(cells) entries
};

/// y_i = scale z_i + ratio y_{i-1} for i = 0, 1, ... or, backward, y_i = scale z_i + ratio y_{i+1}
/// from the last cell on; `before` is the y in front of the first one. y replaces z.
template <class T>
struct Recurrence {
  double scale;       ///< factor of z_i
  double ratio;       ///< factor of the y before
  double before;      ///< the y in front of the first one
  std::size_t cells;  ///< entries of z
  T* z;               ///< the signal, which y replaces
};

/// The sweeps of the steppers for one kind of vector registers, fastest<Sweeps<T>>() for those of
/// this processor. None allocates, none fails, none takes more than 2 KiB of stack.
template <class T>
struct Sweeps {
  const char* name;  ///< of the instruction set
  /// A block of cells at a time goes through up to 64 / radius steps in the first-level cache, from
  /// buffer to buffer: 16 bytes (double) of memory traffic a cell for all of these. A cell's bits
  /// do not depend on its place or on how steps are grouped. 2 radius + 1 fused operations a step.
  void (*stencil)(const PeriodicStencil<T>& stencil) noexcept;
  /// A recurrence from the first cell on, or, backward, from the last. In double for float too. A
  /// register of cells at a time, log2 of its length times: what the cells before it add comes
  /// last, so that the cells wait for one fused operation a register.
  /// @{
  void (*forward)(const Recurrence<T>& recurrence) noexcept;
  void (*backward)(const Recurrence<T>& recurrence) noexcept;
  /// @}
};

}  // namespace pinnscope
