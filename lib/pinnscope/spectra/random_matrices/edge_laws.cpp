#include "pinnscope/spectra/random_matrices/edge_laws.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "pinnscope/spectra/random_matrices/tracy_widom.hpp"

namespace pinnscope {
namespace {

/// sqrt(side - 1/2) of both sides, the larger first.
struct RootSides {
  RootSides(std::size_t rows, std::size_t columns) noexcept
      : larger(std::sqrt(static_cast<double>(std::max(rows, columns)) - 0.5)),
        smaller(std::sqrt(static_cast<double>(std::min(rows, columns)) - 0.5)) {
    assert(rows > 1 && columns > 1);
  }
  double larger;
  double smaller;
};

}  // namespace

EdgeScale largest_edge(std::size_t rows, std::size_t columns) noexcept {
  const RootSides side(rows, columns);
  const double sum = side.larger + side.smaller;
  return {sum * sum, sum * std::cbrt(1 / side.larger + 1 / side.smaller)};
}

double largest_singular_value_score(double singular_value, std::size_t rows, std::size_t columns,
                                    double sigma) noexcept {
  assert(sigma > 0);
  const EdgeScale edge = largest_edge(rows, columns);
  const double ratio = singular_value / sigma;
  return (ratio * ratio - edge.centre) / edge.scale;
}

double smallest_singular_value_distribution(double singular_value, std::size_t rows,
                                            std::size_t columns, double sigma) noexcept {
  assert(sigma > 0);
  if (std::isnan(singular_value)) return singular_value;
  if (singular_value <= 0) return 0;
  const double ratio = singular_value / sigma;
  if (rows == columns) {
    const double root = std::sqrt(static_cast<double>(rows)) * ratio;
    return -std::expm1(-root * root / 2 - root);
  }
  const RootSides side(rows, columns);
  const double gap = side.larger - side.smaller;
  const double scale = std::cbrt(1 / side.smaller - 1 / side.larger) / gap;  // of ln L
  const double centre = 2 * std::log(gap) + scale * scale / 8;
  return tracy_widom_survival((centre - 2 * std::log(ratio)) / scale);
}

}  // namespace pinnscope
