#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// A named piece of the state of a run, in the memory of its owner.
struct StateBlock {
  std::string name;            ///< as visit_state() calls it
  std::span<std::byte> bytes;  ///< what is written, or read into
};

/// What visit_state() of an object shows.
template <class Object>
std::vector<StateBlock> state_blocks(Object& object) {
  std::vector<StateBlock> blocks;
  object.visit_state([&](const char* name, std::span<std::byte> bytes) {
    blocks.push_back({name, bytes});
  });
  return blocks;
}

/// The name of the checkpoint before the one at `path`.
std::string previous_checkpoint(const std::string& path);

/// Writes the blocks whole or not at all (see write_file). What was at `path` is kept under its
/// previous name: at any instant there is a whole file under one of the two, and a failure to write
/// the new one leaves both as they were. `recipe` says how the run was configured: lines "key
/// value". The layout:
///
///     8 bytes    "PINNCKP1"
///     8 bytes    length of the header, little-endian
///     header     JSON: "recipe": text, "blocks": [{"name": text, "bytes": number}]
///     blocks     one after the other, as they lie in memory: for a machine of the same byte order
///     8 bytes    CRC-64/XZ of all before it (ECMA-182's polynomial, reflected), little-endian
FileStatus write_checkpoint(const std::string& path, std::string_view recipe,
                            std::span<const StateBlock> blocks);

/// Reads a checkpoint back into the blocks; where there is none at `path`, the previous one. The
/// blocks are unchanged where the file is damaged or belongs to a run with another recipe or other
/// blocks: the message says what was expected, and whether the one before is whole.
FileStatus read_checkpoint(const std::string& path, std::string_view recipe,
                           std::span<const StateBlock> blocks);

}  // namespace pinnscope
