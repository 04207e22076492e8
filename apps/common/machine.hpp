#pragma once

#include <algorithm>
#include <cstddef>
#include <thread>

namespace pinnscope::apps {

/// The threads asked for; for 0, as many as the machine runs at once, 8 at most.
inline std::size_t thread_count(std::size_t asked) {
  return asked > 0 ? asked : std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
}

}  // namespace pinnscope::apps
