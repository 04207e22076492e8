#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The differential entropy H = -int f ln f of the law behind a sample, in nats, estimated three
/// ways, beside the largest values it could have. Which maximum is meant must be said: at fixed
/// variance the Gaussian has it, on a bounded support the uniform law, which at its own variance
/// lies 0.176 nats below the Gaussian.
struct EntropyEstimate {
  double vasicek = 0;   ///< (1/n) sum ln(n / (2 m) (x_(i+m) - x_(i-m))), ends clamped: biased low
  double ebrahimi = 0;  ///< the same with the ranks really spanned instead of 2 m
  double nearest = 0;   ///< psi(n) - psi(k) + ln 2 + (1/n) sum ln r_k(x_i), k = kNeighbours
  std::size_t window = 0;  ///< m, in ranks
  /// Windows that ties left without width: they were widened by ranks until they had some.
  std::size_t widened = 0;
  double gaussian_maximum = 0;  ///< ln(2 pi e s^2) / 2, s the population standard deviation
  double support_maximum = 0;   ///< ln(maximum - minimum): of laws on the range of the sample
  std::size_t sample_size = 0;  ///< n
};

/// The neighbour whose distance r_k the nearest-neighbour estimate uses.
inline constexpr std::size_t kNeighbours = 4;

/// Spacing estimates of the entropy: Vasicek, J. Royal Statistical Society B 38, 1976; Ebrahimi,
/// Pflughoeft and Soofi, Statistics and Probability Letters 20, 1994; by neighbours: Kozachenko and
/// Leonenko, Problems of Information Transmission 23, 1987, with farther ones among ties. The
/// estimate by kernels is -KernelDensity::leave_one_out() / n.
class DifferentialEntropy : Pinned {
 public:
  struct Config {
    std::size_t capacity = 10000;  ///< entries of the largest sample: a 100 x 100 layer
  };

  struct Storage {
    VectorView<double> sorted;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.vector<double>("sorted sample", config.capacity)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  DifferentialEntropy(const Config& config, Arena& arena) noexcept;

  /// `window` is m; 0 takes the nearest integer to sqrt(n) (at least 1). O(n log n), allocates
  /// nothing. empty_input; shape_mismatch above the capacity (info: the capacity); not_finite with
  /// the index; out_of_range unless window < n / 2 or n < 3; degenerate for a constant sample,
  /// whose entropy is -infinity. `entropy` is untouched unless ok.
  Status estimate(VectorView<const float> sample, std::size_t window,
                  EntropyEstimate& entropy) noexcept;
  Status estimate(VectorView<const double> sample, std::size_t window,
                  EntropyEstimate& entropy) noexcept;

 private:
  friend class EntropyCalibration;
  explicit DifferentialEntropy(const Storage& storage) noexcept : storage_(storage) {}

  template <class T>
  Status estimate_any(VectorView<const T> sample, std::size_t window,
                      EntropyEstimate& entropy) noexcept;

  Storage storage_;
};

/// An estimate whose bias is taken away, as far as Gaussian samples of the same n and m have it.
/// No entropy exceeds that of the Gaussian law, and so does none of these: what noise puts beyond
/// the bound stands on it, and `score` says how far out it was.
struct CorrectedEntropy {
  /// The estimates of EntropyEstimate in nats, each plus what it lies below gaussian_maximum in the
  /// mean of Gaussian samples, and at most gaussian_maximum.
  /// @{
  double vasicek = 0;
  double ebrahimi = 0;
  double nearest = 0;
  /// @}

  double negentropy = 0;  ///< gaussian_maximum - ebrahimi, in nats, never negative
  double error = 0;       ///< standard deviation of that over Gaussian samples, before the bound
  /// The same before the bound, in errors: far below 0 only where entries are spread more evenly
  /// than independent draws are.
  double score = 0;
  double p_value = 1;  ///< share of Gaussian samples that lie at least as far below their maximum
};

/// What the estimates are on Gaussian samples: gaussian_maximum less the estimate has a law that
/// depends on n and m alone, neither on mean nor on scale, with a mean that is bias (Vasicek's test
/// of normality rests on the same statistic). The mean has no closed form; it is simulated once for
/// each n and m, and its error of 1 / sqrt(draws) is part of CorrectedEntropy::error.
/// Other laws have other biases: the correction is right at the bound, and 0.02 nats off for 10,000
/// entries of a uniform law. Draw k is that of StreamPurpose::gaussian_samples.
class EntropyCalibration : Pinned {
 public:
  struct Config {
    std::size_t capacity = 10000;  ///< entries of the largest sample
    std::size_t draws = 200;       ///< Gaussian samples that are simulated
  };

  struct Storage {
    VectorView<double> sample;
    VectorView<double> deficits;  ///< gaussian_maximum - ebrahimi of the draws, ascending
    DifferentialEntropy::Storage entropy;
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    return {layout.vector<double>("Gaussian sample", config.capacity),
            layout.vector<double>("entropy deficits", config.draws),
            DifferentialEntropy::layout(layout, {config.capacity})};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return measure([&](Layout& measured) { return layout(measured, config); });
  }

  EntropyCalibration(const Config& config, Arena& arena) noexcept;

  /// Simulates samples of n entries with window m (0: the one that DifferentialEntropy chooses).
  /// Some 2 ms a draw for 10,000 entries, allocates nothing. out_of_range for n < 3, fewer than two
  /// draws, or a window that DifferentialEntropy refuses; shape_mismatch above the capacity.
  Status simulate(std::size_t sample_size, std::size_t window, std::uint64_t seed) noexcept;

  /// The correction of an estimate. shape_mismatch where its n or m are not those simulated.
  Status correct(const EntropyEstimate& entropy, CorrectedEntropy& corrected) const noexcept;

 private:
  Storage storage_;
  std::size_t sample_size_ = 0;
  std::size_t window_ = 0;
  double vasicek_bias_ = 0, ebrahimi_bias_ = 0, nearest_bias_ = 0;
  double error_ = 0;
};

/// ln(2 pi e s^2) / 2: the largest entropy of any law with this standard deviation.
double gaussian_entropy(double standard_deviation) noexcept;

}  // namespace pinnscope
