#pragma once

#include <armadillo>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/core/view.hpp"
#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// Significant digits that bring a double, a float back bit for bit.
/// @{
inline constexpr int kDoubleDigits = 17;
inline constexpr int kFloatDigits = 9;
/// @}

/// Room that a number takes as text.
inline constexpr std::size_t kLongestNumber = 32;

/// Writes a number as append_number() has it to `first`, where there is room for kLongestNumber.
/// Returns the end.
char* write_number(char* first, double number) noexcept;

/// Appends a number as %.17g has it, in the C locale; nan has no sign.
void append_number(std::string& text, double number);

/// Appends a finite number in scientific notation with `digits` significant digits.
void append_scientific(std::string& text, double number, int digits);

/// Appends a number with `decimals` digits behind the point, 20 at the most.
void append_fixed(std::string& text, double number, int decimals);

/// Appends a whole number.
void append_count(std::string& text, std::uint64_t number);

/// The shortest text that reads back as the number.
std::string shortest_text(double number);

/// Whether a text is one number and nothing else, as the readers of tables take it.
bool is_number(std::string_view text);

/// Rows of numbers in a text.
struct NumberTable {
  arma::mat values;                  ///< a row a line
  std::vector<std::string> names;    ///< of the columns, where the text has a line of names
  std::vector<std::string> comment;  ///< words of the last line of comment above the numbers
  int digits = 0;                    ///< most significant digits of any number as written
  bool float32 = true;               ///< each number is a float as far as its digits go
};

/// Whether the first line may hold names of the columns.
enum class NameLine : bool { refused, allowed };

/// Whether NaN and infinities are among the numbers.
enum class Numbers : bool { finite, any };

/// The grammar of rows of numbers, a line at a time (see read_number_table).
class NumberRows {
 public:
  /// `file` is what messages call the text.
  NumberRows(std::string file, NameLine name_line, Numbers numbers = Numbers::finite);

  /// Takes the next line. Failures name line and column. Allocates only while lines grow, and for
  /// names and comments above the first row.
  FileStatus take(std::string_view line);

  /// The numbers of that line, and how they are written; none of a line of names or comment.
  VectorView<const double> row() const { return {row_.data(), row_.size()}; }

  /// How the numbers of row() are written; valid as long as the line.
  const std::vector<std::string_view>& cells() const { return cells_; }

  /// Whether the text may end here: it has rows, and what they say is clear.
  FileStatus finish() const;

  /// Names of the columns, and words of the last line of comment above the numbers; as in
  /// NumberTable.
  /// @{
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<std::string>& comment() const { return comment_; }
  /// @}

 private:
  FileStatus failure(StatusCode code, std::size_t column, const std::string& text) const;
  FileStatus line_failure(StatusCode code, const std::string& text) const;
  void note_comment(std::string_view comment, bool alone);
  FileStatus check_separators(std::string_view line, bool commas) const;
  bool read_names();
  FileStatus read_row(bool commas);
  FileStatus read_cell(std::size_t column);

  std::string file_;
  NameLine name_line_;
  Numbers allowed_;
  std::size_t line_ = 0;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  bool pairs_alone_ = true;  // each row is an integer, a comma and digits
  std::vector<std::string_view> cells_;
  std::vector<double> row_;
  std::vector<std::string> names_;
  std::vector<std::string> comment_;
};

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
