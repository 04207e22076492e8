#pragma once

#include <string>
#include <string_view>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// Reads a network in the format (see weight_formats) that the ending of its path says, in any
/// case; a directory whatever its name. Numbers that are not finite are refused unless they are
/// asked for: a network that diverged can be described and not evaluated. Where no format has the
/// ending, the message names those of this build. `network` is unchanged on failure.
FileStatus read_network(const std::string& path, NetworkWeights& network,
                        Numbers numbers = Numbers::finite);

/// Writes a network in the format that the ending of its path says, whole or not at all, its
/// numbers rounded to `precision`; to standard output, a device or a pipe in the first format that
/// is written.
FileStatus write_network(const std::string& path, const NetworkWeights& network,
                         Precision precision);

/// Whether write_network() has a format for the path; the failure says which endings there are.
FileStatus check_network_path(const std::string& path);

/// "a directory of text files, Keras HDF5 (.h5, .hdf5) or safetensors (.safetensors)": what
/// read_network() reads in this build.
std::string readable_networks();

/// ".safetensors": the ending of the first format that is written.
std::string_view written_ending();

}  // namespace pinnscope
