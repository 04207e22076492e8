#pragma once

#include <armadillo>
#include <cstddef>
#include <string>
#include <vector>

#include "pinnscope/core/view.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/line_reader.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope {

/// Points of a text or CSV file, a pipe, or standard input ("-"), one after the other: memory does
/// not grow with their number (see LineReader). A point a line, coordinates separated by blanks,
/// tabs or one comma (see read_number_table); what follows a # is a comment; the first line may
/// name the coordinates.
class PointReader {
 public:
  static constexpr std::size_t kLongestLine = std::size_t{1} << 20;  ///< bytes

  /// Takes points with as many coordinates as the first one has, in lines of fewer than
  /// `longest_line` bytes.
  explicit PointReader(const std::string& path, std::size_t longest_line = LineReader::kAnyLength);

  /// Takes points with the coordinates `names` and puts them in their order. A line of names must
  /// hold each of them once and no other; a comment above the numbers that holds just these words
  /// names the columns too. Without either they stand in the order of `names`. A line has fewer
  /// than kLongestLine bytes.
  PointReader(const std::string& path, std::vector<std::string> names);

  /// The next point, valid until the next call. False behind the last one, and where reading fails
  /// (see status()); input without a point is a failure. Behind the first point it allocates only
  /// while lines grow.
  bool next(VectorView<const double>& point);

  /// ok, or the first failure, which names the line.
  const FileStatus& status() const { return status_; }

  /// Of the coordinates, where they have any. Known with the first point.
  const std::vector<std::string>& names() const { return names_; }

 private:
  FileStatus start();
  FileStatus find_order();

  LineReader lines_;
  NumberRows rows_;
  FileStatus status_;
  std::vector<std::string> names_;
  std::vector<std::size_t> order_;  // the column of each name; none: as they stand
  std::vector<double> ordered_;
  bool started_ = false;
};

/// Points, one a row, and the names of their coordinates where the file has them.
struct Points {
  arma::mat values;                ///< points x coordinates
  std::vector<std::string> names;  ///< of the columns; empty where the file has none
};

/// Reads all points of a PointReader into memory. With `columns` > 0 another number of coordinates
/// is refused. `points` is unchanged on failure.
FileStatus read_points(const std::string& path, std::size_t columns, Points& points);

/// The same of points with the coordinates `names`, in their order.
FileStatus read_points(const std::string& path, const std::vector<std::string>& names,
                       Points& points);

}  // namespace pinnscope
