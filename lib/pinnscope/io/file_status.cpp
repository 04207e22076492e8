#include "pinnscope/io/file_status.hpp"

#include "pinnscope/io/printable.hpp"

namespace pinnscope {

FileStatus file_failure(StatusCode code, std::string_view file, std::string_view text) {
  return {code, printable(file) + ": " + printable(text)};
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  const std::string shown = printable(text, kLongest);
  const bool is_whole = printable(text, kLongest + 1).size() == shown.size();
  return "'" + shown + (is_whole ? "'" : "...'");
}

std::string list_of(const std::vector<std::string>& words, const char* conjunction) {
  std::string list;
  for (std::size_t k = 0; k < words.size(); ++k) {
    if (k > 0) list += k + 1 < words.size() ? ", " : std::string(" ") + conjunction + ' ';
    list += words[k];
  }
  return list;
}

}  // namespace pinnscope
