#include "pinnscope/spectra/random_matrices/spacing_ratios.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <complex>
#include <functional>
#include <limits>

#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"

namespace pinnscope {
namespace {

using Point = std::complex<double>;

bool valid_share(double trimmed) noexcept { return trimmed >= 0 && trimmed < 0.5; }

/// The values without floor(trimmed M) ranks at each end.
template <class T>
VectorView<const T> middle_ranks(VectorView<const T> values, double trimmed) noexcept {
  const auto dropped = static_cast<std::size_t>(trimmed * static_cast<double>(values.size()));
  return values.subspan(dropped, values.size() - 2 * dropped);
}

/// empty_input, or not_finite with the index.
template <class T>
Status check_finite(VectorView<const T> values) noexcept {
  if (values.empty()) return {StatusCode::empty_input};
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!std::isfinite(values[k])) return {StatusCode::not_finite, static_cast<int>(k)};
  }
  return {};
}

template <class T>
Status spacing_ratio_as(VectorView<const T> values, SpacingRatio& result, double trimmed) noexcept {
  if (!valid_share(trimmed)) return {StatusCode::out_of_range};
  const Status status = check_finite(values);
  if (!status.ok()) return status;
  assert(std::is_sorted(values.begin(), values.end(), std::greater<T>()));
  const VectorView<const T> middle = middle_ranks(values, trimmed);
  SpacingRatio found;
  CompensatedSum sum;
  for (std::size_t k = 0; k + 2 < middle.size(); ++k) {
    const double first = static_cast<double>(middle[k]) - static_cast<double>(middle[k + 1]);
    const double second = static_cast<double>(middle[k + 1]) - static_cast<double>(middle[k + 2]);
    const double larger = std::max(first, second);
    if (larger == 0) {
      ++found.tied;
    } else {
      sum.add(std::min(first, second) / larger);
      ++found.count;
    }
  }
  if (found.count == 0) return {StatusCode::degenerate};
  found.mean = sum.value() / static_cast<double>(found.count);
  result = found;
  return {};
}

/// The two candidates nearest to one eigenvalue.
struct Neighbours {
  Point nearest, next;  // relative to the eigenvalue
  double nearest_distance = std::numeric_limits<double>::infinity();
  double next_distance = std::numeric_limits<double>::infinity();

  void offer(Point difference) noexcept {
    const double distance = std::hypot(difference.real(), difference.imag());
    if (distance < nearest_distance) {
      next = nearest;
      next_distance = nearest_distance;
      nearest = difference;
      nearest_distance = distance;
    } else if (distance < next_distance) {
      next = difference;
      next_distance = distance;
    }
  }
};

template <class T>
Neighbours neighbours(VectorView<const T> real, VectorView<const T> imaginary,
                      std::size_t k) noexcept {
  Neighbours found;
  for (std::size_t j = 0; j < real.size(); ++j) {
    const bool conjugate = real[j] == real[k] && imaginary[j] == -imaginary[k];
    if (j == k || imaginary[j] == 0 || conjugate) continue;
    found.offer({static_cast<double>(real[j]) - static_cast<double>(real[k]),
                 static_cast<double>(imaginary[j]) - static_cast<double>(imaginary[k])});
  }
  return found;
}

template <class T>
Status complex_spacing_ratio_as(VectorView<const T> real, VectorView<const T> imaginary,
                                ComplexSpacingRatio& result,
                                const ComplexSpacingConfig& config) noexcept {
  if (real.size() != imaginary.size()) return {StatusCode::shape_mismatch};
  Status status = check_finite(real);
  if (status.ok()) status = check_finite(imaginary);
  if (!status.ok()) return status;
  ComplexSpacingRatio found;
  CompensatedSum moduli, cosines;
  for (std::size_t k = 0; k < real.size(); ++k) {
    const double y = static_cast<double>(imaginary[k]);
    if (!(y > config.smallest_imaginary)) continue;
    if (!(std::hypot(static_cast<double>(real[k]), y) < config.largest_modulus)) continue;
    const Neighbours near = neighbours(real, imaginary, k);
    if (!std::isfinite(near.next_distance)) continue;
    if (near.nearest_distance == 0) {
      ++found.tied;
      continue;
    }
    const Point first = near.nearest / near.nearest_distance;
    const Point second = near.next / near.next_distance;
    moduli.add(near.nearest_distance / near.next_distance);
    cosines.add(first.real() * second.real() + first.imag() * second.imag());
    ++found.count;
  }
  if (found.count == 0) return {StatusCode::degenerate};
  found.mean_modulus = moduli.value() / static_cast<double>(found.count);
  found.minus_cosine = -cosines.value() / static_cast<double>(found.count);
  result = found;
  return {};
}

}  // namespace

Status spacing_ratio(VectorView<const float> values, SpacingRatio& result,
                     double trimmed) noexcept {
  return spacing_ratio_as(values, result, trimmed);
}
Status spacing_ratio(VectorView<const double> values, SpacingRatio& result,
                     double trimmed) noexcept {
  return spacing_ratio_as(values, result, trimmed);
}

UnfoldedSpacings::UnfoldedSpacings(const Config& config, Arena& arena) noexcept
    : trimmed_(config.trimmed) {
  assert(valid_share(config.trimmed));
  Layout carver(arena);
  storage_ = layout(carver, config);
}

template <class T>
Status UnfoldedSpacings::compare_any(VectorView<const T> values, std::size_t rows,
                                     std::size_t columns, double sigma,
                                     UnfoldedSpacingFit& fit) noexcept {
  const auto [smaller, larger] = std::minmax(rows, columns);
  if (smaller == 0) return {StatusCode::empty_input};
  if (values.size() != smaller || smaller > storage_.spacings.size()) {
    return {StatusCode::shape_mismatch};
  }
  if (!(sigma > 0) || !std::isfinite(sigma)) return {StatusCode::out_of_range};
  const Status status = check_finite(values);
  if (!status.ok()) return status;
  assert(std::is_sorted(values.begin(), values.end(), std::greater<T>()));
  const VectorView<const T> middle = middle_ranks(values, trimmed_);
  if (middle.size() < 2) return {StatusCode::degenerate};
  const double n = static_cast<double>(larger);
  const double count = static_cast<double>(smaller);
  const MarchenkoPastur law(count / n);
  const auto level = [&](T value) {
    const double s = static_cast<double>(value) / sigma / std::sqrt(n);
    return count * law.distribution(s * s);
  };
  const VectorView<double> spacings = storage_.spacings.first(middle.size() - 1);
  double above = level(middle.front());
  const double first = above;
  for (std::size_t k = 0; k < spacings.size(); ++k) {
    const double below = level(middle[k + 1]);
    spacings[k] = above - below;
    above = below;
  }
  std::sort(spacings.begin(), spacings.end());
  UnfoldedSpacingFit found{spacings.size(), (first - above) / static_cast<double>(spacings.size())};
  const VectorView<const double> sorted = spacings;
  const auto wigner = [](double s) { return -std::expm1(-std::numbers::pi / 4 * s * s); };
  const auto poisson = [](double s) { return -std::expm1(-s); };
  static_cast<void>(kolmogorov_smirnov_distance(sorted, wigner, found.wigner_distance));
  static_cast<void>(kolmogorov_smirnov_distance(sorted, poisson, found.poisson_distance));
  fit = found;
  return {};
}

Status UnfoldedSpacings::compare(VectorView<const float> values, std::size_t rows,
                                 std::size_t columns, double sigma,
                                 UnfoldedSpacingFit& fit) noexcept {
  return compare_any(values, rows, columns, sigma, fit);
}
Status UnfoldedSpacings::compare(VectorView<const double> values, std::size_t rows,
                                 std::size_t columns, double sigma,
                                 UnfoldedSpacingFit& fit) noexcept {
  return compare_any(values, rows, columns, sigma, fit);
}

Status complex_spacing_ratio(VectorView<const float> real, VectorView<const float> imaginary,
                             ComplexSpacingRatio& result,
                             const ComplexSpacingConfig& config) noexcept {
  return complex_spacing_ratio_as(real, imaginary, result, config);
}
Status complex_spacing_ratio(VectorView<const double> real, VectorView<const double> imaginary,
                             ComplexSpacingRatio& result,
                             const ComplexSpacingConfig& config) noexcept {
  return complex_spacing_ratio_as(real, imaginary, result, config);
}

}  // namespace pinnscope
