#include "pinnscope/io/points.hpp"

#include <algorithm>
#include <utility>

#include "pinnscope/io/number_text.hpp"

namespace pinnscope {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

FileStatus check_columns(const std::string& path, std::size_t expected, std::size_t found) {
  if (found == expected) return {};
  return file_failure(
      StatusCode::shape_mismatch, path,
      "expected " + std::to_string(expected) + " coordinates a point, found " +
          std::to_string(found) +
          (found == 2 * expected ? " (decimals are written with a point, not a comma)" : ""));
}

}  // namespace

FileStatus read_points(const std::string& path, std::size_t columns, Points& points) {
  NumberTable table;
  FileStatus status = read_number_table(path, NameLine::allowed, table);
  if (status.ok() && columns > 0) status = check_columns(path, columns, table.values.n_cols);
  if (!status.ok()) return status;
  points = {std::move(table.values), std::move(table.names)};
  return {};
}

FileStatus read_points(const std::string& path, const std::vector<std::string>& names,
                       Points& points) {
  NumberTable table;
  FileStatus status = read_number_table(path, NameLine::allowed, table);
  if (status.ok()) status = check_columns(path, names.size(), table.values.n_cols);
  if (!status.ok()) return status;
  const auto same_names = [&](const std::vector<std::string>& found) {
    return std::ranges::is_permutation(found, names);
  };
  if (table.names.empty() && same_names(table.comment)) table.names = std::move(table.comment);
  if (table.names.empty()) {
    points = {std::move(table.values), names};
    return {};
  }
  if (!same_names(table.names)) {
    return file_failure(StatusCode::bad_file, path,
                        "expected columns named " + listed(names) + ", in any order, found " +
                            in_quotes(listed(table.names)));
  }
  arma::mat ordered(table.values.n_rows, names.size());
  for (std::size_t j = 0; j < names.size(); ++j) {
    const auto place = std::ranges::find(table.names, names[j]) - table.names.begin();
    ordered.col(j) = table.values.col(static_cast<arma::uword>(place));
  }
  points = {std::move(ordered), names};
  return {};
}

}  // namespace pinnscope
