#include "pinnscope/io/csv.hpp"

#include <algorithm>
#include <charconv>

#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope {

FileStatus CsvWriter::open(const std::string& path) {
  path_ = path;
  status_ = guarded(path, [&] {
    buffer_.resize(kBlock);
    return file_.open(path);
  });
  return status_;
}

void CsvWriter::flush() {
  if (status_.ok()) status_ = file_.write({buffer_.data(), used_});
  used_ = 0;
}

/// Where so many bytes can be written. They count once used_ has grown.
char* CsvWriter::room(std::size_t bytes) {
  if (buffer_.size() - used_ < bytes) flush();
  return buffer_.data() + used_;
}

void CsvWriter::put(char letter) {
  *room(1) = letter;
  ++used_;
}

void CsvWriter::put(std::string_view letters) {
  while (!letters.empty()) {
    char* start = room(1);
    const std::size_t count = std::min(letters.size(), buffer_.size() - used_);
    std::ranges::copy(letters.substr(0, count), start);
    used_ += count;
    letters.remove_prefix(count);
  }
}

void CsvWriter::separate() {
  if (!first_) put(',');
  first_ = false;
}

void CsvWriter::number(double value) {
  separate();
  char* start = room(kLongestNumber);
  used_ += static_cast<std::size_t>(write_number(start, value) - start);
}

void CsvWriter::count(std::uint64_t value) {
  separate();
  char* start = room(kLongestNumber);
  used_ +=
      static_cast<std::size_t>(std::to_chars(start, start + kLongestNumber, value).ptr - start);
}

void CsvWriter::text(std::string_view value) {
  separate();
  if (value.find_first_of(",\"\r\n") == std::string_view::npos) return put(value);
  put('"');
  for (const char letter : value) {
    if (letter == '"') put('"');
    put(letter);
  }
  put('"');
}

void CsvWriter::end_row() {
  put('\n');
  first_ = true;
}

FileStatus CsvWriter::finish() {
  flush();
  if (status_.ok()) {
    status_ = guarded(path_, [&] { return file_.close(); });
  }
  return status_;
}

FileStatus write_csv(const std::string& path, const std::vector<Column>& columns) {
  if (columns.empty()) return file_failure(StatusCode::empty_input, path, "there is no column");
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  std::size_t rows = 0;
  for (const Column& column : columns) {
    csv.text(column.heading);
    rows = std::max(rows, column.values.size());
  }
  csv.end_row();
  for (std::size_t i = 0; i < rows && csv.ok(); ++i) {
    for (const Column& column : columns) {
      if (i < column.values.size()) {
        csv.number(column.values[i]);
      } else {
        csv.blank();
      }
    }
    csv.end_row();
  }
  return csv.finish();
}

}  // namespace pinnscope
