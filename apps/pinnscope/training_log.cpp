#include "training_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/destination.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kCellLetters = 33;  // a number and its comma; the phase takes less

std::string heading_of(const std::vector<std::string>& part_names) {
  CsvText heading;
  for (const char* name : {"step", "phase", "loss"}) heading.text(name);
  for (const std::string& name : part_names) heading.text(name);
  heading.text("seconds");
  return std::string(heading.letters());
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

FileStatus read_rows(const std::string& path, const std::string& heading, std::size_t step,
                     Kept& kept) {
  std::string content;
  FileStatus status = read_file(path, content);
  if (!status.ok()) return status;
  if (!content.starts_with(heading + "\n")) {
    return file_failure(StatusCode::bad_file, path,
                        "expected the log of this run, which starts with " + in_quotes(heading));
  }
  kept = rows_up_to(content, step);
  return {};
}

FileStatus failure(const std::string& path, const char* what) {
  const int error = errno;
  return file_failure(StatusCode::bad_file, path,
                      std::string(what) + ": " + std::generic_category().message(error));
}

}  // namespace

FileStatus TrainingLog::open_file(std::size_t size) {
  file_ = Descriptor(path_, O_WRONLY | O_APPEND);
  size_ = static_cast<off_t>(size);
  return file_.open() ? FileStatus{} : failure(path_, "cannot open it to append");
}

FileStatus TrainingLog::open_stream(const Destination& destination, const std::string& heading) {
  file_ = destination.descriptor >= 0 ? Descriptor::copy_of(destination.descriptor)
                                      : Descriptor(path_, O_WRONLY);
  if (!file_.open()) return failure(path_, "cannot open it");
  return append(heading);
}

FileStatus TrainingLog::append(std::string_view text) {
  const std::size_t length = text.size();
  while (!text.empty()) {
    const ssize_t written = ::write(file_.number(), text.data(), text.size());
    if (written >= 0) text.remove_prefix(static_cast<std::size_t>(written));
    if (written >= 0 || errno == EINTR) continue;
    FileStatus status = failure(path_, "cannot append to it");
    // Without the beginning of a row: another may follow.
    if (size_ >= 0) static_cast<void>(::ftruncate(file_.number(), size_) == 0);
    return status;
  }
  if (size_ >= 0) size_ += static_cast<off_t>(length);
  return {};
}

FileStatus TrainingLog::open(const std::string& path, const std::vector<std::string>& part_names,
                             std::size_t step) {
  if (path.empty()) return {};
  path_ = path;
  const std::string heading = heading_of(part_names);
  Destination destination;
  FileStatus status = find_destination(path, destination);
  if (!status.ok()) return status;
  Kept kept;
  if (destination.kind == Destination::Kind::stream) {
    status = open_stream(destination, heading + "\n");
  } else {
    if (step > 0 && destination.exists) status = read_rows(path, heading, step, kept);
    if (status.ok()) status = write_file(path, heading + "\n" + kept.rows);
    if (status.ok()) status = open_file(heading.size() + 1 + kept.rows.size());
  }
  if (!status.ok()) return status;
  row_.reserve(kCellLetters * (part_names.size() + 4));
  seconds_before_ = kept.seconds;
  last_step_ = kept.last_step;
  start_ = std::chrono::steady_clock::now();
  return {};
}

FileStatus TrainingLog::add(const Standing& standing, bool always) {
  const bool due =
      always || standing.step % kStride == 0 || std::string_view(standing.phase) != "Adam";
  if (!file_.open() || !due || standing.step <= last_step_) return {};
  last_step_ = standing.step;
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  row_.clear();
  row_.count(standing.step);
  row_.text(standing.phase);
  row_.number(standing.loss);
  for (const double part : standing.parts) row_.number(part);
  row_.fixed(seconds_before_ + elapsed.count(), 3);
  row_.end_row();
  return append(row_.letters());
}

}  // namespace pinnscope::apps
