#include "pinnscope/io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "pinnscope/io/descriptor.hpp"
#include "pinnscope/io/destination.hpp"
#include "pinnscope/io/guard.hpp"

namespace pinnscope {
namespace {

constexpr std::string_view kPart = ".part-";
constexpr std::string_view kKept = ".kept-";
constexpr std::size_t kRandomDigits = 16;
constexpr std::size_t kLongestName = 255;  // of a file, without its directory
constexpr int kMostNames = 16;             // tried for a temporary file

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

/// What the names of temporary files beside `path` begin with: as much of its own name as leaves
/// room for the ending.
std::filesystem::path beside(const std::string& path, std::string_view ending) {
  const std::filesystem::path whole(path);
  const std::string name = whole.filename().string();
  const std::size_t room = kLongestName - ending.size() - kRandomDigits;
  return whole.parent_path() / (name.substr(0, std::min(name.size(), room)) + std::string(ending));
}

/// Random digits: processes in different containers can have one number and share a directory.
std::string random_digits() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != sizeof number) {
    number = static_cast<std::uint64_t>(::getpid());
  }
  std::array<char, kRandomDigits + 1> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(number));
  return digits.data();
}

/// A temporary file beside a destination. It is locked as long as its writer lives and is removed
/// unless it was put in its place.
class PartFile {
 public:
  explicit PartFile(const Destination& destination) : destination_(destination) {}
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }

  FileStatus create(const std::string& path) {
    const mode_t permissions = destination_.exists ? destination_.permissions & 0777 : 0666;
    const std::string start = beside(destination_.path, kPart).string();
    for (int count = 0; count < kMostNames; ++count) {
      const std::string name = start + random_digits();
      file_ = Descriptor(name, O_WRONLY | O_CREAT | O_EXCL, permissions);
      if (!file_.open() && errno == EEXIST) continue;
      if (!file_.open()) return system_failure(path, "cannot create a file beside it");
      name_ = name;
      if (hold()) return keep_owner(path);
    }
    return file_failure(StatusCode::bad_file, path, "cannot create a file beside it");
  }

  int number() const { return file_.number(); }

  FileStatus put_in_place(const std::string& path) {
    if (::rename(name_.c_str(), destination_.path.c_str()) == 0) {
      name_.clear();
      return {};
    }
    FileStatus status = system_failure(path, "cannot put the written file in its place");
    const std::string kept = beside(destination_.path, kKept).string() + random_digits();
    if (::rename(name_.c_str(), kept.c_str()) == 0) {
      name_.clear();
      status.message += "; what was written is kept as " + kept;
    }
    return status;
  }

 private:
  /// Locks it. Whether it is still there: remove_partial_files() may have come between.
  bool hold() const {
    static_cast<void>(::flock(file_.number(), LOCK_EX | LOCK_NB));
    struct stat about {};
    return ::fstat(file_.number(), &about) == 0 && about.st_nlink > 0;
  }

  /// The owner can be given by root alone; permissions that the process's mask took come back.
  FileStatus keep_owner(const std::string& path) const {
    if (!destination_.exists) return {};
    static_cast<void>(::fchown(file_.number(), destination_.owner, destination_.group) == 0);
    if (::fchmod(file_.number(), destination_.permissions) == 0) return {};
    return system_failure(path, "cannot keep its permissions");
  }

  const Destination& destination_;
  Descriptor file_;
  std::string name_;
};

FileStatus write_whole(const std::string& path, const Destination& destination,
                       std::string_view content) {
  PartFile part(destination);
  FileStatus status = part.create(path);
  if (!status.ok()) return status;
  if (!write_all(part.number(), content)) return system_failure(path, "cannot write it");
  if (::fsync(part.number()) != 0) return system_failure(path, "cannot flush it to the disk");
  return part.put_in_place(path);
}

FileStatus write_stream(const std::string& path, const Destination& destination,
                        std::string_view content) {
  if (destination.descriptor >= 0) {
    if (destination.descriptor == STDOUT_FILENO) std::fflush(stdout);
    return write_all(destination.descriptor, content) ? FileStatus{}
                                                      : system_failure(path, "cannot write to it");
  }
  Descriptor file(path, O_WRONLY);
  if (!file.open()) return system_failure(path, "cannot open it");
  if (!write_all(file.number(), content) || !file.close()) {
    return system_failure(path, "cannot write to it");
  }
  return {};
}

/// Makes the rename last. Some file systems cannot flush a directory (EINVAL): nothing is lost.
FileStatus flush_directory(const std::string& path, const std::string& file) {
  const std::string parent = std::filesystem::path(file).parent_path().string();
  const Descriptor directory(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
  if (directory.open() && ::fsync(directory.number()) != 0 && errno != EINVAL) {
    return system_failure(path, "it is written, but its directory cannot be flushed to the disk");
  }
  return {};
}

/// Whether a name is one that PartFile gives beside `start`.
bool is_part_name(const std::string& name, const std::string& start) {
  return name.size() == start.size() + kRandomDigits && name.starts_with(start) &&
         name.find_first_not_of("0123456789abcdef", start.size()) == std::string::npos;
}

FileStatus read_all(const std::string& path, std::string& content) {
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);
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
    Destination destination;
    FileStatus status = find_destination(path, destination);
    if (!status.ok()) return status;
    if (destination.kind == Destination::Kind::stream) {
      return write_stream(path, destination, content);
    }
    status = write_whole(path, destination, content);
    return status.ok() ? flush_directory(path, destination.path) : status;
  });
}

FileStatus check_writable(const std::string& path) {
  return guarded(path, [&] {
    Destination destination;
    const FileStatus status = find_destination(path, destination);
    if (!status.ok() || destination.kind == Destination::Kind::stream) return status;
    return PartFile(destination).create(path);
  });
}

FileStatus check_directory(const std::string& path) {
  return guarded(path, [&] {
    if (path.empty()) return file_failure(StatusCode::bad_file, "output", "expected a directory");
    std::filesystem::path there = std::filesystem::absolute(path);
    while (!std::filesystem::exists(there)) there = there.parent_path();
    if (!std::filesystem::is_directory(there)) {
      return file_failure(StatusCode::bad_file, path, "expected a directory, found a file");
    }
    return check_writable((there / "x").string());
  });
}

void remove_partial_files(const std::string& path) {
  Destination destination;
  if (!find_destination(path, destination).ok()) return;
  if (destination.kind == Destination::Kind::stream) return;
  const std::filesystem::path start = beside(destination.path, kPart);
  const std::filesystem::path directory = start.has_parent_path() ? start.parent_path() : ".";
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (!is_part_name(entry.path().filename().string(), start.filename().string())) continue;
    const Descriptor file(entry.path().string(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    if (file.open() && ::flock(file.number(), LOCK_EX | LOCK_NB) == 0) {
      ::unlink(entry.path().c_str());
    }
  }
}

FileStatus read_file(const std::string& path, std::string& content) {
  return guarded(path, [&] { return read_all(path, content); });
}

}  // namespace pinnscope
