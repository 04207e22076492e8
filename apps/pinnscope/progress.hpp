#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace pinnscope::apps {

/// Where a run stands.
struct Standing {
  const char* phase = "";
  std::size_t step = 0;
  std::size_t total_steps = 0;
  double loss = 0;
  std::vector<double> parts;
};

/// Says on stdout how a run goes: one line that changes on a terminal, a plain line now and then
/// elsewhere.
class Progress {
 public:
  explicit Progress(std::vector<std::string> part_names);

  /// Cheap where it is not yet time to say something.
  void show(const Standing& standing);

  /// The last word: always printed, and the line ended.
  void finish(const Standing& standing);

 private:
  using Clock = std::chrono::steady_clock;

  std::string line_of(const Standing& standing, Clock::time_point now) const;
  void print(const Standing& standing, Clock::time_point now);

  std::vector<std::string> part_names_;
  bool terminal_;
  bool started_ = false;
  Clock::time_point start_;
  Clock::time_point shown_;
  std::size_t first_step_ = 0;
};

}  // namespace pinnscope::apps
