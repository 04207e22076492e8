#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"

namespace pinnscope {

/// A format of networks in files: a row of weight_formats().
struct WeightFormat {
  const char* text = "";  ///< what it is, for help and messages
  /// Of the names of its files, with the dot and in small letters. None: it is a directory.
  std::array<std::string_view, 2> endings{};
  /// Reads what is at `path`; `network` is unchanged on failure.
  FileStatus (*read)(const std::string& path, NetworkWeights& network, Numbers numbers) = nullptr;
  /// Writes all that a network is, its activations and metadata too. None: the format has no place
  /// for these, or is another program's, and is only read.
  FileStatus (*write)(const std::string& path, const NetworkWeights& network,
                      Precision precision) = nullptr;
  bool present = true;  ///< in this build; if not, read() says what the build lacks
};

/// The formats of networks. Choice of a reader and writer, help and messages follow from this list
/// alone. The first one that is written is that of networks without a name of their own.
std::span<const WeightFormat> weight_formats();

}  // namespace pinnscope
