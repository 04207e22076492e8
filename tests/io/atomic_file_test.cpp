#include "pinnscope/io/atomic_file.hpp"

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

TEST_CASE("a written file holds every byte and replaces the older one") {
  const test::TemporaryDirectory directory;
  const std::string content("a\0b\n", 4);
  REQUIRE(write_file(directory.path("x"), "older").ok());
  REQUIRE(write_file(directory.path("x"), content).ok());
  REQUIRE(directory.read("x") == content);
  REQUIRE(directory.files() == 1);
  std::string read;
  REQUIRE(read_file(directory.path("x"), read).ok());
  REQUIRE(read == content);
}

TEST_CASE("a file that cannot be put in its place leaves what was there and nothing beside it") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path("taken"));
  directory.write("taken/inside", "kept");
  const FileStatus status = write_file(directory.path("taken"), "text");
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(contains(status.message, directory.path("taken")));
  REQUIRE(test::one_line(status.message));
  REQUIRE(directory.read("taken/inside") == "kept");
  REQUIRE(directory.files() == 1);
}

TEST_CASE("a file in a directory that is not there is not written") {
  const test::TemporaryDirectory directory;
  REQUIRE(write_file(directory.path("none/x"), "text").code == StatusCode::bad_file);
  REQUIRE(directory.files() == 0);
}

TEST_CASE("a file that cannot be read leaves its target") {
  const test::TemporaryDirectory directory;
  std::string content = "kept";
  REQUIRE(read_file(directory.path("none"), content).code == StatusCode::bad_file);
  REQUIRE(read_file(directory.path(), content).code == StatusCode::bad_file);
  REQUIRE(content == "kept");
}
