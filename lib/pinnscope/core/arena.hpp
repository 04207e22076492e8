#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// Blocks start on a cache line, which is also the widest vector register.
inline constexpr std::size_t kBlockAlignment = 64;

/// One named piece of an object's storage.
struct Block {
  const char* name = "";  ///< as the layout calls it, such as "gradient"; a string literal
  std::size_t bytes = 0;  ///< its size, rounded up to kBlockAlignment
};

/// What an object needs, known before it is built.
struct Footprint {
  static constexpr std::size_t kListedBlocks = 32;  ///< the most blocks that list() tells apart

  std::size_t bytes = 0;        ///< to reserve: the payload and the slack for an unaligned base
  std::size_t payload = 0;      ///< bytes of the blocks alone
  std::size_t block_count = 0;  ///< all of them, also beyond the list
  std::array<Block, kListedBlocks> blocks{};  ///< the last of them sums up what does not fit

  /// The bytes on whose multiples each block starts.
  static constexpr std::size_t alignment = kBlockAlignment;

  /// The blocks, kListedBlocks at most: in the order in which they are carved, or, of more, the
  /// largest and last what the others sum up to. A view of the footprint.
  constexpr std::span<const Block> list() const noexcept {
    return {blocks.data(), block_count < kListedBlocks ? block_count : kListedBlocks};
  }

  /// The room for both objects in one arena: the slack counts once.
  friend constexpr Footprint operator+(Footprint left, const Footprint& right) noexcept {
    for (const Block& block : right.list()) left.append(block);
    return left;
  }

  /// Adds a block. Sizes saturate: a footprint that overflows can never be served.
  constexpr void append(Block block) noexcept {
    payload = saturating_add(payload, block.bytes);
    bytes = payload == 0 ? 0 : saturating_add(payload, kBlockAlignment - 1);
    if (block_count < kListedBlocks) {
      blocks[block_count++] = block;
      return;
    }
    if (block_count++ == kListedBlocks) give_up_least(blocks.back()).name = "further blocks";
    give_up_least(block);
    blocks.back().bytes = saturating_add(blocks.back().bytes, block.bytes);
  }

  /// Sum and product; the largest std::size_t where they do not fit.
  /// @{
  static constexpr std::size_t saturating_add(std::size_t a, std::size_t b) noexcept {
    return a > std::numeric_limits<std::size_t>::max() - b ? std::numeric_limits<std::size_t>::max()
                                                           : a + b;
  }
  static constexpr std::size_t saturating_multiply(std::size_t a, std::size_t b) noexcept {
    constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
    return b != 0 && a > kMost / b ? kMost : a * b;
  }
  /// @}

 private:
  /// Makes `block` the least of the listed ones, the last aside, and of itself.
  constexpr Block& give_up_least(Block& block) noexcept {
    Block* least =
        std::min_element(blocks.data(), blocks.data() + kListedBlocks - 1,
                         [](const Block& a, const Block& b) noexcept { return a.bytes < b.bytes; });
    if (least->bytes < block.bytes) std::swap(*least, block);
    return block;
  }
};

/// Caller's memory, handed out front to back. Never owns, never grows, never gives back.
class Arena {
 public:
  /// Hands out `memory`, which the arena neither owns nor touches before take().
  explicit constexpr Arena(std::span<std::byte> memory) noexcept : memory_(memory) {}

  /// Bytes handed out so far, the alignment of the base included.
  constexpr std::size_t used() const noexcept { return used_; }

  /// Bytes that are left, of which the next block's alignment may take some.
  constexpr std::size_t remaining() const noexcept { return memory_.size() - used_; }

  /// out_of_memory once a block did not fit, and from then on. An object built from an arena that
  /// ran out has empty views and must not be used.
  constexpr Status status() const noexcept { return status_; }

  /// `bytes` zeroed bytes from the next aligned address, or nullptr where they do not fit.
  std::byte* take(std::size_t bytes) noexcept;

 private:
  std::span<std::byte> memory_;
  std::size_t used_ = 0;
  Status status_{};
};

/// The one way to lay an object's storage out: the same function runs over a Layout that measures
/// (default constructed) and over one that carves (given an arena), so size and use cannot differ.
///
///     struct Storage { VectorView<T> sorted; MatrixView<T> work; };
///     static constexpr Storage layout(Layout& layout, const Config& config) {
///       return {layout.vector<T>("sorted sample", config.capacity),
///               layout.matrix<T>("work", config.rows, config.columns)};
///     }
///
/// A measuring layout returns views without data; a layout function looks at its config alone.
class Layout {
 public:
  /// A layout that measures.
  constexpr Layout() noexcept = default;

  /// A layout that carves.
  explicit constexpr Layout(Arena& arena) noexcept : arena_(&arena) {}

  /// The next block, for `size` numbers: zeroed; empty from a measuring layout, and where it does
  /// not fit.
  template <class T>
  constexpr VectorView<T> vector(const char* name, std::size_t size) noexcept {
    T* data = block<T>(name, size);
    return data == nullptr ? VectorView<T>{} : VectorView<T>{data, size};
  }

  /// The next block, for a matrix without gaps between its columns; data is nullptr as above.
  template <class T>
  constexpr MatrixView<T> matrix(const char* name, std::size_t rows, std::size_t columns) noexcept {
    T* data = block<T>(name, Footprint::saturating_multiply(rows, columns));
    return {data, rows, columns};
  }

  /// What has been laid out so far.
  constexpr const Footprint& footprint() const noexcept { return footprint_; }

 private:
  static constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();

  template <class T>
  constexpr T* block(const char* name, std::size_t count) noexcept {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= kBlockAlignment);
    const bool fits = count <= (kMost - kBlockAlignment) / sizeof(T);
    const std::size_t bytes =
        fits ? (count * sizeof(T) + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment
             : kMost;
    footprint_.append({name, bytes});
    return arena_ == nullptr ? nullptr : carve<T>(bytes);
  }

  template <class T>
  T* carve(std::size_t bytes) noexcept {
    return reinterpret_cast<T*>(arena_->take(bytes));
  }

  Arena* arena_ = nullptr;
  Footprint footprint_{};
};

/// The footprint of whatever `lay_out(layout)` lays out.
template <class LayOut>
constexpr Footprint measure(LayOut&& lay_out) noexcept {
  Layout layout;
  static_cast<void>(lay_out(layout));
  return layout.footprint();
}

/// Base of every object with storage: neither copied nor assigned, since its views point into an
/// arena that it does not own.
class Pinned {
 public:
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 protected:
  constexpr Pinned() noexcept = default;
  ~Pinned() = default;
};

}  // namespace pinnscope
