#include "pinnscope/spectra/laws/weight_law_bootstrap.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/laws/scaled_sample.hpp"
#include "pinnscope/spectra/samples/sorted_sample.hpp"

namespace pinnscope {
namespace {

/// The distance of one draw from the model fitted to it; infinite where the fit fails.
double distance_of_draw(const WeightLaw& law, const WeightModel& model, const Philox& random,
                        VectorView<double> sample) noexcept {
  constexpr double kFailed = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < sample.size(); ++i) sample[i] = law.draw(random, i);
  std::sort(sample.begin(), sample.end());
  int exponent = 0;
  if (!scale_sorted(sample, exponent).ok()) return kFailed;
  WeightLawFit fit;
  const Status status = fit_weight_law({sample, exponent}, model, &law, fit);
  return is_fitted(status) ? fit.distance : kFailed;
}

}  // namespace

WeightLawBootstrap::WeightLawBootstrap(const Config& config, Arena& arena) noexcept {
  Layout carve(arena);
  storage_ = layout(carve, config);
}

Status WeightLawBootstrap::run(const WeightLawFit& observed, const WeightModel& model,
                               std::size_t sample_size, std::size_t draws, std::uint64_t seed,
                               std::uint64_t stream, Workers& workers,
                               BootstrapResult& result) noexcept {
  const auto refused = [](std::size_t limit) {
    return Status{StatusCode::shape_mismatch, static_cast<int>(limit)};
  };
  if (sample_size < 2 || draws == 0) return {StatusCode::empty_input};
  if (sample_size > storage_.samples.rows) return refused(storage_.samples.rows);
  if (draws > storage_.distances.size()) return refused(storage_.distances.size());
  if (workers.threads() > storage_.samples.columns) return refused(storage_.samples.columns);
  const VectorView<double> distances = storage_.distances.first(draws);
  workers.run(draws, [&](std::size_t draw, std::size_t thread) noexcept {
    const Philox random(seed, StreamPurpose::law_samples, draw, stream);
    distances[draw] = distance_of_draw(observed.law, model, random,
                                       storage_.samples.column(thread).first(sample_size));
  });
  draws_ = draws;
  std::sort(distances.begin(), distances.end());
  const auto first = std::lower_bound(distances.begin(), distances.end(), observed.distance);
  const auto failed =
      std::lower_bound(first, distances.end(), std::numeric_limits<double>::infinity());
  result.exceedances = static_cast<std::size_t>(distances.end() - first);
  result.failures = static_cast<std::size_t>(distances.end() - failed);
  result.p_value = static_cast<double>(1 + result.exceedances) / static_cast<double>(draws + 1);
  result.critical_distance = distances[(draws - 1) * 19 / 20];
  return {};
}

}  // namespace pinnscope
