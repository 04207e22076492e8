#include "pinnscope/core/arena.hpp"

#include <cstring>

namespace pinnscope {

std::byte* Arena::take(std::size_t bytes) noexcept {
  if (bytes == 0) return nullptr;
  const auto address = reinterpret_cast<std::uintptr_t>(memory_.data()) + used_;
  const std::size_t padding = (kBlockAlignment - address % kBlockAlignment) % kBlockAlignment;
  if (!status_.ok() || padding > remaining() || bytes > remaining() - padding) {
    status_ = {StatusCode::out_of_memory, 0};
    return nullptr;
  }
  std::byte* block = memory_.data() + used_ + padding;
  used_ += padding + bytes;
  std::memset(block, 0, bytes);
  return block;
}

}  // namespace pinnscope
