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
  constexpr Expression() noexcept = default;
  constexpr Expression(Tape<T>& tape, std::size_t node) noexcept
      : tape_(&tape), node_(static_cast<std::uint16_t>(node)) {}

  constexpr std::size_t node() const noexcept { return node_; }
  constexpr Tape<T>* tape() const noexcept { return tape_; }

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
  constexpr NetworkExpression(Expression<T> value, std::size_t network) noexcept
      : Expression<T>(value), network_(network) {}

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
  static constexpr std::size_t kCapacity = 8;
  struct Term {
    std::size_t residual = 0;  // nodes
    std::size_t weight = 0;
    bool weighted = false;
    double factor = 1;
    const Tape<T>* residual_tape = nullptr;
    const Tape<T>* weight_tape = nullptr;
  };
  std::array<Term, kCapacity> terms{};
  std::size_t count = 0;
  bool overflowed = false;

  friend constexpr Loss operator+(Loss left, const Loss& right) noexcept {
    left.overflowed = left.overflowed || right.overflowed || right.count > kCapacity - left.count;
    for (std::size_t i = 0; i < right.count && left.count < kCapacity; ++i) {
      left.terms[left.count++] = right.terms[i];
    }
    return left;
  }
  friend constexpr Loss operator*(double factor, Loss loss) noexcept {
    for (std::size_t i = 0; i < loss.count; ++i) loss.terms[i].factor *= factor;
    return loss;
  }
};

/// mean of r^2 over the points.
template <class T>
Loss<T> mean_square(Expression<T> r) noexcept {
  return {.terms = {typename Loss<T>::Term{.residual = r.node(), .residual_tape = r.tape()}},
          .count = 1};
}
template <class T>
Loss<T> mean_square(NetworkExpression<T> r) noexcept {
  return mean_square(static_cast<Expression<T>>(r));
}

/// mean of w r^2 over the points; w is differentiated too.
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
