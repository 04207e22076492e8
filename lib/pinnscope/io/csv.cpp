#include "pinnscope/io/csv.hpp"

#include <algorithm>

#include "pinnscope/io/atomic_file.hpp"
#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/number_text.hpp"

namespace pinnscope {
namespace {

void append_heading(std::string& text, const std::string& heading) {
  if (heading.find_first_of(",\"\r\n") == std::string::npos) {
    text += heading;
    return;
  }
  text += '"';
  for (const char letter : heading) {
    if (letter == '"') text += '"';
    text += letter;
  }
  text += '"';
}

}  // namespace

FileStatus write_csv(const std::string& path, const std::vector<Column>& columns) {
  return guarded(path, [&] {
    if (columns.empty()) return file_failure(StatusCode::empty_input, path, "there is no column");
    std::string text;
    std::size_t rows = 0;
    for (std::size_t j = 0; j < columns.size(); ++j) {
      if (j > 0) text += ',';
      append_heading(text, columns[j].heading);
      rows = std::max(rows, columns[j].values.size());
    }
    text += '\n';
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns.size(); ++j) {
        if (j > 0) text += ',';
        if (i < columns[j].values.size()) append_number(text, columns[j].values[i]);
      }
      text += '\n';
    }
    return write_file(path, text);
  });
}

}  // namespace pinnscope
