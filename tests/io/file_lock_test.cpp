#include "pinnscope/io/file_lock.hpp"

#include <unistd.h>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

TEST_CASE("a place is held by one at a time, and a second one learns by whom") {
  const test::TemporaryDirectory directory;
  FileLock first;
  REQUIRE(first.acquire(directory.path("state")).ok());
  FileLock second;
  const FileStatus status = second.acquire(directory.path("./state"));
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(contains(status.message, "in use by process " + std::to_string(::getpid())));
  REQUIRE(test::one_line(status.message));
}

TEST_CASE("a lock that was let go of can be taken and leaves no file") {
  const test::TemporaryDirectory directory;
  {
    FileLock first;
    REQUIRE(first.acquire(directory.path("state")).ok());
    REQUIRE(directory.files() == 1);
  }
  REQUIRE(directory.files() == 0);
  FileLock second;
  REQUIRE(second.acquire(directory.path("state")).ok());
}

TEST_CASE("a lock file that a killed run left stops nobody") {
  const test::TemporaryDirectory directory;
  directory.write("state.lock", "process 1 on board");
  FileLock lock;
  REQUIRE(lock.acquire(directory.path("state")).ok());
}

TEST_CASE("a place in a directory that is not there cannot be held") {
  const test::TemporaryDirectory directory;
  FileLock lock;
  REQUIRE(lock.acquire(directory.path("none/state")).code == StatusCode::bad_file);
}
