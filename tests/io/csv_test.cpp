#include "pinnscope/io/csv.hpp"

#include <limits>

#include "io/example_network.hpp"
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

TEST_CASE("text that a spreadsheet would run is marked as text, and a number is a number") {
  const auto cell = [](std::string_view text, Quotes quotes = Quotes::where_needed) {
    CsvText csv;
    csv.text(text, quotes);
    return std::string(csv.letters());
  };
  REQUIRE(cell("=1+1") == "\"'=1+1\"");
  REQUIRE(cell("@SUM(A1)") == "\"'@SUM(A1)\"");
  REQUIRE(cell("+cmd|' /C calc'!A0") == "\"'+cmd|' /C calc'!A0\"");
  REQUIRE(cell("-2+3") == "\"'-2+3\"");
  REQUIRE(cell("\t=1") == "\"'\t=1\"");
  REQUIRE(cell("\r\r-x") == "\"'\r\r-x\"");
  REQUIRE(cell("=\"a\",1") == "\"'=\"\"a\"\",1\"");
  REQUIRE(cell("=1", Quotes::always) == "\"'=1\"");
  for (const char* number : {"-2", "+2", "-1e-300", "-inf", "-nan", "-.5"}) {
    CAPTURE(number);
    REQUIRE(cell(number) == number);
    REQUIRE(cell(number, Quotes::always) == '"' + std::string(number) + '"');
  }
  for (const char* text : {"", "a=b", "z-1", "'=", " \t", "-", "="}) {
    CAPTURE(text);
    REQUIRE(cell(text) == text);
  }
}

TEST_CASE("cells of every kind make a row, and the next row begins anew") {
  CsvText csv;
  csv.count(std::numeric_limits<std::uint64_t>::max());
  csv.fixed(-0.0625, 3);
  csv.fixed(1e300, 1);
  csv.blank();
  csv.text("a", Quotes::always);
  csv.end_row();
  REQUIRE(
      csv.letters().starts_with("18446744073709551615,-0.062,1000000000000000052504760255204420"));
  REQUIRE(csv.letters().ends_with(".0,,\"a\"\n"));
  csv.clear();
  csv.number(0.5);
  REQUIRE(csv.letters() == "0.5");
}

TEST_CASE("a CSV file without columns is refused") {
  const test::TemporaryDirectory directory;
  REQUIRE(write_csv(directory.path("x.csv"), {}).code == StatusCode::empty_input);
  REQUIRE(directory.files() == 0);
}

TEST_CASE("rows that are written one by one are those of columns, over many blocks") {
  const test::TemporaryDirectory directory;
  constexpr std::size_t kRows = 40'000;
  std::vector<Column> columns(2);
  columns[0].heading = "i";
  columns[1].heading.assign(CsvWriter::kBlock, 'h');
  columns[1].heading.push_back('\n');
  for (std::size_t i = 0; i < kRows; ++i) {
    columns[0].values.push_back(static_cast<double>(i));
    columns[1].values.push_back(-1.0 / static_cast<double>(i + 1));
  }
  REQUIRE(write_csv(directory.path("columns.csv"), columns).ok());
  CsvWriter csv;
  REQUIRE(csv.open(directory.path("rows.csv")).ok());
  for (const Column& column : columns) csv.text(column.heading);
  csv.end_row();
  for (std::size_t i = 0; i < kRows; ++i) {
    csv.count(i);
    csv.number(columns[1].values[i]);
    csv.end_row();
  }
  REQUIRE(directory.read("rows.csv").empty());
  REQUIRE(csv.finish().ok());
  const std::string rows = directory.read("rows.csv");
  REQUIRE(rows.size() > 4 * CsvWriter::kBlock);
  REQUIRE(rows == directory.read("columns.csv"));
  REQUIRE(rows.starts_with("i,\"hhh"));
  REQUIRE(rows.ends_with("h\n\"\n") == false);
  REQUIRE(rows.ends_with("39999,-2.5000000000000001e-05\n"));
}

TEST_CASE("a CSV file that is not finished leaves the older one and nothing else") {
  const test::TemporaryDirectory directory;
  directory.write("x.csv", "older");
  {
    CsvWriter csv;
    REQUIRE(csv.open(directory.path("x.csv")).ok());
    for (std::size_t i = 0; i < CsvWriter::kBlock; ++i) csv.count(i);
    REQUIRE(csv.ok());
    REQUIRE(directory.read("x.csv") == "older");
  }
  REQUIRE(directory.files() == 1);
  REQUIRE(directory.read("x.csv") == "older");
}

TEST_CASE("a full device is noticed while rows are written, and said at the end") {
  CsvWriter csv;
  REQUIRE(csv.open("/dev/full").ok());
  std::size_t rows = 0;
  for (; csv.ok() && rows < CsvWriter::kBlock; ++rows) {
    csv.number(0.1);
    csv.end_row();
  }
  REQUIRE(rows < CsvWriter::kBlock);
  const FileStatus status = csv.finish();
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(test::contains(status.message, "/dev/full: cannot write to it: No space left"));
}
