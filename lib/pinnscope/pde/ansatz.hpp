#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "pinnscope/core/named.hpp"
#include "pinnscope/pde/field.hpp"
#include "pinnscope/pde/input.hpp"
#include "pinnscope/pde/residual.hpp"

namespace pinnscope {

/// What a network stands for in a problem.
enum class AnsatzKind : std::uint8_t {
  none,  ///< the unknown itself, at the coordinates
  hard,  ///< an Ansatz of the problem whose conditions hold
  odd,   ///< one that is an odd function of a coordinate as well
};

template <>
inline constexpr auto kNamed<AnsatzKind> =
    std::array{Named{AnsatzKind::none, "none", "the network is the unknown"},
               Named{AnsatzKind::hard, "hard",
                     "the unknown is made of the network so that conditions hold by themselves"},
               Named{AnsatzKind::odd, "odd",
                     "likewise, and so that it is odd in space, of the network at two points"}};

/// The network of an ansatz at the points of a tape: called with its inputs, a term each, it is a
/// NetworkExpression. Calls with other inputs make symmetries that hold by themselves.
template <class T>
class Trial {
 public:
  /// Whose coordinates are the columns of the points from `first_column` on.
  Trial(Tape<T>& tape, const Derivatives& derivatives, std::size_t first_column) noexcept
      : tape_(tape), derivatives_(derivatives), first_column_(first_column) {}

  /// Coordinate `input` of the points.
  Expression<T> at(std::size_t input) const noexcept { return tape_.point(first_column_ + input); }

  /// The network at these inputs, a pass for each call. A tape takes Tape::kMostNetworks of them,
  /// and a periodic condition makes the unknown twice.
  template <class... Inputs>
  NetworkExpression<T> operator()(Inputs... inputs) const noexcept {
    return tape_.network(derivatives_, {Expression<T>(inputs)...}, first_column_);
  }

 private:
  Tape<T>& tape_;
  const Derivatives& derivatives_;
  std::size_t first_column_;
};

/// The unknowns of a problem, made of a network so that some of its conditions hold whatever the
/// network is (Lagaris, Likas, Fotiadis, IEEE Trans. Neural Netw. 9 (1998) 987). Made from a
/// function object without state, which serves every precision, and the inputs of the network:
///
///     Ansatz(AnsatzKind::hard, [](const auto& network, const Problem&) noexcept {
///       const auto x = network.at(0);
///       const auto t = network.at(1);
///       return sin(kPi * x) + t * network(t, cos(kPi * x), sin(kPi * x));
///     }, 3)
class Ansatz {
 public:
  static constexpr std::size_t kOperations = 192;  ///< on a tape, that one has room for

  /// None: empty().
  constexpr Ansatz() noexcept = default;

  /// Takes what it is, a function of a Trial and its problem that returns the unknown, or several
  /// of them as residuals(...), the inputs of the network, and the part of the problem's box that
  /// says all of the unknown, where a symmetry says the rest. None: the whole box.
  template <class Function>
  requires(std::is_empty_v<Function>&& std::is_default_constructible_v<Function>) constexpr Ansatz(
      AnsatzKind kind, Function, std::size_t inputs, std::span<const Input> box = {}) noexcept
      : floats_(&unknowns<Function, float>),
        doubles_(&unknowns<Function, double>),
        kind_(kind),
        inputs_(inputs),
        box_(box) {}

  /// Whether there is none.
  constexpr bool empty() const noexcept { return inputs_ == 0; }

  /// What it is called, inputs of the network, and the box; empty: the problem's.
  /// @{
  constexpr AnsatzKind kind() const noexcept { return kind_; }
  constexpr std::size_t inputs() const noexcept { return inputs_; }
  constexpr std::span<const Input> box() const noexcept { return box_; }
  /// @}

  /// Records the unknowns. Precondition: not empty().
  /// @{
  Unknown<float> operator()(const Trial<float>& network, const Problem& problem) const noexcept {
    return floats_(network, problem);
  }
  Unknown<double> operator()(const Trial<double>& network, const Problem& problem) const noexcept {
    return doubles_(network, problem);
  }
  /// @}

 private:
  template <class Function, class T>
  static Unknown<T> unknowns(const Trial<T>& network, const Problem& problem) noexcept {
    const Residuals<Expression<T>> list(Function{}(network, problem));
    return Unknown<T>(list.terms());
  }

  Unknown<float> (*floats_)(const Trial<float>&, const Problem&) noexcept = nullptr;
  Unknown<double> (*doubles_)(const Trial<double>&, const Problem&) noexcept = nullptr;
  AnsatzKind kind_ = AnsatzKind::none;
  std::size_t inputs_ = 0;
  std::span<const Input> box_;
};

}  // namespace pinnscope
