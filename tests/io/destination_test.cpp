#include "pinnscope/io/destination.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "pinnscope/io/atomic_file.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat about {};
  return ::lstat(path.c_str(), &about) == 0 ? about.st_mode : 0;
}

}  // namespace

TEST_CASE("a device is written to and stays a device") {
  REQUIRE(write_file("/dev/null", "text").ok());
  REQUIRE(S_ISCHR(mode_of("/dev/null")));
  REQUIRE(check_writable("/dev/null").ok());
  REQUIRE(S_ISCHR(mode_of("/dev/null")));
}

TEST_CASE("a full device is a failure that says so") {
  const FileStatus status = write_file("/dev/full", "text");
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(contains(status.message, "/dev/full: cannot write to it: No space left"));
  REQUIRE(S_ISCHR(mode_of("/dev/full")));
}

TEST_CASE("a pipe gets the bytes and stays a pipe") {
  const test::TemporaryDirectory directory;
  const std::string pipe = directory.path("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  std::string read(4, ' ');
  std::thread reader([&] {
    const int number = ::open(pipe.c_str(), O_RDONLY);
    if (::read(number, read.data(), read.size()) != 4) read = "none";
    ::close(number);
  });
  const FileStatus status = write_file(pipe, "text");
  reader.join();
  REQUIRE(status.ok());
  REQUIRE(read == "text");
  REQUIRE(S_ISFIFO(mode_of(pipe)));
  REQUIRE(directory.files() == 1);
}

TEST_CASE("a link stays a link, and what it leads to is replaced") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path("far"));
  directory.write("far/target", "older");
  std::filesystem::create_symlink("far/target", directory.path("near"));
  std::filesystem::create_symlink("near", directory.path("nearer"));
  REQUIRE(write_file(directory.path("nearer"), "newer").ok());
  REQUIRE(directory.read("far/target") == "newer");
  REQUIRE(S_ISLNK(mode_of(directory.path("near"))));
  REQUIRE(S_ISLNK(mode_of(directory.path("nearer"))));
  REQUIRE(directory.files() == 3);
}

TEST_CASE("a link to a file that is not there yet makes that file") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path("far"));
  std::filesystem::create_symlink("far/target", directory.path("near"));
  REQUIRE(write_file(directory.path("near"), "text").ok());
  REQUIRE(directory.read("far/target") == "text");
  REQUIRE(S_ISLNK(mode_of(directory.path("near"))));
}

TEST_CASE("links in a circle are refused") {
  const test::TemporaryDirectory directory;
  std::filesystem::create_symlink("b", directory.path("a"));
  std::filesystem::create_symlink("a", directory.path("b"));
  REQUIRE(write_file(directory.path("a"), "text").code == StatusCode::bad_file);
  REQUIRE(directory.files() == 2);
}

TEST_CASE("the permissions of a file that is replaced are kept") {
  const test::TemporaryDirectory directory;
  for (const mode_t mode : {mode_t{0600}, mode_t{0640}, mode_t{0666}, mode_t{0755}}) {
    const std::string path = directory.write("secret", "older");
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    REQUIRE(write_file(path, "newer").ok());
    REQUIRE(directory.read("secret") == "newer");
    REQUIRE((mode_of(path) & 07777) == mode);
  }
}

TEST_CASE(
    "directories, empty paths and missing directories are refused before anything is written") {
  const test::TemporaryDirectory directory;
  for (const std::string& path : {directory.path(), directory.path() + "/", std::string(),
                                  directory.path("none/x"), std::string("/dev/null/x")}) {
    CAPTURE(path);
    const FileStatus status = check_writable(path);
    REQUIRE(status.code == StatusCode::bad_file);
    REQUIRE(test::one_line(status.message));
    REQUIRE(write_file(path, "text").code == StatusCode::bad_file);
  }
  REQUIRE(directory.files() == 0);
}

TEST_CASE("a check leaves nothing behind and an older file as it was") {
  const test::TemporaryDirectory directory;
  directory.write("x", "older");
  REQUIRE(check_writable(directory.path("x")).ok());
  REQUIRE(check_writable(directory.path("y")).ok());
  REQUIRE(directory.read("x") == "older");
  REQUIRE(directory.files() == 1);
}

TEST_CASE("a name as long as the system allows is written") {
  const test::TemporaryDirectory directory;
  const std::string path = directory.path(std::string(255, 'n'));
  REQUIRE(write_file(path, "text").ok());
  REQUIRE(directory.files() == 1);
}

TEST_CASE("one file is recognised however it is spelled") {
  const test::TemporaryDirectory directory;
  directory.write("x", "text");
  std::filesystem::create_symlink("x", directory.path("link"));
  std::filesystem::create_hard_link(directory.path("x"), directory.path("hard"));
  std::filesystem::create_symlink("new", directory.path("dangling"));
  REQUIRE(is_same_file(directory.path("x"), directory.path("./x")));
  REQUIRE(is_same_file(directory.path("x"), directory.path("link")));
  REQUIRE(is_same_file(directory.path("x"), directory.path("hard")));
  REQUIRE(is_same_file(directory.path("new"), directory.path(".//new")));
  REQUIRE(is_same_file(directory.path("new"), directory.path("dangling")));
  REQUIRE_FALSE(is_same_file(directory.path("x"), directory.path("new")));
  REQUIRE_FALSE(is_same_file(directory.path("new"), directory.path("newer")));
  REQUIRE_FALSE(is_same_file("/dev/null", "/dev/null"));
}

TEST_CASE("part files of a writer that was killed go, those of a living one and others stay") {
  const test::TemporaryDirectory directory;
  const std::string living = directory.write("x.part-00000000000000aa", "being written");
  directory.write("x.part-00000000000000ab", "left");
  directory.write("x.part-notes", "mine");
  directory.write("x.part-00000000000000ab0", "mine");
  directory.write("y.part-00000000000000ab", "of another");
  const int number = ::open(living.c_str(), O_RDONLY);
  REQUIRE(::flock(number, LOCK_EX | LOCK_NB) == 0);
  remove_partial_files(directory.path("x"));
  REQUIRE(directory.files() == 4);
  REQUIRE(directory.read("x.part-00000000000000ab").empty());
  REQUIRE(directory.read("x.part-notes") == "mine");
  ::close(number);
  remove_partial_files(directory.path("x"));
  REQUIRE(directory.files() == 3);
}

TEST_CASE("what a killed writer left goes as the next one looks at the place or writes to it") {
  const test::TemporaryDirectory directory;
  directory.write("x.part-00000000000000ab", "left");
  REQUIRE(check_writable(directory.path("x")).ok());
  REQUIRE(directory.files() == 0);
  directory.write("x.part-00000000000000ab", "left");
  REQUIRE(write_file(directory.path("x"), "text").ok());
  REQUIRE(directory.files() == 1);
  directory.write("x.part-00000000000000ab", "left");
  REQUIRE(check_directory(directory.path()).ok());
  REQUIRE(directory.files() == 1);
}

TEST_CASE("a directory to be made is checked and not made, a file in its way is refused") {
  const test::TemporaryDirectory directory;
  directory.write("file", "kept");
  REQUIRE(check_directory(directory.path()).ok());
  REQUIRE(check_directory(directory.path("new/below")).ok());
  for (const std::string& path :
       {directory.path("file"), directory.path("file/below"), std::string()}) {
    CAPTURE(path);
    const FileStatus status = check_directory(path);
    REQUIRE(status.code == StatusCode::bad_file);
    REQUIRE(test::one_line(status.message));
  }
  REQUIRE(directory.files() == 1);
}
