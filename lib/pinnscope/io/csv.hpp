#pragma once

#include <string>
#include <vector>

#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// A column of a CSV file: a heading and its numbers. Columns of one file may differ in length.
struct Column {
  std::string heading;
  std::vector<double> values;
};

/// Writes columns as comma-separated values under a line of headings, whole or not at all (see
/// write_file). Numbers have 17 significant digits, so that they read back bit for bit; nan, inf
/// and -inf are written so; cells below the end of a column are empty. The same columns give the
/// same bytes. Headings with a comma, quote or line end are quoted (RFC 4180).
FileStatus write_csv(const std::string& path, const std::vector<Column>& columns);

}  // namespace pinnscope
