#pragma once

#include <armadillo>
#include <cstddef>
#include <string>
#include <vector>

#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// Points, one a row, and the names of their coordinates where the file has them.
struct Points {
  arma::mat values;
  std::vector<std::string> names;
};

/// Reads points from a text or CSV file: a point a line, coordinates separated by blanks, tabs or
/// one comma. Lines that start with # are comments; the first line may name the coordinates. With
/// `columns` > 0 a file with another number of coordinates is refused. `points` is unchanged on
/// failure.
FileStatus read_points(const std::string& path, std::size_t columns, Points& points);

}  // namespace pinnscope
