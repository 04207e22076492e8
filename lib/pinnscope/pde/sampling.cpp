#include "pinnscope/pde/sampling.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>

namespace pinnscope {
namespace {

constexpr std::size_t kBits = 32;
using Directions = std::array<std::uint32_t, kBits>;

/// A primitive polynomial modulo 2, x^degree + ... + 1 with the bits of `inner` between, and the
/// first direction numbers of a coordinate.
struct Polynomial {
  std::size_t degree;
  std::uint32_t inner;
  std::array<std::uint32_t, 4> first;
};

/// Rows 2 to 6 of Joe and Kuo's new-joe-kuo-6.21201; the first coordinate has none.
constexpr std::array kPolynomials{
    Polynomial{1, 0, {1}},       Polynomial{2, 1, {1, 3}},       Polynomial{3, 1, {1, 3, 1}},
    Polynomial{3, 2, {1, 1, 1}}, Polynomial{4, 1, {1, 1, 3, 3}},
};
static_assert(kPolynomials.size() + 1 == Problem::kMostInputs);

/// m_k = 2 a_1 m_(k-1) ^ ... ^ 2^(s-1) a_(s-1) m_(k-s+1) ^ 2^s m_(k-s) ^ m_(k-s), Joe and Kuo's
/// (2), of numbers that stand at the upper end of a word: v_k = m_k 2^(32 - k).
constexpr Directions directions_of(const Polynomial& polynomial) noexcept {
  const std::size_t s = polynomial.degree;
  Directions v{};
  for (std::size_t k = 0; k < kBits; ++k) {
    if (k < s) {
      v[k] = polynomial.first[k] << (kBits - 1 - k);
      continue;
    }
    v[k] = v[k - s] ^ v[k - s] >> s;
    for (std::size_t i = 1; i < s; ++i) {
      if ((polynomial.inner >> (s - 1 - i) & 1) != 0) v[k] ^= v[k - i];
    }
  }
  return v;
}

constexpr auto kDirections = [] {
  std::array<Directions, Problem::kMostInputs> all{};
  for (std::size_t k = 0; k < kBits; ++k) all[0][k] = std::uint32_t{1} << (kBits - 1 - k);
  for (std::size_t c = 1; c < all.size(); ++c) all[c] = directions_of(kPolynomials[c - 1]);
  return all;
}();

std::uint32_t sobol(std::size_t coordinate, std::size_t i) noexcept {
  std::uint32_t bits = 0;
  for (std::size_t k = 0; i >> k != 0; ++k) {
    if ((i >> k & 1) != 0) bits ^= kDirections[coordinate][k];
  }
  return bits;
}

template <class T>
void draw_uniform(const Philox& source, std::span<const Input> box, MatrixView<T> points) noexcept {
  for (std::size_t i = 0; i < points.rows; ++i) {
    for (std::size_t c = 0; c < box.size(); ++c) {
      const double part = source.uniform(box.size() * i + c);
      points(i, c) = static_cast<T>(number_at(box[c], part));
    }
  }
}

/// A point in each slab, and the slabs in random order (Fisher and Yates): draws beyond those of
/// the points.
template <class T>
void draw_latin_hypercube(const Philox& source, std::span<const Input> box,
                          MatrixView<T> points) noexcept {
  const auto slabs = static_cast<double>(points.rows);
  const std::size_t n = box.size();
  for (std::size_t c = 0; c < n; ++c) {
    for (std::size_t i = 0; i < points.rows; ++i) {
      const double part = (static_cast<double>(i) + source.uniform(n * i + c)) / slabs;
      points(i, c) = static_cast<T>(number_at(box[c], part));
    }
    for (std::size_t i = points.rows; i-- > 1;) {
      const double part = source.uniform(n * (points.rows + i) + c);
      const auto other = static_cast<std::size_t>(part * static_cast<double>(i + 1));
      std::swap(points(i, c), points(std::min(other, i), c));
    }
  }
}

template <class T>
void draw_sobol(const Philox& source, std::span<const Input> box, MatrixView<T> points) noexcept {
  for (std::size_t c = 0; c < box.size(); ++c) {
    const std::uint32_t shift = source.words(c)[0];
    for (std::size_t i = 0; i < points.rows; ++i) {
      const double part = (static_cast<double>(sobol(c, i) ^ shift) + 0.5) * 0x1p-32;
      points(i, c) = static_cast<T>(number_at(box[c], part));
    }
  }
}

}  // namespace

template <class T>
void draw_points(Sampling sampling, const Philox& source, std::span<const Input> box,
                 MatrixView<T> points) noexcept {
  assert(points.columns == box.size() && box.size() <= Problem::kMostInputs);
  switch (sampling) {
    case Sampling::uniform: return draw_uniform(source, box, points);
    case Sampling::latin_hypercube: return draw_latin_hypercube(source, box, points);
    case Sampling::sobol: return draw_sobol(source, box, points);
  }
}

template void draw_points<float>(Sampling, const Philox&, std::span<const Input>,
                                 MatrixView<float>) noexcept;
template void draw_points<double>(Sampling, const Philox&, std::span<const Input>,
                                  MatrixView<double>) noexcept;

}  // namespace pinnscope
