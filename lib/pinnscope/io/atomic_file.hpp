#pragma once

#include <span>
#include <string>
#include <string_view>

#include "pinnscope/io/descriptor.hpp"
#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// An output that is written piece by piece and, where it is a file, appears whole or not at all:
/// until close() the pieces are in a temporary file of its directory, which goes with this object.
/// It has no name (O_TMPFILE), so that nothing stays of a process that is killed; where the file
/// system has no such files, or /proc is not there to name them, it is beside the output.
/// Standard output ("-"), devices and pipes get the pieces as they come, and are opened with the
/// first. write_file says the rest.
class OutputFile {
 public:
  OutputFile() = default;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  /// Finds where `path` leads and makes the temporary file; those of writers that were killed go.
  /// Once, before anything else.
  FileStatus open(const std::string& path);

  /// Appends a piece. Allocates nothing unless it fails.
  FileStatus write(std::string_view piece);

  /// Puts the file in its place, flushed to the disk, when all pieces are written. Where `older` is
  /// given, the file that is replaced has that name from right before: a failure until then leaves
  /// both files as they were. At any instant one of them is whole.
  FileStatus close(const std::string& older = {});

 private:
  FileStatus create();
  bool hold() const;
  FileStatus keep_owner() const;
  bool link_to(const std::string& name);
  FileStatus put_in_place(const std::string& older);
  FileStatus open_stream();

  std::string path_;  // as given, for messages
  Destination destination_;
  Descriptor file_;
  int number_ = -1;   // of what is written to, once it is open
  std::string name_;  // of the temporary file, as long as it is there and has one
};

/// Writes `content` to where `path` leads (see find_destination). A file is written whole or not at
/// all: into a temporary file (see OutputFile), which is flushed to the disk (fsync) and renamed;
/// the directory is flushed too. Links are followed, and permissions and owner of an older file
/// kept; a new one gets the permissions that the process gives to new files. On failure an older
/// file is as it was and the temporary one is gone; but where all is written and only the renaming
/// fails, the message says under which name the content is kept. Standard output ("-"), devices and
/// pipes get the bytes as they come. Temporary files of writers that were killed go first. `older`
/// is what OutputFile::close() takes.
FileStatus write_file(const std::string& path, std::string_view content,
                      const std::string& older = {});

/// Whether write_file can put something at `path`, before there is anything to write: a temporary
/// file is made and goes again, and so do those of writers that were killed.
FileStatus check_writable(const std::string& path);

/// The same for a directory to be made, or to be written into where it is there: nothing is made
/// that stays.
FileStatus check_directory(const std::string& path);

/// Makes a directory, and those above it, where it is not there yet.
FileStatus make_directory(const std::string& path);

/// Removes the files of these names from a directory, where an earlier run left them and this one
/// has none to write in their place: a directory then holds one run. What is not there is no
/// failure, and what is no file stays.
FileStatus remove_older(const std::string& directory, std::span<const std::string> names);

/// Removes the temporary files with a name that writers of `path` left when they were killed. A
/// file that a living writer holds (it keeps a lock, flock) stays, and so does any that has another
/// form of name.
void remove_partial_files(const std::string& path);

/// Reads a whole regular file. `content` is unchanged on failure.
FileStatus read_file(const std::string& path, std::string& content);

}  // namespace pinnscope
