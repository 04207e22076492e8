#include "pinnscope/io/csv.hpp"

#include <limits>

#include "io/temporary_directory.hpp"
#include "pinnscope/io/points.hpp"
#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("columns of different lengths end in empty cells") {
  const test::TemporaryDirectory directory;
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = -std::numeric_limits<double>::quiet_NaN();
  REQUIRE(write_csv(directory.path("x.csv"),
                    {{"x", {1, 0.5, -2e300}}, {"a \"b\", c", {}}, {"y", {nan, -infinity}}})
              .ok());
  REQUIRE(directory.read("x.csv") ==
          "x,\"a \"\"b\"\", c\",y\n"
          "1,,nan\n"
          "0.5,,-inf\n"
          "-2.0000000000000001e+300,,\n");
}

TEST_CASE("numbers in a CSV file read back bit for bit") {
  const test::TemporaryDirectory directory;
  const std::vector<double> numbers{0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0};
  REQUIRE(write_csv(directory.path("x.csv"), {{"numbers", numbers}}).ok());
  Points points;
  const FileStatus status = read_points(directory.path("x.csv"), 1, points);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(points.names == std::vector<std::string>{"numbers"});
  REQUIRE(std::equal(numbers.begin(), numbers.end(), points.values.begin(), points.values.end()));
  REQUIRE(std::signbit(points.values(4)));
}

TEST_CASE("a CSV file without columns is refused") {
  const test::TemporaryDirectory directory;
  REQUIRE(write_csv(directory.path("x.csv"), {}).code == StatusCode::empty_input);
  REQUIRE(directory.files() == 0);
}
