#include "pinnscope/readings/pde_reading.hpp"

#include <array>
#include <cassert>
#include <cmath>

namespace pinnscope {
namespace {

using RowMoments = std::array<double, 4>;

/// Adds weight d^k, k = 0..3.
void add(double weight, std::size_t i, std::size_t j, std::size_t n, Neighbours neighbours,
         RowMoments& sums) noexcept {
  const double d = cell_distance(i, j, n, neighbours);
  const bool either_way = neighbours == Neighbours::ring && 2 * d == static_cast<double>(n);
  const double odd = either_way ? 0 : d;
  sums[0] += weight;
  sums[1] += weight * odd;
  sums[2] += weight * d * d;
  sums[3] += weight * odd * d * d;
}

PdeReading reading_of(const RowMoments& m) noexcept {
  PdeReading reading;
  reading.euler = {m[0] - 1, -m[1], m[2] / 2, m[3] / 6};
  if (!(m[0] > 0)) return reading;
  const double first = m[1] / m[0];
  const double second = m[2] / m[0];
  const double third = m[3] / m[0];
  reading.flow = {std::log(m[0]), -first, (second - first * first) / 2,
                  (third - 3 * second * first + 2 * first * first * first) / 6};
  return reading;
}

void add_row(MatrixView<const double> step, std::size_t row, Neighbours neighbours,
             RowMoments& sums) noexcept {
  for (std::size_t j = 0; j < step.columns; ++j) {
    add(step(row, j), row, j, step.columns, neighbours, sums);
  }
}

}  // namespace

double cell_distance(std::size_t i, std::size_t j, std::size_t n, Neighbours neighbours) noexcept {
  const double d = static_cast<double>(j) - static_cast<double>(i);
  const double whole = static_cast<double>(n);
  if (neighbours == Neighbours::line) return d;
  if (2 * d > whole) return d - whole;
  return 2 * d <= -whole ? d + whole : d;
}

PdeReading read_row(MatrixView<const double> step, std::size_t row,
                    Neighbours neighbours) noexcept {
  assert(step.rows == step.columns && row < step.rows);
  RowMoments sums{};
  add_row(step, row, neighbours, sums);
  return reading_of(sums);
}

PdeReading read_mean_row(MatrixView<const double> step, Neighbours neighbours) noexcept {
  assert(step.rows == step.columns);
  RowMoments sums{};
  for (std::size_t row = 0; row < step.rows; ++row) add_row(step, row, neighbours, sums);
  for (double& sum : sums) sum /= static_cast<double>(step.rows);
  return reading_of(sums);
}

Status step_of_layer(MatrixView<const double> weights, VectorView<const double> slopes,
                     MatrixView<double> step) noexcept {
  const bool fits = weights.rows == step.columns && weights.columns == step.rows &&
                    (slopes.empty() || slopes.size() == step.rows);
  if (!fits) return {StatusCode::shape_mismatch};
  for (std::size_t i = 0; i < step.rows; ++i) {
    const double slope = slopes.empty() ? 1 : slopes[i];
    for (std::size_t j = 0; j < step.columns; ++j) step(i, j) = slope * weights(j, i);
  }
  return {};
}

}  // namespace pinnscope
