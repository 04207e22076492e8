#pragma once

#include <string>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// Reads the dense layers of a Keras HDF5 file, kernels (fan_in x fan_out) and biases:
///
///   Keras 2      groups listed by the attribute layer_names, here or in /model_weights, whose
///                datasets the attribute weight_names lists (LAYER/kernel:0, LAYER/bias:0), in the
///                order of the network; also where the layers are inside one sequential model
///   Keras 3      .weights.h5: layers/LAYER/vars/0 and 1, layers in the order of their numbers
///                (dense, dense_1, ..., dense_9, dense_10)
///
/// Numbers are float32 or float64 and stay what they are. What does not act on a trained network
/// (optimizer, random generators) is listed in left_out; any other dataset, as of a normalisation
/// or convolution, is refused: without it the network is another one. Files are not followed into
/// other files. `network` is unchanged on failure; unsupported in a build without HDF5.
FileStatus read_keras_h5(const std::string& path, NetworkWeights& network);

}  // namespace pinnscope
