#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// Where the bytes of an output go.
struct Destination {
  /// How what is there is written to.
  enum class Kind : std::uint8_t {
    file,    // a regular file, there already or to be made: replaced whole
    stream,  // standard output, a character device or a pipe: written to as it is
  };
  Kind kind = Kind::file;  ///< how it is written to
  std::string path;        ///< of a file: without symbolic links; else as given
  int descriptor = -1;     ///< of a stream that this process has open already
  bool exists = false;     ///< of a file
  mode_t permissions = 0;  ///< of a file that exists
  uid_t owner = 0;         ///< of a file that exists
  gid_t group = 0;         ///< of a file that exists
};

/// Finds out where `path` leads. "-" is standard output; links are followed, also one to a file
/// that is not there yet; a file that standard output or standard error is redirected to is that
/// stream. bad_file for a directory, a socket, a block device, an empty path, a file that this
/// process may not write, or a directory that is not there. `destination` is then unchanged.
FileStatus find_destination(const std::string& path, Destination& destination);

/// Where `path` leads to standard output it becomes "-", and what this process prints goes to
/// standard error from now on: nothing but the output itself reaches whoever reads it. Before
/// anything is written or printed.
FileStatus keep_apart_from_messages(std::string& path);

/// Whether that has come to be: what is printed is then no output that could be lost.
bool messages_are_apart();

/// Whether what is written to one path would be lost under what is written to the other: both lead
/// to one file, by device and inode, however they are spelled. Devices and pipes take both.
bool is_same_file(const std::string& first, const std::string& second);

}  // namespace pinnscope
