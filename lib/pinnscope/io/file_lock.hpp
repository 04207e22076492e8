#pragma once

#include <string>

#include "pinnscope/io/descriptor.hpp"
#include "pinnscope/io/file_status.hpp"

namespace pinnscope {

/// Keeps a place for one run: a lock (flock) on the file PATH.lock, which says who holds it. The
/// system lets go of it when the process ends, however it ends.
class FileLock {
 public:
  FileLock() = default;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

  /// bad_file where another run holds it (the message says which), or where the lock file cannot be
  /// made. A file system that knows no locks is taken as it is.
  FileStatus acquire(const std::string& path);

 private:
  Descriptor file_;
  std::string name_;
};

}  // namespace pinnscope
