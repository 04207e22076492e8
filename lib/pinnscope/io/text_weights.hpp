#pragma once

#include <string>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// Reads a directory of text files, two a layer, L = 0, 1, ... without a gap:
///
///     weights_*layerL.txt   fan_in rows of fan_out numbers
///     biases_*layerL.txt    fan_out numbers, in one row or in one column
///
/// * is anything, the same file name stem or not; lines that start with # are comments; numbers are
/// separated by blanks, tabs or commas. Other files are ignored.
///
/// Decimals that were printed from floats are floats again: where every number of the directory is
/// a float as far as its digits go, and some has at least 9 significant digits (which tell floats
/// apart), the numbers are rounded to float and the precision is float32.
FileStatus read_text_weights(const std::string& directory, NetworkWeights& network,
                             Numbers numbers = Numbers::finite);

/// Writes weights_layerL.txt and biases_layerL.txt into a directory, made where there is none, each
/// file whole or not at all: 17 significant digits, or 9 of the numbers rounded to float, so that
/// they read back bit for bit. A directory that holds weights of other names or layers is refused:
/// it would read as a mixture. Activations and metadata have no place in this format.
FileStatus write_text_weights(const std::string& directory, const NetworkWeights& network,
                              Precision precision);

}  // namespace pinnscope
