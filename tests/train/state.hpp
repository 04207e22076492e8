#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "support/test.hpp"

namespace pinnscope::test {

/// A copy of what an optimiser's visit_state shows, as a checkpoint keeps it.
struct SavedState {
  std::vector<std::string> names;
  std::vector<std::vector<std::byte>> blocks;
};

template <class Optimiser>
SavedState save(Optimiser& optimiser) {
  SavedState state;
  optimiser.visit_state([&](const char* name, std::span<std::byte> bytes) {
    state.names.emplace_back(name);
    state.blocks.emplace_back(bytes.begin(), bytes.end());
  });
  return state;
}

template <class Optimiser>
void restore(const SavedState& state, Optimiser& optimiser) {
  std::size_t next = 0;
  optimiser.visit_state([&](const char* name, std::span<std::byte> bytes) {
    REQUIRE(next < state.names.size());
    REQUIRE(state.names[next] == name);
    REQUIRE(state.blocks[next].size() == bytes.size());
    std::memcpy(bytes.data(), state.blocks[next].data(), bytes.size());
    ++next;
  });
  REQUIRE(next == state.names.size());
}

}  // namespace pinnscope::test
