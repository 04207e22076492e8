#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <numbers>

#include "pinnscope/core/named.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/step/scheme.hpp"

namespace pinnscope {

/// Where the square matrix W of a layer z <- f(W z) comes from. The neurons stand on a ring. One
/// more is an enumerator and its row in kNamed<LayerFamily>.
enum class LayerFamily : std::uint8_t {
  identity,
  gaussian_kernel,
  uniform,
  gaussian,
  signs,
  tridiagonal,
  circulant,
  scheme,
};

/// What families are drawn or computed from; each reads its own.
struct LayerParameters {
  double scale = 0.5;  ///< of random entries: half the width of a uniform law, the standard
                       ///< deviation of a Gaussian one, the size of signs; 0 or more
  double width = 1;    ///< of the Gaussian kernel, its standard deviation in neurons; above 0
  /// What the new neuron takes of the one before it, of the old itself and of the one behind it.
  std::array<double, 3> stencil{1.5, -1, 0.5};
  /// Re and Im of the factor G of the modes 0..cells / 2, two numbers each; the caller's. Mode 0,
  /// and the last of an even number of cells, are real and have their real part taken.
  VectorView<const double> symbol{};
  Scheme scheme = Scheme::ftcs;         ///< whose step it is
  StepNumbers numbers{.c = 1, .r = 1};  ///< of that step
  double theta = 0.5;                   ///< implicitness of Scheme::theta, 0 to 1
};

/// A parameter of a family.
enum class LayerParameter : std::uint8_t { scale, width, stencil, symbol, step };

/// The place of an entry: new neuron `row`, old neuron `column`, of `cells` each.
struct EntryPlace {
  std::size_t row = 0;     ///< the new neuron
  std::size_t column = 0;  ///< the old one
  std::size_t cells = 0;   ///< neurons of the ring

  /// How many neurons the new one stands behind the old one, from 0 to cells - 1.
  constexpr std::size_t behind() const noexcept {
    return row >= column ? row - column : row + cells - column;
  }
};

/// All that is known of a family.
struct LayerFamilyRow {
  LayerFamily value{};       ///< the enumerator
  const char* name = "";     ///< on command lines and in files
  const char* meaning = "";  ///< in half a line, for lists in help
  /// The entry at a place, for one that is the same wherever the two neurons stand: W is circulant.
  double (*kernel)(const LayerParameters&, EntryPlace) = nullptr;
  /// The entry at a place from its random numbers, those at `index`.
  double (*draw)(const LayerParameters&, EntryPlace, const Philox&, std::uint64_t index) = nullptr;
  /// What it reads of its parameters.
  std::array<LayerParameter, 2> parameters{};
  std::size_t parameter_count = 0;  ///< of them

  /// Whether its entries are drawn.
  constexpr bool is_random() const noexcept { return draw != nullptr; }

  /// Whether it reads a parameter.
  constexpr bool reads(LayerParameter parameter) const noexcept {
    const auto* end = parameters.data() + parameter_count;
    return std::find(parameters.data(), end, parameter) != end;
  }
};

/// 1 on the diagonal.
constexpr double identity_kernel(const LayerParameters&, EntryPlace place) noexcept {
  return place.behind() == 0 ? 1 : 0;
}

/// The stencil around the ring. On fewer than three neurons some coincide and add up.
constexpr double tridiagonal_kernel(const LayerParameters& parameters, EntryPlace place) noexcept {
  const std::size_t behind = place.behind();
  const auto [lower, centre, upper] = parameters.stencil;
  return (behind == 1 % place.cells ? lower : 0) + (behind == 0 ? centre : 0) +
         ((behind + 1) % place.cells == 0 ? upper : 0);
}

/// The inverse discrete Fourier transform of the symbol: w_d = (1/n) sum_k G_k e^(2 pi i k d / n).
inline double circulant_kernel(const LayerParameters& parameters, EntryPlace place) noexcept {
  const std::size_t n = place.cells;
  const std::size_t d = place.behind();
  double sum = parameters.symbol[0];
  for (std::size_t k = 1; k <= n / 2; ++k) {
    const double turns = static_cast<double>(k * d % n) / static_cast<double>(n);
    const double angle = 2 * std::numbers::pi * turns;
    const double real = parameters.symbol[2 * k] * std::cos(angle);
    const double imaginary = parameters.symbol[2 * k + 1] * std::sin(angle);
    sum += 2 * k == n ? real : 2 * (real - imaginary);
  }
  return sum / static_cast<double>(n);
}

/// Uniform in (-scale, scale).
constexpr double uniform_entry(const LayerParameters& parameters, EntryPlace, const Philox& random,
                               std::uint64_t index) noexcept {
  return parameters.scale * (2 * random.uniform(index) - 1);
}

/// The same times exp(-d^2 / (2 width^2)) for neurons d apart, the shorter way round.
inline double gaussian_kernel_entry(const LayerParameters& parameters, EntryPlace place,
                                    const Philox& random, std::uint64_t index) noexcept {
  const std::size_t behind = place.behind();
  const double apart = static_cast<double>(std::min(behind, place.cells - behind));
  const double widths = apart / parameters.width;
  return uniform_entry(parameters, place, random, index) * std::exp(-0.5 * widths * widths);
}

/// Normal, of mean 0 and standard deviation `scale`.
inline double gaussian_entry(const LayerParameters& parameters, EntryPlace, const Philox& random,
                             std::uint64_t index) noexcept {
  return parameters.scale * random.normal(index);
}

/// scale or -scale, as likely.
constexpr double signs_entry(const LayerParameters& parameters, EntryPlace, const Philox& random,
                             std::uint64_t index) noexcept {
  return random.uniform(index) < 0.5 ? -parameters.scale : parameters.scale;
}

/// The families, a row each.
template <>
inline constexpr auto kNamed<LayerFamily> = std::array{
    LayerFamilyRow{.value = LayerFamily::identity,
                   .name = "identity",
                   .meaning = "the activation alone",
                   .kernel = identity_kernel},
    LayerFamilyRow{.value = LayerFamily::gaussian_kernel,
                   .name = "gaussian_kernel",
                   .meaning = "uniform entries times exp(-d^2 / (2 width^2)), d neurons apart",
                   .draw = gaussian_kernel_entry,
                   .parameters = {LayerParameter::scale, LayerParameter::width},
                   .parameter_count = 2},
    LayerFamilyRow{.value = LayerFamily::uniform,
                   .name = "uniform",
                   .meaning = "entries uniform between -scale and scale",
                   .draw = uniform_entry,
                   .parameters = {LayerParameter::scale},
                   .parameter_count = 1},
    LayerFamilyRow{.value = LayerFamily::gaussian,
                   .name = "gaussian",
                   .meaning = "normal entries, scale their standard deviation",
                   .draw = gaussian_entry,
                   .parameters = {LayerParameter::scale},
                   .parameter_count = 1},
    LayerFamilyRow{.value = LayerFamily::signs,
                   .name = "signs",
                   .meaning = "entries scale and -scale",
                   .draw = signs_entry,
                   .parameters = {LayerParameter::scale},
                   .parameter_count = 1},
    LayerFamilyRow{.value = LayerFamily::tridiagonal,
                   .name = "tridiagonal",
                   .meaning = "a stencil of three around the ring",
                   .kernel = tridiagonal_kernel,
                   .parameters = {LayerParameter::stencil},
                   .parameter_count = 1},
    LayerFamilyRow{.value = LayerFamily::circulant,
                   .name = "circulant",
                   .meaning = "the matrix that multiplies each mode of the ring by its G",
                   .kernel = circulant_kernel,
                   .parameters = {LayerParameter::symbol},
                   .parameter_count = 1},
    LayerFamilyRow{.value = LayerFamily::scheme,
                   .name = "scheme",
                   .meaning = "one step of a scheme on a periodic grid",
                   .parameters = {LayerParameter::step},
                   .parameter_count = 1},
};

inline constexpr auto kLayerFamilies = values_of<LayerFamily>();

/// Whether a row has a meaning, and says where its entries come from: a kernel, a draw or the step
/// of a scheme.
constexpr bool can_be_made(const LayerFamilyRow& row) noexcept {
  const bool is_step = row.reads(LayerParameter::step);
  return row.meaning[0] != '\0' &&
         (row.kernel != nullptr) + (row.draw != nullptr) + (is_step ? 1 : 0) == 1;
}

/// The row of a family. Precondition: it is one.
constexpr const LayerFamilyRow& family_row(LayerFamily family) noexcept {
  std::size_t i = 0;
  while (named<LayerFamily>()[i].value != family) ++i;
  return named<LayerFamily>()[i];
}

}  // namespace pinnscope
