#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numbers>
#include <type_traits>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/named.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/step/scheme.hpp"

namespace pinnscope {

/// Whether a step multiplies each mode of a ring by a factor of its own.
enum class SymbolAnswer : std::uint8_t { symbol, not_invariant, not_linear };

template <>
inline constexpr auto kNamed<SymbolAnswer> = std::array{
    Named{SymbolAnswer::symbol, "symbol", "linear, and the same from every cell"},
    Named{SymbolAnswer::not_invariant, "not invariant",
          "linear, but not the same from every cell: modes mix, and none has a factor"},
    Named{SymbolAnswer::not_linear, "not linear",
          "what a signal becomes is not the sum of what its impulses become"},
};

/// What a step f of N cells turned out to be. A is its linear part by impulses, column j
/// (f(a e_j) - f(0)) / a with the amplitude a.
struct SymbolReport {
  SymbolAnswer answer = SymbolAnswer::not_linear;  ///< by the tolerance of the meter
  /// Largest |f(z) - f(0) - A z| over two signals z, chirps of size a and a / 4, over the largest
  /// |f(0)| + |A| |z|.
  double nonlinearity = std::numeric_limits<double>::quiet_NaN();
  /// |A - C| / |A| by Frobenius, C the nearest circulant matrix: 0 where every cell does the same,
  /// sqrt(1 - 1/N) for independent entries.
  double departure = std::numeric_limits<double>::quiet_NaN();
  /// Largest |f(0)|: what a bias or a boundary adds.
  double offset = std::numeric_limits<double>::quiet_NaN();
};

/// How far a measured symbol is from theory. NaN where there is none of the two.
struct SymbolDeviation {
  /// Largest |G_k - G(angle)| over the modes, over the largest |G| where that is above 1.
  double largest = std::numeric_limits<double>::quiet_NaN();
  std::size_t mode = 0;  ///< where that is
  /// The same against the conjugate of theory, which is the symbol of a flow the other way: where
  /// this one vanishes and the first does not, the sign of U is swapped.
  double reversed = std::numeric_limits<double>::quiet_NaN();
};

/// Asks a step, given as a function of a signal on a ring of N cells, for its symbol: impulses and
/// a discrete Fourier transform. The mode z_j = exp(i angle j), angle = 2 pi k / N, becomes G_k
/// times itself, G_k = sum_d h_d exp(-i angle d) with h_d the response d cells behind an impulse,
/// towards larger j. So G of z_t + U z_x = 0 is exp(-i c angle), and Im G < 0 where U > 0 carries a
/// signal towards larger j; amplification_factor() has the same signs. N^2 sums and products beside
/// N + 3 steps; nothing allocates after construction.
///
///     SymbolMeter<double> meter({.cells = 64}, arena);
///     SymbolReport report;
///     status = meter.measure([&](VectorView<double> z) noexcept { return mine(z); }, report);
///     const SymbolDeviation off = meter.compare(Scheme::ftcs, {.c = 0.4, .r = 0.2});
template <class T>
class SymbolMeter : Pinned {
 public:
  struct Config {
    std::size_t cells = 0;  ///< N
    double amplitude = 1;   ///< a of the impulses, not 0: where a step is not linear, it matters
    /// Of nonlinearity and departure, above which they are not put down to rounding.
    double tolerance = std::numeric_limits<T>::digits > 24 ? 1e-9 : 1e-4;
  };

  struct Storage {
    VectorView<T> before;
    VectorView<T> after;
    VectorView<T> offset;     // f(0)
    MatrixView<T> signals;    // a column each: what linearity is tried with
    MatrixView<double> sums;  // a column each: A z
    MatrixView<double> sizes;
    VectorView<double> kernel;   // h of the first cell, then the mean
    VectorView<double> shifted;  // sums of the differences from it
    VectorView<double> cosines;  // of k turns by N
    VectorView<double> sines;
    MatrixView<double> factors;  // G_k, k = 0..N/2: real and imaginary part
  };

  static constexpr std::size_t kSignals = 2;  ///< linearity is tried with so many

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = config.cells;
    return {layout.vector<T>("signal before", n),
            layout.vector<T>("signal after", n),
            layout.vector<T>("offset", n),
            layout.matrix<T>("chirps", n, kSignals),
            layout.matrix<double>("sums of impulses", n, kSignals),
            layout.matrix<double>("sizes of the sums", n, kSignals),
            layout.vector<double>("kernel", n),
            layout.vector<double>("differences between cells", n),
            layout.vector<double>("cosines", n),
            layout.vector<double>("sines", n),
            layout.matrix<double>("factors", n == 0 ? 0 : n / 2 + 1, 2)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return pinnscope::measure([&](Layout& measured) { return layout(measured, config); });
  }

  SymbolMeter(const Config& config, Arena& arena) noexcept;

  /// Measures step(z), which steps VectorView<T> z in place, or step(before, after) of a
  /// VectorView<const T> and a VectorView<T> that do not overlap; it returns nothing or a Status.
  /// empty_input (no cells), out_of_range (no amplitude), what the step returned, or not_finite
  /// (its results, or their squares): `report` is as made then, and there are no factors.
  template <class Step>
  Status measure(Step&& step, SymbolReport& report) noexcept {
    using Target = std::remove_reference_t<Step>;
    const auto call = [](void* target, VectorView<const T> before, VectorView<T> after) noexcept {
      Target& taken = **static_cast<Target**>(target);
      if constexpr (std::is_invocable_v<Target&, VectorView<T>>) {
        std::copy(before.begin(), before.end(), after.begin());
        return outcome_of([&] { return taken(after); });
      } else {
        return outcome_of([&] { return taken(before, after); });
      }
    };
    Target* target = std::addressof(step);  // a function has no address of the kind void*
    return measure_by(call, static_cast<void*>(&target), report);
  }

  /// G_k of mode k < N of the last step measured; NaN but for SymbolAnswer::symbol.
  std::complex<double> factor(std::size_t k) const noexcept;

  /// G_k of the circulant matrix nearest to it, where it is linear; or else NaN.
  std::complex<double> nearest_factor(std::size_t k) const noexcept;

  /// 2 pi k / N.
  double angle(std::size_t k) const noexcept {
    return 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(config_.cells);
  }

  /// Against theory(angle), a std::complex<double>; of it the real part at the angles 0 and pi,
  /// where a mode is real.
  template <class Theory>
  SymbolDeviation compare(Theory&& theory) const noexcept {
    SymbolDeviation off;
    if (report_.answer != SymbolAnswer::symbol) return off;
    off.largest = off.reversed = 0;
    double size = 1;
    for (std::size_t k = 0; 2 * k <= config_.cells; ++k) {
      std::complex<double> expected = theory(angle(k));
      if (k == 0 || 2 * k == config_.cells) expected = expected.real();
      const double away = std::abs(factor(k) - expected);
      // A number that is no number stays the largest.
      if (!(away <= off.largest) && !std::isnan(off.largest)) {
        off.largest = away;
        off.mode = k;
      }
      const double back = std::abs(factor(k) - std::conj(expected));
      if (!(back <= off.reversed) && !std::isnan(off.reversed)) off.reversed = back;
      size = std::max(size, std::abs(expected));
    }
    off.largest /= size;
    off.reversed /= size;
    return off;
  }

  /// Against amplification_factor(): NaN for a scheme that has none.
  SymbolDeviation compare(Scheme scheme, StepNumbers numbers, double theta = 0.5) const noexcept;

 private:
  using Call = Status (*)(void* step, VectorView<const T> before, VectorView<T> after) noexcept;

  template <class Taken>
  static Status outcome_of(Taken&& taken) noexcept {
    if constexpr (std::is_same_v<decltype(taken()), Status>) {
      return taken();
    } else {
      taken();
      return {};
    }
  }

  Status measure_by(Call call, void* step, SymbolReport& report) noexcept;
  Status take(Call call, void* step) noexcept;
  Status take_impulses(Call call, void* step, SymbolReport& found) noexcept;
  Status try_signals(Call call, void* step, SymbolReport& found) noexcept;
  void transform() noexcept;

  Config config_;
  Storage storage_;
  SymbolReport report_;
};

extern template class SymbolMeter<float>;
extern template class SymbolMeter<double>;

}  // namespace pinnscope
