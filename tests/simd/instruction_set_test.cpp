#include "pinnscope/simd/instruction_set.hpp"

#include <string>
#include <vector>

#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/step/sweeps.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

template <class Table>
std::vector<std::string> names() {
  std::vector<std::string> result;
  for (const Table* table : available<Table>()) result.emplace_back(table->name);
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("the table in use is the first that is available, the portable one the last", "",
                   Kernels<float>, Kernels<double>, Sweeps<float>, Sweeps<double>) {
  const auto found = available<TestType>();
  REQUIRE(found.count > 0);
  REQUIRE(&fastest<TestType>() == found.tables[0]);
  REQUIRE(std::string(found.tables[found.count - 1]->name) == "portable");
}

TEST_CASE("every kind of tables is there for the same instruction sets") {
  const auto expected = names<Kernels<float>>();
  REQUIRE(names<Kernels<double>>() == expected);
  REQUIRE(names<Sweeps<float>>() == expected);
  REQUIRE(names<Sweeps<double>>() == expected);
}
