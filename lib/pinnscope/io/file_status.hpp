#pragma once

#include <string>

#include "pinnscope/core/status.hpp"

namespace pinnscope {

/// The outcome of reading or writing a file. The message is one line without a full stop: the file,
/// the place in it (line and column, tensor, byte), what was expected and what was found.
struct [[nodiscard]] FileStatus {
  StatusCode code = StatusCode::ok;
  std::string message;

  bool ok() const noexcept { return code == StatusCode::ok; }
};

}  // namespace pinnscope
