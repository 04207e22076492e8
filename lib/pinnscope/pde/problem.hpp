#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/nn/derivatives.hpp"
#include "pinnscope/pde/ansatz.hpp"
#include "pinnscope/pde/input.hpp"
#include "pinnscope/pde/residual.hpp"

namespace pinnscope {

/// A number of the equations.
struct Coefficient {
  const char* name = "";  ///< what it is, such as "viscosity"
  double value = 0;       ///< finite
};

/// Fills in a number for each output at the point x, with a coordinate for each input.
using PointFunction = Status (*)(const Problem& problem, VectorView<const double> x,
                                 VectorView<double> u) noexcept;

/// 0 for each output.
inline constexpr PointFunction kZero = [](const Problem&, VectorView<const double>,
                                          VectorView<double> u) noexcept -> Status {
  for (double& number : u) number = 0;
  return {};
};

/// Which face of the box a condition holds on.
enum class End : std::uint8_t {
  low,   ///< where an input has its lowest value
  high,  ///< where it has its highest value
  both,  ///< both of them, point by point: a periodic condition
};

/// For each output: what the data say of it.
inline constexpr auto kGiven = [](const auto& u, const Problem&) noexcept {
  auto list = residuals(u(0) - u.given(0));
  for (std::size_t k = 1; k < u.outputs(); ++k) list.add(u(k) - u.given(k));
  return list;
};

/// For each output: the same at both ends.
inline constexpr auto kPeriodic = [](const auto& u, const Problem&) noexcept {
  auto list = residuals(u(0) - u.other_end()(0));
  for (std::size_t k = 1; k < u.outputs(); ++k) list.add(u(k) - u.other_end()(k));
  return list;
};

/// The derivative of the first output across the face is the same at both ends; the condition has
/// to ask for it among its derivatives.
inline constexpr auto kPeriodicSlope = [](const auto& u, const Problem&) noexcept {
  return u[u.across()] - u.other_end()[u.across()];
};

/// What holds on a face of the box: initial and boundary conditions.
struct Condition {
  const char* name = "";         ///< as logs of a training call its part of the loss
  std::size_t input = 0;         ///< the face is where this input is ...
  End end = End::low;            ///< ... at this end of its interval
  PointFunction data = nullptr;  ///< what the residual reads as u.given(); none: it reads none
  Residual residual = kGiven;    ///< what vanishes on the face
  Derivatives derivatives{};     ///< that the residual takes
  bool by_ansatz = false;        ///< holds by itself with any ansatz of the problem
};

/// A problem for functions u_k(x) on a box, as data: everything that training a network on it and
/// judging the network takes. A problem is written once and serves every precision. What the spans
/// point to must outlive it.
struct Problem {
  /// One term of a loss is the equation, the others are conditions.
  static constexpr std::size_t kMostConditions = 7;
  static constexpr std::size_t kMostInputs = 6;  ///< coordinates, time included
  /// Functions that are asked for.
  static constexpr std::size_t kMostOutputs = Residuals<Number>::kCapacity;

  const char* name = "";                 ///< as find_problem() and command lines have it
  const char* meaning = "";              ///< equation and data in a line
  std::span<const Input> inputs;         ///< axes of the box, in the order of a network's inputs
  std::span<const char* const> outputs;  ///< names of the functions u_k, in the order of outputs
  std::span<const Coefficient> coefficients{};  ///< numbers that the equation names
  Derivatives derivatives{};                    ///< that the equation takes
  Residual equation;                            ///< what vanishes inside the box
  std::span<const Condition> conditions{};      ///< on faces, kMostConditions at most
  PointFunction exact = nullptr;                ///< the solution, or a reference; none: not known
  std::span<const Ansatz> ansatzes{};  ///< the unknowns made of a network so that conditions hold
  std::size_t operations = 64;         ///< on a tape, that the longest residual has room for

  /// The value of a coefficient; NaN, which no tape takes, where there is none of this name.
  constexpr double coefficient(std::string_view wanted) const noexcept {
    for (const Coefficient& known : coefficients) {
      if (known.name == wanted) return known.value;
    }
    return std::numeric_limits<double>::quiet_NaN();
  }

  /// The ansatz of this kind; nullptr where it has none.
  constexpr const Ansatz* find_ansatz(AnsatzKind kind) const noexcept {
    for (const Ansatz& known : ansatzes) {
      if (known.kind() == kind && !known.empty()) return &known;
    }
    return nullptr;
  }

  /// Inputs of a network that is trained on it; 0 where there is no such ansatz.
  constexpr std::size_t network_inputs(AnsatzKind kind) const noexcept {
    if (kind == AnsatzKind::none) return inputs.size();
    const Ansatz* const ansatz = find_ansatz(kind);
    return ansatz == nullptr ? 0 : ansatz->inputs();
  }

  /// The box that points inside are drawn from: `inputs`, or the part of it that an ansatz has.
  constexpr std::span<const Input> box(AnsatzKind kind) const noexcept {
    const Ansatz* const ansatz = find_ansatz(kind);
    return ansatz == nullptr || ansatz->box().empty() ? inputs : ansatz->box();
  }

  /// Whether a condition is part of the loss.
  static constexpr bool is_trained(const Condition& condition, AnsatzKind kind) noexcept {
    return kind == AnsatzKind::none || !condition.by_ansatz;
  }

  /// Which input is time; as many as there are inputs in a steady problem.
  constexpr std::size_t time() const noexcept {
    std::size_t i = 0;
    while (i < inputs.size() && std::string_view(inputs[i].name) != "t") ++i;
    return i;
  }

  /// What keeps a problem from being one. empty_input: no inputs or outputs. out_of_range: more
  /// than kMostInputs or kMostOutputs, or an interval (info: its input) without finite width or, of
  /// an ansatz, outside of the problem's. shape_mismatch: an ansatz with a box of other inputs.
  /// no_loss: no equation, or a condition (info: which, from 1) without one. too_many_terms: more
  /// than kMostConditions (info). no_such_input: of a condition. not_finite: a coefficient. What
  /// the derivatives' status says.
  constexpr Status check() const noexcept {
    if (inputs.empty() || outputs.empty()) return {StatusCode::empty_input};
    if (inputs.size() > kMostInputs || outputs.size() > kMostOutputs) {
      return {StatusCode::out_of_range};
    }
    const Status boxes = check_boxes();
    if (!boxes.ok()) return boxes;
    for (const Coefficient& known : coefficients) {
      if (!(known.value - known.value == 0)) return {StatusCode::not_finite};
    }
    if (equation.empty()) return {StatusCode::no_loss};
    if (conditions.size() > kMostConditions) {
      return {StatusCode::too_many_terms, static_cast<int>(kMostConditions)};
    }
    for (std::size_t c = 0; c < conditions.size(); ++c) {
      const Condition& condition = conditions[c];
      if (condition.residual.empty()) return {StatusCode::no_loss, static_cast<int>(c + 1)};
      if (condition.input >= inputs.size()) {
        return {StatusCode::no_such_input, static_cast<int>(condition.input)};
      }
      if (!condition.derivatives.status().ok()) return condition.derivatives.status();
    }
    return derivatives.status();
  }

 private:
  constexpr Status check_boxes() const noexcept {
    const auto check = [this](std::span<const Input> box) -> Status {
      if (box.size() != inputs.size()) return {StatusCode::shape_mismatch};
      for (std::size_t i = 0; i < box.size(); ++i) {
        const double width = box[i].high - box[i].low;
        const bool inside = box[i].low >= inputs[i].low && box[i].high <= inputs[i].high;
        if (!(inside && width > 0 && width <= std::numeric_limits<double>::max())) {
          return {StatusCode::out_of_range, static_cast<int>(i)};
        }
      }
      return {};
    };
    Status status = check(inputs);
    for (const Ansatz& known : ansatzes) {
      if (status.ok() && !known.box().empty()) status = check(known.box());
    }
    return status;
  }
};

/// The solution at x, a number an output into u; also outside of the box in space. not_finite: a
/// coordinate; out_of_range: a time before the first; shape_mismatch: not as many numbers as the
/// problem has inputs and outputs; unsupported: none is known. Errors of the solution itself as it
/// says. `u` is unchanged then.
Status exact_solution(const Problem& problem, VectorView<const double> x,
                      VectorView<double> u) noexcept;

/// Fills u, an entry an output, with the data of a condition at x. Errors as of exact_solution().
Status given_values(const Problem& problem, const Condition& condition, VectorView<const double> x,
                    VectorView<double> u) noexcept;

}  // namespace pinnscope
