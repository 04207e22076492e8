#include <string>
#include <vector>

#include "io/temporary_directory.hpp"
#include "pinnscope/io/csv.hpp"
#include "pinnscope/io/points.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("behind the first one points are read without allocating") {
  const test::TemporaryDirectory directory;
  constexpr std::size_t kPoints = 50'000;
  std::string text = "# measured\nt,x\n";
  for (std::size_t i = 0; i < kPoints; ++i) text += "0.25," + std::to_string(i) + " # a note\n";
  REQUIRE(text.size() > 3 * LineReader::kBlock);
  PointReader reader(directory.write("p", text), {"x", "t"});
  VectorView<const double> point;
  REQUIRE(reader.next(point));
  std::size_t count = 1;
  const std::size_t allocations = test::allocations_of([&] {
    while (reader.next(point)) ++count;
  });
  REQUIRE(reader.status().ok());
  REQUIRE(count == kPoints);
  REQUIRE(allocations == 0);
}

TEST_CASE("rows are written without allocating") {
  const test::TemporaryDirectory directory;
  constexpr std::size_t kRows = 20'000;
  CsvWriter csv;
  REQUIRE(csv.open(directory.path("x.csv")).ok());
  const std::size_t allocations = test::allocations_of([&] {
    for (std::size_t i = 0; i < kRows; ++i) {
      csv.count(i);
      csv.number(-1.0 / static_cast<double>(i + 1));
      csv.text("a word, and \"another\"");
      csv.blank();
      csv.end_row();
    }
  });
  REQUIRE(csv.finish().ok());
  REQUIRE(directory.read("x.csv").size() > 3 * CsvWriter::kBlock);
  REQUIRE(allocations == 0);
}
