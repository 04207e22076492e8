#pragma once

#include <cstddef>

namespace pinnscope::test {

/// Counts what any code in the process takes from the heap (malloc and its kin, operator new, mmap,
/// BLAS and LAPACK included) from construction until count(). A sanitizer brings an allocator of
/// its own: counts_allocations() is false then, and count() is 0.
class AllocationCount {
 public:
  AllocationCount() noexcept;
  ~AllocationCount();
  AllocationCount(const AllocationCount&) = delete;
  AllocationCount& operator=(const AllocationCount&) = delete;

  /// Stops counting and returns the number of allocations since construction.
  std::size_t count() noexcept;
};

bool counts_allocations() noexcept;

/// Allocations while `call()` runs once.
template <class Call>
std::size_t allocations_of(Call&& call) {
  AllocationCount counter;
  call();
  return counter.count();
}

}  // namespace pinnscope::test
