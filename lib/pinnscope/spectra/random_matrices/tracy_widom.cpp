#include "pinnscope/spectra/random_matrices/tracy_widom.hpp"

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/airy.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

#include "pinnscope/spectra/samples/boost_policy.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope {
namespace {

constexpr std::size_t kPanelNodes = 30;
constexpr std::size_t kNodes = 2 * kPanelNodes;
constexpr double kLeftTail = -7;          // below, the expansion for -infinity is the more accurate
constexpr double kRightEnd = 110;         // 1 - F1 is below the smallest double there
constexpr double kSmallest = -28;         // F1 is below the smallest double there
constexpr double kGreatestArgument = 20;  // 1 - F1 is below the rounding of a double there
constexpr double kNearTurning = 1e-3;

/// Ai(x). Boost.Math's is Ai(0) for 0 <= x < 1.1e-5, which is wrong by up to 3e-6: near 0 the power
/// series, whose next terms are below 1e-20.
double airy(double x) noexcept {
  constexpr double kValue = 0.355028053887817239;   // Ai(0)
  constexpr double kSlope = -0.258819403792806798;  // Ai'(0)
  if (std::fabs(x) > kNearTurning) return boost::math::airy_ai(x, Quiet());
  const double cube = x * x * x;
  return kValue * (1 + cube / 6) + kSlope * x * (1 + cube / 12);
}

struct Nodes {
  std::array<double, kNodes> place{};
  std::array<double, kNodes> root_weight{};
};

/// Two panels over [s, end]. At the end V(x, x) has fallen by exp(-60), and V(s, x) to 1e-10, of
/// which the determinant feels the square.
Nodes nodes_from(double s) noexcept {
  using Rule = boost::math::quadrature::gauss<double, kPanelNodes>;
  const double end = std::pow(std::pow(std::max(s, 0.0), 1.5) + 90, 2.0 / 3) - std::min(s, 0.0);
  const double half = (end - s) / 4;
  Nodes nodes;
  for (std::size_t i = 0; i < kPanelNodes; ++i) {
    const std::size_t positive = i / 2;  // the rule is symmetric: a node and its mirror image
    const double place = (i % 2 == 0 ? 1 : -1) * Rule::abscissa()[positive];
    const double root = std::sqrt(half * Rule::weights()[positive]);
    nodes.place[i] = s + half * (1 + place);
    nodes.place[i + kPanelNodes] = s + half * (3 + place);
    nodes.root_weight[i] = nodes.root_weight[i + kPanelNodes] = root;
  }
  return nodes;
}

/// ln det(1 - sign V) by elimination. A pivot is 1 minus what it lacks, and where the Airy function
/// is positive so are all terms of that: nothing cancels in the right tail.
double log_determinant(double s, double sign) noexcept {
  const Nodes nodes = nodes_from(s);
  std::array<double, kNodes * kNodes> lacks{};  // its lower triangle
  for (std::size_t j = 0; j < kNodes; ++j) {
    for (std::size_t i = j; i < kNodes; ++i) {
      const double kernel = airy((nodes.place[i] + nodes.place[j]) / 2) / 2;
      lacks[i + j * kNodes] = sign * nodes.root_weight[i] * nodes.root_weight[j] * kernel;
    }
  }
  double sum = 0;
  for (std::size_t k = 0; k < kNodes; ++k) {
    const double* column = &lacks[k * kNodes];
    const double pivot = 1 - column[k];
    sum += std::log1p(-column[k]);
    for (std::size_t j = k + 1; j < kNodes; ++j) {
      const double factor = column[j] / pivot;
      for (std::size_t i = j; i < kNodes; ++i) lacks[i + j * kNodes] += factor * column[i];
    }
  }
  return sum;
}

/// ln F2(-y) for large y (Deift, Its and Krasovsky, Communications in Mathematical Physics 278,
/// 2008); the next term is 4.7 y^-9.
double log_unitary_left_tail(double y) noexcept {
  constexpr double kConstant = -0.165421143700450929 + std::numbers::ln2 / 24;  // zeta'(-1) + ...
  const double cube = y * y * y;
  const double t = 1 / cube;
  return kConstant - cube / 12 - std::log(y) / 8 + t * (3.0 / 64 + t * 63.0 / 256);
}

/// ln F1(-y) = (ln F2(-y) - I) / 2 (Baik, Buckingham and DiFranco, Communications in Mathematical
/// Physics 280, 2008), I the integral of Hastings and McLeod's solution from -y on.
double log_left_tail(double y) noexcept {
  const double t = 1 / (y * y * y);
  const double series = 1 + t * (1.0 / 8 + t * (73.0 / 384 + t * 10657.0 / 5120));
  const double integral =
      std::numbers::ln2 / 2 + std::numbers::sqrt2 / 3 * y * std::sqrt(y) * series;
  return (log_unitary_left_tail(y) - integral) / 2;
}

/// ln F1(s). Rounding may leave a determinant just above 1.
double log_distribution(double s) noexcept {
  if (std::isnan(s)) return s;
  if (s < kLeftTail) return log_left_tail(-s);
  if (s > kRightEnd) return 0;
  return std::min(log_determinant(s, 1), 0.0);
}

}  // namespace

double tracy_widom_distribution(double s) noexcept { return std::exp(log_distribution(s)); }

double tracy_widom_survival(double s) noexcept { return 0 - std::expm1(log_distribution(s)); }

double tracy_widom_quantile(double p) noexcept {
  if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  const auto excess = [p](double s) noexcept {
    return p < 0.5 ? log_distribution(s) - std::log(p)
                   : std::log1p(-p) - std::log(tracy_widom_survival(s));
  };
  const double low = p < 0.5 ? kSmallest : kLeftTail;
  std::uintmax_t steps = 100;
  const auto bracket = boost::math::tools::toms748_solve(
      excess, low, kGreatestArgument, boost::math::tools::eps_tolerance<double>(50), steps,
      Quiet());
  return (bracket.first + bracket.second) / 2;
}

double tracy_widom_unitary_distribution(double s) noexcept {
  if (std::isnan(s)) return s;
  if (s < kLeftTail) return std::exp(log_unitary_left_tail(-s));
  if (s > kRightEnd) return 1;
  return std::exp(std::min(log_determinant(s, 1) + log_determinant(s, -1), 0.0));
}

}  // namespace pinnscope
