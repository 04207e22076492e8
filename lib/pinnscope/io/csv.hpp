#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// When text stands in quotes: where it holds a comma, a quote or a line end (RFC 4180), or always.
enum class Quotes : bool { where_needed, always };

/// Comma-separated values as text, cell by cell; this is the one place that knows how a cell is
/// written. Numbers have 17 significant digits, so that they read back bit for bit; nan, inf and
/// -inf are written so. Text that a spreadsheet would run as a formula, since it begins with =, +,
/// - or @ (or a tab or carriage return ahead of these) and is neither that alone nor a number, has
/// an apostrophe ahead of it and stands in quotes: spreadsheets then show the text. Whatever else
/// reads such a file takes the apostrophe off. Adding allocates only where the text grows beyond
/// what reserve() asked for.
class CsvText {
 public:
  /// Makes room for so many bytes.
  void reserve(std::size_t bytes) { letters_.reserve(bytes); }

  /// The next cell: a number, one with so many digits behind the point, a whole number, text, or
  /// none; and the end of a row.
  /// @{
  void number(double value);

  /// With so many digits behind the point.
  void fixed(double value, int decimals);
  void count(std::uint64_t value);
  void text(std::string_view value, Quotes quotes = Quotes::where_needed);
  void blank() { separate(); }
  void end_row();
  /// @}

  /// What was added since clear(). A row goes on behind it.
  std::string_view letters() const { return letters_; }

  /// Forgets the text; its memory stays.
  void clear() { letters_.clear(); }

 private:
  void separate();

  std::string letters_;
  bool first_ = true;  // cell of a row
};

/// Writes comma-separated values (see CsvText), whatever their number. A file appears whole or not
/// at all, when finish() is called; standard output, devices and pipes get the cells in blocks of
/// kBlock bytes or a cell more (see OutputFile). Behind open() it allocates nothing but for text of
/// more than half a block. The same cells give the same bytes. The first failure is kept for
/// finish(), and what is added behind it is dropped: a long run looks at ok() now and then.
class CsvWriter {
 public:
  static constexpr std::size_t kBlock = std::size_t{1} << 18;  ///< bytes

  /// Finds where `path` leads and makes a temporary file beside it (see OutputFile::open).
  FileStatus open(const std::string& path);

  /// The next cell, or the end of a row, as of CsvText.
  /// @{
  void number(double value) {
    add([&] { block_.number(value); });
  }
  void count(std::uint64_t value) {
    add([&] { block_.count(value); });
  }
  void text(std::string_view value, Quotes quotes = Quotes::where_needed) {
    add([&] { block_.text(value, quotes); });
  }
  void blank() {
    add([&] { block_.blank(); });
  }
  void end_row() {
    add([&] { block_.end_row(); });
  }
  /// @}

  /// Whether nothing has failed so far, and the first failure.
  /// @{
  bool ok() const { return status_.ok(); }
  const FileStatus& status() const { return status_; }
  /// @}

  /// Writes what is left and puts the file in its place.
  FileStatus finish();

 private:
  template <class Add>
  void add(Add&& cell) {
    cell();
    if (block_.letters().size() >= kBlock) flush();
  }
  void flush();

  OutputFile file_;
  std::string path_;
  FileStatus status_;
  CsvText block_;
};

/// A column of a CSV file: a heading and its numbers. Columns of one file may differ in length.
struct Column {
  std::string heading;         ///< the first cell
  std::vector<double> values;  ///< the cells below it
};

/// Writes columns under a line of headings, whole or not at all (see CsvWriter); cells below the
/// end of a column are empty.
FileStatus write_csv(const std::string& path, const std::vector<Column>& columns);

}  // namespace pinnscope
