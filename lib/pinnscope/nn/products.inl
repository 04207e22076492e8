#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

#include "pinnscope/nn/registers.inl"
#include "pinnscope/simd/lane_sums.hpp"

// The products of panels with weights, and the gradients of weights: sums that stay in registers
// while the rows pass. Sizes become constants of the code a piece at a time, so that the compiler
// knows how many registers there are.

namespace pinnscope {
namespace {

/// call(integral constant) for a number from 1 to `most`; nothing for 0.
template <std::size_t most, class Call>
[[gnu::always_inline]] inline void as_constant(std::size_t number, Call&& call) noexcept {
  [&]<std::size_t... before>(std::index_sequence<before...>) {
    (void)((number == before + 1 &&
            (call(std::integral_constant<std::size_t, before + 1>{}), true)) ||
           ...);
  }
  (std::make_index_sequence<most>{});
}

/// call(count, first) for the range [0, size) in pieces of `most`, then one piece of what is left.
template <std::size_t most, class Call>
void in_pieces(std::size_t size, Call&& call) noexcept {
  std::size_t first = 0;
  for (; first + most <= size; first += most) {
    call(std::integral_constant<std::size_t, most>{}, first);
  }
  as_constant<most - 1>(size - first, [&](auto rest) { call(rest, first); });
}

/// The same in as many pieces, all but equally long.
template <std::size_t most, class Call>
void in_even_pieces(std::size_t size, Call&& call) noexcept {
  std::size_t first = 0;
  for (std::size_t left = (size + most - 1) / most; left > 0; --left) {
    const std::size_t length = (size - first + left - 1) / left;
    as_constant<most>(length, [&](auto count) { call(count, first); });
    first += length;
  }
}

// Loops over the registers of a block are unrolled by order: left to itself, GCC keeps the sums in
// memory before and after the loop over rows, which costs a twentieth of the time.

// Products of panels, of one point, and of one point with packed weights.

template <std::size_t panels, std::size_t columns, class T>
void multiply_block(const PanelProduct<T>& product, std::size_t first_panel,
                    std::size_t first_column) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  Vector sums[columns][panels][kVectors<T>];
#pragma GCC unroll 8
  for (std::size_t c = 0; c < columns; ++c) {
    const T bias = product.biases == nullptr ? T(0) : product.biases[first_column + c];
#pragma GCC unroll 8
    for (std::size_t p = 0; p < panels; ++p) {
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kVectors<T>; ++v) sums[c][p][v] = Vector{} + bias;
    }
  }
  const std::size_t distance = product.rows * kPanelRows<T>;
  const T* a = product.a + first_panel * distance;
  const T* b = product.b + first_column * product.column_stride;
  for (std::size_t k = 0; k < product.rows; ++k) {
    Vector entries[panels][kVectors<T>];
#pragma GCC unroll 8
    for (std::size_t p = 0; p < panels; ++p) {
      const Vector* source = reinterpret_cast<const Vector*>(a + p * distance);
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kVectors<T>; ++v) entries[p][v] = source[v];
    }
#pragma GCC unroll 8
    for (std::size_t c = 0; c < columns; ++c) {
      const T weight = b[c * product.column_stride];
#pragma GCC unroll 8
      for (std::size_t p = 0; p < panels; ++p) {
#pragma GCC unroll 8
        for (std::size_t v = 0; v < kVectors<T>; ++v) sums[c][p][v] += entries[p][v] * weight;
      }
    }
    a += kPanelRows<T>;
    b += product.row_stride;
  }
#pragma GCC unroll 8
  for (std::size_t p = 0; p < panels; ++p) {
    T* z = product.z + ((first_panel + p) * product.columns + first_column) * kPanelRows<T>;
#pragma GCC unroll 8
    for (std::size_t c = 0; c < columns; ++c) {
      Vector* results = reinterpret_cast<Vector*>(z + c * kPanelRows<T>);
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kVectors<T>; ++v) results[v] = sums[c][p][v];
    }
  }
}

template <class T>
void multiply(const PanelProduct<T>& product) noexcept {
  // Few sums at a time would wait for each other.
  const auto columns_of = [&](auto panels, std::size_t panel) {
    in_even_pieces<kBlock.columns>(product.columns, [&](auto columns, std::size_t column) {
      multiply_block<panels(), columns()>(product, panel, column);
    });
  };
  in_pieces<kBlock.panels>(product.panels, columns_of);
}

/// A panel of neurons at a time, in Lanes although their weights lie apart: left to itself, GCC
/// would round the products of some neurons and fuse those of others.
template <class T>
void multiply_point(const T* a, const T* weights, std::size_t rows, std::size_t columns,
                    const T* biases, T* z) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  for (std::size_t first = 0; first < columns; first += kPanelRows<T>) {
    const std::size_t count = std::min(kPanelRows<T>, columns - first);
    const T* column[kPanelRows<T>];
    for (std::size_t c = 0; c < kPanelRows<T>; ++c) {
      column[c] = weights + (first + std::min(c, count - 1)) * rows;
    }
    T* results = z + first;
    std::fill_n(results, kPanelRows<T>, T(0));
    if (biases != nullptr) std::copy_n(biases + first, count, results);
    Vector sums[kVectors<T>];
    for (std::size_t v = 0; v < kVectors<T>; ++v) sums[v] = reinterpret_cast<Vector*>(results)[v];
    for (std::size_t k = 0; k < rows; ++k) {
      for (std::size_t v = 0; v < kVectors<T>; ++v) {
        Vector weight{};
        for (std::size_t e = 0; e < kEntries<T>; ++e) weight[e] = column[v * kEntries<T> + e][k];
        sums[v] += a[k] * weight;
      }
    }
    for (std::size_t v = 0; v < kVectors<T>; ++v) reinterpret_cast<Vector*>(results)[v] = sums[v];
    std::fill_n(results + count, kPanelRows<T> - count, T(0));
  }
}

template <std::size_t panels, class T>
void multiply_packed_panels(const T* a, const T* packed, std::size_t rows, bool biased,
                            T* z) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  const std::size_t distance = (rows + 1) * kVectors<T>;
  const Vector* weights = reinterpret_cast<const Vector*>(packed);
  Vector sums[panels][kVectors<T>]{};
#pragma GCC unroll 8
  for (std::size_t p = 0; p < panels; ++p) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors<T>; ++v) {
      sums[p][v] = biased ? weights[p * distance + v] : Vector{};
    }
  }
  for (std::size_t k = 0; k < rows; ++k) {
    weights += kVectors<T>;
#pragma GCC unroll 8
    for (std::size_t p = 0; p < panels; ++p) {
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kVectors<T>; ++v) {
        sums[p][v] += a[k] * weights[p * distance + v];
      }
    }
  }
  Vector* results = reinterpret_cast<Vector*>(z);
#pragma GCC unroll 8
  for (std::size_t p = 0; p < panels; ++p) {
#pragma GCC unroll 8
    for (std::size_t v = 0; v < kVectors<T>; ++v) results[p * kVectors<T> + v] = sums[p][v];
  }
}

template <class T>
void multiply_packed(const T* a, const T* packed, std::size_t rows, std::size_t panels, bool biased,
                     T* z) noexcept {
  constexpr std::size_t kPanels = std::max<std::size_t>(8 / kVectors<T>, 2);
  in_pieces<kPanels>(panels, [&](auto count, std::size_t panel) {
    multiply_packed_panels<count()>(a, packed + panel * (rows + 1) * kPanelRows<T>, rows, biased,
                                    z + panel * kPanelRows<T>);
  });
}

// Gradients: a block of them over all panels, its rows of A copied first where that pays; then the
// rows and the columns of a whole one.

/// to[i] += from[i] for i < count; in one register where such exist.
template <std::size_t count, class T>
[[gnu::always_inline]] inline void add_entries(const T* from, T* to) noexcept {
  if constexpr (std::has_single_bit(count)) {
    Lanes<T, count * sizeof(T)> sum, added;
    std::memcpy(&sum, to, sizeof sum);
    std::memcpy(&added, from, sizeof added);
    sum += added;
    std::memcpy(to, &sum, sizeof sum);
  } else {
    for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
  }
}

/// Some columns of A, which are rows of the gradient, where their panels are `distance` apart.
template <class T>
struct GradientRows {
  Streams<const T> a;
  std::size_t distance;
};

/// A copy without what lies between, which stays in the first-level cache while every column of Z
/// passes.
template <std::size_t rows, class T>
GradientRows<T> pack_rows(const PanelGradient<T>& gradient, std::size_t first_row) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  static_assert(rows <= kPackedRows);
  constexpr std::size_t kSize = rows * kPanelRows<T>;
  T* target = gradient.packed;
  const auto pack = [&](const T* source, std::size_t panels) {
    for (std::size_t panel = 0; panel < panels; ++panel, target += kSize) {
      const Vector* from = reinterpret_cast<const Vector*>(source);
      Vector* to = reinterpret_cast<Vector*>(target);
#pragma GCC unroll 8
      for (std::size_t v = 0; v < rows * kVectors<T>; ++v) to[v] = from[v];
      source += gradient.rows * kPanelRows<T>;
    }
  };
  const std::size_t row = first_row * kPanelRows<T>;
  pack(gradient.a.values + row, gradient.panels);
  const T* derivatives = target;
  if (gradient.derivatives > 0) {
    pack(gradient.a.derivatives + row, gradient.panels * gradient.derivatives);
  }
  return {{gradient.packed, derivatives}, kSize};
}

/// The sums of a block of the gradient, entry (r, c) at c rows + r, over the values first, then
/// over the derivatives.
template <std::size_t rows, std::size_t columns, class T>
void accumulate_block(const PanelGradient<T>& gradient, const GradientRows<T>& lefts,
                      std::size_t first_row, std::size_t first_column) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  constexpr std::size_t kSums = rows * columns;
  constexpr std::size_t kPadded = (kSums + kEntries<T> - 1) / kEntries<T> * kEntries<T>;
  const std::size_t column = first_column * kPanelRows<T>;
  Vector sums[kPadded]{};
  const T* a = lefts.a.values;
  const T* z = gradient.z.values + column;
  std::size_t panels = gradient.panels;
  for (bool values = true;; values = false) {
    for (std::size_t panel = 0; panel < panels; ++panel) {
#pragma GCC unroll 8
      for (std::size_t v = 0; v < kVectors<T>; ++v) {
        Vector left[rows];
#pragma GCC unroll 8
        for (std::size_t r = 0; r < rows; ++r) {
          left[r] = reinterpret_cast<const Vector*>(a + r * kPanelRows<T>)[v];
        }
#pragma GCC unroll 8
        for (std::size_t c = 0; c < columns; ++c) {
          const Vector right = reinterpret_cast<const Vector*>(z + c * kPanelRows<T>)[v];
#pragma GCC unroll 8
          for (std::size_t r = 0; r < rows; ++r) sums[c * rows + r] += left[r] * right;
        }
      }
      a += lefts.distance;
      z += gradient.columns * kPanelRows<T>;
    }
    panels *= gradient.derivatives;
    if (!values || panels == 0) break;
    a = lefts.a.derivatives;
    z = gradient.z.derivatives + column;
  }
  alignas(kBlockAlignment) T totals[kPadded];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < kPadded; i += kEntries<T>) {
    const Vector lanes = sum_lanes<2>(sums + i);
    reinterpret_cast<Vector*>(totals)[i / kEntries<T>] = in_order(lanes);
  }
  for (std::size_t c = 0; c < columns; ++c) {
    T* results = gradient.gradient + (first_column + c) * gradient.rows + first_row;
    add_entries<rows>(totals + c * rows, results);
  }
}

/// Rows from `row` on of columns first ... last - 1. Each number of rows has code of its own: in
/// one function, GCC runs short of registers.
template <std::size_t rows, class T>
[[gnu::noinline]] void accumulate_rows(const PanelGradient<T>& gradient, bool packed,
                                       std::size_t row, std::size_t first,
                                       std::size_t last) noexcept {
  const auto in_place = [&] {
    const std::size_t start = row * kPanelRows<T>;
    const T* derivatives = gradient.derivatives > 0 ? gradient.a.derivatives + start : nullptr;
    return GradientRows<T>{{gradient.a.values + start, derivatives}, gradient.rows * kPanelRows<T>};
  };
  const GradientRows<T> lefts = packed ? pack_rows<rows>(gradient, row) : in_place();
  in_pieces<kBlock.gradient_columns>(last - first, [&](auto columns, std::size_t column) {
    accumulate_block<rows, columns()>(gradient, lefts, row, first + column);
  });
}

/// Columns first ... last - 1 of the gradient.
template <class T>
void accumulate_columns(const PanelGradient<T>& gradient, std::size_t first,
                        std::size_t last) noexcept {
  const bool fit = gradient.panels * (1 + gradient.derivatives) <= kPackedPanels;
  const bool packed = kBlock.packs_rows && fit && last - first >= 8 * kBlock.gradient_columns;
  in_pieces<kBlock.gradient_rows>(gradient.rows, [&](auto rows, std::size_t row) {
    accumulate_rows<rows()>(gradient, packed, row, first, last);
  });
}

/// As many columns of Z at a time as a second-level cache keeps beside other data: every row of A
/// meets all of them.
template <class T>
void accumulate(const PanelGradient<T>& gradient) noexcept {
  constexpr std::size_t kCached = 1 << 18;  // bytes
  const std::size_t column_bytes = gradient.panels * (1 + gradient.derivatives) * kBlockAlignment;
  const std::size_t blocks = kCached / (kBlock.gradient_columns * (column_bytes + 1));
  const std::size_t step = std::max<std::size_t>(blocks, 1) * kBlock.gradient_columns;
  for (std::size_t first = 0; first < gradient.columns; first += step) {
    accumulate_columns(gradient, first, std::min(first + step, gradient.columns));
  }
}

template <class T>
void accumulate_sums(std::size_t panels, std::size_t columns, const T* z, T* sums) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  for (std::size_t c = 0; c < columns; ++c) {
    Vector sum{};
    for (std::size_t panel = 0; panel < panels; ++panel) {
      const auto* entries =
          reinterpret_cast<const Vector*>(z + (panel * columns + c) * kPanelRows<T>);
      for (std::size_t v = 0; v < kVectors<T>; ++v) sum += entries[v];
    }
    T total = 0;
    for (std::size_t lane = 0; lane < kEntries<T>; ++lane) total += sum[lane];
    sums[c] += total;
  }
}

}  // namespace
}  // namespace pinnscope
