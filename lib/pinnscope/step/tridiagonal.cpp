#include "pinnscope/step/tridiagonal.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "pinnscope/step/sweeps.hpp"

namespace pinnscope {

CyclicTridiagonal::CyclicTridiagonal(double lower, double diagonal, double upper,
                                     std::size_t size) noexcept {
  const double g = (diagonal + std::sqrt(diagonal * diagonal - 4 * lower * upper)) / 2;
  scale_ = 1 / g;
  forward_ = make_sweep(-lower / g, size);
  backward_ = make_sweep(-upper / g, size);
}

CyclicTridiagonal::Sweep CyclicTridiagonal::make_sweep(double ratio, std::size_t size) noexcept {
  if (ratio == 0) return {0, 1, 1};
  if (!(std::abs(ratio) < 1)) return {ratio, 1, 1};  // not solvable()
  const double decay = std::log(std::abs(ratio));
  const double exponent = decay * static_cast<double>(size);
  const bool negative = ratio < 0 && size % 2 == 1;
  const double gap = negative ? 1 + std::exp(exponent) : -std::expm1(exponent);
  const double wanted = std::ceil(std::log(std::numeric_limits<double>::epsilon()) / decay);
  const auto terms = wanted < static_cast<double>(size) ? static_cast<std::size_t>(wanted) : size;
  return {ratio, 1 / gap, std::max<std::size_t>(terms, 1)};
}

void CyclicTridiagonal::solve_in_place(VectorView<double> z) const noexcept { solve(z); }
void CyclicTridiagonal::solve_in_place(VectorView<float> z) const noexcept { solve(z); }

template <class T>
void CyclicTridiagonal::solve(VectorView<T> z) const noexcept {
  const std::size_t size = z.size();
  assert(size > 0 && forward_.terms <= size && backward_.terms <= size);
  double y = 0;  // y_{N-1}, which is y_{-1}
  for (std::size_t k = forward_.terms; k-- > 0;) {
    y = y * forward_.ratio + scale_ * static_cast<double>(z[size - 1 - k]);
  }
  fastest<Sweeps<T>>().forward({scale_, forward_.ratio, y * forward_.closing, size, z.data()});
  double x = 0;  // x_0, which is x_N
  for (std::size_t k = backward_.terms; k-- > 0;) {
    x = x * backward_.ratio + static_cast<double>(z[k]);
  }
  fastest<Sweeps<T>>().backward({1, backward_.ratio, x * backward_.closing, size, z.data()});
}

template <class T>
Status factor_tridiagonal(const TridiagonalRows& rows, VectorView<T> factors,
                          VectorView<T> pivots) noexcept {
  const std::size_t size = pivots.size();
  assert(size > 0 && factors.size() == size);
  const double scale = std::abs(rows.lower) + std::abs(rows.diagonal) + std::abs(rows.upper);
  const double least = scale * static_cast<double>(std::numeric_limits<T>::epsilon());
  double upper = 0;
  double inverse = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const bool first = i == 0;
    const bool last = !first && i + 1 == size;
    const double factor = (last ? rows.last_lower : rows.lower) * inverse;
    const double diagonal =
        first ? rows.first_diagonal : (last ? rows.last_diagonal : rows.diagonal);
    const double pivot = diagonal - factor * upper;
    if (!(std::abs(pivot) > least)) return {StatusCode::degenerate, static_cast<int>(i)};
    inverse = 1 / pivot;
    upper = first ? rows.first_upper : rows.upper;
    factors[i] = static_cast<T>(factor);
    pivots[i] = static_cast<T>(inverse);
  }
  return {};
}

template <class T>
void solve_tridiagonal_in_place(const TridiagonalRows& rows, VectorView<const T> factors,
                                VectorView<const T> pivots, VectorView<T> z) noexcept {
  const std::size_t size = z.size();
  assert(size > 0 && factors.size() == size && pivots.size() == size);
  for (std::size_t i = 1; i < size; ++i) z[i] -= factors[i] * z[i - 1];
  const T upper = static_cast<T>(rows.upper);
  z[size - 1] *= pivots[size - 1];
  for (std::size_t i = size - 1; i-- > 1;) z[i] = (z[i] - upper * z[i + 1]) * pivots[i];
  if (size > 1) z[0] = (z[0] - static_cast<T>(rows.first_upper) * z[1]) * pivots[0];
}

template Status factor_tridiagonal(const TridiagonalRows&, VectorView<double>,
                                   VectorView<double>) noexcept;
template Status factor_tridiagonal(const TridiagonalRows&, VectorView<float>,
                                   VectorView<float>) noexcept;
template void solve_tridiagonal_in_place(const TridiagonalRows&, VectorView<const double>,
                                         VectorView<const double>, VectorView<double>) noexcept;
template void solve_tridiagonal_in_place(const TridiagonalRows&, VectorView<const float>,
                                         VectorView<const float>, VectorView<float>) noexcept;

}  // namespace pinnscope
