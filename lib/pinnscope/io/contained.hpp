#pragma once

#include <functional>
#include <string>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// What reads a network from a file, as read_keras_h5() does.
using NetworkReader = std::function<FileStatus(const std::string& path, NetworkWeights& network)>;

/// Reads a regular file by `reader`, but in a child process: a library that is led astray by a
/// damaged file takes that process down and not this one. The child may take four times the size of
/// the file and 64 MiB more memory than this process has now, half a second of processor time and a
/// quarter for each mebibyte, and half a minute more of waiting. It writes no file, and what it
/// prints is dropped. What it found comes back through a pipe. bad_file where it ended otherwise,
/// and the message says how; a pipe, device or directory is refused unopened. `network` is
/// unchanged on failure.
FileStatus read_contained(const std::string& path, const NetworkReader& reader,
                          NetworkWeights& network);

}  // namespace pinnscope
