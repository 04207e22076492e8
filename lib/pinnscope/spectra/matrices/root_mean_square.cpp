#include "pinnscope/spectra/matrices/root_mean_square.hpp"

#include <cmath>

#include "pinnscope/spectra/matrices/largest_magnitude.hpp"

namespace pinnscope {
namespace {

template <class T>
double root_mean_square_as(MatrixView<const T> w) noexcept {
  if (w.empty()) return 0;
  const double largest = largest_magnitude(w);
  if (largest == 0 || !std::isfinite(largest)) return largest;
  int exponent = 0;
  std::frexp(largest, &exponent);  // a power of two scales without rounding
  double sum = 0;
  for (std::size_t j = 0; j < w.columns; ++j) {
    double column_sum = 0;
    for (const T entry : w.column(j)) {
      const double scaled = std::ldexp(static_cast<double>(entry), -exponent);
      column_sum += scaled * scaled;
    }
    sum += column_sum;
  }
  return std::ldexp(std::sqrt(sum / static_cast<double>(w.size())), exponent);
}

}  // namespace

double root_mean_square(MatrixView<const float> w) noexcept { return root_mean_square_as(w); }
double root_mean_square(MatrixView<const double> w) noexcept { return root_mean_square_as(w); }

}  // namespace pinnscope
