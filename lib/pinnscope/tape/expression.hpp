#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pinnscope/nn/derivatives.hpp"

namespace pinnscope {

/// What a node of a tape computes, for each point of a tile.
enum class Operation : std::uint8_t {
  point,     // column a of the points
  constant,  // the same for all points
  stream,    // of network a, output b
  combined,  // the linear operator of network a, output 0, that collapse() put together
  add,
  subtract,
  multiply,
  scale,        // constant a
  shift,        // a + constant
  square,       // a^2
  square_root,  // sqrt(a + constant)
  absolute,
  tanh,
  sine,
  exponential,
};

template <class T>
class Tape;

/// A node of a tape, to write residuals with as on paper: + - *, square(), sqrt(), abs(), tanh(),
/// sin(), exp(), with other expressions of the same tape and with numbers. Copying one is free; it
/// must not outlive its tape. What cannot be recorded, such as one more operation on a full tape or
/// a sum with an expression of another tape, is void, and the tape's status says so.
template <class T>
class Expression {
 public:
  constexpr Expression() noexcept = default;
  constexpr Expression(Tape<T>& tape, std::size_t node) noexcept
      : tape_(&tape), node_(static_cast<std::uint16_t>(node)) {}

  constexpr std::size_t node() const noexcept { return node_; }
  constexpr Tape<T>* tape() const noexcept { return tape_; }

  friend Expression operator+(Expression a, Expression b) noexcept {
    return a.with(Operation::add, b);
  }
  friend Expression operator-(Expression a, Expression b) noexcept {
    return a.with(Operation::subtract, b);
  }
  friend Expression operator*(Expression a, Expression b) noexcept {
    return a.with(Operation::multiply, b);
  }
  friend Expression operator*(double c, Expression a) noexcept {
    return a.alone(Operation::scale, c);
  }
  friend Expression operator*(Expression a, double c) noexcept { return c * a; }
  friend Expression operator/(Expression a, double c) noexcept { return (1 / c) * a; }
  friend Expression operator+(Expression a, double c) noexcept {
    return a.alone(Operation::shift, c);
  }
  friend Expression operator+(double c, Expression a) noexcept { return a + c; }
  friend Expression operator-(Expression a, double c) noexcept { return a + -c; }
  friend Expression operator-(double c, Expression a) noexcept { return -a + c; }
  friend Expression operator-(Expression a) noexcept { return -1.0 * a; }

  friend Expression square(Expression a) noexcept { return a.alone(Operation::square); }
  /// sqrt(a + epsilon): an epsilon > 0 keeps the derivative finite where a is 0.
  friend Expression sqrt(Expression a, double epsilon) noexcept {
    return a.alone(Operation::square_root, epsilon);
  }
  /// The derivative at 0 is 0.
  friend Expression abs(Expression a) noexcept { return a.alone(Operation::absolute); }
  friend Expression tanh(Expression a) noexcept { return a.alone(Operation::tanh); }
  friend Expression sin(Expression a) noexcept { return a.alone(Operation::sine); }
  friend Expression exp(Expression a) noexcept { return a.alone(Operation::exponential); }

 private:
  Expression alone(Operation operation, double constant = 0) const noexcept {
    return tape_ == nullptr ? Expression() : tape_->record(operation, *this, *this, constant);
  }
  Expression with(Operation operation, Expression other) const noexcept {
    Tape<T>* const tape = tape_ == nullptr ? other.tape_ : tape_;
    return tape == nullptr ? Expression() : tape->record(operation, *this, other, 0);
  }

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
