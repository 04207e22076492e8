#pragma once

#include <cstdint>

#include "pinnscope/core/named.hpp"

namespace pinnscope {

/// Outcomes of a computation, and of a set-up that cannot work. Other misuse of the interface is
/// not among them: it asserts.
enum class StatusCode : std::uint8_t {
  ok,              ///< nothing failed
  empty_input,     ///< a span without entries or a matrix without rows or columns
  shape_mismatch,  ///< sizes of arguments that have to agree do not
  not_finite,      ///< infinity or NaN; info: mostly the index of the entry
  degenerate,      ///< nothing to measure, such as the spread of equal numbers
  out_of_range,    ///< an argument beyond what the function takes
  not_converged,   ///< an iteration ended at its limit; info: what LAPACK said
  unstable,        ///< a scheme amplifies what it must not
  out_of_memory,   ///< the arena was too small, or the machine has no more
  bad_file,        ///< what the file holds is not what its format says
  unsupported,     ///< well-formed, but not among what this build can do

  // Of derivatives and of recording a tape.
  derivative_order,      ///< beyond the second; info: the order
  too_many_derivatives,  ///< info: how many streams a network can carry
  derivative_missing,    ///< not asked for of the network; info: which, see derivative_info()
  derivative_unknown,    ///< of an operation that does not say its chain rule
  input_of_network,      ///< an expression that a network takes depends on a network; info: which
  no_such_input,         ///< of the network; info: the index asked for
  no_such_output,        ///< of the network; info: the index asked for
  no_such_column,        ///< of the points; info: the index asked for
  too_many_networks,     ///< info: the most that a tape can have
  tape_full,             ///< info: the operations it was made for
  tape_too_large,        ///< info: the most operations it can be made for
  foreign_expression,    ///< of another tape, or of none
  tape_closed,           ///< minimise() was called before
  no_loss,               ///< nothing to minimise
  too_many_terms,        ///< info: the most
  loss_without_network,  ///< the loss is the same for every network

  // Of setting a training up; info: the index of the term, where one is named.
  bad_widths,               ///< a network has two widths or more, none of them zero
  no_terms,                 ///< the loss is a sum of nothing
  no_tape,                  ///< a term without a tape
  no_points,                ///< a term without points
  other_columns,            ///< points that have other columns than the tape of their term
  overlapping_columns,      ///< points with a stride below their rows
  other_widths,             ///< a tape that was recorded for a network of other widths
  bad_weight,               ///< the weight of a term is negative or not finite
  no_weights,               ///< the weights of all terms are zero
  bad_sharing,              ///< threads, lanes or points of a tile: none, or too many
  bad_adam,                 ///< a constant of Adam is out of its range
  bad_lbfgs,                ///< a constant of L-BFGS is out of its range
  bad_quasi_newton,         ///< a constant of the quasi-Newton method is out of its range
  bad_levenberg_marquardt,  ///< a constant of Levenberg-Marquardt is out of its range
  bad_layer_step,           ///< the step or the damping of layers is out of its range
  no_square_layer,          ///< no layer but the first and the last is square, to be a step
  layers_not_plain,         ///< Levenberg-Marquardt of layers that are steps
  no_sum_of_squares,        ///< Levenberg-Marquardt of a term whose tape subtracts a mean square
  training_ended,           ///< no step is left
};

/// Number of codes: the last one plus one.
inline constexpr int kStatusCodes = static_cast<int>(StatusCode::training_ended) + 1;
static_assert(!is_enumerator<static_cast<StatusCode>(kStatusCodes)>());

/// What a code means, as half a sentence without a full stop.
constexpr const char* text(StatusCode code) noexcept {
  switch (code) {
    case StatusCode::ok: return "ok";
    case StatusCode::empty_input: return "the input is empty";
    case StatusCode::shape_mismatch: return "the shapes do not match";
    case StatusCode::not_finite: return "a value is not finite";
    case StatusCode::degenerate: return "the input has no spread";
    case StatusCode::out_of_range: return "an argument is out of range";
    case StatusCode::not_converged: return "the iteration did not converge";
    case StatusCode::unstable: return "the scheme is unstable";
    case StatusCode::out_of_memory: return "there is not enough memory";
    case StatusCode::bad_file: return "the file is damaged";
    case StatusCode::unsupported: return "not supported";
    case StatusCode::derivative_order: return "a derivative is beyond the second order";
    case StatusCode::too_many_derivatives: return "a network cannot carry so many derivatives";
    case StatusCode::derivative_missing: return "a derivative was not asked for of the network";
    case StatusCode::derivative_unknown: return "an operation does not say its chain rule";
    case StatusCode::input_of_network: return "an input of a network depends on a network";
    case StatusCode::no_such_input: return "the network has no such input";
    case StatusCode::no_such_output: return "the network has no such output";
    case StatusCode::no_such_column: return "the points have no such column";
    case StatusCode::too_many_networks: return "the tape has no room for one more network";
    case StatusCode::tape_full: return "the tape has no room for one more operation";
    case StatusCode::tape_too_large: return "a tape cannot have room for so many operations";
    case StatusCode::foreign_expression: return "an expression is of another tape or of none";
    case StatusCode::tape_closed: return "the tape is closed: minimise() was called before";
    case StatusCode::no_loss: return "the tape has nothing to minimise";
    case StatusCode::too_many_terms: return "the loss has too many terms";
    case StatusCode::loss_without_network: return "the loss does not depend on the network";
    case StatusCode::bad_widths: return "a network has two widths or more, none of them zero";
    case StatusCode::no_terms: return "the loss has no terms";
    case StatusCode::no_tape: return "a term of the loss has no tape";
    case StatusCode::no_points: return "a term of the loss has no points";
    case StatusCode::other_columns: return "points have other columns than their tape";
    case StatusCode::overlapping_columns:
      return "columns overlap: the stride is less than the rows";
    case StatusCode::other_widths: return "a tape was recorded for a network of other widths";
    case StatusCode::bad_weight: return "the weight of a term is negative or not finite";
    case StatusCode::no_weights: return "the weights of all terms are zero";
    case StatusCode::bad_sharing:
      return "threads, lanes or the points of a tile are none, or too many";
    case StatusCode::bad_adam: return "a constant of Adam is out of its range";
    case StatusCode::bad_lbfgs: return "a constant of L-BFGS is out of its range";
    case StatusCode::bad_quasi_newton:
      return "a constant of the quasi-Newton method is out of its range";
    case StatusCode::bad_levenberg_marquardt:
      return "a constant of Levenberg-Marquardt is out of its range";
    case StatusCode::bad_layer_step: return "the step of the layers or its damping is out of range";
    case StatusCode::no_square_layer: return "no layer between the first and the last is square";
    case StatusCode::layers_not_plain:
      return "Levenberg-Marquardt takes plain layers, and none that are steps";
    case StatusCode::no_sum_of_squares:
      return "Levenberg-Marquardt takes sums of squares, and a term's tape subtracts one";
    case StatusCode::training_ended: return "the training has ended: no step is left";
  }
  return "unknown status";
}

/// The outcome of a function that can fail for a numerical or data reason. `info` keeps what LAPACK
/// said, the index of the offending entry, or what the code says of it; it is 0 where there is
/// nothing to say.
struct [[nodiscard]] Status {
  StatusCode code = StatusCode::ok;  ///< what happened
  int info = 0;                      ///< more of it, by the code

  /// Whether nothing failed.
  constexpr bool ok() const noexcept { return code == StatusCode::ok; }

  /// The code's text(): half a sentence without a full stop.
  constexpr const char* text() const noexcept { return pinnscope::text(code); }
  friend constexpr bool operator==(const Status&, const Status&) noexcept = default;
};

}  // namespace pinnscope
