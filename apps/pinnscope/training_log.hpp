#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/descriptor.hpp"
#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/file_status.hpp"
#include "progress.hpp"

namespace pinnscope::apps {

/// The CSV file in which a run keeps its losses: step, phase, loss, a column a part, seconds. Rows
/// are appended one by one, each whole or not at all.
class TrainingLog {
 public:
  /// Starts a new file, or, to resume behind `step` > 0, goes on with the rows up to it. Without a
  /// path nothing is logged.
  FileStatus open(const std::string& path, const std::vector<std::string>& part_names,
                  std::size_t step);

  /// Appends a row for a step in every `kStride`, for each one that is not Adam's, and where told.
  /// Allocates nothing. After a failure, whose message does, the rows before are as they were, and
  /// later ones are tried again.
  FileStatus add(const Standing& standing, bool always = false);

  static constexpr std::size_t kStride = 10;

 private:
  FileStatus open_file(std::size_t size);
  FileStatus open_stream(const Destination& destination, const std::string& heading);
  FileStatus append(std::string_view text);

  std::string path_;
  Descriptor file_;
  off_t size_ = -1;  // of the whole rows of a file; a stream has none
  std::chrono::steady_clock::time_point start_;
  double seconds_before_ = 0;
  std::size_t last_step_ = 0;
  CsvText row_;  // with room for the longest
};

}  // namespace pinnscope::apps
