#include "pinnscope/io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const std::string& path, int flags) : number_(::open(path.c_str(), flags, 0666)) {}
  ~Descriptor() { static_cast<void>(close()); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool open() const { return number_ >= 0; }
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

/// The failure of the system call that came last.
FileStatus system_failure(const std::string& path, const std::string& what) {
  const int error = errno;
  return file_failure(StatusCode::bad_file, path,
                      what + ": " + std::generic_category().message(error));
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> count{0};
  return path + ".part-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
}

FileStatus write_flushed(const std::string& temporary, const std::string& path,
                         std::string_view content) {
  Descriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
  if (!file.open()) return system_failure(path, "cannot create a file beside it");
  FileStatus status;
  if (!write_all(file.number(), content)) {
    status = system_failure(path, "cannot write it");
  } else if (::fsync(file.number()) != 0) {
    status = system_failure(path, "cannot flush it to the disk");
  } else if (!file.close()) {
    status = system_failure(path, "cannot close it");
  } else if (::rename(temporary.c_str(), path.c_str()) != 0) {
    status = system_failure(path, "cannot put the written file in its place");
  }
  if (!status.ok()) ::unlink(temporary.c_str());
  return status;
}

/// Makes the rename last. Some file systems cannot flush a directory (EINVAL): nothing is lost.
FileStatus flush_directory(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const Descriptor directory(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory.open() && ::fsync(directory.number()) != 0 && errno != EINVAL) {
    return system_failure(path, "it is written, but its directory cannot be flushed to the disk");
  }
  return {};
}

FileStatus read_all(const std::string& path, std::string& content) {
  const Descriptor file(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (!file.open()) return system_failure(path, "cannot open it");
  struct stat about {};
  if (::fstat(file.number(), &about) != 0) return system_failure(path, "cannot look at it");
  if (!S_ISREG(about.st_mode)) {
    return file_failure(StatusCode::bad_file, path, "expected a regular file");
  }
  std::string read(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t filled = 0;
  while (filled < read.size()) {
    const ssize_t count = ::read(file.number(), read.data() + filled, read.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure(path, "cannot read it");
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  read.resize(filled);
  content = std::move(read);
  return {};
}

}  // namespace

FileStatus write_file(const std::string& path, std::string_view content) {
  return guarded(path, [&] {
    FileStatus status = write_flushed(temporary_name(path), path, content);
    return status.ok() ? flush_directory(path) : status;
  });
}

FileStatus read_file(const std::string& path, std::string& content) {
  return guarded(path, [&] { return read_all(path, content); });
}

}  // namespace pinnscope
