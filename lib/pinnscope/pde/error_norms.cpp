#include "pinnscope/pde/error_norms.hpp"

#include <algorithm>
#include <cmath>

namespace pinnscope {

Status error_norms(VectorView<const double> approximate, VectorView<const double> exact,
                   ErrorNorms& norms) noexcept {
  const std::size_t n = exact.size();
  if (approximate.size() != n) return {StatusCode::shape_mismatch};
  if (n == 0) return {StatusCode::empty_input};
  double largest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (!std::isfinite(approximate[i] - exact[i])) {
      return {StatusCode::not_finite, static_cast<int>(i)};
    }
    largest = std::max({largest, std::fabs(approximate[i] - exact[i]), std::fabs(exact[i])});
  }
  int exponent = 0;
  std::frexp(largest, &exponent);  // a power of two scales without rounding; no square overflows
  ErrorNorms found;
  double exact_squares = 0;
  double error_squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double error = std::ldexp(std::fabs(approximate[i] - exact[i]), -exponent);
    const double scaled = std::ldexp(exact[i], -exponent);
    found.l1 += error;
    error_squares += error * error;
    exact_squares += scaled * scaled;
    found.l_infinity = std::max(found.l_infinity, error);
  }
  const double count = static_cast<double>(n);
  found.l1 = std::ldexp(found.l1 / count, exponent);
  found.l2 = std::ldexp(std::sqrt(error_squares / count), exponent);
  found.l_infinity = std::ldexp(found.l_infinity, exponent);
  found.relative_l2 = error_squares == 0 ? 0 : std::sqrt(error_squares / exact_squares);
  norms = found;
  return {};
}

}  // namespace pinnscope
