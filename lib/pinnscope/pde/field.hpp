#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/derivatives.hpp"
#include "pinnscope/tape/tape.hpp"

namespace pinnscope {

/// The unknowns of a problem at the points of a tape, itself the first of them: the outputs of a
/// network, or expressions of them. Derivatives as u[dx], of unknown k as u(k, dx).
template <class T>
class Unknown : public Expression<T> {
 public:
  static constexpr std::size_t kCapacity = Loss<T>::kCapacity;  ///< the most expressions

  /// The outputs of a network.
  Unknown(NetworkExpression<T> network) noexcept : Expression<T>(network), network_(network) {}

  /// Expressions, kCapacity at most.
  explicit Unknown(std::span<const Expression<T>> made) noexcept
      : Expression<T>(made.empty() ? Expression<T>() : made.front()),
        network_({}, 0),
        count_(std::min(made.size(), kCapacity)) {
    std::copy_n(made.begin(), count_, made_.begin());
  }

  /// A derivative of an unknown, or of the first one; void of one that there is not.
  /// @{
  Expression<T> operator()(std::size_t output,
                           Derivative derivative = partial::value) const noexcept {
    if (count_ == 0) return network_(output, derivative);
    return output < count_ ? made_[output][derivative] : Expression<T>();
  }
  Expression<T> operator[](Derivative derivative) const noexcept { return (*this)(0, derivative); }
  /// @}

 private:
  NetworkExpression<T> network_;
  std::array<Expression<T>, kCapacity> made_{};
  std::size_t count_ = 0;  // 0: the network's outputs
};

/// The unknown of a problem with what a residual is written with: its derivatives, the coordinates,
/// and the data of a condition. Columns of the points: the coordinates; of a periodic condition
/// then the coordinates at the other end; of a condition with data then a number an output.
template <class T>
class Field : public Unknown<T> {
 public:
  /// Records a network as the unknown, and for a periodic condition the one at the other end.
  /// `across` is the derivative that leads across the face of a condition.
  Field(Tape<T>& tape, const Derivatives& derivatives, Derivative across, bool periodic) noexcept
      : Unknown<T>(tape.network(derivatives)),
        other_end_(periodic ? Unknown<T>(tape.network(derivatives, inputs(tape))) : *this),
        across_(across),
        data_column_(inputs(tape) * (periodic ? 2 : 1)),
        outputs_(tape.widths().empty() ? 0 : tape.widths().back()) {}

  /// Of an unknown that is recorded, and of the one at the other end; data stand from `data_column`
  /// on.
  Field(const Unknown<T>& unknown, const Unknown<T>& other_end, Derivative across,
        std::size_t data_column, std::size_t outputs) noexcept
      : Unknown<T>(unknown),
        other_end_(other_end),
        across_(across),
        data_column_(data_column),
        outputs_(outputs) {}

  /// The unknown at the other end of a periodic condition.
  const Unknown<T>& other_end() const noexcept { return other_end_; }

  /// Coordinate `input` of the points.
  Expression<T> at(std::size_t input) const noexcept { return this->tape()->point(input); }

  /// What a condition's data say of output `output`.
  Expression<T> given(std::size_t output = 0) const noexcept {
    return this->tape()->point(data_column_ + output);
  }

  /// The derivative across the face of a condition.
  Derivative across() const noexcept { return across_; }

  /// Outputs of the network.
  std::size_t outputs() const noexcept { return outputs_; }

 private:
  static std::size_t inputs(const Tape<T>& tape) noexcept {
    return tape.widths().empty() ? 0 : tape.widths().front();
  }

  Unknown<T> other_end_;
  Derivative across_;
  std::size_t data_column_;
  std::size_t outputs_;
};

/// A double with the operations of a tape, so that a residual can be computed of numbers too.
struct Number : Operators<Number> {
  double number = 0;  ///< its value

  /// 0.
  constexpr Number() noexcept = default;

  /// Any double is a Number.
  constexpr Number(double of) noexcept : number(of) {}

  /// What an operation of the tape makes of numbers: for Operators and apply().
  template <PointwiseOperation Struct>
  static constexpr Number computed(Number a, Number b, double constant) noexcept {
    return Struct::value(Operands<double>{a.number, b.number, constant});
  }
};

/// What is known of a function at one point. Matrices are outputs x streams, as `derivatives` lists
/// them.
struct PointValues {
  VectorView<const double> coordinates;  ///< of the point, one an input
  Derivatives derivatives;               ///< which columns `values` has, and in which order
  MatrixView<const double> values;       ///< of the function and its derivatives
  MatrixView<const double> other_end{};  ///< likewise, at the other end of a periodic condition
  VectorView<const double> given{};      ///< data of a condition
  Derivative across{};                   ///< leads across the face of the condition
};

/// A Field of numbers: any function whose values and derivatives are known at a point, such as an
/// exact solution. What is not known is NaN.
class PointField : public Number {
 public:
  /// Reads what `known` points to, and `known` itself: both outlive the field.
  explicit PointField(const PointValues& known) noexcept : PointField(known, known.values) {}

  /// As of Field: a derivative of an output, the same of the first output, the
  /// unknown at the other end, a coordinate, the data of a condition, the derivative across its
  /// face, and the number of outputs. What `known` does not have is NaN.
  /// @{
  Number operator()(std::size_t output, Derivative derivative = partial::value) const noexcept {
    const std::size_t stream = known_.derivatives.index_of(derivative);
    const bool known = output < values_.rows && stream < values_.columns;
    return known ? values_(output, stream) : kUnknown;
  }
  Number operator[](Derivative derivative) const noexcept { return (*this)(0, derivative); }
  PointField other_end() const noexcept { return {known_, known_.other_end}; }
  Number at(std::size_t input) const noexcept { return entry(known_.coordinates, input); }
  Number given(std::size_t output = 0) const noexcept { return entry(known_.given, output); }
  Derivative across() const noexcept { return known_.across; }
  std::size_t outputs() const noexcept { return known_.values.rows; }
  /// @}

 private:
  static constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

  PointField(const PointValues& known, MatrixView<const double> values) noexcept
      : known_(known), values_(values) {
    static_cast<Number&>(*this) = (*this)(0);
  }
  static double entry(VectorView<const double> numbers, std::size_t i) noexcept {
    return i < numbers.size() ? numbers[i] : kUnknown;
  }

  const PointValues& known_;
  MatrixView<const double> values_;
};

}  // namespace pinnscope
