#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope {

/// Why a layer has not a number; `none` where it has it.
enum class Absence : std::uint8_t {
  none,
  constant_entries,
  one_value,
  few_values,
  rank_deficient,
  no_bulk,
  equal_values,
  not_square,
  not_asked_for,
  few_eigenvalues,
  not_converged,
};

/// Singular values that a bulk, a tail and ratios of spacings need at the least.
inline constexpr std::size_t kSmallestSpectrum = 10;
static_assert(kSmallestSpectrum == 10);  // as the text of few_values says

/// As half a sentence without a full stop; "" for `none`.
constexpr const char* text(Absence absence) noexcept {
  switch (absence) {
    case Absence::none: return "";
    case Absence::constant_entries: return "the entries are all equal";
    case Absence::one_value: return "one singular value is the norm of the layer and no spectrum";
    case Absence::few_values: return "fewer than ten singular values above rounding";
    case Absence::rank_deficient:
      return "some singular values are zero but for rounding: Marchenko and Pastur's law has none";
    case Absence::no_bulk: return "no bulk: the singular values are not Marchenko and Pastur's";
    case Absence::equal_values: return "singular values are equal but for rounding";
    case Absence::not_square: return "the layer is not square";
    case Absence::not_asked_for: return "eigenvalues were not asked for";
    case Absence::few_eigenvalues: return "too few eigenvalues";
    case Absence::not_converged: return "LAPACK did not converge on the eigenvalues";
  }
  return "unknown absence";
}

/// A number of a layer, or NaN and why there is none.
struct LayerNumber {
  double value = kMissing;  ///< NaN where there is none
  const char* reason = "";  ///< half a sentence without a full stop; "" where there is a number

  /// NaN without a reason.
  constexpr LayerNumber() noexcept = default;

  /// The number itself, or NaN and why there is none: `why` is a string literal.
  /// @{
  constexpr LayerNumber(double number) noexcept : value(number) {}
  constexpr LayerNumber(Absence absence) noexcept : reason(text(absence)) {}
  explicit constexpr LayerNumber(const char* why) noexcept : reason(why) {}
  /// @}
};

/// What a number of a layer is computed from. Where a layer has not that, it has not the number,
/// for the same reason.
enum class Needs : std::uint8_t {
  shape,
  moments,
  entries,          ///< not all of them zero
  singular_values,  ///< two at least
  bulk,             ///< a bulk of singular values
  eigenvalues,
  eigenvalues_and_bulk,
  power_law,
  matrix_powers,
  singular_vectors,
  permutations,
  entropy,
  calibrated_entropy,
  kernel_density,
  initialiser_law,
  entry_law,
};

/// How many kinds of needs there are.
inline constexpr std::size_t kNeeds = static_cast<std::size_t>(Needs::entry_law) + 1;

/// What is needed, as words that follow "needs"; no full stop.
constexpr const char* text(Needs needs) noexcept {
  switch (needs) {
    case Needs::shape: return "the shape";
    case Needs::moments: return "the moments of the entries";
    case Needs::entries: return "the entries";
    case Needs::singular_values: return "the singular values";
    case Needs::bulk: return "the bulk of the singular values";
    case Needs::eigenvalues: return "the eigenvalues";
    case Needs::eigenvalues_and_bulk: return "the eigenvalues and the bulk of the singular values";
    case Needs::power_law: return "the power law of the squared singular values";
    case Needs::matrix_powers: return "powers of the matrix";
    case Needs::singular_vectors: return "the singular vectors";
    case Needs::permutations: return "the singular values of permutations of the entries";
    case Needs::entropy: return "spacings of the entries";
    case Needs::calibrated_entropy: return "spacings of the entries and of Gaussian samples";
    case Needs::kernel_density: return "the kernel density of the entries";
    case Needs::initialiser_law: return "the laws of the initialisers, fitted to the entries";
    case Needs::entry_law: return "a law fitted to the entries";
  }
  return "unknown need";
}

/// What may be done to a layer W, in exact arithmetic, without changing a number of it: a set.
enum class Invariance : std::uint8_t {
  none = 0,
  scale = 1,                   ///< c W with c > 0
  permutation = 2,             ///< rows in another order, and columns in another one
  signs = 4,                   ///< rows and columns times 1 or -1 each
  order = 8 | 2,               ///< the entries in another order, permutation included
  transposition = 16,          ///< the transpose of W
  similarity = 32,             ///< Q' W Q with an orthogonal Q
  rotation = 64 | 32 | 4 | 2,  ///< U W V with orthogonal U and V: similarity, permutation, signs
};

/// The union of two sets.
constexpr Invariance operator|(Invariance left, Invariance right) noexcept {
  return static_cast<Invariance>(static_cast<unsigned>(left) | static_cast<unsigned>(right));
}

/// Whether a set holds all of another one.
constexpr bool includes(Invariance set, Invariance subset) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(subset)) ==
         static_cast<unsigned>(subset);
}

/// What other labels of the neurons do to a layer whose activations are odd. A number without it is
/// one of a labelling and not of the network.
inline constexpr Invariance kRelabelling = Invariance::permutation | Invariance::signs;

/// Every member that a set may have, one by one.
inline constexpr Invariance kEveryInvariance[] = {
    Invariance::scale,         Invariance::permutation, Invariance::signs,   Invariance::order,
    Invariance::transposition, Invariance::similarity,  Invariance::rotation};

/// One of them in words; "" for none and for several.
constexpr const char* text(Invariance invariance) noexcept {
  switch (invariance) {
    case Invariance::none: break;
    case Invariance::scale: return "scale";
    case Invariance::permutation: return "the order of rows and of columns";
    case Invariance::signs: return "signs of rows and columns";
    case Invariance::order: return "the order of the entries";
    case Invariance::transposition: return "transposition";
    case Invariance::similarity: return "orthogonal similarity";
    case Invariance::rotation: return "orthogonal factors on both sides";
  }
  return "";
}

/// One number of a layer: everything that is known of it stands in its row. Names are those of
/// tables; a meaning can be read alone and says unit and range.
template <class Layer>
struct LayerRow {
  const char* name;       ///< of the column, in lower case with underscores
  const char* meaning;    ///< in a line that can be read alone, with unit and range
  Needs needs;            ///< what it is computed from
  Invariance invariance;  ///< what does not change it
  LayerNumber (*compute)(
      const Layer& layer) noexcept;  ///< called where the layer has what it needs
};

/// Where a row of this name stands. Where there is none, the program does not compile.
template <class Rows>
consteval std::size_t row_named(const Rows& rows, std::string_view name) {
  std::size_t place = 0;
  while (rows[place].name != name) ++place;  // past the end it is no constant expression
  return place;
}

}  // namespace pinnscope
