#include "pinnscope/io/points.hpp"

#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

TEST_CASE("points are read with any separator, comments and line ends") {
  const test::TemporaryDirectory directory;
  const arma::mat expected{{1, -2}, {3e-1, 4}};
  for (const char* text : {"1 -2\n0.3 4\n", "1,-2\n0.3,4", "# x t\r\n\r\n  1\t-2 \r\n+.3 , 4\r\n",
                           "x,t\n1,-2\n#\n3e-1,4\n",
                           "\xef\xbb\xbf"
                           "x t\r1 -2\r.3 4\r"}) {
    CAPTURE(text);
    Points points;
    const FileStatus status = read_points(directory.write("p", text), 2, points);
    INFO(status.message);
    REQUIRE(status.ok());
    REQUIRE(test::same_bits(points.values, expected));
  }
}

TEST_CASE("what follows a # in a line of points is a comment") {
  const test::TemporaryDirectory directory;
  Points points;
  const FileStatus status =
      read_points(directory.write("p", "x,t # names\n1,2#3\n  # 4\n5 , 6 # 7,8\n"), 2, points);
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(test::same_bits(points.values, arma::mat{{1, 2}, {5, 6}}));
}

TEST_CASE("columns are put in order by their names") {
  const test::TemporaryDirectory directory;
  const arma::mat expected{{1, 2}, {3, 4}};
  for (const char* text :
       {"t,x\n2,1\n4,3\n", "x t\n1 2\n3 4\n", "1 2\n3 4\n", "\"t\",\"x\"\n2,1\n4,3\n",
        "# t x\n2 1\n4 3\n", "# x of t\n1 2\n3 4\n", "# t x\nx t\n1 2\n3 4\n",
        "t\tx # seconds, metres\r\n2\t1\r\n4\t3\r\n"}) {
    CAPTURE(text);
    Points points;
    const FileStatus status = read_points(directory.write("p", text), {"x", "t"}, points);
    INFO(status.message);
    REQUIRE(status.ok());
    REQUIRE(test::same_bits(points.values, expected));
    REQUIRE(points.names == std::vector<std::string>{"x", "t"});
  }
  Points three;
  REQUIRE(read_points(directory.write("p", "z,y,x\n3,2,1\n"), {"x", "y", "z"}, three).ok());
  REQUIRE(test::same_bits(three.values, arma::mat{{1, 2, 3}}));
}

TEST_CASE("columns of other names are refused with both lists") {
  const test::TemporaryDirectory directory;
  for (const char* text : {"t,y\n1,2\n", "x,x\n1,2\n", "X,T\n1,2\n", "time space\n1 2\n"}) {
    CAPTURE(text);
    Points points;
    const FileStatus status = read_points(directory.write("p", text), {"x", "t"}, points);
    INFO(status.message);
    REQUIRE(status.code == StatusCode::bad_file);
    REQUIRE(contains(status.message, "expected columns named x, t, in any order"));
    REQUIRE(points.values.is_empty());
  }
}

TEST_CASE("a line of names names the coordinates") {
  const test::TemporaryDirectory directory;
  Points points;
  REQUIRE(read_points(directory.write("p", "# points\nx,t\n1,2\n"), 0, points).ok());
  REQUIRE(points.names == std::vector<std::string>{"x", "t"});
}

TEST_CASE("a broken file of points is refused with its place and leaves the target") {
  const test::TemporaryDirectory directory;
  struct Broken {
    const char* text;
    StatusCode code;
    const char* place;
  };
  for (const Broken& broken :
       {Broken{"", StatusCode::empty_input, "found none"},
        {"# only\n", StatusCode::empty_input, "found none"},
        {"x,t\n", StatusCode::empty_input, "found none"},
        {"1 2\n1\n", StatusCode::shape_mismatch, "line 2: expected 2 columns"},
        {"1 2\n1 a\n", StatusCode::bad_file, "line 2, column 2: expected a number, found 'a'"},
        {"1 2\nx t\n", StatusCode::bad_file, "line 2, column 1"},
        {"1,,2\n", StatusCode::bad_file, "line 1, column 2"},
        {"1,2,\n", StatusCode::bad_file, "line 1, column 3"},
        {"1 0x2\n", StatusCode::bad_file, "line 1, column 2"},
        {"1 +-2\n", StatusCode::bad_file, "line 1, column 2"},
        {"0,5 1,5\n", StatusCode::bad_file, "line 1: found commas and blanks between numbers"},
        {"0.5 1\n0,5\t1\n", StatusCode::bad_file, "line 2: found commas and blanks"},
        {"0,5;1,5\n", StatusCode::bad_file, "line 1: found a semicolon"},
        {"x;t\n1;2\n", StatusCode::bad_file, "line 1: found a semicolon"},
        {"1,05\n", StatusCode::bad_file, "found '05' behind a comma"},
        {"0,1234567890123456\n", StatusCode::bad_file, "decimals have a point"},
        {"0,5, 0,25\n", StatusCode::shape_mismatch, "written with a point"},
        {"1,2\n1,2,3\n", StatusCode::shape_mismatch, "decimals have a point"},
        {"x 0.5\n1 2\n", StatusCode::bad_file, "line 1, column 1: expected a number, found 'x'"},
        {"0.5,t\n1,2\n", StatusCode::bad_file, "line 1, column 2: expected a number, found 't'"},
        {"1.0D+00 2.0D+00\n1 2\n", StatusCode::bad_file, "line 1, column 1"},
        {"\xe2\x88\x92"
         "1 2e\n1 2\n",
         StatusCode::bad_file, "line 1, column 1"},
        {"1 2 // start\n", StatusCode::bad_file, "line 1, column 3"},
        {"1 nan\n", StatusCode::not_finite, "line 1, column 2"},
        {"1 2\n1 -inf\n", StatusCode::not_finite, "line 2, column 2"},
        {"1 1e999\n", StatusCode::out_of_range, "line 1, column 2"},
        {"1 2 3\n", StatusCode::shape_mismatch, "expected 2 coordinates a point, found 3"},
        {"1 \x01\x02\n", StatusCode::bad_file, "found '\\x01\\x02'"}}) {
    CAPTURE(broken.text);
    Points points{arma::mat(1, 1, arma::fill::ones), {"kept"}};
    const std::string path = directory.write("broken.txt", broken.text);
    const FileStatus status = read_points(path, 2, points);
    INFO(status.message);
    CHECK(status.code == broken.code);
    CHECK(contains(status.message, path));
    CHECK(contains(status.message, broken.place));
    CHECK(test::one_line(status.message));
    CHECK(points.values.n_elem == 1);
    CHECK(points.names.front() == "kept");
  }
}

TEST_CASE("points come one by one, and what is bad far down is named with its line") {
  const test::TemporaryDirectory directory;
  constexpr std::size_t kGood = 200'000;  // of some ten blocks
  std::string text = "t,x\r\n";
  for (std::size_t i = 0; i < kGood; ++i) text += "0.25," + std::to_string(i) + "\r\n";
  const std::string path = directory.write("p", text + "0.5,o\r\n");
  PointReader reader(path, {"x", "t"});
  VectorView<const double> point;
  std::size_t count = 0;
  while (reader.next(point)) {
    if (point[0] == static_cast<double>(count) && point[1] == 0.25) ++count;
  }
  REQUIRE(count == kGood);
  REQUIRE(reader.status().code == StatusCode::bad_file);
  REQUIRE(contains(reader.status().message, "line 200002, column 2: expected a number, found 'o'"));
  REQUIRE_FALSE(reader.next(point));
}

TEST_CASE("points come through a pipe") {
  const test::TemporaryDirectory directory;
  const std::string pipe = directory.path("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(pipe) << "1 2\n3 4\n"; });
  Points points;
  const FileStatus status = read_points(pipe, {"x", "t"}, points);
  writer.join();
  INFO(status.message);
  REQUIRE(status.ok());
  REQUIRE(test::same_bits(points.values, arma::mat{{1, 2}, {3, 4}}));
}

TEST_CASE("an endless line of points is refused") {
  Points points;
  const FileStatus status = read_points("/dev/zero", {"x", "t"}, points);
  REQUIRE(status.code == StatusCode::out_of_range);
  REQUIRE(contains(status.message, "/dev/zero: line 1: expected fewer than 1048576 bytes"));
}
