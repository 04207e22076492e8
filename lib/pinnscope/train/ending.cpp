#include "pinnscope/train/ending.hpp"

#include <algorithm>
#include <cmath>

namespace pinnscope {

bool is_converged(Ending ending) noexcept {
  switch (ending) {
    case Ending::gradient_zero:
    case Ending::gradient_small:
    case Ending::loss_levelled_off: return true;
    case Ending::running:
    case Ending::steps_used_up:
    case Ending::no_descent:
    case Ending::step_too_small:
    case Ending::evaluations_used_up:
    case Ending::diverged: return false;
  }
  return false;
}

template <class T>
Ending ending_by_gradient(VectorView<const T> gradient, double tolerance) noexcept {
  double largest = 0;
  for (const T entry : gradient) {
    const double size = std::abs(static_cast<double>(entry));
    if (!(size <= tolerance)) return Ending::running;
    largest = std::max(largest, size);
  }
  return largest == 0 ? Ending::gradient_zero : Ending::gradient_small;
}

template Ending ending_by_gradient<float>(VectorView<const float>, double) noexcept;
template Ending ending_by_gradient<double>(VectorView<const double>, double) noexcept;

bool levels_off(double before, double after, double tolerance, double floor) noexcept {
  const double size = std::max({std::abs(before), std::abs(after), floor});
  return tolerance > 0 && before - after <= tolerance * size;
}

}  // namespace pinnscope
