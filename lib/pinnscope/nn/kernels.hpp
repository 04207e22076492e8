#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/nn/activation.hpp"
#include "pinnscope/nn/derivatives.hpp"
#include "pinnscope/simd/instruction_set.hpp"

namespace pinnscope {

/// Points go through a network a panel at a time: as many points as fill 64 bytes, the entries of
/// one neuron side by side. A panel of w neurons is kPanelRows<T> x w, column-major, 64-byte
/// aligned. Panels that are not full are padded, so every entry is computed by the same
/// instructions whatever stands beside it: its bits do not depend on how points are grouped.
template <class T>
inline constexpr std::size_t kPanelRows = kBlockAlignment / sizeof(T);

/// Panels that hold `points` points.
template <class T>
constexpr std::size_t panel_count(std::size_t points) noexcept {
  return points / kPanelRows<T> + (points % kPanelRows<T> != 0);
}

/// How an activation takes a tile's streams through a layer. Beside the value there are
/// `derivatives` streams, each linear in its own z; a stream of second order adds products of
/// streams of first order:
///
///     a_s = f'(z) z_s + f''(z) sum over its products of  coefficient z_i z_j
///
/// Streams count from 0 behind the value. A stream that has products is nobody's factor.
template <class T>
struct StreamPlan {
  /// A product that a stream of second order adds.
  struct Product {
    std::uint8_t stream = 0;  ///< the stream that it is added to
    std::uint8_t i = 0;       ///< the stream of the first factor
    std::uint8_t j = 0;       ///< the stream of the second factor
    T coefficient = 1;        ///< of the product
  };
  /// All second derivatives, one product each, and an operator of as many.
  static constexpr std::size_t kMostProducts = 2 * Derivatives::kCapacity;

  std::uint8_t derivatives = 0;                             ///< streams behind the value
  std::uint8_t product_count = 0;                           ///< entries of `products` in use
  std::array<bool, Derivatives::kCapacity> has_products{};  ///< whether a stream has any
  std::array<Product, kMostProducts> products{};  ///< in the order in which they are added

  /// Adds a product. Precondition: fewer than kMostProducts.
  constexpr void add(Product product) noexcept {
    assert(product_count < kMostProducts);
    has_products[product.stream] = true;
    products[product_count++] = product;
  }
};

/// The plan of a set of derivatives: second derivatives are one product each.
template <class T>
constexpr StreamPlan<T> plan_of(const Derivatives& derivatives) noexcept {
  StreamPlan<T> plan;
  plan.derivatives = static_cast<std::uint8_t>(derivatives.count() - 1);
  for (std::size_t s = 1; s < derivatives.count(); ++s) {
    if (derivatives[s].order != 2) continue;
    const auto [i, j] = derivatives.factors(s);
    plan.add({static_cast<std::uint8_t>(s - 1), static_cast<std::uint8_t>(i - 1),
              static_cast<std::uint8_t>(j - 1), T(1)});
  }
  return plan;
}

/// The streams of a tile in a layer of `width` neurons: a panel of values after the other, and for
/// each of them the panels of its derivatives, stream after stream.
template <class T>
struct Streams {
  T* values = nullptr;       ///< f(z) or z, panel after panel
  T* derivatives = nullptr;  ///< of each panel, stream after stream
};

/// How a layer of `width` neurons is activated, for `panels` panels of points.
template <class T>
struct LayerActivation {
  Activation activation;            ///< f
  ActivationParameters parameters;  ///< of f
  const StreamPlan<T>& plan;        ///< its streams
  std::size_t panels;               ///< of points
  std::size_t width;                ///< neurons
};

/// What derivatives need of a layer's values, and the way back of the way there. Beside f(z) an
/// activation keeps one number a neuron that its derivatives follow from: f'(z) where f'' and f'''
/// are made of f and f' (KeepsSlope), z itself where they are not (KeepsArgument).
template <class T>
struct ActivatedLayer {
  const T* values;       ///< f(z)
  const T* kept;         ///< f'(z) or z, as activate_values() left it
  const T* derivatives;  ///< z_s
};

/// Z = A B, panel after panel: A is `panels` panels of `rows` columns, B rows x columns with
/// B(k, c) at b[k row_stride + c column_stride] (so B may be a transpose), Z `panels` panels of
/// `columns`. Each entry is summed in order: its bias (0 without biases), then k = 0, 1, ...
template <class T>
struct PanelProduct {
  std::size_t panels;         ///< of points
  std::size_t rows;           ///< neurons in front: columns of A
  std::size_t columns;        ///< neurons behind: columns of Z
  const T* a;                 ///< panels of the inputs
  const T* b;                 ///< weights
  std::size_t row_stride;     ///< entries from B(k, c) to B(k + 1, c)
  std::size_t column_stride;  ///< entries from B(k, c) to B(k, c + 1)
  const T* biases;            ///< `columns` entries, or nullptr
  T* z;                       ///< panels of the sums, which are written
};

/// Some rows of a gradient whose panels are copied side by side, so that they stay in the
/// first-level cache: at most this many rows, and panels of all streams.
/// @{
inline constexpr std::size_t kPackedRows = 4;
inline constexpr std::size_t kPackedPanels = 64;
/// @}

/// Entries of the room for that copy: at most 16 KiB, no less for more panels.
template <class T>
constexpr std::size_t packed_entries(std::size_t panels, std::size_t derivatives) noexcept {
  const std::size_t packed = panels < kPackedPanels ? panels * (1 + derivatives) : kPackedPanels;
  return std::min(packed, kPackedPanels) * kPackedRows * kPanelRows<T>;
}

/// G(k, c) += sum over all points and streams of A(:, k) Z(:, c): G is rows x columns,
/// column-major, without gaps; A has `panels` panels of values of `rows` columns and `derivatives`
/// times as many of derivatives, Z likewise of `columns`. `packed` is room for packed_entries<T>()
/// of them, 64-byte aligned, whose values do not matter.
template <class T>
struct PanelGradient {
  std::size_t panels;       ///< of points
  std::size_t derivatives;  ///< streams behind the value
  std::size_t rows;         ///< of G: neurons in front
  std::size_t columns;      ///< of G: neurons behind
  Streams<const T> a;       ///< the inputs of the layer
  Streams<const T> z;       ///< the adjoints of its sums
  T* gradient;              ///< G, which is added to
  T* packed;                ///< room for a copy
};

/// The inner loops of a network for one kind of vector registers, fastest<Kernels<T>>() for those
/// of this processor. None allocates, none fails, none takes more than 4 KiB of stack; panels are
/// 64-byte aligned. Results of one kind do not depend on anything but the numbers.
template <class T>
struct Kernels {
  const char* name;  ///< of the instruction set
  /// 2 kPanelRows panels rows columns flops. Z must not overlap A.
  void (*multiply)(const PanelProduct<T>& product) noexcept;
  /// z = a W + b for one point, the same order of sums and the same bits as multiply: a has `rows`
  /// entries; W is rows x columns, column-major without gaps; z is padded with zeros to a panel.
  void (*multiply_point)(const T* a, const T* weights, std::size_t rows, std::size_t columns,
                         const T* biases, T* z) noexcept;
  /// The same for packed weights: for each panel of neurons its biases, then row after row of its
  /// weights. Without `biased`, sums start from 0.
  void (*multiply_packed)(const T* a, const T* packed, std::size_t rows, std::size_t panels,
                          bool biased, T* z) noexcept;
  /// As many flops as multiply.
  void (*accumulate)(const PanelGradient<T>& gradient) noexcept;
  /// sums(c) += sum over all points of column c of `panels` panels of `columns` columns.
  void (*accumulate_sums)(std::size_t panels, std::size_t columns, const T* z, T* sums) noexcept;
  /// a = f(z) with its derivative streams; a may be z. Returns whether every value z is a number
  /// below unknown_from() of its activation.
  bool (*activate)(const LayerActivation<T>& layer, Streams<const T> z, Streams<T> a) noexcept;
  /// The values alone, and what is kept beside them for the two below; a may be z.
  void (*activate_values)(const LayerActivation<T>& layer, const T* z, T* a, T* kept) noexcept;
  /// The derivative streams alone, into `a_derivatives`, which may be activated.derivatives.
  void (*activate_derivatives)(const LayerActivation<T>& layer, const ActivatedLayer<T>& activated,
                               T* a_derivatives) noexcept;
  /// The adjoint of activate: replaces the adjoint of a by that of z.
  void (*activate_adjoint)(const LayerActivation<T>& layer, const ActivatedLayer<T>& activated,
                           Streams<T> adjoint) noexcept;
  /// y[i] = e^x[i], as exponential() has it; y may be x. Neither need be aligned.
  void (*exponentials)(const T* x, std::size_t count, T* y) noexcept;
};

}  // namespace pinnscope
