#include "pinnscope/spectra/laws/scaled_erfc.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace pinnscope {
namespace {

// Highest power first.
constexpr std::array kMiddleNumerator{
    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
    6.61191906371416295e1,  2.98635138197400131e2,  8.81952221241769090e2,
    1.71204761263407058e3,  2.05107837782607147e3,  1.23033935479799725e3};
constexpr std::array kMiddleDenominator{1.0,
                                        1.57449261107098347e1,
                                        1.17693950891312499e2,
                                        5.37181101862009858e2,
                                        1.62138957456669019e3,
                                        3.29079923573345963e3,
                                        4.36261909014324716e3,
                                        3.43936767414372164e3,
                                        1.23033935480374942e3};
constexpr std::array kOuterNumerator{1.63153871373020978e-2, 3.05326634961232344e-1,
                                     3.60344899949804439e-1, 1.25781726111229246e-1,
                                     1.60837851487422766e-2, 6.58749161529837803e-4};
constexpr std::array kOuterDenominator{1.0,
                                       2.56852019228982242e0,
                                       1.87295284992346725e0,
                                       5.27905102951428412e-1,
                                       6.05183413124413191e-2,
                                       2.33520497626869185e-3};

template <std::size_t N>
double ratio(const std::array<double, N>& numerator, const std::array<double, N>& denominator,
             double x) noexcept {
  double above = 0, below = 0;
  for (std::size_t i = 0; i < N; ++i) {
    above = above * x + numerator[i];
    below = below * x + denominator[i];
  }
  return above / below;
}

}  // namespace

double scaled_erfc(double x) noexcept {
  if (x < 0.46875) return std::exp(x * x) * std::erfc(x);
  if (x <= 4) return ratio(kMiddleNumerator, kMiddleDenominator, x);
  const double inverse_square = 1 / (x * x);
  const double correction =
      inverse_square * ratio(kOuterNumerator, kOuterDenominator, inverse_square);
  return (std::numbers::inv_sqrtpi - correction) / x;
}

}  // namespace pinnscope
