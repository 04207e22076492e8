#include "pinnscope/spectra/random_matrices/random_vectors.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <cassert>
#include <cmath>

#include "pinnscope/spectra/samples/boost_policy.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"

namespace pinnscope {
namespace {

double digamma(double x) noexcept { return boost::math::digamma(x, Quiet()); }

/// Calls use(v_i^2 / max v^2) for every entry.
template <class T, class Use>
Status for_each_weight(VectorView<const T> vector, const Use& use) noexcept {
  if (vector.empty()) return {StatusCode::empty_input};
  double largest = 0;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const double size = std::fabs(static_cast<double>(vector[i]));
    if (!std::isfinite(size)) return {StatusCode::not_finite, static_cast<int>(i)};
    largest = std::max(largest, size);
  }
  if (largest == 0) return {StatusCode::degenerate};
  for (const T entry : vector) {
    const double share = static_cast<double>(entry) / largest;
    use(share * share);
  }
  return {};
}

template <class T>
Status inverse_participation_ratio_as(VectorView<const T> vector, double& ratio) noexcept {
  CompensatedSum weights, squares;
  const Status status = for_each_weight(vector, [&](double weight) {
    weights.add(weight);
    squares.add(weight * weight);
  });
  if (status.ok()) ratio = squares.value() / weights.value() / weights.value();
  return status;
}

template <class T>
Status vector_entropy_as(VectorView<const T> vector, double& entropy) noexcept {
  CompensatedSum weights, logarithms;
  const Status status = for_each_weight(vector, [&](double weight) {
    if (weight == 0) return;
    weights.add(weight);
    logarithms.add(weight * std::log(weight));
  });
  // -sum p ln p with p = weight / sum.
  if (status.ok()) entropy = std::log(weights.value()) - logarithms.value() / weights.value();
  return status;
}

}  // namespace

MeanAndVariance random_participation(std::size_t n) noexcept {
  assert(n > 0);
  const double count = static_cast<double>(n);
  return {3 / (count + 2),
          24 * (count - 1) / ((count + 2) * (count + 2) * (count + 4) * (count + 6))};
}

double random_component_distribution(std::size_t n, double y) noexcept {
  assert(n > 0);
  if (std::isnan(y)) return y;
  if (y <= 0) return 0;
  if (y >= 1) return 1;
  if (n == 1) return 0;
  return boost::math::ibeta(0.5, (static_cast<double>(n) - 1) / 2, y, Quiet());
}

double random_vector_entropy(std::size_t n) noexcept {
  assert(n > 0);
  return digamma(static_cast<double>(n) / 2 + 1) - digamma(1.5);
}

double page_entropy(std::size_t rows, std::size_t columns) noexcept {
  const double smaller = static_cast<double>(std::min(rows, columns));
  const double larger = static_cast<double>(std::max(rows, columns));
  assert(smaller > 0);
  return digamma(smaller * larger + 1) - digamma(larger + 1) - (smaller - 1) / (2 * larger);
}

Status inverse_participation_ratio(VectorView<const float> vector, double& ratio) noexcept {
  return inverse_participation_ratio_as(vector, ratio);
}
Status inverse_participation_ratio(VectorView<const double> vector, double& ratio) noexcept {
  return inverse_participation_ratio_as(vector, ratio);
}

Status vector_entropy(VectorView<const float> vector, double& entropy) noexcept {
  return vector_entropy_as(vector, entropy);
}
Status vector_entropy(VectorView<const double> vector, double& entropy) noexcept {
  return vector_entropy_as(vector, entropy);
}

}  // namespace pinnscope
