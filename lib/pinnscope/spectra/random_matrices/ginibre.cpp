#include "pinnscope/spectra/random_matrices/ginibre.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/tools/toms748_solve.hpp>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

#include "pinnscope/spectra/samples/boost_policy.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope {
namespace {

double lower_gamma(double k, double x) noexcept { return boost::math::gamma_p(k, x, Quiet()); }
double upper_gamma(double k, double x) noexcept { return boost::math::gamma_q(k, x, Quiet()); }

/// ln prod_k P(k, x), from the smallest factor on until the others are 1 to rounding.
double log_product(std::size_t n, double x) noexcept {
  constexpr double kUnderflow = -746;
  double sum = 0;
  for (std::size_t k = n; k > 0; --k) {
    const auto order = static_cast<double>(k);
    const double upper = upper_gamma(order, x);
    if (upper * order < 1e-18) break;  // Q(k, x) falls with k
    sum += upper < 0.5 ? std::log1p(-upper) : std::log(lower_gamma(order, x));
    if (sum < kUnderflow) break;
  }
  return sum;
}

}  // namespace

double ginibre_radial_distribution(std::size_t n, double r) noexcept {
  assert(n > 0);
  if (std::isnan(r)) return r;
  if (r <= 0) return 0;
  const auto count = static_cast<double>(n);
  const double x = count * r * r;
  if (!std::isfinite(x)) return 1;
  if (n == 1) return -std::expm1(-x);
  return lower_gamma(count, x) + r * r * upper_gamma(count - 1, x);
}

double ginibre_radius_distribution(std::size_t n, double r) noexcept {
  assert(n > 0);
  if (std::isnan(r)) return r;
  if (r <= 0) return 0;
  const double x = static_cast<double>(n) * r * r;
  if (!std::isfinite(x)) return 1;
  return std::exp(log_product(n, x));
}

double ginibre_radius_quantile(std::size_t n, double probability) noexcept {
  assert(n > 0);
  if (!(probability >= 0 && probability <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (probability == 0) return 0;
  if (probability == 1) return kInfinity;
  const auto excess = [&](double r) { return ginibre_radius_distribution(n, r) - probability; };
  double high = 1;
  while (excess(high) < 0) high *= 2;
  double low = high / 2;
  while (low > 0 && excess(low) > 0) {
    high = low;
    low /= 2;
  }
  const double below = excess(low);
  const double above = excess(high);
  if (below == 0) return low;
  if (above == 0) return high;
  const auto close_enough = [](double a, double b) { return b - a <= 4e-16 * b; };
  std::uintmax_t evaluations = 200;
  const auto [left, right] = boost::math::tools::toms748_solve(excess, low, high, below, above,
                                                               close_enough, evaluations, Quiet());
  return left + (right - left) / 2;
}

double expected_real_eigenvalues(std::size_t n) noexcept {
  assert(n > 0);
  const auto count = static_cast<double>(n);
  double sum = 1;
  double term = 1;
  for (int j = 0; j < 60 && std::fabs(term) > 1e-18; ++j) {
    term *= (j - 0.5) / (count + j) / 2;
    sum += term;
  }
  // 1 / B(n, 1/2) = Gamma(n + 1/2) / (Gamma(n) sqrt(pi))
  const double ratio = boost::math::tgamma_delta_ratio(count, 0.5, Quiet());
  return 0.5 + std::numbers::sqrt2 * std::numbers::inv_sqrtpi * sum / ratio;
}

}  // namespace pinnscope
