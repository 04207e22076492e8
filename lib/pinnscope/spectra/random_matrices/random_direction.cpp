#include "pinnscope/spectra/random_matrices/random_direction.hpp"

#include <algorithm>
#include <cmath>

#include "pinnscope/spectra/matrices/square.hpp"
#include "pinnscope/spectra/random_matrices/random_vectors.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"

namespace pinnscope {

RandomDirection::RandomDirection(const Config& config, Arena& arena) noexcept {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok() || config.entries < 2) return;
  const VectorView<double> squares = storage_.squares;
  for (std::size_t draw = 0; draw < config.draws; ++draw) {
    const Philox source(config.seed, draw);
    for (std::size_t i = 0; i < squares.size(); ++i) squares[i] = source.normal(i);
    static_cast<void>(distance(squares, storage_.distances[draw]));
  }
  std::sort(storage_.distances.begin(), storage_.distances.end());
}

Status RandomDirection::distance(VectorView<const double> vector, double& distance) noexcept {
  double largest = 0;
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (!std::isfinite(vector[i])) return {StatusCode::not_finite, static_cast<int>(i)};
    largest = std::max(largest, std::fabs(vector[i]));
  }
  if (largest == 0) return {StatusCode::degenerate};
  const std::size_t n = vector.size();
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    storage_.squares[i] = square(vector[i] / largest);
    sum += storage_.squares[i];
  }
  for (double& component : storage_.squares) component /= sum;
  std::sort(storage_.squares.begin(), storage_.squares.end());
  return kolmogorov_smirnov_distance(
      VectorView<const double>(storage_.squares),
      [&](double y) { return random_component_distribution(n, y); }, distance);
}

Status RandomDirection::compare(VectorView<const double> vector, DirectionFit& fit) noexcept {
  if (vector.empty()) return {StatusCode::empty_input};
  if (vector.size() != storage_.squares.size()) return {StatusCode::shape_mismatch};
  if (vector.size() == 1) return {StatusCode::degenerate};
  double found = 0;
  const Status status = distance(vector, found);
  if (!status.ok()) return status;
  const auto first = std::lower_bound(storage_.distances.begin(), storage_.distances.end(), found);
  const auto beyond = static_cast<double>(storage_.distances.end() - first);
  fit = {found, (1 + beyond) / (static_cast<double>(storage_.distances.size()) + 1)};
  return {};
}

}  // namespace pinnscope
