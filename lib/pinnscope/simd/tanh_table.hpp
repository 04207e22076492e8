#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numbers>

#include "pinnscope/simd/tanh.hpp"

namespace pinnscope {

/// tanh u for u >= 0 in floats, piece by piece: kPieces polynomials of degree kDegree in the
/// distance from the centre of their piece. Piece 0 is [0, 1/8); each octave from there on is cut
/// into four, so that the leading bits of u tell its piece. tanh is 1 before the pieces end.
struct TanhTable {
  static constexpr std::size_t kPieces = 32;
  static constexpr std::size_t kDegree = 5;
  static constexpr int kPieceShift = 21;  // leaves the exponent and two bits of a float
  static constexpr std::uint32_t kFirstPiece = std::bit_cast<std::uint32_t>(0.125f) >> kPieceShift;
  using Entries = std::array<float, kPieces>;

  alignas(64) std::array<Entries, kDegree + 1> coefficients{};  // of rising powers
  alignas(64) Entries centres{};
  alignas(64) Entries powers{};  // 2^(k / kPieces)
};

/// tanh u from its definition, in double, for the compiler to evaluate.
constexpr double tanh_by_definition(double u) noexcept {
  double y = 2 * u;
  int doublings = 0;
  for (; y > 0.01; y /= 2) ++doublings;
  double expm1 = 0;
  for (int k = 10; k > 0; --k) expm1 = y / k * (1 + expm1);
  for (; doublings > 0; --doublings) expm1 *= 2 + expm1;
  return expm1 / (expm1 + 2);
}

/// Coefficients of the polynomial that has `values` at `nodes` (Newton's divided differences).
template <std::size_t count>
constexpr std::array<double, count> interpolate(const std::array<double, count>& nodes,
                                                std::array<double, count> values) noexcept {
  for (std::size_t k = 1; k < count; ++k) {
    for (std::size_t j = count - 1; j >= k; --j) {
      values[j] = (values[j] - values[j - 1]) / (nodes[j] - nodes[j - k]);
    }
  }
  std::array<double, count> sum{};
  for (std::size_t k = count; k-- > 0;) {
    for (std::size_t j = count - 1; j > 0; --j) sum[j] = sum[j - 1] - nodes[k] * sum[j];
    sum[0] = values[k] - nodes[k] * sum[0];
  }
  return sum;
}

/// Interpolation in the zeros of Chebyshev polynomials, which leaves an error below 3e-8 of tanh.
/// Piece 0 is u + u^3 p(u) with a parabola p, so that small numbers are their own tanh.
constexpr TanhTable make_tanh_table() noexcept {
  TanhTable table;
  const std::array<double, 3> first_nodes{0.0625 * (1 - 0.8660254037844386), 0.0625,
                                          0.0625 * (1 + 0.8660254037844386)};
  std::array<double, 3> cubic{};
  for (std::size_t j = 0; j < 3; ++j) {
    const double square = first_nodes[j] * first_nodes[j];
    cubic[j] = -1.0 / 3 + square * (2.0 / 15 + square * (-17.0 / 315 + square * (62.0 / 2835)));
  }
  const auto parabola = interpolate(first_nodes, cubic);
  table.coefficients[1][0] = 1;
  for (std::size_t k = 0; k < 3; ++k) {
    table.coefficients[3 + k][0] = static_cast<float>(parabola[k]);
  }
  constexpr std::array<double, 6> kZeros{-0.9659258262890683,  -0.7071067811865476,
                                         -0.25881904510252074, 0.25881904510252074,
                                         0.7071067811865476,   0.9659258262890683};
  for (std::uint32_t piece = 1; piece < TanhTable::kPieces; ++piece) {
    const auto edge = [&](std::uint32_t number) {
      const auto bits = (TanhTable::kFirstPiece + number - 1) << TanhTable::kPieceShift;
      return static_cast<double>(std::bit_cast<float>(bits));
    };
    const double half_width = (edge(piece + 1) - edge(piece)) / 2;
    const double centre = edge(piece) + half_width;
    std::array<double, 6> nodes{}, values{};
    for (std::size_t j = 0; j < 6; ++j) {
      nodes[j] = half_width * kZeros[j];
      values[j] = tanh_by_definition(centre + nodes[j]);
    }
    const auto coefficients = interpolate(nodes, values);
    for (std::size_t k = 0; k < 6; ++k) {
      table.coefficients[k][piece] = static_cast<float>(coefficients[k]);
    }
    table.centres[piece] = static_cast<float>(centre);
  }
  for (std::size_t k = 0; k < TanhTable::kPieces; ++k) {
    const double tanh =
        tanh_by_definition(0.5 * std::numbers::ln2 * static_cast<double>(k) / TanhTable::kPieces);
    table.powers[k] = static_cast<float>((1 + tanh) / (1 - tanh));
  }
  return table;
}

inline constexpr TanhTable kTanhTable = make_tanh_table();

/// What scaled_exponential_by_table() is multiplied by, for no result to be subnormal.
inline constexpr float kTableScale = 0x1p64f;

/// kTableScale e^y for -120 <= y <= 0 in Lanes of floats, within 1.5 units in the last place:
/// 2^(n / 32) from the table, e^r with |r| <= ln(2) / 64 from its series. NaN gives NaN.
template <class V, class LookUp>
[[gnu::always_inline]] inline V scaled_exponential_by_table(V y, LookUp&& look_up) noexcept {
  using Words = typename LaneTraits<V>::Words;
  constexpr float kRound = 0x1.8p23f;
  constexpr std::uint32_t kScaleExponent = 64;
  constexpr int kFractionBits = std::countr_zero(TanhTable::kPieces);
  constexpr float kStep = 0x1.62ep-6f;  // ln(2) / 32 in so few bits that n kStep is exact
  constexpr auto kStepLow =
      static_cast<float>(std::numbers::ln2 / TanhTable::kPieces - double{kStep});
  const V shifted = y * (TanhTable::kPieces / static_cast<float>(std::numbers::ln2)) + kRound;
  const V n = shifted - kRound;
  const V r = (y - n * kStep) - n * kStepLow;
  const V expm1_r = r + (r * r) * (0.5f + r * (1.0f / 6));
  const Words number = std::bit_cast<Words>(shifted);
  const Words exponent = ((number >> kFractionBits) + kScaleExponent)
                         << ExponentialConstants<float>::kExponentShift;
  const Words power = std::bit_cast<Words>(look_up(kTanhTable.powers, number)) + exponent;
  return std::bit_cast<V>(power) + std::bit_cast<V>(power) * expm1_r;
}

/// As tanh_values(), for Lanes of floats on a processor that looks a register up in a table as fast
/// as it multiplies: the value without a division, in half of the time. `look_up` takes Entries and
/// Lanes of words, of which it uses the lowest five bits, to Lanes of entries.
template <class V, class LookUp>
[[gnu::always_inline]] inline TanhValues<V> tanh_by_table(V z, LookUp&& look_up) noexcept {
  using Words = typename LaneTraits<V>::Words;
  constexpr float kAlmostOne = 9.02f;  // from here on tanh rounds to 1
  const Words sign = std::bit_cast<Words>(z) & ExponentialConstants<float>::kSignBit;
  const Words bits = std::bit_cast<Words>(z) ^ sign;
  const V magnitude = std::bit_cast<V>(bits);
  const Words leading = bits >> TanhTable::kPieceShift;
  constexpr std::uint32_t kBefore = TanhTable::kFirstPiece - 1;
  const Words piece = (leading > kBefore ? leading : Words{} + kBefore) - kBefore;
  const V distance = magnitude - look_up(kTanhTable.centres, piece);
  V sum = look_up(kTanhTable.coefficients[TanhTable::kDegree], piece);
  for (std::size_t k = TanhTable::kDegree; k-- > 0;) {
    sum = sum * distance + look_up(kTanhTable.coefficients[k], piece);
  }
  const V value = magnitude > kAlmostOne ? V{} + 1 : sum;
  // 1 / cosh^2 = e^(-2|z|) (1 + |tanh|)^2
  constexpr float kLeast = -110;  // from here on that is 0
  const V y = -2 * magnitude;
  const V scaled = scaled_exponential_by_table(y < kLeast ? V{} + kLeast : y, look_up);
  const V one_more = 1 + value;
  const V slope = scaled * (one_more * one_more) * (1 / kTableScale);
  return {std::bit_cast<V>(std::bit_cast<Words>(value) | sign), slope};
}

}  // namespace pinnscope
