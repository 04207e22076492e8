#include "pinnscope/spectra/nulls/null_distribution.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace pinnscope {

NullDistribution::NullDistribution(const Config& config, Arena& arena) noexcept {
  Layout carver(arena);
  storage_ = layout(carver, config);
}

Status NullDistribution::compare(std::size_t statistic, double observed,
                                 NullPlacement& placement) const noexcept {
  if (statistic >= statistics()) return {StatusCode::out_of_range};
  if (!std::isfinite(observed)) return {StatusCode::not_finite};
  double count = 0;
  double at_least = 0;
  double at_most = 0;
  double mean = 0;
  double squares = 0;  // of deviations from the running mean (Welford 1962)
  for (std::size_t draw = 0; draw < draws(); ++draw) {
    const double drawn = value(statistic, draw);
    if (!std::isfinite(drawn)) continue;
    ++count;
    at_least += drawn >= observed ? 1 : 0;
    at_most += drawn <= observed ? 1 : 0;
    const double step = drawn - mean;
    mean += step / count;
    squares += step * (drawn - mean);
  }
  if (count == 0) return {StatusCode::empty_input};
  const double upper = (1 + at_least) / (count + 1);
  const double lower = (1 + at_most) / (count + 1);
  placement = {.p_upper = upper,
               .p_lower = lower,
               .p_value = std::min(1.0, 2 * std::min(upper, lower)),
               .percentile = 50 * (1 + (at_most - at_least) / count),
               .mean = mean,
               .standard_deviation = count > 1 ? std::sqrt(squares / (count - 1)) : 0,
               .draws = static_cast<std::size_t>(count)};
  return {};
}

VectorView<double> NullDistribution::sort_draws(std::size_t statistic) noexcept {
  std::size_t count = 0;
  for (std::size_t draw = 0; draw < draws(); ++draw) {
    const double drawn = value(statistic, draw);
    if (std::isfinite(drawn)) storage_.sorted[count++] = drawn;
  }
  const VectorView<double> sorted = storage_.sorted.first(count);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

Status NullDistribution::quantile(std::size_t statistic, double p, double& quantile) noexcept {
  if (statistic >= statistics() || !(p > 0 && p <= 1)) return {StatusCode::out_of_range};
  const VectorView<double> sorted = sort_draws(statistic);
  const std::size_t count = sorted.size();
  if (count == 0) return {StatusCode::empty_input};
  const double rank = std::ceil(p * static_cast<double>(count));
  quantile = sorted[std::clamp<std::size_t>(static_cast<std::size_t>(rank), 1, count) - 1];
  return {};
}

Status NullDistribution::critical_value(std::size_t statistic, double level,
                                        double& critical) noexcept {
  if (statistic >= statistics() || !(level > 0 && level < 1)) return {StatusCode::out_of_range};
  const VectorView<double> sorted = sort_draws(statistic);
  const double all = static_cast<double>(sorted.size()) + 1;
  const auto beyond = static_cast<std::size_t>(level * all * (1 + 1e-12));  // 0.05 * 20 is 1
  if (beyond == 0 || beyond > sorted.size()) return {StatusCode::empty_input};
  critical = sorted[sorted.size() - beyond];
  return {};
}

void adjust_by_holm(VectorView<const double> p_values, VectorView<double> adjusted) noexcept {
  assert(p_values.size() == adjusted.size());
  const auto made =
      std::count_if(p_values.begin(), p_values.end(), [](double p) { return !std::isnan(p); });
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    const auto smaller =
        std::count_if(p_values.begin(), p_values.end(), [&](double p) { return p < p_values[i]; });
    const double scaled = static_cast<double>(made - smaller) * p_values[i];
    adjusted[i] = std::isnan(scaled) ? scaled : std::min(1.0, scaled);
  }
  // A result that is raised here is the largest over a subset of those that raise it later.
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    for (std::size_t j = 0; j < p_values.size(); ++j) {
      if (p_values[j] <= p_values[i]) adjusted[i] = std::max(adjusted[i], adjusted[j]);
    }
  }
}

}  // namespace pinnscope
