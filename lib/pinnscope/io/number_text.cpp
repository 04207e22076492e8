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

/// Splits a line into cells; one between two commas, or behind the last, is empty.
void split(std::string_view line, std::vector<std::string_view>& cells) {
  cells.clear();
  std::size_t at = 0;
  const auto skip_blanks = [&] {
    while (at < line.size() && blank(line[at])) ++at;
  };
  skip_blanks();
  while (at < line.size()) {
    const std::size_t first = at;
    while (at < line.size() && !blank(line[at]) && line[at] != ',') ++at;
    cells.push_back(line.substr(first, at - first));
    skip_blanks();
    if (at < line.size() && line[at] == ',') {
      ++at;
      skip_blanks();
      if (at == line.size()) cells.push_back(line.substr(at));
    }
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
  TableReader(const std::string& path, NameLine name_line) : path_(path), name_line_(name_line) {}

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

  FileStatus read_line(std::string_view line) {
    split(line, cells_);
    if (cells_.empty() || cells_.front().substr(0, 1) == "#") return {};
    if (columns_ == 0) {
      columns_ = cells_.size();
      if (name_line_ == NameLine::allowed && !is_number(cells_.front())) {
        found_.names.assign(cells_.begin(), cells_.end());
        return {};
      }
    }
    if (cells_.size() != columns_) {
      return file_failure(StatusCode::shape_mismatch, path_,
                          "line " + std::to_string(line_) + ": expected " +
                              std::to_string(columns_) + " columns as in the lines before, found " +
                              std::to_string(cells_.size()));
    }
    for (std::size_t j = 0; j < columns_; ++j) {
      FileStatus status = read_cell(j);
      if (!status.ok()) return status;
    }
    ++rows_;
    return {};
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
    if (!std::isfinite(value)) {
      return failure(StatusCode::not_finite, column,
                     "expected a finite number, found " + in_quotes(cell));
    }
    const Written form = written(cell);
    found_.digits = std::max(found_.digits, form.digits);
    found_.float32 = found_.float32 && rounds_from_float(value, form.half_unit);
    numbers_.push_back(value);
    return {};
  }

  const std::string& path_;
  NameLine name_line_;
  std::size_t line_ = 0;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
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

FileStatus read_number_table(const std::string& path, NameLine name_line, NumberTable& table) {
  return guarded(path, [&] {
    std::string text;
    FileStatus status = read_file(path, text);
    if (!status.ok()) return status;
    TableReader reader(path, name_line);
    status = reader.read(text);
    if (status.ok()) table = std::move(reader).table();
    return status;
  });
}

}  // namespace pinnscope
