#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pinnscope/nn/derivatives.hpp"
#include "pinnscope/tape/operations.hpp"

namespace pinnscope {

template <class T>
class Tape;

/// A node of a tape, to write residuals with as on paper: see Operators, with other expressions of
/// the same tape and with numbers. Copying one is free; it must not outlive its tape. What cannot
/// be recorded, such as one more operation on a full tape or a sum with an expression of another
/// tape, is void, and the tape's status says so.
template <class T>
class Expression : public Operators<Expression<T>> {
 public:
  /// Void: of no tape.
  constexpr Expression() noexcept = default;

  /// Node `node` of the tape, as Tape makes it.
  constexpr Expression(Tape<T>& tape, std::size_t node) noexcept
      : tape_(&tape), node_(static_cast<std::uint16_t>(node)) {}

  /// Where its node stands among Tape::nodes(), and its tape; nullptr where it is void.
  /// @{
  constexpr std::size_t node() const noexcept { return node_; }
  constexpr Tape<T>* tape() const noexcept { return tape_; }
  /// @}

  /// For Operators and apply(): records an operation; b is not read by one on a alone.
  template <PointwiseOperation Struct>
  static Expression computed(Expression a, Expression b, double constant) noexcept {
    Tape<T>* const tape = a.tape_ == nullptr ? b.tape_ : a.tape_;
    return tape == nullptr ? Expression() : tape->record(operation_row<Struct>(), a, b, constant);
  }

 private:
  Tape<T>* tape_ = nullptr;
  std::uint16_t node_ = 0;
};

/// A network on a tape: itself the value of its first output, u, with the derivatives that were
/// asked for as u[dx], u[dxx].
template <class T>
class NetworkExpression : public Expression<T> {
 public:
  /// Network `network` of the tape of `value`, as Tape::network() makes it.
  constexpr NetworkExpression(Expression<T> value, std::size_t network) noexcept
      : Expression<T>(value), network_(network) {}

  /// A derivative of the first output, one of those that the network was asked for.
  Expression<T> operator[](Derivative derivative) const noexcept { return (*this)(0, derivative); }

  /// Output `output` of the network, or a derivative of it.
  Expression<T> operator()(std::size_t output,
                           Derivative derivative = partial::value) const noexcept {
    return this->tape()->record_stream(network_, output, derivative);
  }

 private:
  std::size_t network_;
};

/// What a tape minimises: a sum of weighted mean squares, at most kCapacity of them; more are left
/// out, and minimise() refuses the loss.
template <class T>
struct Loss {
  static constexpr std::size_t kCapacity = 8;  ///< the most mean squares of a loss
  /// factor times the mean of r^2, or of w r^2, over the points.
  struct Term {
    std::size_t residual = 0;                ///< node of r
    std::size_t weight = 0;                  ///< node of w
    bool weighted = false;                   ///< whether there is a w
    double factor = 1;                       ///< by which its mean square is multiplied
    const Tape<T>* residual_tape = nullptr;  ///< tape of r
    const Tape<T>* weight_tape = nullptr;    ///< tape of w
  };
  std::array<Term, kCapacity> terms{};  ///< the mean squares
  std::size_t count = 0;                ///< how many of them there are
  bool overflowed = false;              ///< more than kCapacity were added

  /// The terms of both; overflowed where they are more than kCapacity.
  friend constexpr Loss operator+(Loss left, const Loss& right) noexcept {
    left.overflowed = left.overflowed || right.overflowed || right.count > kCapacity - left.count;
    for (std::size_t i = 0; i < right.count && left.count < kCapacity; ++i) {
      left.terms[left.count++] = right.terms[i];
    }
    return left;
  }

  /// Every term times a factor.
  friend constexpr Loss operator*(double factor, Loss loss) noexcept {
    for (std::size_t i = 0; i < loss.count; ++i) loss.terms[i].factor *= factor;
    return loss;
  }
};

/// The mean of r^2 over the points, as a loss of one term.
template <class T>
Loss<T> mean_square(Expression<T> r) noexcept {
  return {.terms = {typename Loss<T>::Term{.residual = r.node(), .residual_tape = r.tape()}},
          .count = 1};
}
template <class T>
Loss<T> mean_square(NetworkExpression<T> r) noexcept {
  return mean_square(static_cast<Expression<T>>(r));
}

/// The mean of w r^2 over the points, as a loss of one term; w is differentiated too.
template <class T>
Loss<T> mean_square(Expression<T> r, Expression<T> w) noexcept {
  return {.terms = {typename Loss<T>::Term{.residual = r.node(),
                                           .weight = w.node(),
                                           .weighted = true,
                                           .residual_tape = r.tape(),
                                           .weight_tape = w.tape()}},
          .count = 1};
}

}  // namespace pinnscope
