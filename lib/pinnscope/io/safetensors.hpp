#pragma once

#include <string>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// Reads a network from a safetensors file:
///
///     8 bytes    length of the header, little-endian
///     header     JSON: "__metadata__": text -> text; a tensor's name -> dtype, shape, data_offsets
///     numbers    little-endian, row-major, without gaps
///
/// In this project's own layout layer L (0, 1, ...) of z = a W + b is "layers.L.weight", fan_in x
/// fan_out, and "layers.L.bias", fan_out, as F32 or F64. The metadata are "format" = "pinnscope",
/// "widths" ("2,100,1"), "activation", "output_activation" and the parameters of these by their
/// names
/// ("negative_slope", "omega": finite numbers) where they are known, and the writer's own. Tensors
/// of other names are listed in left_out.
///
/// A file of format "pt", or of none, is a state_dict of linear layers of PyTorch: MODULE.weight,
/// fan_out x fan_in, and MODULE.bias, which may be missing, in the order of the numbers in their
/// names, which differ in nothing else. It does not know its activation. Any other tensor is
/// refused, and so is a file of no format whose shapes fit both ways round. `network` is unchanged
/// on failure. Source of the format: https://github.com/huggingface/safetensors, README, section
/// Format; of the names and shapes: torch.nn.Linear, torch.nn.Module.state_dict.
FileStatus read_safetensors(const std::string& path, NetworkWeights& network,
                            Numbers numbers = Numbers::finite);

/// Writes a network so, whole or not at all, its numbers rounded to `precision`. The same network
/// gives the same bytes. Metadata must be UTF-8 and must not use the names above.
FileStatus write_safetensors(const std::string& path, const NetworkWeights& network,
                             Precision precision);

}  // namespace pinnscope
