#pragma once

#include "pinnscope/simd/instruction_set.hpp"
#include "pinnscope/simd/instruction_sets.hpp"

// The choice of an instruction set as the program runs. The .cpp of a kind of tables instantiates
// both functions for it. The build writes instruction_sets.hpp: the one of the processor's family.

namespace pinnscope {

/// Calls take(table) for what this processor can run, the fastest first, until it returns true.
template <class Table, class... Set, class Take>
void choose(FastestFirst<Set...>, Take&& take) noexcept {
  static_assert(sizeof...(Set) <= Available<Table>::kMost);
  (void)((Set::runs() && take(compiled<Set, Table>())) || ...);
}

template <class Table>
Available<Table> available() noexcept {
  Available<Table> found;
  choose<Table>(InstructionSets{}, [&](const Table& table) {
    found.tables[found.count++] = &table;
    return false;
  });
  return found;
}

template <class Table>
const Table& fastest() noexcept {
  const Table* found = nullptr;
  choose<Table>(InstructionSets{}, [&](const Table& table) {
    found = &table;
    return true;
  });
  return *found;
}

}  // namespace pinnscope
