#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace pinnscope {

/// What an operation of a tape is computed from at one point: the values of its operands, b of an
/// operation on two alone, and the number that was recorded with it.
template <class T>
struct Operands {
  T a{};         ///< the value of the first operand
  T b{};         ///< that of the second one, where there is one
  T constant{};  ///< what was recorded with the operation, 0 without
};

/// What the adjoints of the operands gain at one point: those of a, and of b where there are two.
template <class T>
struct Adjoints {
  T a{};  ///< added to the adjoint of the first operand
  T b{};  ///< to that of the second one
};

/// What the derivative of an operation by a coordinate is written from: terms with the operators of
/// Operators.
template <class Term>
struct Differential {
  Term a;               ///< the first operand
  Term b;               ///< the second one, where there is one
  Term value;           ///< the operation itself
  Term da;              ///< the derivative of the first operand
  Term db;              ///< that of the second one, 0 without
  double constant = 0;  ///< what was recorded with the operation
};

/// An expression or a number, as derivatives are recorded with.
template <class T>
class TangentTerm;

/// How collapse() may take an operation apart: as a sum, as the product of its two operands, or not
/// at all.
enum class OperationForm : std::uint8_t { other, sum, product };

/// An operation that is a sum: a and b times these factors, and a number.
struct LinearSum {
  double a = 0;       ///< the factor of the first operand
  double b = 0;       ///< that of the second one
  double number = 0;  ///< what is added
};

/// What an operation on one node inherits: it is not linear, unless it says otherwise.
struct OfOne {
  static constexpr std::size_t kOperands = 1;                   ///< nodes that it reads
  static constexpr OperationForm kForm = OperationForm::other;  ///< how it is taken apart
  /// Which sum it is, with the number that is recorded; read where kForm is sum.
  static constexpr LinearSum sum(double /*constant*/) noexcept { return {}; }
};

/// Likewise, on two nodes.
struct OfTwo : OfOne {
  static constexpr std::size_t kOperands = 2;  ///< nodes that it reads
};

/// A struct that a tape can compute: OfOne or OfTwo with a name, the value, and what the adjoints
/// of the operands gain when the node has this `value` and this adjoint `bar`. Both are templates
/// of the number, float or double.
///
///     struct Arctangent : OfOne {
///       static constexpr const char* kName = "arctangent";
///       template <class T>
///       static T value(Operands<T> x) noexcept { return std::atan(x.a); }
///       template <class T>
///       static Adjoints<T> adjoint(Operands<T> x, T, T bar) noexcept {
///         return {.a = bar / (1 + x.a * x.a)};
///       }
///     };
///
/// A sum says kForm = OperationForm::sum and has a function sum(constant). What is to be
/// differentiated by a coordinate of the points has its chain rule too, see Differential:
///
///       template <class Term>
///       static Term tangent(const Differential<Term>& x) noexcept {
///         return x.da / (1.0 + square(x.a));
///       }
template <class Struct>
concept PointwiseOperation = requires(Operands<float> few, Operands<double> many, float single,
                                      double number) {
  requires Struct::kOperands == 1 || Struct::kOperands == 2;
  requires std::string_view(Struct::kName)
  != "";
  { Struct::value(few) } -> std::same_as<float>;
  { Struct::value(many) } -> std::same_as<double>;
  { Struct::adjoint(few, single, single) } -> std::same_as<Adjoints<float>>;
  { Struct::adjoint(many, number, number) } -> std::same_as<Adjoints<double>>;
  requires Struct::kForm != OperationForm::product || Struct::kOperands == 2;
  { Struct::sum(number) } -> std::same_as<LinearSum>;
};

/// Whether a struct says its chain rule.
template <class Struct>
concept Differentiable = requires(const Differential<TangentTerm<double>>& x) {
  { Struct::tangent(x) } -> std::same_as<TangentTerm<double>>;
};

/// A node and its operands at the points of a tile: columns of `rows` values and adjoints, those of
/// b null where there is one operand.
template <class T>
struct NodeColumns {
  std::size_t rows = 0;        ///< entries of each column
  T constant{};                ///< recorded with the operation
  const T* a = nullptr;        ///< values of the first operand
  const T* b = nullptr;        ///< values of the second one
  T* value = nullptr;          ///< of the node; a forward loop writes them
  const T* adjoint = nullptr;  ///< of the node
  T* a_adjoint = nullptr;      ///< of the first operand; a backward loop adds to them
  T* b_adjoint = nullptr;      ///< of the second one, likewise
};

/// The loops of an operation over the points of a tile: its values, and the adjoints of its
/// operands.
template <class T>
struct OperationLoops {
  void (*forward)(NodeColumns<T>) noexcept = nullptr;  ///< values from those of the operands
  void (*backward)(NodeColumns<T>) noexcept =
      nullptr;  ///< adjoints of the operands from the node's
};

/// The derivative of an operation, recorded; null where the struct does not say its chain rule.
template <class T>
using TangentOf = TangentTerm<T> (*)(const Differential<TangentTerm<T>>& x) noexcept;

/// That of a struct.
template <PointwiseOperation Struct, class T>
constexpr TangentOf<T> tangent_of() noexcept {
  if constexpr (Differentiable<Struct>) {
    return &Struct::template tangent<TangentTerm<T>>;
  } else {
    return nullptr;
  }
}

/// What an operation reads at point i of a tile.
template <PointwiseOperation Struct, class T>
Operands<T> operands_at(const NodeColumns<T>& node, std::size_t i) noexcept {
  if constexpr (Struct::kOperands == 2) {
    return {node.a[i], node.b[i], node.constant};
  } else {
    return {node.a[i], T{}, node.constant};
  }
}

/// The values of a node.
template <PointwiseOperation Struct, class T>
void forward_loop(NodeColumns<T> node) noexcept {
  for (std::size_t i = 0; i < node.rows; ++i) {
    node.value[i] = Struct::value(operands_at<Struct>(node, i));
  }
}

/// What a node adds to the adjoints of its operands, of a first and then of b.
template <PointwiseOperation Struct, class T>
void backward_loop(NodeColumns<T> node) noexcept {
  const auto adjoint_at = [&node](std::size_t i) {
    return Struct::adjoint(operands_at<Struct>(node, i), node.value[i], node.adjoint[i]);
  };
  for (std::size_t i = 0; i < node.rows; ++i) node.a_adjoint[i] += adjoint_at(i).a;
  if constexpr (Struct::kOperands == 2) {
    for (std::size_t i = 0; i < node.rows; ++i) node.b_adjoint[i] += adjoint_at(i).b;
  }
}

/// An operation as a tape's node refers to it.
struct Operation {
  const char* name = "";                        ///< for messages and tests
  std::size_t operands = 1;                     ///< 1 or 2
  OperationForm form = OperationForm::other;    ///< how it is taken apart
  LinearSum (*sum)(double constant) = nullptr;  ///< which sum, where the form is one
  std::tuple<OperationLoops<float>, OperationLoops<double>> loops;  ///< of either precision
  std::tuple<TangentOf<float>, TangentOf<double>> tangents;         ///< likewise

  /// That of a struct.
  template <PointwiseOperation Struct>
  static constexpr Operation of() noexcept {
    return {Struct::kName,
            Struct::kOperands,
            Struct::kForm,
            &Struct::sum,
            {{&forward_loop<Struct, float>, &backward_loop<Struct, float>},
             {&forward_loop<Struct, double>, &backward_loop<Struct, double>}},
            {tangent_of<Struct, float>(), tangent_of<Struct, double>()}};
  }
};

/// Structs of operations, each once and each with a name of its own.
template <PointwiseOperation... Structs>
struct OperationList {
  static constexpr std::size_t kCount = sizeof...(Structs);  ///< how many there are

  /// Whether a struct is one of them.
  template <class Struct>
  static constexpr bool contains = (std::is_same_v<Struct, Structs> || ...);

  /// The place of one that the list contains.
  template <class Struct>
  static constexpr std::size_t index_of() noexcept {
    constexpr std::array<bool, kCount> is_it{std::is_same_v<Struct, Structs>...};
    std::size_t index = 0;
    while (!is_it[index]) ++index;
    return index;
  }

  /// The operations as nodes refer to them, in order.
  static constexpr std::array<Operation, kCount> rows() noexcept {
    return {Operation::of<Structs>()...};
  }

  /// Calls use(Struct{}) for one after the other.
  template <class Use>
  static void for_each(Use&& use) {
    (use(Structs{}), ...);
  }

  /// Whether no two of them share a name.
  static constexpr bool names_differ() noexcept {
    constexpr std::array<std::string_view, kCount> names{Structs::kName...};
    for (std::size_t i = 0; i < kCount; ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (names[i] == names[k]) return false;
      }
    }
    return true;
  }
};

}  // namespace pinnscope
