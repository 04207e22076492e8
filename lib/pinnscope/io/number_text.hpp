#pragma once

#include <armadillo>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// Significant digits that bring a double, a float back bit for bit.
inline constexpr int kDoubleDigits = 17;
inline constexpr int kFloatDigits = 9;

/// Appends a number as %.17g has it, in the C locale; nan has no sign.
void append_number(std::string& text, double number);

/// Appends a finite number in scientific notation with `digits` significant digits.
void append_scientific(std::string& text, double number, int digits);

/// Rows of numbers in a text.
struct NumberTable {
  arma::mat values;
  std::vector<std::string> names;    // of the columns, where the text has a line of names
  std::vector<std::string> comment;  // words of the last line of comment above the numbers
  int digits = 0;                    // most significant digits of any number as written
  bool float32 = true;               // each number is a float as far as its digits go
};

enum class NameLine : bool { refused, allowed };

/// Whether NaN and infinities are among the numbers.
enum class Numbers : bool { finite, any };

/// Reads rows of numbers, finite unless asked for otherwise; lines end in LF, CR or both. What
/// follows a # is a comment; lines without more are skipped. A row is separated by blanks and tabs,
/// or else by single commas, and decimals have a point: a line that mixes the two, a semicolon, or
/// a number such as 05 behind a comma is refused as a decimal comma, and so are weights
/// (NameLine::refused) of lines like "1,5" alone, which may be one number or two. The first line
/// may hold names where allowed: it does where none of its words is a number and each could be a
/// name. Failures name line and column; `table` is unchanged then.
FileStatus read_number_table(const std::string& path, NameLine name_line, NumberTable& table,
                             Numbers numbers = Numbers::finite);

}  // namespace pinnscope
