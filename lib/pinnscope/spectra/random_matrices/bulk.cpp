#include "pinnscope/spectra/random_matrices/bulk.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "pinnscope/spectra/matrices/square.hpp"
#include "pinnscope/spectra/random_matrices/edge_laws.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"
#include "pinnscope/spectra/random_matrices/spiked_model.hpp"

namespace pinnscope {
namespace {

template <class T>
Status check(VectorView<const T> values, std::size_t rows, std::size_t columns) noexcept {
  if (values.empty()) return {StatusCode::empty_input};
  if (values.size() != std::min(rows, columns)) return {StatusCode::shape_mismatch};
  for (std::size_t k = 0; k < values.size(); ++k) {
    const int index = static_cast<int>(k);
    if (!std::isfinite(values[k])) return {StatusCode::not_finite, index};
    if (values[k] < 0 || (k > 0 && values[k] > values[k - 1])) {
      return {StatusCode::out_of_range, index};
    }
  }
  return {};
}

/// sigma^2 with the least sum of (lambda_i - sigma^2 x_i)^2 over the ranks within [10 %, 90 %],
/// lambda = (s / unit)^2 / N and x_i the law's quantiles.
template <class T>
double trimmed_variance(VectorView<const T> values, double unit, double larger,
                        const MarchenkoPastur& law) noexcept {
  const std::size_t count = values.size();
  double products = 0;
  double squares = 0;
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t rank = 2 * (count - k) - 1;  // from below, of 2 M: whole, so both ends agree
    if (5 * rank < count || 5 * rank > 9 * count) continue;
    const double expected =
        law.quantile(static_cast<double>(rank) / static_cast<double>(2 * count));
    products += expected * square(static_cast<double>(values[k]) / unit) / larger;
    squares += square(expected);
  }
  return squares > 0 ? products / squares : 0;
}

template <class T>
Status estimate_as(VectorView<const T> values, std::size_t rows, std::size_t columns,
                   BulkEstimate& estimate) noexcept {
  const Status status = check(values, rows, columns);
  if (!status.ok()) return status;
  const std::size_t count = values.size();
  const auto larger = static_cast<double>(std::max(rows, columns));
  const auto unit = static_cast<double>(values.front());
  const auto low = static_cast<double>(values[count / 2]) / unit;
  const auto high = static_cast<double>(values[(count - 1) / 2]) / unit;
  if (!(high > 0)) return {StatusCode::degenerate};
  const MarchenkoPastur law(static_cast<double>(count) / larger);
  double squares = 0;  // in units of the largest: none of these over- or underflows
  for (const T value : values) squares += square(static_cast<double>(value) / unit);
  const double median = square((low + high) / 2) / larger;
  const double mean = squares / static_cast<double>(count) / larger;
  const double variance = median / law.quantile(0.5);
  estimate = {.rms = unit * std::sqrt(mean),
              .sigma = unit * std::sqrt(variance),
              .trimmed_sigma = unit * std::sqrt(trimmed_variance(values, unit, larger, law)),
              .energy_outside_bulk = 1 - variance / mean};
  return {};
}

template <class T>
std::size_t count_as(VectorView<const T> values, std::size_t rows, std::size_t columns,
                     double sigma, double critical_score) noexcept {
  const std::size_t larger = std::max(rows, columns);
  std::size_t count = 0;
  while (values.size() > count + 1) {
    const double score = largest_singular_value_score(static_cast<double>(values[count]),
                                                      values.size() - count, larger, sigma);
    if (!(score > critical_score)) break;
    ++count;
  }
  return count;
}

template <class T>
std::size_t strengths_as(VectorView<const T> values, std::size_t rows, std::size_t columns,
                         double sigma, double critical_score,
                         VectorView<double> strengths) noexcept {
  const std::size_t count = count_as(values, rows, columns, sigma, critical_score);
  assert(strengths.size() >= count);
  const auto smaller = static_cast<double>(std::min(rows, columns));
  const auto larger = static_cast<double>(std::max(rows, columns));
  for (std::size_t k = 0; k < count; ++k) {
    const double s = static_cast<double>(values[k]) / sigma / std::sqrt(larger);
    strengths[k] = spike_strength(s, smaller / larger);
  }
  return count;
}

}  // namespace

Status estimate_bulk(VectorView<const float> values, std::size_t rows, std::size_t columns,
                     BulkEstimate& estimate) noexcept {
  return estimate_as(values, rows, columns, estimate);
}
Status estimate_bulk(VectorView<const double> values, std::size_t rows, std::size_t columns,
                     BulkEstimate& estimate) noexcept {
  return estimate_as(values, rows, columns, estimate);
}

std::size_t count_spikes(VectorView<const float> values, std::size_t rows, std::size_t columns,
                         double sigma, double critical_score) noexcept {
  return count_as(values, rows, columns, sigma, critical_score);
}
std::size_t count_spikes(VectorView<const double> values, std::size_t rows, std::size_t columns,
                         double sigma, double critical_score) noexcept {
  return count_as(values, rows, columns, sigma, critical_score);
}

std::size_t spike_strengths(VectorView<const float> values, std::size_t rows, std::size_t columns,
                            double sigma, double critical_score,
                            VectorView<double> strengths) noexcept {
  return strengths_as(values, rows, columns, sigma, critical_score, strengths);
}
std::size_t spike_strengths(VectorView<const double> values, std::size_t rows, std::size_t columns,
                            double sigma, double critical_score,
                            VectorView<double> strengths) noexcept {
  return strengths_as(values, rows, columns, sigma, critical_score, strengths);
}

}  // namespace pinnscope
