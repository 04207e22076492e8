#include "pinnscope/step/measured_symbol.hpp"

#include "pinnscope/step/stability.hpp"

namespace pinnscope {
namespace {

constexpr std::complex<double> kNoFactor(std::numeric_limits<double>::quiet_NaN(),
                                         std::numeric_limits<double>::quiet_NaN());

}  // namespace

template <class T>
SymbolMeter<T>::SymbolMeter(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  for (std::size_t k = 0; k < config.cells; ++k) {
    storage_.cosines[k] = std::cos(angle(k));
    storage_.sines[k] = std::sin(angle(k));
    // Chirps, which have all modes and both signs.
    const auto at = static_cast<double>(k);
    double size = config.amplitude;
    for (std::size_t s = 0; s < kSignals; ++s, size /= 4) {
      storage_.signals(k, s) =
          static_cast<T>(size * std::cos(1 + static_cast<double>(s + 2) * at * at));
    }
  }
}

template <class T>
Status SymbolMeter<T>::take(Call call, void* step) noexcept {
  const Status status = call(step, storage_.before, storage_.after);
  if (!status.ok()) return status;
  for (std::size_t i = 0; i < storage_.after.size(); ++i) {
    if (!std::isfinite(storage_.after[i])) return {StatusCode::not_finite, static_cast<int>(i)};
  }
  return {};
}

/// The mean along each cyclic diagonal and what is left over, both by differences from the first
/// column: what is circulant to rounding leaves rounding.
template <class T>
Status SymbolMeter<T>::take_impulses(Call call, void* step, SymbolReport& found) noexcept {
  const std::size_t n = config_.cells;
  const T amplitude = static_cast<T>(config_.amplitude);
  double energy = 0;
  double squares = 0;
  for (std::size_t j = 0; j < n; ++j) {
    std::fill(storage_.before.begin(), storage_.before.end(), T(0));
    storage_.before[j] = amplitude;
    const Status status = take(call, step);
    if (!status.ok()) return status;
    for (std::size_t i = 0; i < n; ++i) {
      const double response =
          (static_cast<double>(storage_.after[i]) - static_cast<double>(storage_.offset[i])) /
          static_cast<double>(amplitude);
      const std::size_t behind = i >= j ? i - j : i + n - j;
      if (j == 0) storage_.kernel[behind] = response;
      const double difference = response - storage_.kernel[behind];
      storage_.shifted[behind] += difference;
      squares += difference * difference;
      energy += response * response;
      for (std::size_t s = 0; s < kSignals; ++s) {
        const double term = static_cast<double>(storage_.signals(j, s)) * response;
        storage_.sums(i, s) += term;
        storage_.sizes(i, s) += std::abs(term);
      }
    }
  }
  if (!std::isfinite(energy + squares)) return {StatusCode::not_finite};
  for (std::size_t d = 0; d < n; ++d) {
    const double mean = storage_.shifted[d] / static_cast<double>(n);
    storage_.kernel[d] += mean;
    squares -= static_cast<double>(n) * mean * mean;
  }
  found.departure = energy == 0 ? 0 : std::sqrt(std::max(squares, 0.0) / energy);
  return {};
}

template <class T>
Status SymbolMeter<T>::try_signals(Call call, void* step, SymbolReport& found) noexcept {
  found.nonlinearity = 0;
  for (std::size_t s = 0; s < kSignals; ++s) {
    const VectorView<const T> signal = storage_.signals.column(s);
    std::copy(signal.begin(), signal.end(), storage_.before.begin());
    const Status status = take(call, step);
    if (!status.ok()) return status;
    double left = 0;
    double size = 0;
    for (std::size_t i = 0; i < config_.cells; ++i) {
      const double offset = static_cast<double>(storage_.offset[i]);
      const double response = static_cast<double>(storage_.after[i]) - offset;
      left = std::max(left, std::abs(response - storage_.sums(i, s)));
      size = std::max(size, storage_.sizes(i, s) + std::abs(offset));
    }
    if (left > 0) found.nonlinearity = std::max(found.nonlinearity, left / size);
  }
  return {};
}

template <class T>
void SymbolMeter<T>::transform() noexcept {
  const std::size_t n = config_.cells;
  for (std::size_t k = 0; 2 * k <= n; ++k) {
    double real = 0;
    double imaginary = 0;
    std::size_t turn = 0;  // k d modulo N
    for (std::size_t d = 0; d < n; ++d) {
      real += storage_.kernel[d] * storage_.cosines[turn];
      imaginary -= storage_.kernel[d] * storage_.sines[turn];
      turn += k;
      if (turn >= n) turn -= n;
    }
    const bool alone = k == 0 || 2 * k == n;  // a real mode
    storage_.factors(k, 0) = real;
    storage_.factors(k, 1) = alone ? 0 : imaginary;
  }
}

template <class T>
Status SymbolMeter<T>::measure_by(Call call, void* step, SymbolReport& report) noexcept {
  report = report_ = {};
  if (config_.cells == 0) return {StatusCode::empty_input};
  const T amplitude = static_cast<T>(config_.amplitude);
  if (!std::isfinite(amplitude) || amplitude == 0) return {StatusCode::out_of_range};
  for (VectorView<double> sums : {storage_.sums.flat(), storage_.sizes.flat(), storage_.shifted}) {
    std::fill(sums.begin(), sums.end(), 0.0);
  }
  std::fill(storage_.before.begin(), storage_.before.end(), T(0));
  Status status = take(call, step);
  if (!status.ok()) return status;
  std::copy(storage_.after.begin(), storage_.after.end(), storage_.offset.begin());
  SymbolReport found;
  found.offset = 0;
  for (const T value : storage_.offset) {
    found.offset = std::max(found.offset, std::abs(static_cast<double>(value)));
  }
  status = take_impulses(call, step, found);
  if (status.ok()) status = try_signals(call, step, found);
  if (!status.ok()) return status;
  if (found.nonlinearity <= config_.tolerance) {
    found.answer =
        found.departure <= config_.tolerance ? SymbolAnswer::symbol : SymbolAnswer::not_invariant;
  }
  transform();
  report = report_ = found;
  return {};
}

template <class T>
std::complex<double> SymbolMeter<T>::nearest_factor(std::size_t k) const noexcept {
  if (report_.answer == SymbolAnswer::not_linear || k >= config_.cells) return kNoFactor;
  const bool mirrored = 2 * k > config_.cells;
  const std::size_t row = mirrored ? config_.cells - k : k;
  const double imaginary = storage_.factors(row, 1);
  return {storage_.factors(row, 0), mirrored ? -imaginary : imaginary};
}

template <class T>
std::complex<double> SymbolMeter<T>::factor(std::size_t k) const noexcept {
  return report_.answer == SymbolAnswer::symbol ? nearest_factor(k) : kNoFactor;
}

template <class T>
SymbolDeviation SymbolMeter<T>::compare(Scheme scheme, StepNumbers numbers,
                                        double theta) const noexcept {
  return compare(
      [&](double at) noexcept { return amplification_factor(scheme, numbers, at, theta); });
}

template class SymbolMeter<float>;
template class SymbolMeter<double>;

}  // namespace pinnscope
