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
/// one comma (see read_number_table). What follows a # is a comment; the first line may name the
/// coordinates. With `columns` > 0 a file with another number of coordinates is refused. `points`
/// is unchanged on failure.
FileStatus read_points(const std::string& path, std::size_t columns, Points& points);

/// Reads points with the coordinates `names`, and puts the columns in their order. A line of names
/// must hold each of them once and no other; a comment above the numbers that holds just these
/// words names the columns too. Without either they stand in the order of `names`.
FileStatus read_points(const std::string& path, const std::vector<std::string>& names,
                       Points& points);

}  // namespace pinnscope
