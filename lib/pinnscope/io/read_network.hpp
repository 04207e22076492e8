#pragma once

#include <string>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// Reads a network: from a directory as text, from .h5 or .hdf5 as Keras HDF5, from .safetensors as
/// safetensors (endings in any case). `network` is unchanged on failure.
FileStatus read_network(const std::string& path, NetworkWeights& network);

}  // namespace pinnscope
