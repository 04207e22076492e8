#include "pinnscope/spectra/matrices/non_normality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "pinnscope/spectra/matrices/largest_magnitude.hpp"
#include "pinnscope/spectra/matrices/scaled_copy.hpp"
#include "pinnscope/spectra/matrices/square.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"

namespace pinnscope {
namespace {

/// Calls use(w_ij, w_ji) for every i > j, in units of 2^exponent.
template <class T, class Use>
void for_each_pair(MatrixView<const T> w, int exponent, const Use& use) noexcept {
  for (std::size_t j = 0; j < w.columns; ++j) {
    for (std::size_t i = j + 1; i < w.rows; ++i) {
      use(std::ldexp(static_cast<double>(w(i, j)), -exponent),
          std::ldexp(static_cast<double>(w(j, i)), -exponent));
    }
  }
}

/// That of the largest entry off the diagonal.
template <class T>
int exponent_off_diagonal(MatrixView<const T> w) noexcept {
  double largest = 0;
  for_each_pair(w, 0, [&](double below, double above) {
    largest = std::max({largest, std::fabs(below), std::fabs(above)});
  });
  int exponent = 0;
  std::frexp(largest, &exponent);
  return exponent;
}

template <class T>
Status elliptic_correlation_as(MatrixView<const T> w, EllipticCorrelation& result) noexcept {
  if (w.rows != w.columns) return {StatusCode::shape_mismatch};
  if (w.empty()) return {StatusCode::empty_input};
  if (!std::isfinite(largest_magnitude(w))) return {StatusCode::not_finite};
  if (w.rows < 2) return {StatusCode::degenerate};
  const int exponent = exponent_off_diagonal(w);
  const double order = static_cast<double>(w.rows);
  const double entries = order * (order - 1);
  const double first = std::ldexp(static_cast<double>(w(1, 0)), -exponent);
  bool constant = true;
  CompensatedSum sum;
  for_each_pair(w, exponent, [&](double below, double above) {
    constant = constant && below == first && above == first;
    sum.add(below - first);
    sum.add(above - first);
  });
  if (constant) return {StatusCode::degenerate};
  const double mean = first + sum.value() / entries;
  CompensatedSum products, squares;
  for_each_pair(w, exponent, [&](double below, double above) {
    products.add((below - mean) * (above - mean));
    squares.add((below - mean) * (below - mean) / 2);
    squares.add((above - mean) * (above - mean) / 2);
  });
  result = {std::clamp(products.value() / squares.value(), -1.0, 1.0), std::sqrt(2 / entries)};
  return {};
}

template <class T>
Status henrici_departure_as(MatrixView<const T> w, VectorView<const T> real,
                            VectorView<const T> imaginary, double& departure) noexcept {
  if (w.rows != w.columns || real.size() != w.rows || imaginary.size() != w.rows) {
    return {StatusCode::shape_mismatch};
  }
  if (w.empty()) return {StatusCode::empty_input};
  const double largest = largest_magnitude(w);
  if (!std::isfinite(largest)) return {StatusCode::not_finite};
  if (largest == 0) return {StatusCode::degenerate};
  int exponent = 0;
  std::frexp(largest, &exponent);
  CompensatedSum squares, difference;
  for (std::size_t j = 0; j < w.columns; ++j) {
    for (const T entry : w.column(j)) {
      const double scaled = std::ldexp(static_cast<double>(entry), -exponent);
      squares.add(scaled * scaled);
      difference.add(scaled * scaled);
    }
  }
  for (std::size_t k = 0; k < real.size(); ++k) {
    const double x = std::ldexp(static_cast<double>(real[k]), -exponent);
    const double y = std::ldexp(static_cast<double>(imaginary[k]), -exponent);
    if (!std::isfinite(x * x + y * y)) return {StatusCode::not_finite, static_cast<int>(k)};
    difference.add(-x * x);
    difference.add(-y * y);
  }
  departure = std::sqrt(std::max(0.0, difference.value()) / squares.value());
  return {};
}

/// product <- left right, all n x n, a block of columns of `left` at a time so that it stays in the
/// cache while all columns of the product pass by.
void multiply(MatrixView<const double> left, MatrixView<const double> right,
              MatrixView<double> product) noexcept {
  constexpr std::size_t kBlock = 32;
  const std::size_t n = left.rows;
  std::fill_n(product.data, product.size(), 0.0);
  for (std::size_t begin = 0; begin < n; begin += kBlock) {
    const std::size_t end = std::min(n, begin + kBlock);
    for (std::size_t j = 0; j < n; ++j) {
      double* const sum = product.column(j).data();
      for (std::size_t k = begin; k < end; ++k) {
        const double factor = right(k, j);
        const double* const column = left.column(k).data();
        for (std::size_t i = 0; i < n; ++i) sum[i] += column[i] * factor;
      }
    }
  }
}

}  // namespace

Status elliptic_correlation(MatrixView<const float> w, EllipticCorrelation& result) noexcept {
  return elliptic_correlation_as(w, result);
}
Status elliptic_correlation(MatrixView<const double> w, EllipticCorrelation& result) noexcept {
  return elliptic_correlation_as(w, result);
}

Status henrici_departure(MatrixView<const float> w, VectorView<const float> real,
                         VectorView<const float> imaginary, double& departure) noexcept {
  return henrici_departure_as(w, real, imaginary, departure);
}
Status henrici_departure(MatrixView<const double> w, VectorView<const double> real,
                         VectorView<const double> imaginary, double& departure) noexcept {
  return henrici_departure_as(w, real, imaginary, departure);
}

double henrici_departure(double squared_norm, VectorView<const double> real,
                         VectorView<const double> imaginary) noexcept {
  double normal = 0;
  for (std::size_t k = 0; k < real.size(); ++k) normal += square(real[k]) + square(imaginary[k]);
  return std::sqrt(std::max(0.0, 1 - normal / squared_norm));
}

TransientGrowth::TransientGrowth(const Config& config, Arena& arena) noexcept
    : storage_([&] {
        Layout carver(arena);
        return layout(carver, config);
      }()),
      singular_values_({.rows = config.order, .columns = config.order}, arena) {}

template <class T>
Status TransientGrowth::compute_any(MatrixView<const T> w, TransientPeak& peak,
                                    double scale) noexcept {
  if (w.empty() || storage_.norms.empty()) return {StatusCode::empty_input};
  int step = 0;  // W / scale is the scaled matrix times 2^step
  Status status = scaled_copy(w, scale, storage_.matrix, step);
  if (!status.ok()) return status;
  std::copy_n(storage_.matrix.data, storage_.matrix.size(), storage_.power.data);
  double exponent = step;
  TransientPeak found{0, 0, -std::numeric_limits<double>::infinity()};
  for (std::size_t k = 0; k < storage_.norms.size(); ++k) {
    if (k > 0) {
      multiply(storage_.matrix, storage_.power, storage_.next);
      int shift = 0;
      status = scaled_copy(MatrixView<const double>(storage_.next), 1, storage_.power, shift);
      if (!status.ok()) return status;
      exponent += step + shift;
    }
    status = record(k, exponent);
    if (!status.ok()) return status;
    const double logarithm = storage_.logarithms[k];
    if (k == 0 || logarithm > found.logarithm) found = {k + 1, storage_.norms[k], logarithm};
  }
  peak = found;
  return {};
}

Status TransientGrowth::record(std::size_t power, double exponent) noexcept {
  const Status status = singular_values_.compute(storage_.power);
  if (!status.ok()) return status;
  const double largest = singular_values_.values().front();
  const int in_range = static_cast<int>(std::clamp(exponent, -5000.0, 5000.0));
  storage_.norms[power] = std::ldexp(largest, in_range);
  storage_.logarithms[power] = std::log(largest) + exponent * std::numbers::ln2;
  return {};
}

Status TransientGrowth::compute(MatrixView<const float> w, TransientPeak& peak,
                                double scale) noexcept {
  return compute_any(w, peak, scale);
}
Status TransientGrowth::compute(MatrixView<const double> w, TransientPeak& peak,
                                double scale) noexcept {
  return compute_any(w, peak, scale);
}

}  // namespace pinnscope
