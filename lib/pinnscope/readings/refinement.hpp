#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/named.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/mlp.hpp"
#include "pinnscope/readings/scheme_fit.hpp"
#include "pinnscope/step/stepper.hpp"

namespace pinnscope {

/// Whether a sequence of refinements has an order.
enum class RefinementAnswer : std::uint8_t { order, none, cannot_tell };

template <>
inline constexpr auto kNamed<RefinementAnswer> = std::array{
    Named{RefinementAnswer::order, "order",
          "what refinement changes shrinks by one power of the step"},
    Named{RefinementAnswer::none, "none", "it does not: what is refined is no discretisation"},
    Named{RefinementAnswer::cannot_tell, "cannot tell", "it is rounding, or not finite"},
};

/// What refinement changes, level after level, and the order that it shrinks with.
struct Refinement {
  static constexpr std::size_t kLevels = 7;  ///< from as it is to 64 times as fine

  RefinementAnswer answer = RefinementAnswer::cannot_tell;  ///< whether there is an order
  double order = std::numeric_limits<double>::quiet_NaN();  ///< the finest; NaN without an order
  /// Level k from level k + 1, or from the exact solution, over the size of the signal; NaN from
  /// where it is not finite.
  std::array<double, kLevels> change{};
  /// log2(change[k] / change[k + 1]); NaN where the next change is rounding.
  std::array<double, kLevels> orders{};
  std::size_t levels = 0;   ///< entries of `change`
  const char* reason = "";  ///< why there is no order; half a sentence, "" where there is one
};

/// A change below it, of the size of the signal, is rounding.
inline constexpr double kRefinedToRounding = 1e-12;
/// A first change above it, of the size of the signal, is no error of a step: what is refined is
/// not the discretisation of what finer ones solve.
inline constexpr double kLargestFirstChange = 0.5;
/// Two orders that follow each other and differ by more are none.
inline constexpr double kSameOrder = 0.4;
/// The least of an order: with less, changes do not shrink.
inline constexpr double kLeastOrder = 0.5;

/// The orders and the answer of changes. There is an order where the first change is small enough
/// and shrinks, and two orders that follow each other agree: the finer one of the finest such two.
Refinement refinement_of(VectorView<const double> changes) noexcept;

/// Halves the step of each square layer of a network and doubles these layers, again and again, and
/// looks at the signal behind the last of them. A layer is either a step of a scheme,
/// then those of c / 2^k, r / 2^k take its place, or, read by Euler as z <- z + h g(z) with
/// g(z) = f(z W + b) - z and h = 1, 2^k layers with h / 2^k: the same generator, neuron i of a
/// layer taken for neuron i of the next, as labelled.
///
///     DepthRefinement depth({.widths = network.widths(), .points = 16}, arena);
///     status = depth.refine(network, inputs, {}, found);
class DepthRefinement : Pinned {
 public:
  struct Config {
    VectorView<const std::size_t> widths;  ///< of the network; the view must stay
    std::size_t points = 1;                ///< inputs followed
  };

  struct Storage {
    MatrixView<double> before;  // signals of a level, a column a point
    MatrixView<double> after;
    MatrixView<double> previous;  // those of the level before, behind the last square layer
    VectorView<std::byte> stepper;
  };

  /// Neurons of the widest layer, inputs and outputs too.
  static constexpr std::size_t largest_width(const Config& config) noexcept {
    std::size_t largest = 0;
    for (const std::size_t width : config.widths) largest = std::max(largest, width);
    return largest;
  }

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = largest_width(config);
    std::size_t bytes = 0;
    for (const Scheme scheme : kSchemes) {
      bytes = std::max(bytes, Stepper<double>::footprint({.scheme = scheme, .cells = n}).bytes);
    }
    return {layout.matrix<double>("signals before", n, config.points),
            layout.matrix<double>("signals after", n, config.points),
            layout.matrix<double>("signals of the level before", n, config.points),
            layout.vector<std::byte>("stepper", bytes)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  DepthRefinement(const Config& config, Arena& arena) noexcept;

  /// `inputs` is inputs x points; `schemes` is empty, or has what each layer of the network is, of
  /// which those of square layers are looked at. 127 times the products of a pass; allocates
  /// nothing. shape_mismatch, empty_input (no square layer, no point), unsupported (a scheme in a
  /// layer with an activation, with a gain that is not above 0, or that its Stepper refuses).
  Status refine(const Mlp<double>& network, MatrixView<const double> inputs,
                VectorView<const SchemeFit> schemes, Refinement& found) noexcept;

 private:
  Status follow(const Mlp<double>& network, MatrixView<const double> inputs,
                VectorView<const SchemeFit> schemes, std::size_t last, std::size_t times) noexcept;
  void apply(const Mlp<double>& network, std::size_t l, double step) noexcept;
  Status apply_scheme(const Mlp<double>& network, std::size_t l, const SchemeFit& fit,
                      std::size_t times) noexcept;

  Config config_;
  Storage storage_;
};

/// Doubles the cells of a scheme's ring and takes four times the steps, so that r stays and c is
/// halved, from the given numbers on. The change of a level is its largest distance from the exact
/// solution of z_t + U z_x = D z_xx, of waves of one and of two turns: the order in space, of the
/// step in time too where that is of first order. O(cells steps 8^levels).
class CellRefinement : Pinned {
 public:
  struct Config {
    Scheme scheme = Scheme::ftcs;  ///< refined
    StepNumbers numbers{};         ///< of the coarsest ring
    double theta = 0.5;            ///< of Scheme::theta
    std::size_t cells = 0;         ///< of the coarsest ring, 4 or more
    std::size_t steps = 1;         ///< on it
    std::size_t levels = 4;        ///< rings, Refinement::kLevels at most
  };

  struct Storage {
    VectorView<double> signal;
    VectorView<std::byte> stepper;
  };

  /// Cells of the finest ring.
  static constexpr std::size_t finest(const Config& config) noexcept {
    const std::size_t levels = std::min(config.levels, Refinement::kLevels);
    return levels == 0
               ? 0
               : Footprint::saturating_multiply(config.cells, std::size_t{1} << (levels - 1));
  }

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t n = finest(config);
    return {
        layout.vector<double>("signal", n),
        layout.vector<std::byte>(
            "stepper", Stepper<double>::footprint({.scheme = config.scheme, .cells = n}).bytes)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  CellRefinement(const Config& config, Arena& arena) noexcept;

  /// out_of_range (fewer than 4 cells, levels), or what a Stepper says; allocates nothing.
  Status refine(Refinement& found) noexcept;

 private:
  Config config_;
  Storage storage_;
};

}  // namespace pinnscope
