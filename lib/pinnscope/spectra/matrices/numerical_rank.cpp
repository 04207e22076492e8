#include "pinnscope/spectra/matrices/numerical_rank.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pinnscope {

double rank_tolerance(double largest, std::size_t rows, std::size_t columns,
                      double rounding) noexcept {
  const auto m = static_cast<double>(rows);
  const auto n = static_cast<double>(columns);
  const double decomposition = std::max(m, n) * std::numeric_limits<double>::epsilon() * largest;
  return std::max(decomposition, (std::sqrt(m) + std::sqrt(n)) * rounding);
}

std::size_t numerical_rank(VectorView<const double> values, double tolerance) noexcept {
  const auto last =
      std::find_if(values.begin(), values.end(), [&](double s) { return !(s > tolerance); });
  return static_cast<std::size_t>(last - values.begin());
}

}  // namespace pinnscope
