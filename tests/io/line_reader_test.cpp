#include "pinnscope/io/line_reader.hpp"

#include <vector>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

std::vector<std::string> lines_of(const std::string& path) {
  LineReader reader;
  const FileStatus status = reader.open_file(path);
  INFO(status.message);
  REQUIRE(status.ok());
  std::vector<std::string> lines;
  std::string_view line;
  while (reader.next(line)) lines.emplace_back(line);
  REQUIRE(reader.status().ok());
  REQUIRE(reader.number() == lines.size());
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines end in LF, CR or both, and the last one needs no end") {
  const test::TemporaryDirectory directory;
  REQUIRE(lines_of(directory.write("x", "")).empty());
  REQUIRE(lines_of(directory.write("x", "\n")) == Lines{""});
  REQUIRE(lines_of(directory.write("x", "a\nb\r\nc\rd")) == Lines{"a", "b", "c", "d"});
  REQUIRE(lines_of(directory.write("x", "a\r\r\n\n\rb\r")) == Lines{"a", "", "", "", "b"});
}

TEST_CASE("a byte order mark is skipped in front of the first line alone") {
  const test::TemporaryDirectory directory;
  REQUIRE(lines_of(directory.write("x", "\xef\xbb\xbf")) == Lines{""});
  REQUIRE(lines_of(directory.write("x",
                                   "\xef\xbb\xbf"
                                   "a\n\xef\xbb\xbf")) == Lines{"a", "\xef\xbb\xbf"});
}

TEST_CASE("ends of lines are found wherever a block ends") {
  const test::TemporaryDirectory directory;
  for (std::size_t length = LineReader::kBlock - 3; length <= LineReader::kBlock + 1; ++length) {
    for (const char* end : {"\n", "\r", "\r\n"}) {
      const std::string first(length, 'a');
      const std::string text = first + end + end + "b" + end;
      CAPTURE(length, end);
      const Lines lines = lines_of(directory.write("x", text));
      REQUIRE(lines.size() == 3);
      REQUIRE((lines[0] == first && lines[1].empty() && lines[2] == "b"));
    }
  }
}

TEST_CASE("a line of many blocks is read whole, or refused where lines have a limit") {
  const test::TemporaryDirectory directory;
  const std::string longest(3 * LineReader::kBlock + 5, 'a');
  const std::string path = directory.write("x", "b\n" + longest + "\nc\n");
  REQUIRE(lines_of(path) == Lines{"b", longest, "c"});
  LineReader reader(2 * LineReader::kBlock);
  REQUIRE(reader.open_file(path).ok());
  std::string_view line;
  REQUIRE(reader.next(line));
  REQUIRE_FALSE(reader.next(line));
  REQUIRE(reader.status().code == StatusCode::out_of_range);
  REQUIRE(contains(reader.status().message, path + ": line 2: expected fewer than 524288 bytes"));
  REQUIRE_FALSE(reader.next(line));
}

TEST_CASE("what cannot be read is a failure") {
  const test::TemporaryDirectory directory;
  LineReader none;
  REQUIRE(contains(none.open_stream(directory.path("none")).message, "cannot open it"));
  LineReader file;
  REQUIRE(contains(file.open_file(directory.path()).message, "expected a regular file"));
  LineReader device;
  REQUIRE(contains(device.open_file("/dev/zero").message, "expected a regular file"));
  LineReader reader;
  REQUIRE(reader.open_stream(directory.path()).ok());
  std::string_view line;
  REQUIRE_FALSE(reader.next(line));
  REQUIRE(contains(reader.status().message, "cannot read it: Is a directory"));
}
