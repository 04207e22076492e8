#pragma once

#include <array>
#include <cstddef>

namespace pinnscope {

/// The tables of one kind (Kernels, Sweeps, BoxSums) that this processor can run: the same
/// functions compiled for one instruction set each, the fastest first, the portable ones last.
template <class Table>
struct Available {
  static constexpr std::size_t kMost = 8;  ///< tables of a kind that a build may have

  std::array<const Table*, kMost> tables{};  ///< the first `count` are there
  std::size_t count = 0;                     ///< at least 1

  /// The first table, for a loop over all of them.
  const Table* const* begin() const noexcept { return tables.data(); }
  /// Behind the last one.
  const Table* const* end() const noexcept { return tables.data() + count; }
};

/// Asks the processor which tables of a kind it can run; allocates nothing.
template <class Table>
Available<Table> available() noexcept;

/// The first of them, in a few nanoseconds.
template <class Table>
const Table& fastest() noexcept;

}  // namespace pinnscope
