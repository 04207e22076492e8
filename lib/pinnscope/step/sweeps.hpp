#pragma once

#include <cstddef>
#include <span>

namespace pinnscope {

/// z_i <- sum_k taps[k] z_{i - radius + k} on a circle of `cells` >= 1 cells, `steps` times;
/// 1 <= radius <= 4, 2 radius + 1 taps.
template <class T>
struct PeriodicStencil {
  std::size_t radius;
  const T* taps;
  std::size_t steps;
  std::size_t cells;
  T* z;
};

/// y_i = scale z_i + ratio y_{i-1} for i = 0, 1, ... or, backward, y_i = scale z_i + ratio y_{i+1}
/// from the last cell on; `before` is the y in front of the first one. y replaces z.
template <class T>
struct Recurrence {
  double scale;
  double ratio;
  double before;
  std::size_t cells;
  T* z;
};

/// The sweeps of the steppers for one kind of vector registers. None allocates, none fails.
template <class T>
struct Sweeps {
  const char* name;  // of the instruction set
  /// Some ten KiB of cells at a time go through up to 64 / radius steps in the first-level cache,
  /// on the stack: 16 bytes (double) of memory traffic a cell for all of these. A cell's bits do
  /// not depend on its place or on how steps are grouped. 2 radius + 1 fused operations a step.
  void (*stencil)(const PeriodicStencil<T>& stencil) noexcept;
  /// In double for float too. A register of cells at a time, log2 of its length times: what the
  /// cells before it add comes last, so that the cells wait for one fused operation a register.
  void (*forward)(const Recurrence<T>& recurrence) noexcept;
  void (*backward)(const Recurrence<T>& recurrence) noexcept;
};

/// The sweeps that this processor can run, the fastest first.
template <class T>
std::span<const Sweeps<T>* const> available_sweeps() noexcept;

/// The fastest of them.
template <class T>
const Sweeps<T>& sweeps() noexcept {
  return *available_sweeps<T>().front();
}

}  // namespace pinnscope
