#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

namespace pinnscope::apps {
namespace {

constexpr std::chrono::milliseconds kTerminalPause{200};
constexpr std::chrono::seconds kPlainPause{10};

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[160];
  const int length = std::snprintf(text, sizeof text, format, values...);
  return std::string(text, static_cast<std::size_t>(length));
}

/// h:mm:ss
std::string clock_text(double duration) {
  const long whole = static_cast<long>(duration);
  return formatted("%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
}

std::size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

Progress::Progress(std::vector<std::string> part_names)
    : part_names_(std::move(part_names)), terminal_(::isatty(STDOUT_FILENO) != 0) {}

std::string Progress::line_of(const Standing& standing, Clock::time_point now) const {
  std::string line = formatted("%s %zu/%zu  loss %.3e", standing.phase, standing.step,
                               standing.total_steps, standing.loss);
  for (std::size_t i = 0; i < standing.parts.size(); ++i) {
    line += formatted("  %s %.2e", part_names_[i].c_str(), standing.parts[i]);
  }
  const double elapsed = seconds(now - start_);
  const auto taken = static_cast<double>(standing.step - first_step_);
  if (taken < 1 || elapsed <= 0) return line;
  const double left = static_cast<double>(standing.total_steps - standing.step) * elapsed / taken;
  return line + formatted("  %.3g steps/s", taken / elapsed) + "  " + clock_text(left) + " left";
}

void Progress::print(const Standing& standing, Clock::time_point now) {
  std::string line = line_of(standing, now);
  if (terminal_) {
    line.resize(terminal_width() - 1, ' ');
    std::printf("\r%s", line.c_str());
  } else {
    std::printf("%s\n", line.c_str());
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
