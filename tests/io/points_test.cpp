#include "pinnscope/io/points.hpp"

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
        {"1 nan\n", StatusCode::not_finite, "line 1, column 2"},
        {"1 2\n1 -inf\n", StatusCode::not_finite, "line 2, column 2"},
        {"1 1e999\n", StatusCode::out_of_range, "line 1, column 2"},
        {"1 2 3\n", StatusCode::shape_mismatch, "expected 2 coordinates a point, found 3"},
        {"1 \x01\x02\n", StatusCode::bad_file, "found '?\?'"}}) {
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
