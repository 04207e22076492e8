#include "pinnscope/io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "io/example_network.hpp"
#include "io/temporary_directory.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::contains;

TEST_CASE("what an earlier run left is removed, and nothing else") {
  const test::TemporaryDirectory directory;
  for (const char* name : {"old.csv", "mine.csv", "target.csv"}) {
    REQUIRE(write_file(directory.path(name), "1\n").ok());
  }
  std::filesystem::create_symlink(directory.path("target.csv"), directory.path("link.csv"));
  std::filesystem::create_directory(directory.path("folder.csv"));
  const std::vector<std::string> names{"old.csv", "link.csv", "folder.csv", "absent.csv"};
  REQUIRE(remove_older(directory.path(""), names).ok());
  CHECK_FALSE(std::filesystem::exists(directory.path("old.csv")));
  CHECK_FALSE(std::filesystem::exists(directory.path("link.csv")));
  CHECK(std::filesystem::exists(directory.path("target.csv")));
  CHECK(std::filesystem::exists(directory.path("mine.csv")));
  CHECK(std::filesystem::exists(directory.path("folder.csv")));
  REQUIRE(remove_older(directory.path("nowhere"), names).ok());
}

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

TEST_CASE("what a process was writing when it was killed leaves nothing where files need no name") {
  const test::TemporaryDirectory directory;
  const int nameless = ::open(directory.path().c_str(), O_WRONLY | O_TMPFILE, 0600);
  if (nameless < 0 || ::access("/proc/self/fd", X_OK) != 0) {
    WARN("skipped: this file system has no files without a name");
    return;
  }
  ::close(nameless);
  directory.write("older", "kept");
  for (const char* name : {"new", "older"}) {
    CAPTURE(name);
    const std::string path = directory.path(name);
    const pid_t writer = ::fork();
    if (writer == 0) {
      OutputFile file;
      if (file.open(path).ok() && file.write("half of it").ok()) ::raise(SIGKILL);
      ::_exit(1);
    }
    int ended = 0;
    REQUIRE(::waitpid(writer, &ended, 0) == writer);
    REQUIRE(WIFSIGNALED(ended));
    REQUIRE(directory.files() == 1);
  }
  REQUIRE(directory.read("older") == "kept");
}

TEST_CASE("a new file gets the permissions that the process gives, in whatever way it is made") {
  const test::TemporaryDirectory directory;
  const mode_t mask = ::umask(027);
  const FileStatus status = write_file(directory.path("new"), "text");
  static_cast<void>(::umask(mask));
  REQUIRE(status.ok());
  struct stat about {};
  REQUIRE(::stat(directory.path("new").c_str(), &about) == 0);
  REQUIRE((about.st_mode & 07777) == 0640);
  REQUIRE(about.st_nlink == 1);
}

TEST_CASE("a file that another process made in the meantime is replaced") {
  const test::TemporaryDirectory directory;
  OutputFile file;
  REQUIRE(file.open(directory.path("x")).ok());
  REQUIRE(file.write("ours").ok());
  directory.write("x", "theirs");
  REQUIRE(file.close().ok());
  REQUIRE(directory.read("x") == "ours");
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

TEST_CASE("a directory is made with those above it; what is a file says so") {
  const test::TemporaryDirectory directory;
  const std::string deep = directory.path("a/b/c");
  REQUIRE(make_directory(deep).ok());
  REQUIRE(std::filesystem::is_directory(deep));
  REQUIRE(make_directory(deep).ok());
  directory.write("file", "kept");
  const FileStatus status = make_directory(directory.path("file/inside"));
  REQUIRE(status.code == StatusCode::bad_file);
  REQUIRE(contains(status.message, "file/inside: cannot create the directory: "));
  REQUIRE(directory.read("file") == "kept");
}
