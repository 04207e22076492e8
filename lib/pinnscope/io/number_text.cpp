#include "pinnscope/io/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

constexpr bool blank(char letter) { return letter == ' ' || letter == '\t'; }
constexpr bool digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Takes the first line off `text`, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end);
  text.remove_prefix(text.substr(0, 2) == "\r\n" ? 2 : std::min<std::size_t>(1, text.size()));
  return line;
}

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
  while (!line.empty()) {
    const std::size_t end = std::min(line.find_first_of(commas ? "," : " \t"), line.size());
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

bool is_number(std::string_view cell) {
  double value = 0;
  const auto [end, error] = parse_double(cell, value);
  return error != std::errc::invalid_argument && end == cell.data() + cell.size();
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

/// The numbers of a text, row after row, as they are found.
class TableReader {
 public:
  TableReader(const std::string& path, NameLine name_line, Numbers numbers)
      : path_(path), name_line_(name_line), allowed_(numbers) {}

  FileStatus read(std::string_view text) {
    if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);  // byte order mark of UTF-8
    FileStatus status;
    while (status.ok() && !text.empty()) {
      ++line_;
      status = read_line(take_line(text));
    }
    if (status.ok() && rows_ == 0) {
      return file_failure(StatusCode::empty_input, path_, "expected rows of numbers, found none");
    }
    if (status.ok() && pairs_alone_ && name_line_ == NameLine::refused) {
      return file_failure(StatusCode::bad_file, path_,
                          "every line is two integers and a comma, which may be one decimal: "
                          "separate them by a blank, or write the decimals with a point");
    }
    return status;
  }

  NumberTable table() && {
    found_.values = arma::mat(numbers_.data(), columns_, rows_).t();
    return std::move(found_);
  }

 private:
  FileStatus failure(StatusCode code, std::size_t column, const std::string& text) const {
    const std::string place =
        "line " + std::to_string(line_) + ", column " + std::to_string(column + 1) + ": ";
    return file_failure(code, path_, place + text);
  }

  FileStatus line_failure(StatusCode code, const std::string& text) const {
    return file_failure(code, path_, "line " + std::to_string(line_) + ": " + text);
  }

  FileStatus read_line(std::string_view line) {
    const std::size_t end = std::min(line.find('#'), line.size());
    note_comment(line.substr(std::min(end + 1, line.size())), trimmed(line.substr(0, end)).empty());
    line = line.substr(0, end);
    split(line, cells_);
    if (cells_.empty()) return {};
    const bool commas = line.find(',') != std::string_view::npos;
    FileStatus status = check_separators(line, commas);
    if (!status.ok()) return status;
    if (columns_ == 0) {
      columns_ = cells_.size();
      if (name_line_ == NameLine::allowed && read_names()) return {};
    }
    if (cells_.size() != columns_) {
      return line_failure(StatusCode::shape_mismatch,
                          "expected " + std::to_string(columns_) +
                              " columns as in the lines before, found " +
                              std::to_string(cells_.size()) +
                              (commas ? std::string(" (") + kSeparators + ")" : ""));
    }
    for (std::size_t j = 0; j < columns_; ++j) {
      status = read_cell(j);
      if (!status.ok()) return status;
    }
    pairs_alone_ =
        pairs_alone_ && commas && columns_ == 2 && is_integer(cells_[0]) && digits_alone(cells_[1]);
    ++rows_;
    return {};
  }

  /// Keeps the words of a line of comment above the numbers, which may name the columns.
  void note_comment(std::string_view comment, bool alone) {
    if (!alone || rows_ > 0 || trimmed(comment).empty()) return;
    split(comment, cells_);
    found_.comment.clear();
    for (const std::string_view word : cells_) found_.comment.emplace_back(unquoted(word));
  }

  /// Refuses what decimal commas and semicolons leave in a line.
  FileStatus check_separators(std::string_view line, bool commas) const {
    if (line.find(';') != std::string_view::npos) {
      return line_failure(StatusCode::bad_file, std::string("found a semicolon; ") + kSeparators);
    }
    if (!commas) return {};
    for (std::size_t j = 0; j < cells_.size(); ++j) {
      const std::string_view cell = cells_[j];
      if (cell.find_first_of(" \t") != std::string_view::npos) {
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

  static bool is_integer(std::string_view cell) {
    if (cell.size() > 1 && (cell[0] == '-' || cell[0] == '+')) cell.remove_prefix(1);
    return digits_alone(cell);
  }

  /// Digits that are no integer as programs write one: 05, or more than a double holds.
  static bool is_fraction(std::string_view cell) {
    constexpr std::size_t kLongestInteger = 15;
    return digits_alone(cell) && cell.size() > 1 &&
           (cell.front() == '0' || cell.size() > kLongestInteger);
  }

  /// Takes the line as names of the columns. Returns whether it is one.
  bool read_names() {
    for (const std::string_view cell : cells_) {
      if (!is_name(unquoted(cell))) return false;
    }
    for (const std::string_view cell : cells_) found_.names.emplace_back(unquoted(cell));
    return true;
  }

  FileStatus read_cell(std::size_t column) {
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
    numbers_.push_back(value);
    if (!std::isfinite(value)) return {};
    const Written form = written(cell);
    found_.digits = std::max(found_.digits, form.digits);
    found_.float32 = found_.float32 && rounds_from_float(value, form.half_unit);
    return {};
  }

  const std::string& path_;
  NameLine name_line_;
  Numbers allowed_;
  std::size_t line_ = 0;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  bool pairs_alone_ = true;  // each row is an integer, a comma and digits
  std::vector<std::string_view> cells_;
  std::vector<double> numbers_;
  NumberTable found_;
};

}  // namespace

void append_number(std::string& text, double number) {
  if (std::isnan(number)) {
    text += "nan";
    return;
  }
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                          std::chars_format::general, kDoubleDigits);
  static_cast<void>(error);
  text.append(digits.data(), end);
}

void append_scientific(std::string& text, double number, int digits) {
  std::array<char, 32> letters{};
  const auto [end, error] = std::to_chars(letters.data(), letters.data() + letters.size(), number,
                                          std::chars_format::scientific, digits - 1);
  static_cast<void>(error);
  text.append(letters.data(), end);
}

FileStatus read_number_table(const std::string& path, NameLine name_line, NumberTable& table,
                             Numbers numbers) {
  return guarded(path, [&] {
    std::string text;
    FileStatus status = read_file(path, text);
    if (!status.ok()) return status;
    TableReader reader(path, name_line, numbers);
    status = reader.read(text);
    if (status.ok()) table = std::move(reader).table();
    return status;
  });
}

}  // namespace pinnscope
