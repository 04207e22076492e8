#include "pinnscope/signals/spread.hpp"

#include <cmath>

namespace pinnscope {

void Spread::add(double value) noexcept {
  if (++count == 1) {
    mean = least = largest = value;
    if (!std::isfinite(value)) squares = kUnknown;
    return;
  }
  const double distance = value - mean;
  if (std::isfinite(distance)) {
    mean += distance / static_cast<double>(count);
    squares += distance * (value - mean);
  } else {
    mean += value;  // an infinite one stays, one that is not known too
    squares = kUnknown;
  }
  if (!(value >= least)) least = std::isnan(least) ? least : value;
  if (!(value <= largest)) largest = std::isnan(largest) ? largest : value;
}

double Spread::standard_deviation() const noexcept {
  return count < 2 ? kUnknown : std::sqrt(squares / static_cast<double>(count - 1));
}

}  // namespace pinnscope
