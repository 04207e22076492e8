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

  /// Its derivative by coordinates of the points, by the chain rule, written on the tape from the
  /// derivatives that its networks were asked for: (g + d * u)[dxx]. Coordinate i is input i of the
  /// networks: other columns of the points do not depend on it. What is 0 or 1 takes no node.
  Expression operator[](Derivative derivative) const noexcept {
    return tape_ == nullptr ? Expression() : tape_->record_derivative(*this, derivative);
  }

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

/// An expression of a tape or a number, to write derivatives with: operations on numbers are
/// computed, those that a 0 or a 1 makes trivial are left out, and one that was recorded before is
/// taken again.
template <class T>
class TangentTerm : public Operators<TangentTerm<T>> {
 public:
  /// A number.
  constexpr TangentTerm(double number = 0) noexcept : number_(number) {}

  /// An expression, of the tape that it has.
  constexpr TangentTerm(Expression<T> expression) noexcept : expression_(expression) {}

  /// Whether it is a number, and this one.
  /// @{
  constexpr bool is_number() const noexcept { return expression_.tape() == nullptr; }
  constexpr bool is(double number) const noexcept { return is_number() && number_ == number; }
  /// @}

  /// The number, where it is one.
  constexpr double number() const noexcept { return number_; }

  /// As an expression of `tape`: a number is recorded as a constant.
  Expression<T> on(Tape<T>& tape) const noexcept {
    return is_number() ? tape.merged(tape.constant(number_)) : expression_;
  }

  /// For Operators and apply(): computes, leaves out or records an operation.
  template <PointwiseOperation Struct>
  static constexpr TangentTerm computed(TangentTerm a, TangentTerm b, double constant) noexcept {
    if (a.is_number() && b.is_number()) {
      return Struct::value(Operands<double>{a.number_, b.number_, constant});
    }
    return written(Struct{}, a, b, constant);
  }

 private:
  // One of a and b at least is an expression.
  template <class Struct>
  static TangentTerm written(Struct, TangentTerm a, TangentTerm b, double constant) noexcept {
    Tape<T>& tape = *(a.is_number() ? b : a).expression_.tape();
    return tape.merged(Expression<T>::template computed<Struct>(a.on(tape), b.on(tape), constant));
  }
  static TangentTerm written(operations::Add sum, TangentTerm a, TangentTerm b, double) noexcept {
    if (a.is_number()) return b + a.number_;
    if (b.is_number()) return a + b.number_;
    return written<operations::Add>(sum, a, b, 0);
  }
  static TangentTerm written(operations::Subtract difference, TangentTerm a, TangentTerm b,
                             double) noexcept {
    if (a.is_number()) return a.number_ - b;
    if (b.is_number()) return a - b.number_;
    return written<operations::Subtract>(difference, a, b, 0);
  }
  static TangentTerm written(operations::Multiply product, TangentTerm a, TangentTerm b,
                             double) noexcept {
    if (a.is_number()) return a.number_ * b;
    if (b.is_number()) return b.number_ * a;
    return written<operations::Multiply>(product, a, b, 0);
  }
  static TangentTerm written(operations::Divide ratio, TangentTerm a, TangentTerm b,
                             double) noexcept {
    if (a.is_number()) return a.number_ / b;
    if (b.is_number()) return a / b.number_;
    return written<operations::Divide>(ratio, a, b, 0);
  }
  static TangentTerm written(operations::Scale scale, TangentTerm a, TangentTerm b,
                             double factor) noexcept {
    if (factor == 0) return 0;
    return factor == 1 ? a : written<operations::Scale>(scale, a, b, factor);
  }
  static TangentTerm written(operations::Shift shift, TangentTerm a, TangentTerm b,
                             double number) noexcept {
    return number == 0 ? a : written<operations::Shift>(shift, a, b, number);
  }
  static TangentTerm written(operations::Reciprocal ratio, TangentTerm a, TangentTerm b,
                             double number) noexcept {
    return number == 0 ? TangentTerm(0) : written<operations::Reciprocal>(ratio, a, b, number);
  }
  static TangentTerm written(operations::Power power, TangentTerm a, TangentTerm b,
                             double exponent) noexcept {
    if (exponent == 0) return 1;
    return exponent == 1 ? a : written<operations::Power>(power, a, b, exponent);
  }
  static TangentTerm written(operations::StepTimes step, TangentTerm a, TangentTerm b,
                             double) noexcept {
    return b.is(0) ? b : written<operations::StepTimes>(step, a, b, 0);
  }

  double number_ = 0;
  Expression<T> expression_;
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
