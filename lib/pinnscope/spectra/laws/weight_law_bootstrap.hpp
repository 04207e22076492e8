#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/core/workers.hpp"
#include "pinnscope/spectra/laws/weight_law_fit.hpp"

namespace pinnscope {

/// What a bootstrap says of the fit of a law.
struct BootstrapResult {
  double p_value = 1;            ///< (1 + exceedances) / (draws + 1)
  std::size_t exceedances = 0;   ///< draws at least as far from their fit as the sample from its
  std::size_t failures = 0;      ///< draws whose fit failed; they count as exceedances
  double critical_distance = 0;  ///< the 95 % point of the draws' distances
};

/// The parametric bootstrap of the Kolmogorov-Smirnov distance of a fitted law: samples of the same
/// size are drawn from the law, the model is fitted to each anew, and the distances of the draws
/// from their own fits are the null of the sample's (Stute, Gonzalez Manteiga, Presedo Quindimil,
/// Metrika 40, 1993). Results do not depend on the number of threads.
class WeightLawBootstrap : Pinned {
 public:
  struct Config {
    std::size_t capacity = 10000;   ///< entries of the largest sample
    std::size_t most_draws = 1000;  ///< of a run
    std::size_t threads = 1;        ///< of the largest crew
  };

  struct Storage {
    MatrixView<double> samples;    ///< a column for each thread
    VectorView<double> distances;  ///< of the draws
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.matrix<double>("bootstrap samples", config.capacity, config.threads),
            layout.vector<double>("bootstrap distances", config.most_draws)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  WeightLawBootstrap(const Config& config, Arena& arena) noexcept;

  /// `observed` is the fit of `model` to a sample of `sample_size` entries. One refit from the law
  /// itself, a sort and `sample_size` random draws each: 2 to 6 ms for 10,000 entries.
  /// shape_mismatch (info: the limit) above the capacity, the most draws or the crew; empty_input
  /// with fewer than two entries or no draw. `stream` is the
  /// group of draws of StreamPurpose::law_samples: below 2^24.
  Status run(const WeightLawFit& observed, const WeightModel& model, std::size_t sample_size,
             std::size_t draws, std::uint64_t seed, std::uint64_t stream, Workers& workers,
             BootstrapResult& result) noexcept;

  /// Distances of the draws of the last run from their fits, ascending; infinite for a failed fit.
  VectorView<const double> distances() const noexcept { return storage_.distances.first(draws_); }

 private:
  Storage storage_;
  std::size_t draws_ = 0;
};

}  // namespace pinnscope
