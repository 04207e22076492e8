// What the machine can do: products of matrices by the BLAS at hand, memory, a stencil in cache.

#include <cmath>

#include "bench/bench.hpp"

extern "C" {
void sgemm_(const char*, const char*, const int*, const int*, const int*, const float*,
            const float*, const int*, const float*, const int*, const float*, float*, const int*);
void dgemm_(const char*, const char*, const int*, const int*, const int*, const double*,
            const double*, const int*, const double*, const int*, const double*, double*,
            const int*);
}

namespace {

using namespace pinnscope::bench;

void multiply(const float* a, const float* b, float* c, int n) {
  const float one = 1;
  const float none = 0;
  sgemm_("N", "N", &n, &n, &n, &one, a, &n, b, &n, &none, c, &n);
}
void multiply(const double* a, const double* b, double* c, int n) {
  const double one = 1;
  const double none = 0;
  dgemm_("N", "N", &n, &n, &n, &one, a, &n, b, &n, &none, c, &n);
}

template <class T>
void time_products(const char* name) {
  constexpr int kSide = 4000;
  constexpr auto kEntries = static_cast<std::size_t>(kSide) * kSide;
  const std::vector<T> a(kEntries, T(0.5));
  const std::vector<T> b(kEntries, T(0.25));
  std::vector<T> c(kEntries);
  multiply(a.data(), b.data(), c.data(), kSide);
  require(c[17] == T(500), "a product of matrices is wrong");
  const Times times = time_of([&] { multiply(a.data(), b.data(), c.data(), kSide); });
  print_row(name, times, 2e-9 * kSide * kSide * kSide / times.median, "GFLOP/s");
}

void time_memory() {
  constexpr std::size_t kEntries = 1 << 24;
  std::vector<double> a(kEntries);
  std::vector<double> b(kEntries, 2.0);
  const std::vector<double> c(kEntries, 3.0);
  const Times times = time_of([&] {
    for (std::size_t i = 0; i < kEntries; ++i) a[i] = b[i] + 0.5 * c[i];
  });
  require(a[kEntries / 2] == 3.5, "the triad is wrong");
  print_row("memory: triad of 16 M doubles; 1 thread", times,
            24e-9 * static_cast<double>(kEntries) / times.median, "GB/s");
}

void time_stencil() {
  constexpr std::size_t kEntries = 1024;
  constexpr int kSweeps = 20000;
  std::vector<double> from(kEntries + 2, 1.0);
  std::vector<double> to(kEntries + 2, 1.0);
  const Times times = time_of([&] {
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      for (std::size_t i = 1; i <= kEntries; ++i) {
        to[i] = 0.25 * from[i - 1] + 0.5 * from[i] + 0.25 * from[i + 1];
      }
      std::swap(from, to);
    }
  });
  require(std::fabs(from[kEntries / 2] - 1) < 1e-9, "the stencil is wrong");
  print_row("three-point stencil in L1; 1 thread", times,
            1e-9 * static_cast<double>(kEntries) * kSweeps / times.median, "Gcell/s");
}

}  // namespace

int main() {
  time_products<float>("product 4000^3; float; BLAS with its own threads");
  time_products<double>("product 4000^3; double; BLAS with its own threads");
  time_memory();
  time_stencil();
}
