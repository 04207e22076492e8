#include "pinnscope/pde/error_norms.hpp"

#include <algorithm>
#include <cmath>

namespace pinnscope {

Status error_norms(VectorView<const double> approximate, VectorView<const double> exact,
                   ErrorNorms& norms) noexcept {
  const std::size_t n = exact.size();
  if (approximate.size() != n) return {StatusCode::shape_mismatch};
  if (n == 0) return {StatusCode::empty_input};
  ErrorNorms found;
  double exact_squares = 0;
  double error_squares = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double error = std::fabs(approximate[i] - exact[i]);
    if (!std::isfinite(error)) return {StatusCode::not_finite, static_cast<int>(i)};
    found.l1 += error;
    error_squares += error * error;
    exact_squares += exact[i] * exact[i];
    found.l_infinity = std::max(found.l_infinity, error);
  }
  const double count = static_cast<double>(n);
  found.l1 /= count;
  found.l2 = std::sqrt(error_squares / count);
  found.relative_l2 = error_squares == 0 ? 0 : std::sqrt(error_squares / exact_squares);
  norms = found;
  return {};
}

}  // namespace pinnscope
