#pragma once

#include <cstddef>

namespace pinnscope {

/// The instruction sets that a build has files for, in the order of their choice: a file
/// instruction_sets_<family>.hpp has those of a family of processors, a row each. What one says of
/// itself is its name, the length of a register in bytes, and whether this processor has it.
template <class... Set>
struct FastestFirst {};

/// What the compiler takes the target to have.
struct Portable {
  static constexpr const char* kName = "portable";
  static constexpr std::size_t kLaneBytes = 16;
  static bool runs() noexcept { return true; }
};

/// A table of functions compiled for Set, which only a processor that has the set may ask for.
/// Set's file of the library that has the tables says them all.
template <class Set, class Table>
const Table& compiled() noexcept;

}  // namespace pinnscope
