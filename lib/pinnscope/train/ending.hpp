#pragma once

#include <array>
#include <cstdint>

namespace pinnscope {

/// Why an optimiser stopped.
enum class Ending : std::uint64_t {
  running,  // it has not
  steps_used_up,
  gradient_zero,
  gradient_small,
  loss_levelled_off,
  no_descent,
  step_too_small,
  evaluations_used_up,
};

inline constexpr std::array kEndings{Ending::running,           Ending::steps_used_up,
                                     Ending::gradient_zero,     Ending::gradient_small,
                                     Ending::loss_levelled_off, Ending::no_descent,
                                     Ending::step_too_small,    Ending::evaluations_used_up};

/// What it means, as half a sentence without a full stop.
constexpr const char* text(Ending ending) noexcept {
  switch (ending) {
    case Ending::running: return "not ended";
    case Ending::steps_used_up: return "all steps were taken";
    case Ending::gradient_zero: return "the gradient is zero";
    case Ending::gradient_small: return "the gradient is within its tolerance";
    case Ending::loss_levelled_off: return "the loss fell by no more than its tolerance";
    case Ending::no_descent: return "the gradient is too small or too large for a direction";
    case Ending::step_too_small:
      return "the line search found no lower loss: its steps differ by roundings";
    case Ending::evaluations_used_up:
      return "the line search used its evaluations up without an acceptable step";
  }
  return "unknown ending";
}

}  // namespace pinnscope
