#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

FileStatus file_failure(StatusCode code, std::string_view file, std::string_view text) {
  FileStatus status{code, std::string(file)};
  status.message.append(": ").append(text);
  for (char& letter : status.message) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte == 0x7f) letter = '?';
  }
  return status;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string result = "'";
  result.append(text.substr(0, kLongest));
  return result.append(text.size() > kLongest ? "...'" : "'");
}

}  // namespace pinnscope
