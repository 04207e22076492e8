#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pinnscope::apps {

/// Where a run stands.
struct Standing {
  const char* phase = "";
  std::size_t step = 0;
  std::size_t total_steps = 0;
  double loss = 0;
  std::span<const double> parts;
};

/// Says on stdout how a run goes: one line that changes on a terminal, a plain line now and then
/// elsewhere. Allocates nothing once it is made.
class Progress {
 public:
  explicit Progress(std::vector<std::string> part_names);

  /// Cheap where it is not yet time to say something.
  void show(const Standing& standing);

  /// The last word: always printed, and the line ended.
  void finish(const Standing& standing);

 private:
  using Clock = std::chrono::steady_clock;

  void write_line(const Standing& standing, Clock::time_point now);
  template <class... Values>
  void append(const char* format, Values... values);
  void print(const Standing& standing, Clock::time_point now);

  std::vector<std::string> part_names_;
  std::array<char, 1024> line_{};  // what does not fit is left out
  std::size_t length_ = 0;
  bool terminal_;
  bool started_ = false;
  Clock::time_point start_;
  Clock::time_point shown_;
  std::size_t first_step_ = 0;
};

}  // namespace pinnscope::apps
