#pragma once

#include <functional>
#include <string>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// What reads a network from a file, as read_keras_h5() does.
using NetworkReader = std::function<FileStatus(const std::string& path, NetworkWeights& network)>;

/// Reads a regular file by `reader`, but in a child process: a library that is led astray by a
/// damaged file takes that process down and not this one. The child may take 64 MiB and twelve
/// times the size of the file more memory than this process has now, ten seconds of processor time
/// and thirty of waiting; twelve and not the four of the other readers, since a file of floats is
/// held as doubles (twice), turned (twice), packed (twice) and sent in a buffer that grows; it
/// writes no file, and what it prints is dropped. What it found comes back through a pipe. bad_file
/// where it ended otherwise, and the message says how; a pipe, device or directory is refused
/// unopened. `network` is unchanged on failure.
FileStatus read_contained(const std::string& path, const NetworkReader& reader,
                          NetworkWeights& network);

}  // namespace pinnscope
