#include "pinnscope/io/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <deque>
#include <limits>
#include <system_error>
#include <utility>

#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/line_reader.hpp"

namespace pinnscope {
namespace {

constexpr bool blank(char letter) { return letter == ' ' || letter == '\t'; }
constexpr bool digit(char letter) { return letter >= '0' && letter <= '9'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Splits a line at its commas, or at blanks where it has none. A cell between two commas, or
/// behind the last, is empty.
void split(std::string_view line, std::vector<std::string_view>& cells) {
  cells.clear();
  line = trimmed(line);
  const bool commas = line.find(',') != std::string_view::npos;
  const auto is_end = [commas](char letter) { return commas ? letter == ',' : blank(letter); };
  while (!line.empty()) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if(line, is_end) - line.begin());
    cells.push_back(trimmed(line.substr(0, end)));
    if (commas && end + 1 == line.size()) cells.push_back({});
    line.remove_prefix(std::min(end + 1, line.size()));
    line = trimmed(line);
  }
}

std::from_chars_result parse_double(std::string_view cell, double& value) {
  if (cell.size() > 1 && cell[0] == '+' && cell[1] != '-') cell.remove_prefix(1);
  return std::from_chars(cell.data(), cell.data() + cell.size(), value);
}

bool digits_alone(std::string_view cell) {
  return !cell.empty() && std::ranges::all_of(cell, digit);
}

/// Whether a word could name a column: a letter or an underscore first, or letters beyond ASCII and
/// no digit, so that what only looks like a number is not one.
bool is_name(std::string_view word) {
  if (word.empty() || is_number(word)) return false;
  const char first = word.front();
  if ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_') return true;
  return static_cast<unsigned char>(first) >= 0x80 && std::ranges::none_of(word, digit);
}

/// A name without the quotes that some programs write around it.
std::string_view unquoted(std::string_view word) {
  const bool quoted = word.size() > 2 && word.front() == '"' && word.back() == '"';
  return quoted ? word.substr(1, word.size() - 2) : word;
}

constexpr const char* kSeparators =
    "numbers are separated by blanks, tabs or one comma, and decimals have a point";

/// Significant digits of a number as written, and half a unit of its last digit.
struct Written {
  int digits = 0;
  double half_unit = 0;
};

Written written(std::string_view cell) {
  Written result;
  int power = 0;
  bool after_point = false;
  std::size_t at = 0;
  for (; at < cell.size() && cell[at] != 'e' && cell[at] != 'E'; ++at) {
    if (cell[at] == '.') after_point = true;
    if (!digit(cell[at])) continue;
    if (result.digits > 0 || cell[at] != '0') ++result.digits;
    if (after_point) --power;
  }
  int exponent = 0;
  if (at < cell.size()) {
    ++at;
    if (at < cell.size() && cell[at] == '+') ++at;
    std::from_chars(cell.data() + at, cell.data() + cell.size(), exponent);
  }
  result.half_unit = 0.5 * std::pow(10.0, static_cast<double>(power) + exponent);
  return result;
}

/// Whether some float, written with as many digits, reads as `cell` does. Parsing rounds once more.
bool rounds_from_float(double value, double half_unit) {
  if (std::fabs(value) > static_cast<double>(std::numeric_limits<float>::max())) return false;
  const double nearest = static_cast<double>(static_cast<float>(value));
  return std::fabs(nearest - value) <= half_unit + 0x1p-53 * std::fabs(value);
}

bool is_integer(std::string_view cell) {
  if (cell.size() > 1 && (cell[0] == '-' || cell[0] == '+')) cell.remove_prefix(1);
  return digits_alone(cell);
}

/// Digits that are no integer as programs write one: 05, or more than a double holds.
bool is_fraction(std::string_view cell) {
  constexpr std::size_t kLongestInteger = 15;
  return digits_alone(cell) && cell.size() > 1 &&
         (cell.front() == '0' || cell.size() > kLongestInteger);
}

/// The numbers of a text, row after row, as they are found.
class TableReader {
 public:
  void add(const NumberRows& rows) {
    const VectorView<const double> row = rows.row();
    if (row.size() == 0) return;
    columns_ = row.size();
    numbers_.insert(numbers_.end(), row.begin(), row.end());
    for (std::size_t j = 0; j < columns_; ++j) note_form(rows.cells()[j], row[j]);
  }

  NumberTable table(const NumberRows& rows) && {
    found_.values.set_size(numbers_.size() / columns_, columns_);
    auto number = numbers_.cbegin();
    for (arma::uword i = 0; i < found_.values.n_rows; ++i) {
      for (arma::uword j = 0; j < columns_; ++j) found_.values(i, j) = *number++;
    }
    found_.names = rows.names();
    found_.comment = rows.comment();
    return std::move(found_);
  }

 private:
  void note_form(std::string_view cell, double value) {
    if (!std::isfinite(value)) return;
    const Written form = written(cell);
    found_.digits = std::max(found_.digits, form.digits);
    found_.float32 = found_.float32 && rounds_from_float(value, form.half_unit);
  }

  std::size_t columns_ = 0;
  std::deque<double> numbers_;  // grows without being copied
  NumberTable found_;
};

}  // namespace

NumberRows::NumberRows(std::string file, NameLine name_line, Numbers numbers)
    : file_(std::move(file)), name_line_(name_line), allowed_(numbers) {}

FileStatus NumberRows::failure(StatusCode code, std::size_t column, const std::string& text) const {
  const std::string place =
      "line " + std::to_string(line_) + ", column " + std::to_string(column + 1) + ": ";
  return file_failure(code, file_, place + text);
}
FileStatus NumberRows::line_failure(StatusCode code, const std::string& text) const {
  return file_failure(code, file_, "line " + std::to_string(line_) + ": " + text);
}

FileStatus NumberRows::take(std::string_view line) {
  ++line_;
  row_.clear();
  const std::size_t end = std::min(line.find('#'), line.size());
  note_comment(line.substr(std::min(end + 1, line.size())), trimmed(line.substr(0, end)).empty());
  line = line.substr(0, end);
  split(line, cells_);
  if (cells_.empty()) return {};
  const bool commas = line.find(',') != std::string_view::npos;
  const FileStatus status = check_separators(line, commas);
  if (!status.ok()) return status;
  if (columns_ == 0) {
    columns_ = cells_.size();
    if (name_line_ == NameLine::allowed && read_names()) return {};
  }
  return read_row(commas);
}

FileStatus NumberRows::read_row(bool commas) {
  if (cells_.size() != columns_) {
    return line_failure(
        StatusCode::shape_mismatch,
        "expected " + std::to_string(columns_) + " columns as in the lines before, found " +
            std::to_string(cells_.size()) + (commas ? std::string(" (") + kSeparators + ")" : ""));
  }
  for (std::size_t j = 0; j < columns_; ++j) {
    const FileStatus status = read_cell(j);
    if (!status.ok()) return status;
  }
  pairs_alone_ =
      pairs_alone_ && commas && columns_ == 2 && is_integer(cells_[0]) && digits_alone(cells_[1]);
  ++rows_;
  return {};
}

FileStatus NumberRows::finish() const {
  if (rows_ == 0) {
    return file_failure(StatusCode::empty_input, file_, "expected rows of numbers, found none");
  }
  if (pairs_alone_ && name_line_ == NameLine::refused) {
    return file_failure(StatusCode::bad_file, file_,
                        "every line is two integers and a comma, which may be one decimal: "
                        "separate them by a blank, or write the decimals with a point");
  }
  return {};
}

/// Keeps the words of a line of comment above the numbers, which may name the columns.
void NumberRows::note_comment(std::string_view comment, bool alone) {
  if (!alone || rows_ > 0 || trimmed(comment).empty()) return;
  split(comment, cells_);
  comment_.clear();
  for (const std::string_view word : cells_) comment_.emplace_back(unquoted(word));
}

/// Refuses what decimal commas and semicolons leave in a line.
FileStatus NumberRows::check_separators(std::string_view line, bool commas) const {
  if (line.find(';') != std::string_view::npos) {
    return line_failure(StatusCode::bad_file, std::string("found a semicolon; ") + kSeparators);
  }
  if (!commas) return {};
  for (std::size_t j = 0; j < cells_.size(); ++j) {
    const std::string_view cell = cells_[j];
    if (std::ranges::any_of(cell, blank)) {
      return line_failure(StatusCode::bad_file,
                          std::string("found commas and blanks between numbers; ") + kSeparators);
    }
    if (j > 0 && is_integer(cells_[j - 1]) && is_fraction(cell)) {
      return line_failure(StatusCode::bad_file,
                          "found " + in_quotes(cell) + " behind a comma; " + kSeparators);
    }
  }
  return {};
}

/// Takes the line as names of the columns. Returns whether it is one.
bool NumberRows::read_names() {
  for (const std::string_view cell : cells_) {
    if (!is_name(unquoted(cell))) return false;
  }
  for (const std::string_view cell : cells_) names_.emplace_back(unquoted(cell));
  return true;
}

FileStatus NumberRows::read_cell(std::size_t column) {
  const std::string_view cell = cells_[column];
  double value = 0;
  const auto [end, error] = parse_double(cell, value);
  if (error == std::errc::invalid_argument || end != cell.data() + cell.size()) {
    return failure(StatusCode::bad_file, column, "expected a number, found " + in_quotes(cell));
  }
  if (error != std::errc{}) {
    return failure(StatusCode::out_of_range, column,
                   "expected a number within the range of a double, found " + in_quotes(cell));
  }
  if (!std::isfinite(value) && allowed_ == Numbers::finite) {
    return failure(StatusCode::not_finite, column,
                   "expected a finite number, found " + in_quotes(cell));
  }
  row_.push_back(value);
  return {};
}

char* write_number(char* first, double number) noexcept {
  if (std::isnan(number)) return std::ranges::copy(std::string_view("nan"), first).out;
  return std::to_chars(first, first + kLongestNumber, number, std::chars_format::general,
                       kDoubleDigits)
      .ptr;
}

void append_number(std::string& text, double number) {
  std::array<char, kLongestNumber> letters{};
  text.append(letters.data(), write_number(letters.data(), number));
}

void append_scientific(std::string& text, double number, int digits) {
  std::array<char, 32> letters{};
  const auto [end, error] = std::to_chars(letters.data(), letters.data() + letters.size(), number,
                                          std::chars_format::scientific, digits - 1);
  static_cast<void>(error);
  text.append(letters.data(), end);
}

void append_fixed(std::string& text, double number, int decimals) {
  // Digits ahead of the point of the largest double, a sign, the point, and those behind it.
  std::array<char, std::numeric_limits<double>::max_exponent10 + 24> letters{};
  const auto [end, error] = std::to_chars(letters.data(), letters.data() + letters.size(), number,
                                          std::chars_format::fixed, decimals);
  static_cast<void>(error);
  text.append(letters.data(), end);
}

void append_count(std::string& text, std::uint64_t number) {
  std::array<char, kLongestNumber> letters{};
  text.append(letters.data(),
              std::to_chars(letters.data(), letters.data() + letters.size(), number).ptr);
}

std::string shortest_text(double number) {
  std::array<char, kLongestNumber> letters{};
  return {letters.data(),
          std::to_chars(letters.data(), letters.data() + letters.size(), number).ptr};
}

bool is_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = parse_double(text, value);
  return error != std::errc::invalid_argument && end == text.data() + text.size();
}

FileStatus read_number_table(const std::string& path, NameLine name_line, NumberTable& table,
                             Numbers numbers) {
  return guarded(path, [&] {
    LineReader lines;
    FileStatus status = lines.open_file(path);
    NumberRows rows(path, name_line, numbers);
    TableReader reader;
    std::string_view line;
    while (status.ok() && lines.next(line)) {
      status = rows.take(line);
      if (status.ok()) reader.add(rows);
    }
    if (status.ok()) status = lines.status();
    if (status.ok()) status = rows.finish();
    if (status.ok()) table = std::move(reader).table(rows);
    return status;
  });
}

}  // namespace pinnscope
