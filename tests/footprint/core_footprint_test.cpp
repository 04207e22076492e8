#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

#include <cstdlib>
#include <memory>

using namespace pinnscope;

TEST_CASE("the allocation counter sees malloc and operator new") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  void* volatile kept = nullptr;
  REQUIRE(test::allocations_of([&] { kept = std::malloc(32); }) == 1);
  std::free(kept);
  std::unique_ptr<int[]> array;
  REQUIRE(test::allocations_of([&] { array.reset(new int[100]); }) == 1);
  REQUIRE(test::allocations_of([] {}) == 0);
}
