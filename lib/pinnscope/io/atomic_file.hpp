#pragma once

#include <string>
#include <string_view>

#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// Writes `content` to where `path` leads (see find_destination). A file is written whole or not at
/// all: into a temporary file beside it, which is flushed to the disk (fsync) and renamed; the
/// directory is flushed too. Links are followed, and permissions and owner of an older file kept;
/// a new one gets the permissions that the process gives to new files. On failure an older file is
/// as it was and the temporary one is gone; but where all is written and only the renaming fails,
/// the message says under which name the content is kept. Standard output ("-"), devices and pipes
/// get the bytes as they come.
FileStatus write_file(const std::string& path, std::string_view content);

/// Whether write_file can put something at `path`, before there is anything to write: a temporary
/// file is made beside it and removed again.
FileStatus check_writable(const std::string& path);

/// The same for a directory to be made, or to be written into where it is there: nothing is made
/// that stays.
FileStatus check_directory(const std::string& path);

/// Removes the temporary files that writers of `path` left when they were killed. A file that a
/// living writer holds (it keeps a lock, flock) stays, and so does any that has another form of
/// name.
void remove_partial_files(const std::string& path);

/// Reads a whole regular file. `content` is unchanged on failure.
FileStatus read_file(const std::string& path, std::string& content);

}  // namespace pinnscope
