#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

#include "pinnscope/nn/registers.inl"

// Activations of a tile, a chunk of registers at a time: the values, the derivative streams through
// them, and the adjoint of both.

namespace pinnscope {
namespace {

/// Vectors whose activations are computed before the streams are taken through them.
constexpr std::size_t kChunk = 16;

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
  with_activation<T, Tanh<T>>(layer.activation, layer.parameters,
                              [&](auto function) { pass_chunks(function, layer, use); });
}

// Streams through a chunk: any plan, and the plans that operators of second order collapse to.

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

// Values that are too large for their activation to be known.

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

/// f of the vectors of a chunk, and whether all of them are below unknown_from().
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
    const Exponents from = exponents(Vector{} + function.unknown_from());
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

// The kernels: all at once, or the values first and the derivatives from what was kept of them, and
// the way back.

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

}  // namespace
}  // namespace pinnscope
