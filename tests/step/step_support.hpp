#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/step/layer_chain.hpp"
#include "pinnscope/step/stability.hpp"
#include "pinnscope/step/stepper.hpp"
#include "support/allocation.hpp"
#include "support/owned.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

namespace pinnscope::test {

template <class T>
using BuiltStepper = Owned<Stepper<T>>;

template <class T>
typename Stepper<T>::Config unit_grid(Scheme scheme, std::size_t cells, double c, double r) {
  return {.scheme = scheme, .cells = cells, .velocity = c, .diffusivity = r};
}

/// 2 rand(8) - 1 of numpy.random.seed(25), divided by its L1 norm.
inline std::vector<double> figure_signal() {
  NumpyRand rand(25);
  std::vector<double> z(8);
  for (double& value : z) value = 2 * rand() - 1;
  double norm = 0;
  for (const double value : z) norm += std::abs(value);
  for (double& value : z) value /= norm;
  return z;
}

template <class T>
std::vector<T> random_signal(std::size_t size, std::uint64_t seed) {
  const Philox random(seed);
  std::vector<T> z(size);
  for (std::size_t i = 0; i < size; ++i) z[i] = static_cast<T>(2 * random.uniform(i) - 1);
  return z;
}

/// max |a_i - b_i| / max |b_i|: relative to the largest entry of the second.
template <class A, class B>
double row_error(const A& a, const B& b) {
  double error = 0;
  double size = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    error = std::max(error, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    size = std::max(size, std::abs(static_cast<double>(b[i])));
  }
  return size == 0 ? error : error / size;
}

/// A small dense matrix with what tests do to it, written for plainness.
struct Dense {
  std::size_t n;
  std::vector<double> entries;
  explicit Dense(std::size_t size) : n(size), entries(size * size) {}
  double& operator()(std::size_t i, std::size_t j) { return entries[i * n + j]; }
  double operator()(std::size_t i, std::size_t j) const { return entries[i * n + j]; }

  std::vector<double> times(const std::vector<double>& z) const {
    std::vector<double> result(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) result[i] += (*this)(i, j) * z[j];
    }
    return result;
  }

  /// Gaussian elimination with partial pivoting.
  std::vector<double> solve(std::vector<double> d) const {
    Dense a = *this;
    for (std::size_t k = 0; k < n; ++k) {
      std::size_t pivot = k;
      for (std::size_t i = k; i < n; ++i) {
        if (std::abs(a(i, k)) > std::abs(a(pivot, k))) pivot = i;
      }
      for (std::size_t j = 0; j < n; ++j) std::swap(a(k, j), a(pivot, j));
      std::swap(d[k], d[pivot]);
      for (std::size_t i = k + 1; i < n; ++i) {
        const double factor = a(i, k) / a(k, k);
        for (std::size_t j = k; j < n; ++j) a(i, j) -= factor * a(k, j);
        d[i] -= factor * d[k];
      }
    }
    for (std::size_t k = n; k-- > 0;) {
      for (std::size_t j = k + 1; j < n; ++j) d[k] -= a(k, j) * d[j];
      d[k] /= a(k, k);
    }
    return d;
  }
};

constexpr bool is_band(Scheme scheme) noexcept {
  return !is_propagator(scheme) && has_amplification_factor(scheme);
}

/// Every scheme on a band, but for the published Crank-Nicolson.
inline constexpr auto kBandSchemes = [] {
  std::array<Scheme, static_cast<std::size_t>(std::ranges::count_if(kSchemes, is_band))> found{};
  std::ranges::copy_if(kSchemes, found.begin(), is_band);
  return found;
}();
static_assert(kBandSchemes.size() > 8);

}  // namespace pinnscope::test
