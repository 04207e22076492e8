#include "pinnscope/io/line_reader.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

FileStatus system_failure(const std::string& name, const char* what) {
  const int error = errno;
  return file_failure(StatusCode::bad_file, name,
                      std::string(what) + ": " + std::generic_category().message(error));
}

}  // namespace

std::string input_name(const std::string& path) { return path == "-" ? "standard input" : path; }

FileStatus LineReader::open(const std::string& name, Descriptor file) {
  if (!file.open()) return system_failure(name, "cannot open it");
  return guarded(name, [&] {
    name_ = name;
    file_ = std::move(file);
    buffer_.resize(std::min(kBlock, longest_));
    return FileStatus{};
  });
}

FileStatus LineReader::open_file(const std::string& path) {
  Descriptor file(path, O_RDONLY | O_NONBLOCK);  // a pipe that no one writes is not waited for
  struct stat about {};
  if (file.open() && ::fstat(file.number(), &about) == 0 && !S_ISREG(about.st_mode)) {
    return file_failure(StatusCode::bad_file, path, "expected a regular file");
  }
  return open(path, std::move(file));
}

FileStatus LineReader::open_stream(const std::string& path) {
  return open(input_name(path),
              path == "-" ? Descriptor::copy_of(STDIN_FILENO) : Descriptor(path, O_RDONLY));
}

bool LineReader::fail(StatusCode code, const std::string& text) {
  status_ = file_failure(code, name_, text);
  return false;
}

/// Moves what is not taken to the front; where that is everything, the buffer grows.
bool LineReader::make_room() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    scanned_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ < buffer_.size()) return true;
  if (end_ >= longest_) {
    return fail(StatusCode::out_of_range, "line " + std::to_string(number_ + 1) +
                                              ": expected fewer than " + std::to_string(longest_) +
                                              " bytes before its end");
  }
  status_ = guarded(name_, [&] {
    buffer_.resize(std::min(2 * buffer_.size(), longest_));
    return FileStatus{};
  });
  return status_.ok();
}

bool LineReader::fill() {
  if (!make_room()) return false;
  for (;;) {
    const ssize_t count = ::read(file_.number(), buffer_.data() + end_, buffer_.size() - end_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      status_ = system_failure(name_, "cannot read it");
      return false;
    }
    at_end_ = count == 0;
    end_ += static_cast<std::size_t>(count);
    return true;
  }
}

std::size_t LineReader::find_end() const {
  const auto is_end = [](char letter) { return letter == '\n' || letter == '\r'; };
  const char* text = buffer_.data();
  return static_cast<std::size_t>(std::find_if(text + scanned_, text + end_, is_end) - text);
}

/// The line up to `end`. What ends it is skipped.
std::string_view LineReader::take(std::size_t end) {
  std::string_view line(buffer_.data() + begin_, end - begin_);
  const bool both = end + 1 < end_ && buffer_[end] == '\r' && buffer_[end + 1] == '\n';
  begin_ = std::min(end + (both ? 2 : 1), end_);
  scanned_ = begin_;
  if (++number_ == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  return line;
}

bool LineReader::next(std::string_view& line) {
  while (status_.ok()) {
    scanned_ = find_end();
    const bool split = scanned_ + 1 == end_ && buffer_[scanned_] == '\r';  // LF may follow
    if (at_end_ ? begin_ < end_ : scanned_ < end_ && !split) {
      line = take(scanned_);
      return true;
    }
    if (at_end_ || !fill()) return false;
  }
  return false;
}

}  // namespace pinnscope
