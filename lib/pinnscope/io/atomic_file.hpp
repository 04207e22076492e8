#pragma once

#include <string>
#include <string_view>

#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// Writes a file whole or not at all: into a temporary file in the same directory, which is flushed
/// to the disk (fsync) and renamed to `path`; the directory is flushed too. On failure an older
/// file at `path` is as it was and the temporary one is gone. A new file gets the permissions that
/// the process gives to new files.
FileStatus write_file(const std::string& path, std::string_view content);

/// Reads a whole regular file. `content` is unchanged on failure.
FileStatus read_file(const std::string& path, std::string& content);

}  // namespace pinnscope
