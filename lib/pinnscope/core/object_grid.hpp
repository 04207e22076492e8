#pragma once

#include <cassert>
#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// Room in an arena for rows x columns objects that are made one by one, each once, and never
/// destroyed: an object with storage does not end, its arena does. Columns start on a cache line,
/// so that threads with a column each do not share one. A part of the Storage of what owns them.
template <class Object>
class ObjectGrid {
  static_assert(std::is_trivially_destructible_v<Object> && alignof(Object) <= kBlockAlignment);

 public:
  constexpr ObjectGrid() noexcept = default;

  /// Lays the room out under `name`; bytes saturate as those of any block.
  static constexpr ObjectGrid layout(Layout& layout, const char* name, std::size_t rows,
                                     std::size_t columns) noexcept {
    constexpr std::size_t kLine = kBlockAlignment;
    const std::size_t objects = Footprint::saturating_multiply(rows, sizeof(Object));
    const std::size_t lines = Footprint::saturating_add(objects, kLine - 1) / kLine;
    ObjectGrid grid;
    grid.bytes_ =
        layout.matrix<std::byte>(name, Footprint::saturating_multiply(lines, kLine), columns);
    return grid;
  }

  /// Constructs the object there from these arguments.
  template <class... Arguments>
  Object& make(std::size_t row, std::size_t column, Arguments&&... arguments) const noexcept {
    return *new (address(row, column)) Object(std::forward<Arguments>(arguments)...);
  }

  /// The object there. Precondition: it was made.
  Object& operator()(std::size_t row, std::size_t column) const noexcept {
    return *std::launder(reinterpret_cast<Object*>(address(row, column)));
  }

 private:
  std::byte* address(std::size_t row, std::size_t column) const noexcept {
    assert(column < bytes_.columns && (row + 1) * sizeof(Object) <= bytes_.rows);
    return bytes_.column(column).data() + row * sizeof(Object);
  }

  MatrixView<std::byte> bytes_;
};

}  // namespace pinnscope
