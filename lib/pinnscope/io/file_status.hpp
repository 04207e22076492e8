#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/core/status.hpp"

namespace pinnscope {

/// The outcome of reading or writing a file. The message is one line without a full stop: the file,
/// the place in it (line and column, tensor, byte), what was expected and what was found.
struct [[nodiscard]] FileStatus {
  StatusCode code = StatusCode::ok;  ///< what kind of failure
  std::string message;               ///< empty where nothing failed

  /// Whether nothing failed.
  bool ok() const noexcept { return code == StatusCode::ok; }
};

/// A failure with the message "file: text", both printable(): one line whatever they contain.
FileStatus file_failure(StatusCode code, std::string_view file, std::string_view text);

/// Text from a file for a message: in quotes, printable(), cut after 40 characters.
std::string in_quotes(std::string_view text);

/// "a, b or c".
std::string list_of(const std::vector<std::string>& words, const char* conjunction);

}  // namespace pinnscope
