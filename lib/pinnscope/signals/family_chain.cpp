#include "pinnscope/signals/family_chain.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "pinnscope/core/random.hpp"
#include "pinnscope/signals/layer_signal.hpp"

namespace pinnscope {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

template <class T>
double l2_norm(VectorView<const T> z) noexcept {
  return norm(Normalisation::l2, z);
}

template <class T>
double mean_of(VectorView<const T> z) noexcept {
  double sum = 0;
  for (const T value : z) sum += static_cast<double>(value);
  return sum / static_cast<double>(z.size());
}

template <class T>
void subtract_mean(VectorView<T> z) noexcept {
  const double mean = mean_of<T>(z);
  for (T& value : z) value = static_cast<T>(value - mean);
}

/// |sum_j z_j exp(-2 pi i k j / n)|^2.
template <class T>
double mode_energy(VectorView<const T> z, std::size_t k) noexcept {
  const std::size_t n = z.size();
  double real = 0;
  double imaginary = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double turns = static_cast<double>(k * j % n) / static_cast<double>(n);
    const double angle = 2 * std::numbers::pi * turns;
    real += static_cast<double>(z[j]) * std::cos(angle);
    imaginary -= static_cast<double>(z[j]) * std::sin(angle);
  }
  return real * real + imaginary * imaginary;
}

/// The mean of numbers that come one after the other, with the weights of measure_growth().
class WeightedMean {
 public:
  explicit WeightedMean(std::uint64_t count) noexcept : count_(count) {}

  void add(double value) noexcept {
    const double t = (static_cast<double>(place_++) + 0.5) / static_cast<double>(count_);
    const double weight = std::exp(-1 / (t * (1 - t)));
    sum_ += weight * value;
    weights_ += weight;
  }

  double value() const noexcept { return sum_ / weights_; }

 private:
  std::uint64_t count_;
  std::uint64_t place_ = 0;
  double sum_ = 0;
  double weights_ = 0;
};

}  // namespace

template <class T>
FamilyChain<T>::FamilyChain(const Config& config, Arena& arena) noexcept
    : config_(config), matrix_(config.matrix, arena), chain_(chain_of(config), arena) {
  status_ = matrix_.status().ok() ? chain_.status() : matrix_.status();
  const bool is_linear = config.activation == Activation::identity && !config.blend;
  if (status_.ok() && config.without_mean && !is_linear) status_ = {StatusCode::unsupported};
}

template <class T>
Status FamilyChain<T>::start(VectorView<T> z, std::uint64_t realisation) noexcept {
  if (!status_.ok()) return status_;
  if (z.size() != config_.matrix.cells) return {StatusCode::shape_mismatch};
  realisation_ = realisation;
  layer_ = 0;
  chain_.reset_log_norm();
  matrix_.draw(realisation, 0);
  if (config_.without_mean) subtract_mean(z);
  double start = 0;
  const Status status = normalise(config_.normalise, z, start);
  if (status.ok()) log_amplification_ = std::log(largest_modulus(z));
  return status;
}

template <class T>
double FamilyChain<T>::largest_modulus(VectorView<const T> z) const noexcept {
  const VectorView<const double> moduli = matrix_.moduli();
  if (moduli.empty()) return FamilySignal::kUnknown;
  const auto n = static_cast<double>(z.size());
  const double size = l2_norm(z);
  const double left = 4 * n * static_cast<double>(std::numeric_limits<T>::epsilon());
  double largest = 0;
  for (std::size_t k = config_.without_mean ? 1 : 0; k < moduli.size(); ++k) {
    if (std::sqrt(mode_energy(z, k) / n) > left * size) largest = std::fmax(largest, moduli[k]);
  }
  return largest;
}

template <class T>
Status FamilyChain<T>::step(VectorView<T> z, FamilySignal& signal) noexcept {
  assert(z.size() == config_.matrix.cells);
  signal = {};
  if (!status_.ok()) return status_;
  if (config_.redraw && layer_ > 0) matrix_.draw(realisation_, layer_);
  ++layer_;
  const double before = std::log(l2_norm<T>(z));
  const double removed = chain_.log_norm();
  Status status = chain_.step(matrix_.weights(), {}, z);
  if (status.ok() && config_.without_mean) subtract_mean(z);
  signal.log_removed = chain_.log_norm() - removed;
  signal.log_gain = std::log(l2_norm(chain_.sums())) - before;
  signal.log_activation =
      std::log(l2_norm<T>(z)) + signal.log_removed - std::log(l2_norm(chain_.sums()));
  const double slope = saturation_slope(config_.blend ? Activation::tanh : config_.activation);
  signal.saturated = std::isnan(slope) ? FamilySignal::kUnknown : chain_.share_below(slope);
  signal.l1_norm = norm(Normalisation::l1, z);
  signal.l2_norm = l2_norm<T>(z);
  signal.mean = mean_of<T>(z);
  return status;
}

template class FamilyChain<float>;
template class FamilyChain<double>;

void random_signal(std::uint32_t seed, VectorView<double> z) noexcept {
  NumpyRand draw(seed);
  for (double& value : z) value = 2 * draw() - 1;
}

template <class T>
Status measure_growth(FamilyChain<T>& chain, VectorView<T> z, LayerGrowth& growth,
                      std::uint64_t most_layers) noexcept {
  constexpr std::uint64_t kFirst = 8;
  constexpr double kAlmostNothing = sizeof(T) == 4 ? 1e-30 : 1e-200;
  constexpr double kRounding = 16 * static_cast<double>(std::numeric_limits<T>::epsilon());
  growth = {};
  FamilySignal signal;
  double size = l2_norm<T>(z);
  for (std::uint64_t m = kFirst; 2 * m <= most_layers && !growth.settled; m *= 2) {
    WeightedMean mean(m);
    for (const std::uint64_t end = 2 * m; growth.layers < end; ++growth.layers) {
      const Status status = chain.step(z, signal);
      const bool vanished = status.code == StatusCode::degenerate || signal.l2_norm == 0;
      if (vanished && size > kAlmostNothing) {
        growth = {-kInfinity, 0, growth.layers, true};
        return {};
      }
      if (vanished || signal.l2_norm < kAlmostNothing) return {};
      if (!status.ok()) return status;
      size = signal.l2_norm;
      if (growth.layers >= m) mean.add(signal.growth());
    }
    growth.change = std::abs(mean.value() - growth.log_growth);
    growth.log_growth = mean.value();
    growth.settled = growth.change <= std::fmax(LayerGrowth::kTolerance, kRounding);
  }
  return {};
}

template Status measure_growth(FamilyChain<float>&, VectorView<float>, LayerGrowth&,
                               std::uint64_t) noexcept;
template Status measure_growth(FamilyChain<double>&, VectorView<double>, LayerGrowth&,
                               std::uint64_t) noexcept;

double gaussian_product_exponent(double deviation, std::size_t n) noexcept {
  const bool odd = n % 2 == 1;
  double digamma = -std::numbers::egamma - (odd ? 2 * std::numbers::ln2 : 0);
  for (double x = odd ? 0.5 : 1; x < 0.5 * static_cast<double>(n); ++x) digamma += 1 / x;
  return 0.5 * (std::numbers::ln2 + 2 * std::log(deviation) + digamma);
}

SignalFate signal_fate(Normalisation normalise, std::uint64_t layers, double gain,
                       double activation, double saturated) noexcept {
  constexpr double kEffect = std::numbers::ln2;
  constexpr double kSaturated = 0.5;
  const double growth = gain + activation;
  if (layers < kFateLayers || std::isnan(growth)) return SignalFate::cannot_tell;
  if (std::abs(growth) >= kEffect) {
    if (normalise != Normalisation::none) return SignalFate::calm_as_normalised;
    return growth > 0 ? SignalFate::grows : SignalFate::decays;
  }
  if (gain < kEffect) return SignalFate::steady;
  return saturated >= kSaturated ? SignalFate::calm_as_saturated : SignalFate::calm_as_damped;
}

}  // namespace pinnscope
