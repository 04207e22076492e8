#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "pinnscope/nn/logistic.hpp"
#include "pinnscope/simd/tanh.hpp"
#include "pinnscope/tape/operation.hpp"

namespace pinnscope {

/// What a tape computes point by point: a struct each, which stands in the list Operations and has
/// its function in Operators.
namespace operations {

/// a + b
struct Add : OfTwo {
  static constexpr const char* kName = "add";
  static constexpr OperationForm kForm = OperationForm::sum;
  static constexpr LinearSum sum(double) noexcept { return {.a = 1, .b = 1}; }
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.a + x.b;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T>, T, T bar) noexcept {
    return {bar, bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.da + x.db;
  }
};

/// a - b
struct Subtract : OfTwo {
  static constexpr const char* kName = "subtract";
  static constexpr OperationForm kForm = OperationForm::sum;
  static constexpr LinearSum sum(double) noexcept { return {.a = 1, .b = -1}; }
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.a - x.b;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T>, T, T bar) noexcept {
    return {bar, -bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.da - x.db;
  }
};

/// a b
struct Multiply : OfTwo {
  static constexpr const char* kName = "multiply";
  static constexpr OperationForm kForm = OperationForm::product;
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.a * x.b;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {x.b * bar, x.a * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.da * x.b + x.a * x.db;
  }
};

/// constant a
struct Scale : OfOne {
  static constexpr const char* kName = "scale";
  static constexpr OperationForm kForm = OperationForm::sum;
  static constexpr LinearSum sum(double constant) noexcept { return {.a = constant}; }
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.constant * x.a;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = x.constant * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.constant * x.da;
  }
};

/// a + constant
struct Shift : OfOne {
  static constexpr const char* kName = "shift";
  static constexpr OperationForm kForm = OperationForm::sum;
  static constexpr LinearSum sum(double constant) noexcept { return {.a = 1, .number = constant}; }
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.a + x.constant;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T>, T, T bar) noexcept {
    return {.a = bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.da;
  }
};

/// a^2
struct Square : OfOne {
  static constexpr const char* kName = "square";
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.a * x.a;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = 2 * x.a * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return 2 * x.a * x.da;
  }
};

/// sqrt(a + constant)
struct SquareRoot : OfOne {
  static constexpr const char* kName = "square_root";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::sqrt(x.a + x.constant);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T>, T value, T bar) noexcept {
    return {.a = bar / (2 * value)};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.da / (2 * x.value);
  }
};

/// |a|. The derivative at 0 is 0.
struct Absolute : OfOne {
  static constexpr const char* kName = "absolute";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::abs(x.a);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = x.a > 0 ? bar : x.a < 0 ? -bar : T(0)};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return 2 * step_times(x.a, x.da) - x.da;
  }
};

/// tanh a, as of the activation
struct Tanh : OfOne {
  static constexpr const char* kName = "tanh";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return tanh_values(x.a).value;
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = tanh_values(x.a).slope * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return (1 - square(x.value)) * x.da;
  }
};

/// sin a, in radians
struct Sine : OfOne {
  static constexpr const char* kName = "sine";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::sin(x.a);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = std::cos(x.a) * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return cos(x.a) * x.da;
  }
};

/// e^a
struct Exponential : OfOne {
  static constexpr const char* kName = "exponential";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::exp(x.a);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T>, T value, T bar) noexcept {
    return {.a = value * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.value * x.da;
  }
};

/// a / b
struct Divide : OfTwo {
  static constexpr const char* kName = "divide";
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.a / x.b;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T value, T bar) noexcept {
    return {bar / x.b, -value / x.b * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return (x.da - x.value * x.db) / x.b;
  }
};

/// constant / a
struct Reciprocal : OfOne {
  static constexpr const char* kName = "reciprocal";
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.constant / x.a;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T value, T bar) noexcept {
    return {.a = -value / x.a * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return -(x.value / x.a * x.da);
  }
};

/// a^constant, NaN of a negative a and a constant that is no whole number
struct Power : OfOne {
  static constexpr const char* kName = "power";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::pow(x.a, x.constant);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    if (x.constant == 0) return {};  // 0^0 = 1 as well: there is no slope
    return {.a = x.constant * std::pow(x.a, x.constant - 1) * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.constant * pow(x.a, x.constant - 1) * x.da;
  }
};

/// The natural logarithm of a, NaN of a negative a
struct Logarithm : OfOne {
  static constexpr const char* kName = "logarithm";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::log(x.a);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = bar / x.a};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.da / x.a;
  }
};

/// cos a, in radians
struct Cosine : OfOne {
  static constexpr const char* kName = "cosine";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::cos(x.a);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = -std::sin(x.a) * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return -(sin(x.a) * x.da);
  }
};

/// The angle of the point (b, a) from the first axis, in radians from -pi to pi. At the origin its
/// derivatives are NaN.
struct Angle : OfTwo {
  static constexpr const char* kName = "angle";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return std::atan2(x.a, x.b);
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    const T radius = std::hypot(x.a, x.b);
    return {x.b / radius / radius * bar, -x.a / radius / radius * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return (x.da * x.b - x.a * x.db) / (square(x.a) + square(x.b));
  }
};

/// The logistic function 1 / (1 + e^-a), as of the activation
struct Sigmoid : OfOne {
  static constexpr const char* kName = "sigmoid";
  template <class T>
  static T value(Operands<T> x) noexcept {
    return sigmoid_values(x.a).value;
  }
  template <class T>
  static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {.a = sigmoid_values(x.a).first * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return x.value * sigmoid(-x.a) * x.da;
  }
};

/// b where a is positive, 0 where it is negative, b / 2 where it is 0: the slope of a kink times
/// b. NaN where a is.
struct StepTimes : OfTwo {
  static constexpr const char* kName = "step_times";
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.a > 0 ? x.b : x.a < 0 ? T(0) : x.a == 0 ? x.b / 2 : x.a;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    return {T(0), value(Operands<T>{x.a, bar})};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return step_times(x.a, x.db);
  }
};

/// The larger of a and b, NaN where either is. Where they are equal each has half of the slope.
struct Maximum : OfTwo {
  static constexpr const char* kName = "maximum";
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.a > x.b ? x.a : x.b >= x.a ? x.b : x.a + x.b;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
    const T of_a = (T(x.a > x.b) + T(x.a >= x.b)) / 2;
    return {of_a * bar, (1 - of_a) * bar};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return step_times(x.a - x.b, x.da) + step_times(x.b - x.a, x.db);
  }
};

/// The smaller of a and b, likewise.
struct Minimum : OfTwo {
  static constexpr const char* kName = "minimum";
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return x.a < x.b ? x.a : x.b <= x.a ? x.b : x.a + x.b;
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T value, T bar) noexcept {
    const Adjoints<T> larger = Maximum::adjoint(x, value, bar);
    return {larger.b, larger.a};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return step_times(x.b - x.a, x.da) + step_times(x.a - x.b, x.db);
  }
};

/// The larger of a and the constant, as Maximum.
struct AtLeast : OfOne {
  static constexpr const char* kName = "at_least";
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return Maximum::value(Operands<T>{x.a, x.constant});
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T value, T bar) noexcept {
    return {.a = Maximum::adjoint(Operands<T>{x.a, x.constant}, value, bar).a};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return step_times(x.a - x.constant, x.da);
  }
};

/// The smaller of a and the constant, as Minimum.
struct AtMost : OfOne {
  static constexpr const char* kName = "at_most";
  template <class T>
  static constexpr T value(Operands<T> x) noexcept {
    return Minimum::value(Operands<T>{x.a, x.constant});
  }
  template <class T>
  static constexpr Adjoints<T> adjoint(Operands<T> x, T value, T bar) noexcept {
    return {.a = Minimum::adjoint(Operands<T>{x.a, x.constant}, value, bar).a};
  }
  template <class Term>
  static Term tangent(const Differential<Term>& x) noexcept {
    return step_times(x.constant - x.a, x.da);
  }
};

/// All of them, each once.
using List = OperationList<Add, Subtract, Multiply, Scale, Shift, Square, SquareRoot, Absolute,
                           Tanh, Sine, Exponential, Divide, Reciprocal, Power, Logarithm, Cosine,
                           Angle, Sigmoid, StepTimes, Maximum, Minimum, AtLeast, AtMost>;

}  // namespace operations

/// The library's own operations, whose loops are compiled with it.
using Operations = operations::List;
static_assert(Operations::names_differ());

/// Their rows, in the order of the list.
extern const std::array<Operation, Operations::kCount> kOperations;

/// The row of an operation that is none of the library's: its loops belong to who uses it.
template <PointwiseOperation Struct>
inline constexpr Operation kOperationFromOutside = Operation::of<Struct>();

/// What the nodes of a tape refer to.
template <PointwiseOperation Struct>
const Operation& operation_row() noexcept {
  if constexpr (Operations::contains<Struct>) {
    return kOperations[Operations::index_of<Struct>()];
  } else {
    return kOperationFromOutside<Struct>;
  }
}

/// Any operation on one, of the library or of one's own: apply<Arctangent>(u[dx]).
/// Of expressions it is recorded, as by + and *; of numbers it is computed.
template <PointwiseOperation Struct, class Term>
auto apply(const Term& a, double constant = 0) noexcept {
  static_assert(Struct::kOperands == 1, "an operation on two is given two");
  return Term::template computed<Struct>(a, a, constant);
}
/// On two.
template <PointwiseOperation Struct, class Term, class Other>
requires(!std::is_arithmetic_v<Other>) auto apply(const Term& a, const Other& b,
                                                  double constant = 0) noexcept {
  static_assert(Struct::kOperands == 2, "an operation on one is given one");
  return Term::template computed<Struct>(a, b, constant);
}

/// How operations are written: + - * /, square(), sqrt(), pow(), exp(), log(), sin(), cos(),
/// atan2(), tanh(), sigmoid(), abs(), max(), min(), step_times(), with numbers too. For a Term that
/// inherits this and has a static member computed<Struct>(a, b, constant).
template <class Term>
class Operators {
 public:
  /// Of two terms, and of a term and a number: a node each, two for a number minus a term.
  /// @{
  friend constexpr Term operator+(Term a, Term b) noexcept { return of<operations::Add>(a, b); }
  friend constexpr Term operator-(Term a, Term b) noexcept {
    return of<operations::Subtract>(a, b);
  }
  friend constexpr Term operator*(Term a, Term b) noexcept {
    return of<operations::Multiply>(a, b);
  }
  friend constexpr Term operator*(double c, Term a) noexcept {
    return of<operations::Scale>(a, a, c);
  }
  friend constexpr Term operator*(Term a, double c) noexcept { return c * a; }
  friend constexpr Term operator/(Term a, double c) noexcept { return (1 / c) * a; }
  friend constexpr Term operator/(Term a, Term b) noexcept { return of<operations::Divide>(a, b); }
  friend constexpr Term operator/(double c, Term a) noexcept {
    return of<operations::Reciprocal>(a, a, c);
  }
  friend constexpr Term operator+(Term a, double c) noexcept {
    return of<operations::Shift>(a, a, c);
  }
  friend constexpr Term operator+(double c, Term a) noexcept { return a + c; }
  friend constexpr Term operator-(Term a, double c) noexcept { return a + -c; }
  friend constexpr Term operator-(double c, Term a) noexcept { return -a + c; }
  friend constexpr Term operator-(Term a) noexcept { return -1.0 * a; }
  /// @}

  /// The function of that name, of each point; see its struct.
  /// @{
  friend constexpr Term square(Term a) noexcept { return of<operations::Square>(a, a); }
  friend Term abs(Term a) noexcept { return of<operations::Absolute>(a, a); }
  friend Term tanh(Term a) noexcept { return of<operations::Tanh>(a, a); }
  friend Term sin(Term a) noexcept { return of<operations::Sine>(a, a); }
  friend Term exp(Term a) noexcept { return of<operations::Exponential>(a, a); }
  friend Term log(Term a) noexcept { return of<operations::Logarithm>(a, a); }
  friend Term cos(Term a) noexcept { return of<operations::Cosine>(a, a); }
  friend Term sigmoid(Term a) noexcept { return of<operations::Sigmoid>(a, a); }
  friend Term atan2(Term y, Term x) noexcept { return of<operations::Angle>(y, x); }
  friend constexpr Term step_times(Term a, Term b) noexcept {
    return of<operations::StepTimes>(a, b);
  }
  /// @}

  /// a^exponent, the same exponent at all points.
  friend Term pow(Term a, double exponent) noexcept {
    return of<operations::Power>(a, a, exponent);
  }

  /// The larger and the smaller of two, see Maximum.
  /// @{
  friend constexpr Term max(Term a, Term b) noexcept { return of<operations::Maximum>(a, b); }
  friend constexpr Term min(Term a, Term b) noexcept { return of<operations::Minimum>(a, b); }
  friend constexpr Term max(Term a, double c) noexcept { return of<operations::AtLeast>(a, a, c); }
  friend constexpr Term min(Term a, double c) noexcept { return of<operations::AtMost>(a, a, c); }
  friend constexpr Term max(double c, Term a) noexcept { return max(a, c); }
  friend constexpr Term min(double c, Term a) noexcept { return min(a, c); }
  /// @}

  /// sqrt(a + epsilon): an epsilon > 0 keeps the derivative finite where a is 0.
  friend Term sqrt(Term a, double epsilon = 0) noexcept {
    return of<operations::SquareRoot>(a, a, epsilon);
  }

 private:
  template <class Struct>
  static constexpr Term of(Term a, Term b, double constant = 0) noexcept {
    static_assert(Operations::contains<Struct>, "not in the list of operations");
    return Term::template computed<Struct>(a, b, constant);
  }
};

}  // namespace pinnscope
