#include "pinnscope/spectra/tracy_widom.hpp"

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/airy.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "pinnscope/spectra/boost_policy.hpp"

namespace pinnscope {
namespace {

constexpr std::size_t kPanelNodes = 30;
constexpr std::size_t kNodes = 2 * kPanelNodes;
constexpr double kLeftEnd = -14;   // F1 is below 1e-48 there
constexpr double kRightEnd = 110;  // 1 - F1 is below the smallest double there

struct Nodes {
  std::array<double, kNodes> place{};
  std::array<double, kNodes> root_weight{};
};

/// Two panels over [s, end]; the kernel has fallen by exp(-43) at the end.
Nodes nodes_from(double s) noexcept {
  using Rule = boost::math::quadrature::gauss<double, kPanelNodes>;
  const double end = std::pow(std::pow(std::max(s, 0.0), 1.5) + 64, 2.0 / 3);
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
/// is positive so are all terms of that: nothing cancels in the right tail. NaN where rounding
/// leaves no positive pivot.
double log_determinant(double s, double sign) noexcept {
  const Nodes nodes = nodes_from(s);
  std::array<double, kNodes * kNodes> lacks{};  // its lower triangle
  for (std::size_t j = 0; j < kNodes; ++j) {
    for (std::size_t i = j; i < kNodes; ++i) {
      const double airy = boost::math::airy_ai((nodes.place[i] + nodes.place[j]) / 2, Quiet());
      lacks[i + j * kNodes] = sign * nodes.root_weight[i] * nodes.root_weight[j] * airy / 2;
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

/// Rounding may leave a logarithm just above 0; without a positive determinant it is -infinity.
double bounded(double log_probability) noexcept {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return std::isnan(log_probability) ? -kInfinity : std::min(log_probability, 0.0);
}

}  // namespace

double tracy_widom_distribution(double s) noexcept {
  if (std::isnan(s)) return s;
  return s < kLeftEnd ? 0 : 1 - tracy_widom_survival(s);
}

double tracy_widom_survival(double s) noexcept {
  if (std::isnan(s)) return s;
  if (s < kLeftEnd) return 1;
  if (s > kRightEnd) return 0;
  return -std::expm1(bounded(log_determinant(s, 1)));
}

double tracy_widom_quantile(double p) noexcept {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  const auto excess = [p](double s) noexcept {
    return p < 0.5 ? tracy_widom_distribution(s) - p : (1 - p) - tracy_widom_survival(s);
  };
  std::uintmax_t steps = 100;
  const auto bracket = boost::math::tools::toms748_solve(
      excess, kLeftEnd, 20.0, -p, 1 - p, boost::math::tools::eps_tolerance<double>(50), steps,
      Quiet());
  return (bracket.first + bracket.second) / 2;
}

double tracy_widom_unitary_distribution(double s) noexcept {
  if (std::isnan(s)) return s;
  if (s < kLeftEnd) return 0;
  if (s > kRightEnd) return 1;
  return std::exp(bounded(log_determinant(s, 1) + log_determinant(s, -1)));
}

}  // namespace pinnscope
