#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace pinnscope {

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const std::string& path, int flags, mode_t permissions = 0666)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, permissions)) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { static_cast<void>(close()); }

  /// A second descriptor of what `number` is open on.
  static Descriptor copy_of(int number) {
    Descriptor copy;
    copy.number_ = ::fcntl(number, F_DUPFD_CLOEXEC, 0);
    return copy;
  }

  int number() const { return number_; }
  bool open() const { return number_ >= 0; }
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_ = -1;
};

}  // namespace pinnscope
