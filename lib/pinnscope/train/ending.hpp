#pragma once

#include <array>
#include <cstdint>

#include "pinnscope/core/named.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// Why an optimiser stopped.
enum class Ending : std::uint64_t {
  running,              ///< it has not stopped
  steps_used_up,        ///< it has taken as many as the config allows
  gradient_zero,        ///< at the parameters as they stand
  gradient_small,       ///< its largest entry is within gradient_tolerance
  loss_levelled_off,    ///< it fell by no more than loss_tolerance
  no_descent,           ///< the gradient is too small or too large for a direction
  step_too_small,       ///< no lower loss between steps that differ by roundings
  evaluations_used_up,  ///< those of an iteration were, without an acceptable step
  diverged,             ///< a loss was not finite, see Trainer::return_to_last_finite()
};

/// Every Ending, in the order of their values.
inline constexpr std::array kEndings{
    Ending::running,        Ending::steps_used_up,       Ending::gradient_zero,
    Ending::gradient_small, Ending::loss_levelled_off,   Ending::no_descent,
    Ending::step_too_small, Ending::evaluations_used_up, Ending::diverged};
static_assert(!is_enumerator<static_cast<Ending>(kEndings.size())>());

/// What an ending means, as half a sentence without a full stop.
constexpr const char* text(Ending ending) noexcept {
  switch (ending) {
    case Ending::running: return "not ended";
    case Ending::steps_used_up: return "all steps were taken";
    case Ending::gradient_zero: return "the gradient is zero";
    case Ending::gradient_small: return "the gradient is within its tolerance";
    case Ending::loss_levelled_off: return "the loss fell by no more than its tolerance";
    case Ending::no_descent: return "the gradient is too small or too large for a direction";
    case Ending::step_too_small: return "no lower loss was found: steps differ by roundings";
    case Ending::evaluations_used_up:
      return "the evaluations of an iteration were used up without an acceptable step";
    case Ending::diverged: return "the loss is no longer finite";
  }
  return "unknown ending";
}

/// Whether an optimiser met a tolerance: gradient_zero, gradient_small or loss_levelled_off.
bool is_converged(Ending ending) noexcept;

/// gradient_zero; gradient_small, where no entry is larger than the tolerance; or else running,
/// also of entries that are not numbers.
template <class T>
Ending ending_by_gradient(VectorView<const T> gradient, double tolerance) noexcept;

/// Whether an iteration lowered the loss by no more than `tolerance` of its size, which is that of
/// the larger loss, or `floor` where that is more. A tolerance of 0 is never met.
bool levels_off(double before, double after, double tolerance, double floor) noexcept;

}  // namespace pinnscope
