#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace pinnscope {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  /// None: open() is false.
  Descriptor() = default;

  /// Takes over an open descriptor, and closes it.
  explicit Descriptor(int number) : number_(number) {}

  /// Opens `path` as open(2) does, closed in programs that this one starts. errno says why open()
  /// is false.
  Descriptor(const std::string& path, int flags, mode_t permissions = 0666)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, permissions)) {}

  /// Takes over what `other` has, which gets what this one had, or none.
  /// @{
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { static_cast<void>(close()); }
  /// @}

  /// A second descriptor of what `number` is open on.
  static Descriptor copy_of(int number) {
    Descriptor copy;
    copy.number_ = ::fcntl(number, F_DUPFD_CLOEXEC, 0);
    return copy;
  }

  /// The descriptor, or -1 where there is none.
  int number() const { return number_; }

  /// Whether there is one.
  bool open() const { return number_ >= 0; }

  /// Closes it. Whether that succeeded, or there was none; errno says why not.
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_ = -1;
};

}  // namespace pinnscope
