#pragma once

#include <array>
#include <cstdio>
#include <string>

namespace pinnscope::apps {

/// What printf would print; at most 1023 letters.
template <class... Values>
std::string formatted(const char* format, Values... values) {
  std::array<char, 1024> buffer{};
  std::snprintf(buffer.data(), buffer.size(), format, values...);
  return buffer.data();
}

}  // namespace pinnscope::apps
