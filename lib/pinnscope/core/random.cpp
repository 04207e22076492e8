#include "pinnscope/core/random.hpp"

#include <cmath>
#include <numbers>

namespace pinnscope {

double Philox::normal(std::uint64_t index) const noexcept {
  const Words word = words(index);
  const double radius = std::sqrt(-2.0 * std::log(to_unit(word[0], word[1])));
  return radius * std::cos(2.0 * std::numbers::pi * to_unit(word[2], word[3]));
}

}  // namespace pinnscope
