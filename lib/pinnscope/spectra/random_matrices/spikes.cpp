#include "pinnscope/spectra/random_matrices/spikes.hpp"

#include <algorithm>
#include <limits>

#include "pinnscope/spectra/matrices/numerical_rank.hpp"
#include "pinnscope/spectra/matrices/square.hpp"

namespace pinnscope {

SpikeCount count_spikes_beyond(VectorView<const double> values, std::size_t rows,
                               std::size_t columns, double critical) noexcept {
  const auto smaller = static_cast<double>(std::min(rows, columns));
  const double rounding = values.empty() ? 0 : rank_tolerance(values.front(), rows, columns);
  const std::size_t count = std::min(numerical_rank(values, rounding), std::min(rows, columns));
  const auto larger = static_cast<double>(std::max(rows, columns));
  const double unit = count > 0 && values.front() > 0 ? values.front() : 1;
  double total = 0;
  for (const double value : values.first(count)) total += square(value / unit);
  const double mean = total / (smaller * larger);
  // A matrix that is its own permutation, a constant one, is beyond `critical` by rounding alone.
  critical *= 1 + 4 * larger * std::numeric_limits<double>::epsilon();
  SpikeCount spikes;
  while (spikes.standing < count &&
         square(values[spikes.standing] / unit) > critical * larger * mean) {
    ++spikes.standing;
  }
  for (std::size_t k = 0; k < count; ++k) {
    double left = 0;
    for (std::size_t j = k; j < count; ++j) left += square(values[j] / unit);
    if (!(square(values[k] / unit) > critical * left / (smaller - static_cast<double>(k)))) break;
    ++spikes.deflated;
  }
  return spikes;
}

}  // namespace pinnscope
