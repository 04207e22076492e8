#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <thread>

#include "pinnscope/io/memory.hpp"
#include "pinnscope/spectra/matrices/lapack.hpp"

namespace pinnscope::apps {

/// The threads asked for; for 0, as many as the machine runs at once, 8 at most.
inline std::size_t thread_count(std::size_t asked) {
  return asked > 0 ? asked : std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
}

/// Throws OutOfMemory where LAPACK cannot have what it takes for this many calls at once. Asked
/// before the first call, so that a program ends and no number is missing for want of memory.
inline void require_blas(std::size_t calls) {
  if (lapack::provide_buffers(calls).ok()) return;
  throw OutOfMemory(
      lapack::kBufferBytes,
      "for " + (calls == 1 ? "a buffer" : "each of " + std::to_string(calls) + " buffers") +
          " of OpenBLAS",
      available_memory());
}

}  // namespace pinnscope::apps
