#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/printable.hpp"

namespace pinnscope::fuzz {

/// A directory in memory where there is one, for the files of one process; gone at its end.
class Directory {
 public:
  Directory() {
    const bool in_memory = std::filesystem::is_directory("/dev/shm");
    const std::filesystem::path parent =
        in_memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    path_ = (parent / ("pinnscope-fuzz-" + std::to_string(::getpid()))).string();
    std::filesystem::create_directories(path_);
  }
  ~Directory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline const std::string& directory() {
  static const Directory made;
  return made.path();
}

/// Writes the bytes as a file of that name and returns its path.
inline std::string file(const std::string& name, std::string_view bytes) {
  const std::string path = directory() + "/" + name;
  std::FILE* out = std::fopen(path.c_str(), "wb");
  if (out == nullptr) std::abort();
  std::fwrite(bytes.data(), 1, bytes.size(), out);
  std::fclose(out);
  return path;
}

/// A reader either succeeds or says in one line what is wrong; anything else is a find.
inline void judge(const FileStatus& status) {
  if (status.ok()) return;
  if (status.message.empty()) std::abort();
  if (printable(status.message) != status.message) std::abort();
}

/// One input from its start to its end. A second of processor time or more, of this process and of
/// its children, is a find; libFuzzer's own limit is one of waiting, which other programs lengthen.
class OneInput {
 public:
  OneInput() : start_(seconds_used()) {}
  ~OneInput() {
    const double seconds = seconds_used() - start_;
    if (seconds < 1) return;
    std::fprintf(stderr, "%.2f s of processor time\n", seconds);
    std::abort();
  }
  OneInput(const OneInput&) = delete;
  OneInput& operator=(const OneInput&) = delete;

 private:
  static double seconds_used() {
    double seconds = 0;
    for (const int whose : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
      rusage usage{};
      ::getrusage(whose, &usage);
      for (const timeval& time : {usage.ru_utime, usage.ru_stime}) {
        seconds += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
      }
    }
    return seconds;
  }

  double start_;
};

/// Takes texts off the front of the input, each ended by a NUL, the last one by the end.
inline std::string take_text(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\0'), rest.size());
  std::string taken(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

inline std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace pinnscope::fuzz
