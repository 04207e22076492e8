#include "pinnscope/io/file_lock.hpp"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

/// "process 71 on board", as the holder wrote it.
std::string holder(const Descriptor& file) {
  std::array<char, 200> text{};
  const ssize_t length = ::pread(file.number(), text.data(), text.size(), 0);
  return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "another run";
}

void sign(const Descriptor& file) {
  std::array<char, 128> host{};
  static_cast<void>(::gethostname(host.data(), host.size() - 1));
  const std::string text = "process " + std::to_string(::getpid()) + " on " + host.data();
  const bool signed_it = ::ftruncate(file.number(), 0) == 0 &&
                         ::pwrite(file.number(), text.data(), text.size(), 0) >= 0;
  static_cast<void>(signed_it);  // the lock holds without it
}

/// Whether the locked file still is the one with that name: a holder removes it as it ends.
bool is_current(const Descriptor& file, const std::string& name) {
  struct stat locked {};
  struct stat named {};
  return ::fstat(file.number(), &locked) == 0 && ::stat(name.c_str(), &named) == 0 &&
         locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

}  // namespace

FileLock::~FileLock() {
  if (file_.open()) ::unlink(name_.c_str());
}

FileStatus FileLock::acquire(const std::string& path) {
  return guarded(path, [&]() -> FileStatus {
    Destination destination;
    const FileStatus status = find_destination(path, destination);
    if (!status.ok()) return status;
    const std::string name = destination.path + ".lock";
    for (;;) {
      Descriptor file(name, O_RDWR | O_CREAT | O_NOFOLLOW);
      if (!file.open()) {
        return file_failure(
            StatusCode::bad_file, path,
            "cannot make its lock " + name + ": " + std::generic_category().message(errno));
      }
      if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return file_failure(StatusCode::bad_file, path, "in use by " + holder(file));
      }
      if (!is_current(file, name)) continue;
      sign(file);
      file_ = std::move(file);
      name_ = name;
      return {};
    }
  });
}

}  // namespace pinnscope
