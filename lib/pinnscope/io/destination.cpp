#include "pinnscope/io/destination.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

constexpr int kMostLinks = 40;  // as the kernel follows

int standard_output = STDOUT_FILENO;  // what "-" is

FileStatus refused(const std::string& path, const std::string& what) {
  return file_failure(StatusCode::bad_file, path, what);
}

FileStatus system_refused(const std::string& path, const std::string& what, int error) {
  return refused(path, what + ": " + std::generic_category().message(error));
}

/// Standard output or error, where one of them is this very file or pipe and open to write; else
/// -1.
int own_descriptor(const struct stat& about) {
  for (const int number : {standard_output, STDOUT_FILENO, STDERR_FILENO}) {
    struct stat own {};
    if (::fstat(number, &own) != 0 || (::fcntl(number, F_GETFL) & O_ACCMODE) == O_RDONLY) continue;
    if (own.st_dev == about.st_dev && own.st_ino == about.st_ino) return number;
  }
  return -1;
}

FileStatus find_existing(const std::string& path, const struct stat& about, Destination& found) {
  if (S_ISDIR(about.st_mode)) return refused(path, "expected a file to write, found a directory");
  const bool regular = S_ISREG(about.st_mode);
  if (!regular && !S_ISCHR(about.st_mode) && !S_ISFIFO(about.st_mode)) {
    return refused(path, "expected a file, a character device or a pipe to write to");
  }
  found = {.kind = Destination::Kind::stream, .path = path};
  if (!S_ISCHR(about.st_mode)) found.descriptor = own_descriptor(about);
  if (found.descriptor >= 0) return {};
  if (::access(path.c_str(), W_OK) != 0) return system_refused(path, "cannot write it", errno);
  if (!regular) return {};
  found = {.kind = Destination::Kind::file,
           .path = std::filesystem::canonical(path).string(),
           .exists = true,
           .permissions = about.st_mode & 07777,
           .owner = about.st_uid,
           .group = about.st_gid};
  return {};
}

/// The end of the links that `path` begins.
FileStatus follow_links(const std::string& path, std::filesystem::path& end) {
  end = path;
  for (int count = 0; std::filesystem::is_symlink(std::filesystem::symlink_status(end)); ++count) {
    if (count == kMostLinks) return system_refused(path, "cannot follow it", ELOOP);
    const std::filesystem::path next = std::filesystem::read_symlink(end);
    end = next.is_absolute() ? next : end.parent_path() / next;
  }
  return {};
}

FileStatus find_new(const std::string& path, Destination& found) {
  std::filesystem::path end;
  const FileStatus status = follow_links(path, end);
  if (!status.ok()) return status;
  const std::filesystem::path parent = end.has_parent_path() ? end.parent_path() : ".";
  if (end.filename().empty() || !std::filesystem::is_directory(parent)) {
    return refused(path, "its directory is not there");
  }
  found = {.kind = Destination::Kind::file, .path = end.string()};
  return {};
}

/// Tells files from each other: those that are there by their own inode, others by the one of their
/// directory and their name.
struct Identity {
  dev_t device = 0;
  ino_t inode = 0;
  std::string name;
  bool known = false;
  bool operator==(const Identity&) const = default;
};

Identity identity(const std::string& path) {
  Destination found;
  if (path == "-" || !find_destination(path, found).ok()) return {};
  struct stat about {};
  if (found.kind == Destination::Kind::stream) return {};
  if (::stat(found.path.c_str(), &about) == 0) return {about.st_dev, about.st_ino, "", true};
  const std::filesystem::path place(found.path);
  const std::string parent = place.has_parent_path() ? place.parent_path().string() : ".";
  if (::stat(parent.c_str(), &about) != 0) return {};
  return {about.st_dev, about.st_ino, place.filename().string(), true};
}

}  // namespace

FileStatus find_destination(const std::string& path, Destination& destination) {
  return guarded(path, [&]() -> FileStatus {
    if (path.empty()) return refused("output", "expected a path, found an empty one");
    Destination found;
    struct stat about {};
    FileStatus status;
    if (path == "-") {
      found = {.kind = Destination::Kind::stream, .path = path, .descriptor = standard_output};
    } else if (::stat(path.c_str(), &about) == 0) {
      status = find_existing(path, about, found);
    } else if (errno == ENOENT) {
      status = find_new(path, found);
    } else {
      status = system_refused(path, "cannot look at it", errno);
    }
    if (status.ok()) destination = found;
    return status;
  });
}

FileStatus keep_apart_from_messages(std::string& path) {
  return guarded(path, [&]() -> FileStatus {
    Destination destination;
    if (!find_destination(path, destination).ok()) return {};  // told by whoever writes to it
    if (destination.descriptor != STDOUT_FILENO) return {};
    std::fflush(stdout);
    const int copy = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (copy < 0 || ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0) {
      return system_refused(path, "cannot keep messages apart from it", errno);
    }
    standard_output = copy;
    path = "-";  // /dev/stdout has become standard error
    return {};
  });
}

bool messages_are_apart() { return standard_output != STDOUT_FILENO; }

bool is_same_file(const std::string& first, const std::string& second) {
  const Identity one = identity(first);
  return one.known && one == identity(second);
}

}  // namespace pinnscope
