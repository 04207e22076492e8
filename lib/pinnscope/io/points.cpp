#include "pinnscope/io/points.hpp"

#include <utility>

#include "pinnscope/io/number_text.hpp"

namespace pinnscope {

FileStatus read_points(const std::string& path, std::size_t columns, Points& points) {
  NumberTable table;
  FileStatus status = read_number_table(path, NameLine::allowed, table);
  if (!status.ok()) return status;
  if (columns > 0 && table.values.n_cols != columns) {
    return file_failure(StatusCode::shape_mismatch, path,
                        "expected " + std::to_string(columns) + " coordinates a point, found " +
                            std::to_string(table.values.n_cols));
  }
  points = {std::move(table.values), std::move(table.names)};
  return {};
}

}  // namespace pinnscope
