#pragma once

#include <string>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// Reads the dense layers of a Keras HDF5 file, kernels (fan_in x fan_out) and biases (zeros where
/// a layer has none):
///
///   Keras 2      groups listed by the attribute layer_names, here or in /model_weights, whose
///                datasets the attribute weight_names lists (LAYER/kernel:0, LAYER/bias:0); also
///                where the layers are inside one sequential model
///   Keras 3      .weights.h5: layers/LAYER/vars/0 and 1, layers in the order of their numbers
///                (dense, dense_1, ..., dense_9, dense_10)
///
/// A whole model has the attribute model_config: it gives the order, the activations and the layers
/// without weights (see parse_keras_config). What keeps the network from being computed becomes its
/// obstacle: the weights are read all the same, where they are a chain. Without a model_config,
/// which files of weights alone do not have, the activation is not known, and a layer without
/// weights that is not by its name an input, a dropout or a hidden activation is an obstacle.
///
/// Numbers are float32 or float64 and stay what they are. What does not act on a trained network
/// (optimizer, random generators) is listed in left_out; any other dataset, as of a normalisation
/// or convolution, is refused: without it the network is another one. Files are not followed into
/// other files. The HDF5 library works in a process of its own (see read_contained), since a
/// damaged file can lead it astray. `network` is unchanged on failure; unsupported in a build
/// without HDF5.
FileStatus read_keras_h5(const std::string& path, NetworkWeights& network,
                         Numbers numbers = Numbers::finite);

/// The same in this process: for files that it made itself, since a damaged one may end it.
FileStatus read_keras_h5_here(const std::string& path, NetworkWeights& network,
                              Numbers numbers = Numbers::finite);

/// Whether this build reads such files.
bool reads_keras_h5() noexcept;

}  // namespace pinnscope
