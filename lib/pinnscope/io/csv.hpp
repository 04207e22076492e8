#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// Writes comma-separated values cell by cell, whatever their number: behind open() it allocates
/// nothing. A file appears whole or not at all, when finish() is called; standard output, devices
/// and pipes get the rows in blocks of kBlock bytes (see OutputFile). Numbers have 17 significant
/// digits, so that they read back bit for bit; nan, inf and -inf are written so. Text with a comma,
/// a quote or a line end is quoted (RFC 4180). The same cells give the same bytes. The first
/// failure is kept for finish(), and what is added behind it is dropped: a long run looks at ok()
/// now and then.
class CsvWriter {
 public:
  static constexpr std::size_t kBlock = std::size_t{1} << 18;  // bytes

  /// Finds where `path` leads and makes a temporary file beside it (see OutputFile::open).
  FileStatus open(const std::string& path);

  void number(double value);
  void count(std::uint64_t value);
  void text(std::string_view value);
  void blank() { separate(); }
  void end_row();

  bool ok() const { return status_.ok(); }
  const FileStatus& status() const { return status_; }

  /// Writes what is left and puts the file in its place.
  FileStatus finish();

 private:
  void separate();
  void put(char letter);
  void put(std::string_view letters);
  char* room(std::size_t bytes);
  void flush();

  OutputFile file_;
  std::string path_;
  FileStatus status_;
  std::vector<char> buffer_;
  std::size_t used_ = 0;
  bool first_ = true;  // cell of a row
};

/// A column of a CSV file: a heading and its numbers. Columns of one file may differ in length.
struct Column {
  std::string heading;
  std::vector<double> values;
};

/// Writes columns under a line of headings, whole or not at all (see CsvWriter); cells below the
/// end of a column are empty.
FileStatus write_csv(const std::string& path, const std::vector<Column>& columns);

}  // namespace pinnscope
