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

#include "pinnscope/io/guard.hpp"
#include "pinnscope/io/memory.hpp"

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

/// A name through which an open file that has no other can be given one.
std::string name_by_number(int number) { return "/proc/self/fd/" + std::to_string(number); }

/// A file without a name in the directory of `path`, which goes with its last descriptor, however
/// its process ends. Not open where the file system or the kernel has none (O_TMPFILE), or where it
/// could not be named later.
Descriptor nameless_file(const std::string& path, mode_t permissions) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  Descriptor file(parent.empty() ? "." : parent, O_WRONLY | O_TMPFILE, permissions);
  struct stat about {};
  struct stat named {};
  const bool can_be_named = file.open() && ::fstat(file.number(), &about) == 0 &&
                            ::stat(name_by_number(file.number()).c_str(), &named) == 0 &&
                            about.st_dev == named.st_dev && about.st_ino == named.st_ino;
  return can_be_named ? std::move(file) : Descriptor();
}

/// Gives the file at `path` a second name, `older`, in place of the file that had it. A file system
/// without links moves it.
void keep_older(const std::string& path, const std::string& older) {
  const std::string link = older + ".part";
  ::unlink(link.c_str());
  if (::link(path.c_str(), link.c_str()) == 0) {
    ::rename(link.c_str(), older.c_str());
    ::unlink(link.c_str());  // two names of one file are not renamed: the last writing has failed
  } else if (std::filesystem::exists(path)) {
    ::rename(path.c_str(), older.c_str());
  }
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

/// Whether a name is one that OutputFile gives beside `start`.
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
  require_memory(static_cast<std::size_t>(about.st_size), "for its bytes");
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

OutputFile::~OutputFile() {
  if (!name_.empty()) ::unlink(name_.c_str());
}

FileStatus OutputFile::open(const std::string& path) {
  path_ = path;
  return guarded(path, [&] {
    remove_partial_files(path);
    const FileStatus status = find_destination(path, destination_);
    if (!status.ok() || destination_.kind == Destination::Kind::stream) return status;
    return create();
  });
}

FileStatus OutputFile::create() {
  const mode_t permissions = destination_.exists ? destination_.permissions & 0777 : 0666;
  file_ = nameless_file(destination_.path, permissions);
  number_ = file_.number();
  if (file_.open()) return keep_owner();
  const std::string start = beside(destination_.path, kPart).string();
  for (int count = 0; count < kMostNames; ++count) {
    const std::string name = start + random_digits();
    file_ = Descriptor(name, O_WRONLY | O_CREAT | O_EXCL, permissions);
    if (!file_.open() && errno == EEXIST) continue;
    if (!file_.open()) return system_failure(path_, "cannot create a file beside it");
    name_ = name;
    number_ = file_.number();
    if (hold()) return keep_owner();
  }
  return file_failure(StatusCode::bad_file, path_, "cannot create a file beside it");
}

/// Locks it. Whether it is still there: remove_partial_files() may have come between.
bool OutputFile::hold() const {
  static_cast<void>(::flock(number_, LOCK_EX | LOCK_NB));
  struct stat about {};
  return ::fstat(number_, &about) == 0 && about.st_nlink > 0;
}

/// The owner can be given by root alone; permissions that the process's mask took come back.
FileStatus OutputFile::keep_owner() const {
  if (!destination_.exists) return {};
  static_cast<void>(::fchown(number_, destination_.owner, destination_.group) == 0);
  if (::fchmod(number_, destination_.permissions) == 0) return {};
  return system_failure(path_, "cannot keep its permissions");
}

FileStatus OutputFile::open_stream() {
  std::fflush(stdout);  // it may lead to the same place
  number_ = destination_.descriptor;
  if (number_ >= 0) return {};
  file_ = Descriptor(path_, O_WRONLY);
  if (!file_.open()) return system_failure(path_, "cannot open it");
  number_ = file_.number();
  return {};
}

FileStatus OutputFile::write(std::string_view piece) {
  if (number_ < 0) {
    FileStatus status = open_stream();
    if (!status.ok()) return status;
  }
  if (write_all(number_, piece)) return {};
  const bool is_file = destination_.kind == Destination::Kind::file;
  return system_failure(path_, is_file ? "cannot write it" : "cannot write to it");
}

FileStatus OutputFile::close(const std::string& older) {
  if (destination_.kind == Destination::Kind::stream) {
    const FileStatus status = write({});
    if (!status.ok() || file_.close()) return status;
    return system_failure(path_, "cannot write to it");
  }
  if (::fsync(number_) != 0) return system_failure(path_, "cannot flush it to the disk");
  const FileStatus status = put_in_place(older);
  return status.ok() ? flush_directory(path_, destination_.path) : status;
}

/// Gives a file without a name one that nothing has yet. Returns whether it has it.
bool OutputFile::link_to(const std::string& name) {
  const std::string number = name_by_number(number_);
  if (::linkat(AT_FDCWD, number.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    return false;
  }
  name_ = name;
  return true;
}

/// A rename alone replaces a file at once, and it takes a name.
FileStatus OutputFile::put_in_place(const std::string& older) {
  const std::string digits = random_digits();
  if (name_.empty()) {
    static_cast<void>(::flock(number_, LOCK_EX | LOCK_NB));  // it is no one's leftover
    if (!destination_.exists && link_to(destination_.path)) {
      name_.clear();
      return {};
    }
    const std::string part = beside(destination_.path, kPart).string() + digits;
    if (!link_to(part)) {
      return system_failure(path_, "cannot put the written file in its place");
    }
  }
  if (!older.empty()) keep_older(destination_.path, older);
  if (::rename(name_.c_str(), destination_.path.c_str()) == 0) {
    name_.clear();
    return {};
  }
  FileStatus status = system_failure(path_, "cannot put the written file in its place");
  const std::string kept = beside(destination_.path, kKept).string() + digits;
  if (::rename(name_.c_str(), kept.c_str()) == 0) {
    name_.clear();
    status.message += "; what was written is kept as " + kept;
  }
  return status;
}

FileStatus write_file(const std::string& path, std::string_view content, const std::string& older) {
  return guarded(path, [&] {
    OutputFile file;
    FileStatus status = file.open(path);
    if (status.ok()) status = file.write(content);
    return status.ok() ? file.close(older) : status;
  });
}

FileStatus check_writable(const std::string& path) { return OutputFile().open(path); }

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

FileStatus make_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return {};
  return file_failure(StatusCode::bad_file, path,
                      "cannot create the directory: " + error.message());
}

FileStatus remove_older(const std::string& directory, std::span<const std::string> names) {
  for (const std::string& name : names) {
    const std::filesystem::path path = std::filesystem::path(directory) / name;
    std::error_code error;  // what cannot be looked at is not there, or its directory says why
    const std::filesystem::file_type type = std::filesystem::symlink_status(path, error).type();
    if (type != std::filesystem::file_type::regular &&
        type != std::filesystem::file_type::symlink) {
      continue;
    }
    std::filesystem::remove(path, error);
    if (error) {
      return file_failure(StatusCode::bad_file, path.string(),
                          "cannot remove what an earlier run left: " + error.message());
    }
  }
  return {};
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
