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
}

Status RandomDirection::simulate(std::size_t entries, std::size_t draws,
                                 std::uint64_t seed) noexcept {
  if (entries > storage_.squares.size() || draws > storage_.distances.size()) {
    return {StatusCode::shape_mismatch};
  }
  squares_ = storage_.squares.first(entries);
  distances_ = storage_.distances.first(draws);
  if (entries < 2) return {};
  for (std::size_t draw = 0; draw < draws; ++draw) {
    const Philox source(seed, StreamPurpose::random_directions, draw);
    for (std::size_t i = 0; i < entries; ++i) squares_[i] = source.normal(i);
    static_cast<void>(distance(squares_, distances_[draw]));
  }
  std::sort(distances_.begin(), distances_.end());
  return {};
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
    squares_[i] = square(vector[i] / largest);
    sum += squares_[i];
  }
  for (double& component : squares_) component /= sum;
  std::sort(squares_.begin(), squares_.end());
  return kolmogorov_smirnov_distance(
      VectorView<const double>(squares_),
      [&](double y) { return random_component_distribution(n, y); }, distance);
}

Status RandomDirection::compare(VectorView<const double> vector, DirectionFit& fit) noexcept {
  if (vector.empty()) return {StatusCode::empty_input};
  if (vector.size() != squares_.size()) return {StatusCode::shape_mismatch};
  if (vector.size() == 1) return {StatusCode::degenerate};
  double found = 0;
  const Status status = distance(vector, found);
  if (!status.ok()) return status;
  const auto first = std::lower_bound(distances_.begin(), distances_.end(), found);
  const auto beyond = static_cast<double>(distances_.end() - first);
  fit = {found, (1 + beyond) / (static_cast<double>(distances_.size()) + 1)};
  return {};
}

}  // namespace pinnscope
