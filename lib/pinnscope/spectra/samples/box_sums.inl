#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "pinnscope/simd/exponential.hpp"
#include "pinnscope/simd/lane_sums.hpp"
#include "pinnscope/simd/registers.inl"
#include "pinnscope/spectra/samples/box_sums.hpp"

// The sums for one instruction set.

namespace pinnscope {
namespace {

using Vector = Lanes<double, kLaneBytes>;
constexpr std::size_t kDoubles = kEntries<double>;

Vector load(const double* numbers) noexcept {
  Vector v;
  std::memcpy(&v, numbers, sizeof v);
  return v;
}

/// v with 0 in place of all but its first `count` entries.
Vector first_entries(Vector v, std::size_t count) noexcept {
  const Vector places = []<std::size_t... lane>(std::index_sequence<lane...>) {
    return Vector{static_cast<double>(lane)...};
  }
  (std::make_index_sequence<kDoubles>{});
  return places < static_cast<double>(count) ? v : Vector{};
}

/// sums[0 ... kDoubles) += v.
void add(Vector v, double* sums) noexcept {
  v += load(sums);
  std::memcpy(sums, &v, sizeof v);
}

template <std::size_t terms>
void gather_terms(std::span<const double> offsets, double distance, double* moments) noexcept {
  Vector sums[terms]{};
  const std::size_t count = offsets.size();
  for (std::size_t j = 0; j < count; j += kDoubles) {
    const Vector b = load(offsets.data() + j);
    Vector term = exponential(-b * (distance + 0.5 * b));
    if (count - j < kDoubles) term = first_entries(term, count - j);
    for (std::size_t k = 0; k < terms; ++k) {
      sums[k] += term;
      term *= b;
    }
  }
  constexpr std::size_t kPadded = (terms + kDoubles - 1) / kDoubles * kDoubles;
  Vector vectors[kPadded]{};
  std::copy_n(sums, terms, vectors);
  for (std::size_t k = 0; k < terms; k += kDoubles) {
    const Vector totals = in_order(sum_lanes<2>(vectors + k));
    std::memcpy(moments + k, &totals, std::min(kDoubles, terms - k) * sizeof(double));
  }
}

/// Calls gather_terms with an even number of terms, which then stay in registers.
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
  for (std::size_t i = 0; i < offsets.size(); i += kDoubles) {
    const Vector a = load(offsets.data() + i);
    const Vector factor = exponential(a * (distance - 0.5 * a));
    Vector value = Vector{} + coefficients.back();
    for (std::size_t k = coefficients.size() - 1; k > 0; --k) {
      value = value * a + coefficients[k - 1];
    }
    add(factor * value, sums + i);
  }
}

void pairs(std::span<const double> targets, std::span<const double> sources,
           double inverse_bandwidth, double reference, double* sums) noexcept {
  const auto kernels = [&](Vector difference) {
    const Vector d = difference * inverse_bandwidth;
    return exponential(0.5 * (reference - d) * (reference + d));
  };
  if (targets.size() >= sources.size()) {
    for (std::size_t i = 0; i < targets.size(); i += kDoubles) {
      const Vector t = load(targets.data() + i);
      Vector sum{};
      for (const double s : sources) sum += kernels(t - s);
      add(sum, sums + i);
    }
    return;
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Vector sum{};
    for (std::size_t j = 0; j < sources.size(); j += kDoubles) {
      sum += first_entries(kernels(targets[i] - load(sources.data() + j)), sources.size() - j);
    }
    for (std::size_t lane = 0; lane < kDoubles; ++lane) sums[i] += sum[lane];
  }
}

constexpr BoxSums kBoxSums{Set::kName, gather, scatter, pairs};

}  // namespace

template <>
const BoxSums& compiled<Set, BoxSums>() noexcept {
  return kBoxSums;
}

}  // namespace pinnscope
