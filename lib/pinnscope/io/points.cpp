#include "pinnscope/io/points.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "pinnscope/io/guard.hpp"

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

FileStatus collect(PointReader& reader, std::size_t columns, const std::string& path,
                   Points& points) {
  return guarded(path, [&] {
    std::vector<double> numbers;
    std::size_t found = 0;
    VectorView<const double> point;
    while (reader.next(point)) {
      if (numbers.empty() && columns > 0) {
        FileStatus status = check_columns(path, columns, point.size());
        if (!status.ok()) return status;
      }
      found = point.size();
      numbers.insert(numbers.end(), point.begin(), point.end());
    }
    if (reader.status().ok()) {
      points = {arma::mat(numbers.data(), found, numbers.size() / found).t(), reader.names()};
    }
    return reader.status();
  });
}

}  // namespace

PointReader::PointReader(const std::string& path, std::size_t longest_line)
    : lines_(longest_line),
      rows_(input_name(path), NameLine::allowed),
      status_(lines_.open_stream(path)) {}

PointReader::PointReader(const std::string& path, std::vector<std::string> names)
    : lines_(kLongestLine),
      rows_(input_name(path), NameLine::allowed),
      status_(lines_.open_stream(path)),
      names_(std::move(names)),
      ordered_(names_.size()) {}

bool PointReader::next(VectorView<const double>& point) {
  std::string_view line;
  do {
    if (!status_.ok()) return false;
    if (!lines_.next(line)) {
      status_ = lines_.status().ok() ? rows_.finish() : lines_.status();
      return false;
    }
    status_ = rows_.take(line);
  } while (!status_.ok() || rows_.row().size() == 0);
  point = rows_.row();
  if (!started_) status_ = start();
  if (!status_.ok()) return false;
  if (order_.empty()) return true;
  for (std::size_t j = 0; j < order_.size(); ++j) ordered_[j] = point[order_[j]];
  point = {ordered_.data(), ordered_.size()};
  return true;
}

/// What the first point and the lines before it say of the columns.
FileStatus PointReader::start() {
  started_ = true;
  if (!names_.empty()) return find_order();
  names_ = rows_.names();
  return {};
}

FileStatus PointReader::find_order() {
  const FileStatus status = check_columns(lines_.name(), names_.size(), rows_.row().size());
  if (!status.ok()) return status;
  const auto same_names = [&](const std::vector<std::string>& found) {
    return std::ranges::is_permutation(found, names_);
  };
  const bool in_comment = rows_.names().empty() && same_names(rows_.comment());
  const std::vector<std::string>& found = in_comment ? rows_.comment() : rows_.names();
  if (found.empty()) return {};
  if (!same_names(found)) {
    return file_failure(StatusCode::bad_file, lines_.name(),
                        "expected columns named " + listed(names_) + ", in any order, found " +
                            in_quotes(listed(found)));
  }
  for (const std::string& name : names_) {
    order_.push_back(static_cast<std::size_t>(std::ranges::find(found, name) - found.begin()));
  }
  return {};
}

FileStatus read_points(const std::string& path, std::size_t columns, Points& points) {
  return guarded(path, [&] {
    PointReader reader(path);
    return collect(reader, columns, path, points);
  });
}

FileStatus read_points(const std::string& path, const std::vector<std::string>& names,
                       Points& points) {
  return guarded(path, [&] {
    PointReader reader(path, names);
    return collect(reader, 0, path, points);
  });
}

}  // namespace pinnscope
