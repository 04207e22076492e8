#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/spectra/samples/box_sums.hpp"
#include "pinnscope/step/sweeps.hpp"

using namespace pinnscope;

/// Whether the wide table is in use and the portable one behind it, and what `run` gives of both is
/// the same but for roundings.
template <class Table, class Run>
bool found(const char* kind, Run&& run) {
  const auto tables = available<Table>();
  if (tables.count != 2 || &fastest<Table>() != tables.tables[0] ||
      std::strcmp(tables.tables[0]->name, "wide") != 0 ||
      std::strcmp(tables.tables[1]->name, "portable") != 0) {
    std::printf("%s: expected the wide ones, then the portable ones\n", kind);
    return false;
  }
  const double wide = run(*tables.tables[0]);
  const double portable = run(*tables.tables[1]);
  std::printf("%s: %.9g and %.9g\n", kind, wide, portable);
  return std::abs(wide - portable) <= 1e-6 * std::abs(portable);
}

template <class T>
double exponential_of(const Kernels<T>& kernels) {
  T x[3] = {T(0.25), T(0.5), T(-1)};
  kernels.exponentials(x, 3, x);
  return static_cast<double>(x[0] + x[1] + x[2]);
}

template <class T>
double swept(const Sweeps<T>& sweeps) {
  std::array<T, 20> z;
  for (std::size_t i = 0; i < z.size(); ++i) z[i] = static_cast<T>(i % 7);
  sweeps.forward({0.75, 0.5, 1, z.size(), z.data()});
  return static_cast<double>(z.back());
}

double paired(const BoxSums& sums) {
  std::array<double, 9 + BoxSums::kPadding> points{}, totals{};
  for (std::size_t i = 0; i < 9; ++i) points[i] = 0.1 * static_cast<double>(i);
  sums.pairs(std::span(points).first(9), std::span(points).first(9), 1, 0, totals.data());
  return totals[4];
}

int main() {
  const bool all[] = {found<Kernels<float>>("kernels of floats", exponential_of<float>),
                      found<Kernels<double>>("kernels of doubles", exponential_of<double>),
                      found<Sweeps<float>>("sweeps of floats", swept<float>),
                      found<Sweeps<double>>("sweeps of doubles", swept<double>),
                      found<BoxSums>("box sums", paired)};
  return std::ranges::all_of(all, [](bool is) { return is; }) ? 0 : 1;
}
