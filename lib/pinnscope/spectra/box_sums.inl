// The sums for one instruction set. The file that includes this one is compiled for it. Everything
// here is local to that file too: no other one may call what is compiled for its instructions.

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "pinnscope/nn/exponential.hpp"
#include "pinnscope/nn/lane_sums.hpp"
#include "pinnscope/spectra/box_sums.hpp"

namespace pinnscope {
namespace {

using Vector = Lanes<double>;
constexpr std::size_t kEntries = sizeof(Vector) / sizeof(double);

/// The vector from entry i on: zeros where the numbers have ended.
Vector load(std::span<const double> numbers, std::size_t i) noexcept {
  Vector v{};
  std::memcpy(&v, numbers.data() + i, std::min(kEntries, numbers.size() - i) * sizeof(double));
  return v;
}

/// v where numbers stand from entry i on, 0 behind them.
Vector within(std::span<const double> numbers, std::size_t i, Vector v) noexcept {
  const std::size_t count = numbers.size() - i;
  if (count < kEntries) {
    for (std::size_t lane = count; lane < kEntries; ++lane) v[lane] = 0;
  }
  return v;
}

/// sums[i ...] += v.
void add(Vector v, std::size_t i, std::size_t size, double* sums) noexcept {
  const std::size_t bytes = std::min(kEntries, size - i) * sizeof(double);
  Vector old{};
  std::memcpy(&old, sums + i, bytes);
  old += v;
  std::memcpy(sums + i, &old, bytes);
}

template <std::size_t terms>
void gather_terms(std::span<const double> offsets, double distance, double* moments) noexcept {
  constexpr std::size_t kPadded = (terms + kEntries - 1) / kEntries * kEntries;
  Vector sums[kPadded]{};
  for (std::size_t j = 0; j < offsets.size(); j += kEntries) {
    const Vector b = load(offsets, j);
    Vector term = within(offsets, j, exponential(-b * (distance + 0.5 * b)));
    for (std::size_t k = 0; k < terms; ++k) {
      sums[k] += term;
      term *= b;
    }
  }
  for (std::size_t k = 0; k < terms; k += kEntries) {
    const Vector totals = in_order(sum_lanes<2>(sums + k));
    std::memcpy(moments + k, &totals, std::min(kEntries, terms - k) * sizeof(double));
  }
}

/// Calls gather_terms with one of the even numbers of terms, in registers.
void gather(std::span<const double> offsets, double distance, std::size_t terms,
            double* moments) noexcept {
  [&]<std::size_t... half>(std::index_sequence<half...>) {
    (void)((terms <= 2 * half + 2 &&
            (gather_terms<2 * half + 2>(offsets, distance, moments), true)) ||
           ...);
  }
  (std::make_index_sequence<BoxSums::kMostTerms / 2>{});
}

void scatter(std::span<const double> coefficients, double distance, std::span<const double> offsets,
             double* sums) noexcept {
  for (std::size_t i = 0; i < offsets.size(); i += kEntries) {
    const Vector a = load(offsets, i);
    const Vector factor = exponential(a * (distance - 0.5 * a));
    Vector value = Vector{} + coefficients.back();
    for (std::size_t k = coefficients.size() - 1; k > 0; --k) {
      value = value * a + coefficients[k - 1];
    }
    add(factor * value, i, offsets.size(), sums);
  }
}

void pairs(std::span<const double> targets, std::span<const double> sources,
           double inverse_bandwidth, double reference, double* sums) noexcept {
  const auto kernels = [&](Vector difference) {
    const Vector d = difference * inverse_bandwidth;
    return exponential(0.5 * (reference - d) * (reference + d));
  };
  if (targets.size() >= sources.size()) {
    for (std::size_t i = 0; i < targets.size(); i += kEntries) {
      const Vector t = load(targets, i);
      Vector sum{};
      for (const double s : sources) sum += kernels(t - s);
      add(sum, i, targets.size(), sums);
    }
    return;
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Vector sum{};
    for (std::size_t j = 0; j < sources.size(); j += kEntries) {
      sum += within(sources, j, kernels(targets[i] - load(sources, j)));
    }
    for (std::size_t lane = 0; lane < kEntries; ++lane) sums[i] += sum[lane];
  }
}

}  // namespace
}  // namespace pinnscope
