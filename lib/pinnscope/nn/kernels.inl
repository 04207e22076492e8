// The kernels for one instruction set. The file that includes this one is compiled for it and says,
// in an unnamed namespace, its kName, the kLaneBytes of a register, the kBlock that fills all of
// them and its Tanh. Everything here is local to that file too: no other one may call what is
// compiled for its instructions.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/simd/exponential.hpp"
#include "pinnscope/simd/lane_sums.hpp"

namespace pinnscope {
namespace {

template <class T>
constexpr std::size_t kEntries = kLanes<Lanes<T, kLaneBytes>>;
template <class T>
constexpr std::size_t kVectors = kPanelRows<T> / kEntries<T>;

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

/// Vectors whose activations are computed before the streams are taken through them.
constexpr std::size_t kChunk = 16;

template <class T>
Lanes<T, kLaneBytes>* vectors_at(T* entries) noexcept {
  return reinterpret_cast<Lanes<T, kLaneBytes>*>(entries);
}
template <class T>
const Lanes<T, kLaneBytes>* vectors_at(const T* entries) noexcept {
  return reinterpret_cast<const Lanes<T, kLaneBytes>*>(entries);
}

/// A chunk of a panel: `size` vectors of each of its streams.
struct Chunk {
  std::size_t size;      // vectors
  std::size_t value;     // entry of the panels of values where it starts
  std::size_t stream;    // entry of the panels of derivatives where it starts in stream 0
  std::size_t distance;  // entries between streams

  template <class T>
  auto* values(T* panels) const noexcept {
    return vectors_at(panels + value);
  }
  template <class T>
  auto* derivatives(T* panels, std::size_t s) const noexcept {
    return vectors_at(panels + stream + s * distance);
  }
};

/// use(function, chunk) for each chunk of each panel.
template <class Function, class T, class Use>
[[gnu::noinline]] void pass_chunks(const Function& function, const LayerActivation<T>& layer,
                                   const Use& use) noexcept {
  const std::size_t entries = layer.width * kPanelRows<T>;
  constexpr std::size_t kStep = kChunk * kEntries<T>;
  for (std::size_t panel = 0; panel < layer.panels; ++panel) {
    for (std::size_t start = 0; start < entries; start += kStep) {
      use(function, Chunk{std::min(kStep, entries - start) / kEntries<T>, panel * entries + start,
                          panel * layer.plan.derivatives * entries + start, entries});
    }
  }
}

/// The same for the function object of the layer's activation. Each one has code and a frame of its
/// own: in one function, GCC gives each its own room on the stack beside the others.
template <class T, class Use>
void for_each_chunk(const LayerActivation<T>& layer, const Use& use) noexcept {
  with_activation<Tanh<T>>(layer.activation, layer.negative_slope,
                           [&](auto function) { pass_chunks(function, layer, use); });
}

/// a_s = f' z_s + f'' times its products, for the streams of a chunk.
template <class T>
void take_derivatives(const StreamPlan<T>& plan, const Chunk& chunk,
                      const Lanes<T, kLaneBytes>* first, const Lanes<T, kLaneBytes>* second,
                      const T* z, T* a) noexcept {
  // Products first: where a is z, they need their factors as they were.
  for (std::size_t s = 0; s < plan.derivatives; ++s) {
    if (!plan.has_products[s]) continue;
    Lanes<T, kLaneBytes> curved[kChunk]{};
    for (std::size_t q = 0; q < plan.product_count; ++q) {
      const auto& product = plan.products[q];
      if (product.stream != s) continue;
      const auto* zi = chunk.derivatives(z, product.i);
      const auto* zj = chunk.derivatives(z, product.j);
      for (std::size_t i = 0; i < chunk.size; ++i) {
        curved[i] += product.coefficient * (zi[i] * zj[i]);
      }
    }
    const auto* zs = chunk.derivatives(z, s);
    auto* as = chunk.derivatives(a, s);
    for (std::size_t i = 0; i < chunk.size; ++i) as[i] = first[i] * zs[i] + second[i] * curved[i];
  }
  for (std::size_t s = 0; s < plan.derivatives; ++s) {
    if (plan.has_products[s]) continue;
    const auto* zs = chunk.derivatives(z, s);
    auto* as = chunk.derivatives(a, s);
    for (std::size_t i = 0; i < chunk.size; ++i) as[i] = first[i] * zs[i];
  }
}

/// Whether a plan is that of the sum of second derivatives along its `firsts` first ones, which is
/// what operators of second order collapse to: stream `firsts` has the products of each stream
/// before it with itself. Their chunks are taken in registers, with the same sums.
template <std::size_t firsts, class T>
bool is_sum_of_squares(const StreamPlan<T>& plan) noexcept {
  bool is = plan.derivatives == firsts + 1 && plan.product_count == firsts;
  for (std::size_t q = 0; q < firsts; ++q) {
    const auto& product = plan.products[q];
    is = is && product.stream == firsts && product.i == q && product.j == q;
  }
  return is;
}

/// take_derivatives of such a plan, with f'' still to be found.
template <std::size_t firsts, class Function, class T>
void take_squares(const Function& function, const StreamPlan<T>& plan, const Chunk& chunk,
                  const ActivatedLayer<T>& activated, T* a) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  const Vector* values = chunk.values(activated.values);
  const Vector* kept = chunk.values(activated.kept);
  const Vector* z[firsts + 1];
  Vector* results[firsts + 1];
  for (std::size_t s = 0; s <= firsts; ++s) {
    z[s] = chunk.derivatives(activated.derivatives, s);
    results[s] = chunk.derivatives(a, s);
  }
  for (std::size_t i = 0; i < chunk.size; ++i) {
    const auto f = restored(function, values[i], kept[i]);
    const Vector first = f.first;
    Vector curved{};
    for (std::size_t s = 0; s < firsts; ++s) {
      const Vector zs = z[s][i];
      curved += plan.products[s].coefficient * (zs * zs);
      results[s][i] = first * zs;
    }
    results[firsts][i] = first * z[firsts][i] + f.second * curved;
  }
}

/// The adjoint of such a plan.
template <std::size_t firsts, class Function, class T>
void square_adjoint(const Function& function, const StreamPlan<T>& plan, const Chunk& chunk,
                    const ActivatedLayer<T>& activated, Streams<T> adjoint) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  const Vector* values = chunk.values(activated.values);
  const Vector* kept = chunk.values(activated.kept);
  Vector* value_bar = chunk.values(adjoint.values);
  const Vector* z[firsts + 1];
  Vector* bars[firsts + 1];
  for (std::size_t s = 0; s <= firsts; ++s) {
    z[s] = chunk.derivatives(activated.derivatives, s);
    bars[s] = chunk.derivatives(adjoint.derivatives, s);
  }
  for (std::size_t i = 0; i < chunk.size; ++i) {
    const auto f = restored(function, values[i], kept[i]);
    const Vector first = f.first;
    const Vector last_bar = bars[firsts][i];
    Vector value = first * value_bar[i];
    for (std::size_t s = 0; s < firsts; ++s) {
      value += f.second * (z[s][i] * bars[s][i]);
    }
    for (std::size_t s = 0; s < firsts; ++s) {
      const Vector zs = z[s][i];
      const Vector t = plan.products[s].coefficient * last_bar;
      const Vector curved = f.second * t * zs;
      bars[s][i] = first * bars[s][i] + 2 * curved;
      value += f.third * (zs * zs) * t;
    }
    value_bar[i] = value + f.second * (z[firsts][i] * last_bar);
    bars[firsts][i] = first * last_bar;
  }
}

/// The exponents of numbers, as they stand in their upper 32 bits: a comparison of integers is
/// faster than one of numbers that may be NaN.
using Exponents = Lanes<std::int32_t, kLaneBytes>;

template <class V>
Exponents exponents(V v) noexcept {
  using Words = typename LaneTraits<V>::Words;
  constexpr auto kInfinity = std::numeric_limits<Element<V>>::infinity();
  const auto mask = std::bit_cast<typename LaneTraits<V>::Word>(kInfinity);
  return std::bit_cast<Exponents>(std::bit_cast<Words>(v) & mask);
}

/// f of the vectors of a chunk, and whether all of them are below kUnknownFrom.
template <class Function, class T>
struct Watched {
  using Vector = Lanes<T, kLaneBytes>;
  const Function& function;
  Exponents& unknown;
  Exponents largest{};

  auto operator()(Vector z) noexcept {
    const Exponents here = exponents(z);
    largest = here > largest ? here : largest;
    return function(z);
  }
  ~Watched() {
    // The lower halves of doubles have no exponent: 0 on either side.
    const Exponents from = exponents(Vector{} + kUnknownFrom<Function, T>);
    unknown |= (largest >= from) & (from > 0);
  }
};

bool any(Exponents flags) noexcept {
  std::array<std::uint64_t, kLaneBytes / 8> words;
  std::memcpy(words.data(), &flags, sizeof flags);
  std::uint64_t sum = 0;
  for (const std::uint64_t word : words) sum |= word;
  return sum != 0;
}

template <class T>
bool activate(const LayerActivation<T>& layer, Streams<const T> z, Streams<T> a) noexcept {
  Exponents unknown{};
  if (layer.plan.derivatives == 0) {
    for_each_chunk(layer, [&](auto function, const Chunk& chunk) {
      const auto* z_values = chunk.values(z.values);
      auto* a_values = chunk.values(a.values);
      Watched<decltype(function), T> watched{function, unknown};
      for (std::size_t i = 0; i < chunk.size; ++i) a_values[i] = watched(z_values[i]).value;
    });
    return !any(unknown);
  }
  for_each_chunk(layer, [&](auto function, const Chunk& chunk) {
    const auto* z_values = chunk.values(z.values);
    auto* a_values = chunk.values(a.values);
    Watched<decltype(function), T> watched{function, unknown};
    Lanes<T, kLaneBytes> first[kChunk];
    Lanes<T, kLaneBytes> second[kChunk];
    for (std::size_t i = 0; i < chunk.size; ++i) {
      const auto f = watched(z_values[i]);
      a_values[i] = f.value;
      first[i] = f.first;
      second[i] = f.second;
    }
    take_derivatives(layer.plan, chunk, first, second, z.derivatives, a.derivatives);
  });
  return !any(unknown);
}

template <class T>
void activate_values(const LayerActivation<T>& layer, const T* z, T* a, T* kept) noexcept {
  for_each_chunk(layer, [&](auto function, const Chunk& chunk) {
    const auto* z_values = chunk.values(z);
    auto* a_values = chunk.values(a);
    auto* beside = chunk.values(kept);
    for (std::size_t i = 0; i < chunk.size; ++i) {
      const auto z_entries = z_values[i];
      const auto f = function(z_entries);
      a_values[i] = f.value;
      beside[i] = kept_beside<decltype(function)>(f, z_entries);
    }
  });
}

/// f' of a chunk: what was kept, or the room where it is to be restored.
template <class Function, class Vector>
const Vector* first_of(const Vector* kept, const Vector* room) noexcept {
  return Function::kKeepsArgument ? room : kept;
}

template <class T>
void activate_derivatives(const LayerActivation<T>& layer, const ActivatedLayer<T>& activated,
                          T* a_derivatives) noexcept {
  for_each_chunk(layer, [&](auto function, const Chunk& chunk) {
    if (is_sum_of_squares<1>(layer.plan)) {
      return take_squares<1>(function, layer.plan, chunk, activated, a_derivatives);
    }
    if (is_sum_of_squares<2>(layer.plan)) {
      return take_squares<2>(function, layer.plan, chunk, activated, a_derivatives);
    }
    const auto* values = chunk.values(activated.values);
    const auto* kept = chunk.values(activated.kept);
    Lanes<T, kLaneBytes> restored_first[kChunk];
    Lanes<T, kLaneBytes> second[kChunk];
    const auto* first = first_of<decltype(function)>(kept, restored_first);
    for (std::size_t i = 0; i < chunk.size; ++i) {
      const auto f = restored(function, values[i], kept[i]);
      if constexpr (function.kKeepsArgument) restored_first[i] = f.first;
      second[i] = f.second;
    }
    take_derivatives(layer.plan, chunk, first, second, activated.derivatives, a_derivatives);
  });
}

/// With t = coefficient abar_s for each product (s, i, j):
///
///     zbar_i = f' abar_i + sum of f'' z_j t over the products with i (twice where i = j)
///     zbar_s = f' abar_s
///     zbar   = f' abar + f'' sum_s z_s abar_s + f''' sum of z_i z_j t
template <class T>
void activate_adjoint(const LayerActivation<T>& layer, const ActivatedLayer<T>& activated,
                      Streams<T> adjoint) noexcept {
  using Vector = Lanes<T, kLaneBytes>;
  const StreamPlan<T>& plan = layer.plan;
  for_each_chunk(layer, [&](auto function, const Chunk& chunk) {
    if (is_sum_of_squares<1>(plan)) {
      return square_adjoint<1>(function, plan, chunk, activated, adjoint);
    }
    if (is_sum_of_squares<2>(plan)) {
      return square_adjoint<2>(function, plan, chunk, activated, adjoint);
    }
    const auto* values = chunk.values(activated.values);
    const auto* kept = chunk.values(activated.kept);
    auto* value_bar = chunk.values(adjoint.values);
    if (plan.derivatives == 0) {
      for (std::size_t i = 0; i < chunk.size; ++i) {
        value_bar[i] = restored(function, values[i], kept[i]).first * value_bar[i];
      }
      return;
    }
    Vector restored_first[kChunk];
    Vector second[kChunk];
    Vector third[kChunk];
    for (std::size_t i = 0; i < chunk.size; ++i) {
      const auto f = restored(function, values[i], kept[i]);
      if constexpr (function.kKeepsArgument) restored_first[i] = f.first;
      second[i] = f.second;
      third[i] = f.third;
      value_bar[i] = f.first * value_bar[i];
    }
    const Vector* first = first_of<decltype(function)>(kept, restored_first);
    const auto scale = [&](std::size_t s) {
      const auto* zs = chunk.derivatives(activated.derivatives, s);
      auto* bar = chunk.derivatives(adjoint.derivatives, s);
      for (std::size_t i = 0; i < chunk.size; ++i) {
        value_bar[i] += second[i] * (zs[i] * bar[i]);
        bar[i] = first[i] * bar[i];
      }
    };
    for (std::size_t s = 0; s < plan.derivatives; ++s) {
      if (!plan.has_products[s]) scale(s);
    }
    for (std::size_t q = 0; q < plan.product_count; ++q) {
      const auto& product = plan.products[q];
      const auto* zi = chunk.derivatives(activated.derivatives, product.i);
      const auto* zj = chunk.derivatives(activated.derivatives, product.j);
      const auto* bar = chunk.derivatives(adjoint.derivatives, product.stream);
      auto* bar_i = chunk.derivatives(adjoint.derivatives, product.i);
      auto* bar_j = chunk.derivatives(adjoint.derivatives, product.j);
      for (std::size_t i = 0; i < chunk.size; ++i) {
        const Vector t = product.coefficient * bar[i];
        const Vector curved = second[i] * t;
        bar_i[i] += curved * zj[i];
        bar_j[i] += curved * zi[i];
        value_bar[i] += third[i] * (zi[i] * zj[i]) * t;
      }
    }
    for (std::size_t s = 0; s < plan.derivatives; ++s) {
      if (plan.has_products[s]) scale(s);
    }
  });
}

template <class T>
void exponentials(const T* x, std::size_t count, T* y) noexcept {
  for (std::size_t i = 0; i < count; i += kEntries<T>) {
    const std::size_t bytes = std::min(kEntries<T>, count - i) * sizeof(T);
    Lanes<T, kLaneBytes> v{};
    std::memcpy(&v, x + i, bytes);
    v = exponential(v);
    std::memcpy(y + i, &v, bytes);
  }
}

template <class T>
constexpr Kernels<T> kKernels{kName,
                              multiply<T>,
                              multiply_point<T>,
                              multiply_packed<T>,
                              accumulate<T>,
                              accumulate_sums<T>,
                              activate<T>,
                              activate_values<T>,
                              activate_derivatives<T>,
                              activate_adjoint<T>,
                              exponentials<T>};

}  // namespace
}  // namespace pinnscope
