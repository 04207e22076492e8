#include "pinnscope/io/csv.hpp"

#include <algorithm>

#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope {

namespace {

/// Whether a spreadsheet would run the text. See OWASP, CSV Injection.
bool is_formula(std::string_view text) {
  const std::size_t start = text.find_first_not_of("\t\r");
  if (start == std::string_view::npos || start + 1 == text.size()) return false;
  constexpr std::string_view kStarts = "=+-@";
  return kStarts.find(text[start]) != std::string_view::npos && !is_number(text);
}

}  // namespace

void CsvText::separate() {
  if (!first_) letters_ += ',';
  first_ = false;
}

void CsvText::number(double value) {
  separate();
  append_number(letters_, value);
}

void CsvText::fixed(double value, int decimals) {
  separate();
  append_fixed(letters_, value, decimals);
}

void CsvText::count(std::uint64_t value) {
  separate();
  append_count(letters_, value);
}

void CsvText::text(std::string_view value, Quotes quotes) {
  separate();
  const bool formula = is_formula(value);
  const bool plain = value.find_first_of(",\"\r\n") == std::string_view::npos && !formula;
  if (plain && quotes == Quotes::where_needed) {
    letters_ += value;
    return;
  }
  letters_ += '"';
  if (formula) letters_ += '\'';
  for (const char letter : value) {
    if (letter == '"') letters_ += '"';
    letters_ += letter;
  }
  letters_ += '"';
}

void CsvText::end_row() {
  letters_ += '\n';
  first_ = true;
}

FileStatus CsvWriter::open(const std::string& path) {
  path_ = path;
  status_ = guarded(path, [&] {
    block_.reserve(2 * kBlock + kLongestNumber);
    return file_.open(path);
  });
  return status_;
}

void CsvWriter::flush() {
  if (status_.ok()) status_ = file_.write(block_.letters());
  block_.clear();
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
