#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The values beyond both ends of a grid, as far as a stencil of that radius looks: left[0..Radius)
/// stands before z_0, right[0..Radius) after z_{N-1}.
template <class T, std::size_t Radius>
struct Ghosts {
  std::array<T, Radius> left{};   ///< before z_0, the nearest one last
  std::array<T, Radius> right{};  ///< behind z_{N-1}, the nearest one first
};

/// z_i <- base_i + sum_k taps[k] z_{i - Radius + k}, in place: a block of the old values at a time
/// is copied to the stack, its last 2 Radius values are carried to the next block. `base` is empty
/// (taken as 0) or has the size of z and does not overlap it. 2 Radius + 1 fused operations a
/// value.
template <std::size_t Radius, class T>
void stencil_in_place(const std::array<T, 2 * Radius + 1>& taps, const Ghosts<T, Radius>& ghosts,
                      VectorView<const T> base, VectorView<T> z) noexcept {
  constexpr std::size_t kBlock = 256;
  std::array<T, kBlock + 2 * Radius> window;
  std::copy_n(ghosts.left.begin(), Radius, window.begin());
  const std::size_t cells = z.size();
  for (std::size_t first = 0; first < cells; first += kBlock) {
    const std::size_t count = std::min(kBlock, cells - first);
    const std::size_t ahead = std::min(count + Radius, cells - first);
    std::copy_n(z.data() + first, ahead, window.begin() + Radius);
    for (std::size_t k = ahead; k < count + Radius; ++k) {
      window[Radius + k] = ghosts.right[first + k - cells];
    }
    T* target = z.data() + first;
    const auto combine = [&](std::size_t i) {
      T sum = taps[0] * window[i];
      for (std::size_t k = 1; k <= 2 * Radius; ++k) sum += taps[k] * window[i + k];
      return sum;
    };
    if (base.empty()) {
      for (std::size_t i = 0; i < count; ++i) target[i] = combine(i);
    } else {
      const T* start = base.data() + first;
      for (std::size_t i = 0; i < count; ++i) target[i] = start[i] + combine(i);
    }
    std::copy_n(window.begin() + count, Radius, window.begin());
  }
}

}  // namespace pinnscope
