#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace pinnscope::apps {
namespace {

constexpr std::chrono::milliseconds kTerminalPause{200};
constexpr std::chrono::seconds kPlainPause{10};

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

std::size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

Progress::Progress(std::vector<std::string> part_names)
    : part_names_(std::move(part_names)), terminal_(::isatty(STDOUT_FILENO) != 0) {}

template <class... Values>
void Progress::append(const char* format, Values... values) {
  const std::size_t room = line_.size() - length_;
  const int wanted = std::snprintf(line_.data() + length_, room, format, values...);
  length_ += std::min(static_cast<std::size_t>(std::max(wanted, 0)), room - 1);
}

void Progress::write_line(const Standing& standing, Clock::time_point now) {
  length_ = 0;
  append("%s %zu/%zu  loss %.3e", standing.phase, standing.step, standing.total_steps,
         standing.loss);
  for (std::size_t i = 0; i < standing.parts.size(); ++i) {
    append("  %s %.2e", part_names_[i].c_str(), standing.parts[i]);
  }
  const double elapsed = seconds(now - start_);
  const auto taken = static_cast<double>(standing.step - first_step_);
  if (taken < 1 || elapsed <= 0) return;
  const double left = static_cast<double>(standing.total_steps - standing.step) * elapsed / taken;
  const long whole = static_cast<long>(left);
  append("  %.3g steps/s  %ld:%02ld:%02ld left", taken / elapsed, whole / 3600, whole / 60 % 60,
         whole % 60);
}

void Progress::print(const Standing& standing, Clock::time_point now) {
  write_line(standing, now);
  if (terminal_) {
    const int width = static_cast<int>(terminal_width()) - 1;
    std::printf("\r%-*.*s", width, width, line_.data());
  } else {
    std::printf("%s\n", line_.data());
  }
  std::fflush(stdout);
  shown_ = now;
}

void Progress::show(const Standing& standing) {
  const auto now = Clock::now();
  if (!started_) {
    started_ = true;
    start_ = shown_ = now;
    first_step_ = standing.step;
    return;
  }
  if (now - shown_ >= (terminal_ ? Clock::duration(kTerminalPause) : kPlainPause)) {
    print(standing, now);
  }
}

void Progress::finish(const Standing& standing) {
  if (!started_) show(standing);
  print(standing, Clock::now());
  if (terminal_) std::printf("\n");
}

}  // namespace pinnscope::apps
