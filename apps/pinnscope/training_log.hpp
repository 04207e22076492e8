#pragma once

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "pinnscope/io/file_status.hpp"
#include "progress.hpp"

namespace pinnscope::apps {

/// The CSV file in which a run keeps its losses: step, phase, loss, a column a part, seconds. Rows
/// are appended and flushed one by one.
class TrainingLog {
 public:
  /// Starts a new file, or, to resume behind `step` > 0, goes on with the rows up to it. Without a
  /// path nothing is logged.
  FileStatus open(const std::string& path, const std::vector<std::string>& part_names,
                  std::size_t step);

  /// Appends a row for a step in every `kStride`, for each one that is not Adam's, and where told.
  FileStatus add(const Standing& standing, bool always = false);

  static constexpr std::size_t kStride = 10;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::chrono::steady_clock::time_point start_;
  double seconds_before_ = 0;
  std::size_t last_step_ = 0;
};

}  // namespace pinnscope::apps
