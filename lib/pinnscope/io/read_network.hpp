#pragma once

#include <string>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// Reads a network: from a directory as text, from .h5 or .hdf5 as Keras HDF5, from .safetensors as
/// safetensors (endings in any case). Numbers that are not finite are refused unless they are asked
/// for: a network that diverged can be described and not evaluated. `network` is unchanged on
/// failure.
FileStatus read_network(const std::string& path, NetworkWeights& network,
                        Numbers numbers = Numbers::finite);

}  // namespace pinnscope
