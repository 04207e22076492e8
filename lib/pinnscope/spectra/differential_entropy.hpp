#pragma once

#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"

namespace pinnscope {

/// The differential entropy H = -int f ln f of the law behind a sample, in nats, estimated three
/// ways, beside the largest values it could have. Which maximum is meant must be said: at fixed
/// variance the Gaussian has it, on a bounded support the uniform law, which at its own variance
/// lies 0.176 nats below the Gaussian.
struct EntropyEstimate {
  double vasicek = 0;      // (1/n) sum ln(n / (2 m) (x_(i+m) - x_(i-m))), ends clamped: biased low
  double ebrahimi = 0;     // the same with the ranks really spanned instead of 2 m
  double nearest = 0;      // psi(n) - psi(k) + ln 2 + (1/n) sum ln r_k(x_i), k = kNeighbours
  std::size_t window = 0;  // m
  std::size_t widened =
      0;  // windows that ties left without width, widened by ranks until they had some
  double gaussian_maximum = 0;  // ln(2 pi e s^2) / 2, s the population standard deviation
  double support_maximum = 0;   // ln(maximum - minimum): of laws on the range of the sample
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
    std::size_t capacity = 10000;  // entries of the largest sample: a 100 x 100 layer
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
  template <class T>
  Status estimate_any(VectorView<const T> sample, std::size_t window,
                      EntropyEstimate& entropy) noexcept;

  Storage storage_;
};

/// ln(2 pi e s^2) / 2: the largest entropy of any law with this standard deviation.
double gaussian_entropy(double standard_deviation) noexcept;

}  // namespace pinnscope
