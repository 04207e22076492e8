#pragma once

#include <cstdint>

namespace pinnscope {

/// Outcomes of a computation, and of a set-up that cannot work. Other misuse of the interface is
/// not among them: it asserts.
enum class StatusCode : std::uint8_t {
  ok,
  empty_input,
  shape_mismatch,
  not_finite,
  degenerate,
  out_of_range,
  not_converged,
  unstable,
  out_of_memory,
  bad_file,
  unsupported,
  // Of derivatives and of recording a tape.
  derivative_order,      // info: the order
  too_many_derivatives,  // info: how many streams a network can carry
  derivative_missing,    // info: which, see derivative_info()
  no_such_input,         // info: its index, as in the next two
  no_such_output,
  no_such_column,
  too_many_networks,  // info: the most that a tape can have
  tape_full,          // info: the operations it was made for
  tape_too_large,     // info: the most operations it can be made for
  foreign_expression,
  tape_closed,
  no_loss,
  too_many_terms,  // info: the most
  loss_without_network,
  // Of setting a training up; info: the index of the term, where one is named.
  bad_widths,
  no_terms,
  no_tape,
  no_points,
  other_columns,
  overlapping_columns,
  other_widths,
  bad_weight,
  no_weights,
  bad_sharing,
  bad_adam,
  bad_lbfgs,
  training_ended,
};

/// Number of codes: the last one plus one.
inline constexpr int kStatusCodes = static_cast<int>(StatusCode::training_ended) + 1;

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
    case StatusCode::training_ended: return "the training has ended: no step is left";
  }
  return "unknown status";
}

/// The outcome of a function that can fail for a numerical or data reason. `info` keeps what LAPACK
/// said, the index of the offending entry, or what the code says of it; it is 0 where there is
/// nothing to say.
struct [[nodiscard]] Status {
  StatusCode code = StatusCode::ok;
  int info = 0;

  constexpr bool ok() const noexcept { return code == StatusCode::ok; }
  constexpr const char* text() const noexcept { return pinnscope::text(code); }
  friend constexpr bool operator==(const Status&, const Status&) noexcept = default;
};

}  // namespace pinnscope
