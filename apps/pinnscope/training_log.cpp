#include "training_log.hpp"

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope::apps {
namespace {

std::string heading_of(const std::vector<std::string>& part_names) {
  std::string heading = "step,phase,loss";
  for (const std::string& name : part_names) heading += "," + name;
  return heading + ",seconds";
}

/// The rows up to `step`: a run that was stopped may have logged more, the last one in part.
struct Kept {
  std::string rows;
  double seconds = 0;
  std::size_t last_step = 0;
};

Kept rows_up_to(const std::string& content, std::size_t step) {
  Kept kept;
  std::istringstream lines(content);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line) && !lines.eof()) {
    const std::size_t at = std::strtoull(line.c_str(), nullptr, 10);
    if (at == 0 || at > step || at <= kept.last_step) break;
    kept.rows += line + "\n";
    kept.seconds = std::strtod(line.c_str() + line.rfind(',') + 1, nullptr);
    kept.last_step = at;
  }
  return kept;
}

}  // namespace

FileStatus TrainingLog::open(const std::string& path, const std::vector<std::string>& part_names,
                             std::size_t step) {
  if (path.empty()) return {};
  path_ = path;
  const std::string heading = heading_of(part_names);
  Kept kept;
  if (step > 0 && std::filesystem::exists(path)) {
    std::string content;
    FileStatus status = read_file(path, content);
    if (!status.ok()) return status;
    if (!content.starts_with(heading + "\n")) {
      return file_failure(StatusCode::bad_file, path,
                          "expected the log of this run, which starts with " + in_quotes(heading));
    }
    kept = rows_up_to(content, step);
  }
  FileStatus status = write_file(path, heading + "\n" + kept.rows);
  if (!status.ok()) return status;
  file_.reset(std::fopen(path.c_str(), "a"));
  if (!file_) return file_failure(StatusCode::bad_file, path, "cannot open it to append");
  seconds_before_ = kept.seconds;
  last_step_ = kept.last_step;
  start_ = std::chrono::steady_clock::now();
  return {};
}

FileStatus TrainingLog::add(const Standing& standing, bool always) {
  const bool due =
      always || standing.step % kStride == 0 || std::string_view(standing.phase) != "Adam";
  if (!file_ || !due || standing.step <= last_step_) return {};
  last_step_ = standing.step;
  std::string row = std::to_string(standing.step) + "," + standing.phase + ",";
  append_number(row, standing.loss);
  for (const double part : standing.parts) append_number(row += ",", part);
  char seconds[32];
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  std::snprintf(seconds, sizeof seconds, ",%.3f\n", seconds_before_ + elapsed.count());
  row += seconds;
  if (std::fputs(row.c_str(), file_.get()) < 0 || std::fflush(file_.get()) != 0) {
    return file_failure(StatusCode::bad_file, path_, "cannot append to it");
  }
  return {};
}

}  // namespace pinnscope::apps
