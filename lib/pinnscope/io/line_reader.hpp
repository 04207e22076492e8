#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/io/descriptor.hpp"
#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// What messages call an input: "-" is standard input.
std::string input_name(const std::string& path);

/// The lines of a text, read a block at a time: memory does not grow with its length. Lines end in
/// LF, CR or both; a byte order mark of UTF-8 is skipped.
class LineReader {
 public:
  static constexpr std::size_t kBlock = std::size_t{1} << 18;  ///< bytes
  /// Lines of whatever length.
  static constexpr std::size_t kAnyLength = std::numeric_limits<std::size_t>::max();

  /// Takes lines of fewer than `longest` bytes, which then bounds the memory, or of any length.
  explicit LineReader(std::size_t longest = kAnyLength) : longest_(longest) {}

  /// Opens a regular file.
  FileStatus open_file(const std::string& path);

  /// Opens whatever gives bytes: "-", which is standard input, a file, a pipe or a device. A pipe
  /// without a writer is waited for.
  FileStatus open_stream(const std::string& path);

  /// The next line without its end, valid until the next call. False behind the last line, and
  /// where reading fails (see status()). Allocates only while lines grow beyond a block.
  bool next(std::string_view& line);

  /// ok, or the first failure of opening or reading.
  const FileStatus& status() const { return status_; }

  /// The number of the line that came last, from 1.
  std::size_t number() const { return number_; }

  /// What messages call it.
  const std::string& name() const { return name_; }

 private:
  FileStatus open(const std::string& name, Descriptor file);
  bool fill();
  bool make_room();
  std::size_t find_end() const;
  std::string_view take(std::size_t end);
  bool fail(StatusCode code, const std::string& text);

  std::size_t longest_;
  std::string name_;
  Descriptor file_;
  FileStatus status_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    // of what is not taken yet
  std::size_t scanned_ = 0;  // no line ends before it
  std::size_t end_ = 0;      // of what is read
  std::size_t number_ = 0;
  bool at_end_ = false;
};

}  // namespace pinnscope
