#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>

#include "pinnscope/core/arena.hpp"

namespace pinnscope {

/// "1.5 GiB"; whole bytes below 1 KiB.
std::string bytes_text(std::size_t bytes);

/// What this process can still take, in bytes: the least of what is left of its limit on address
/// space (RLIMIT_AS); of the memory and swap that Linux calls available (/proc/meminfo); and of the
/// limit of each control group that it is in, of version 1 or 2, where file caches count as left. A
/// 32nd of the latter two stays for page tables and neighbours. What the system does not tell does
/// not count: the largest size_t where it tells nothing. The files are looked for under `root`.
/// Reads a few small files: some 50 us.
std::size_t available_memory(const std::string& root = "");

/// More memory is needed than there is: what() says how much, for what, and how much there is.
class OutOfMemory : public std::bad_alloc {
 public:
  /// `purpose` ends the phrase "expected 1.5 GiB of memory ".
  OutOfMemory(std::size_t bytes, const std::string& purpose, std::size_t found)
      : words_("expected " + bytes_text(bytes) + " of memory " + purpose + ", found " +
               bytes_text(found)) {}

  /// One line without a full stop, valid as long as the object.
  const char* what() const noexcept override { return words_.c_str(); }

 private:
  std::string words_;
};

/// Throws OutOfMemory where available_memory() is less than `bytes`: asked before the memory is
/// touched, for a kernel that promises too much kills the one that takes it. Less than a mebibyte
/// is not looked at.
void require_memory(std::size_t bytes, const std::string& purpose);

/// The same for what a footprint lists, so many times: the message names its largest blocks.
void require_memory(const Footprint& need, std::size_t times = 1);

/// Memory for an Arena, which is the only way that programs and readers come by it: what `need`
/// lists is required, then taken. Throws OutOfMemory.
class ArenaMemory {
 public:
  /// Takes need.bytes bytes, which are not zeroed.
  explicit ArenaMemory(const Footprint& need);

  /// The memory; it goes with the object.
  std::span<std::byte> bytes() const noexcept { return {memory_.get(), size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<std::byte[]> memory_;
};

}  // namespace pinnscope
