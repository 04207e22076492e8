// What the machine can do: products of matrices by the BLAS at hand, memory, a stencil in cache.

#include <array>
#include <cmath>
#include <string>

#include "bench/bench.hpp"
#include "pinnscope/core/workers.hpp"
#include "pinnscope/step/sweeps.hpp"

extern "C" {
void sgemm_(const char*, const char*, const int*, const int*, const int*, const float*,
            const float*, const int*, const float*, const int*, const float*, float*, const int*);
void dgemm_(const char*, const char*, const int*, const int*, const int*, const double*,
            const double*, const int*, const double*, const int*, const double*, double*,
            const int*);
void sgemv_(const char*, const int*, const int*, const float*, const float*, const int*,
            const float*, const int*, const float*, float*, const int*);
}

namespace {

using namespace pinnscope;
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
void time_products(const std::string& precision, std::size_t threads) {
  constexpr int kSide = 4000;
  constexpr auto kEntries = static_cast<std::size_t>(kSide) * kSide;
  const std::vector<T> a(kEntries, T(0.5));
  const std::vector<T> b(kEntries, T(0.25));
  std::vector<T> c(kEntries);
  multiply(a.data(), b.data(), c.data(), kSide);
  require(c[17] == T(500), "a product of matrices is wrong");
  const Times times = time_of([&] { multiply(a.data(), b.data(), c.data(), kSide); });
  print_row("product-" + precision + "-" + std::to_string(threads) + ": GEMM 4000^3 of the BLAS",
            times, 2e-9 * kSide * kSide * kSide / times.median, "GFLOP/s", "machine");
}

/// As many weights as 2-100x8-1 has, in the second-level cache: what one point costs.
void time_vector_products() {
  constexpr int kSide = 268;
  const float one = 1;
  const float none = 0;
  const int stride = 1;
  const std::vector<float> a(std::size_t{kSide} * kSide, 0.5f);
  const std::vector<float> x(kSide, 0.25f);
  std::vector<float> y(kSide);
  const Times times = time_each([&] {
    sgemv_("T", &kSide, &kSide, &one, a.data(), &kSide, x.data(), &stride, &none, y.data(),
           &stride);
  });
  require(y[17] == 0.125f * kSide, "a product with a vector is wrong");
  print_row("vector-float-1: GEMV 268 x 268 of the BLAS; in cache", times,
            2e-9 * kSide * kSide / times.median, "GFLOP/s", "machine");
}

void time_memory(std::size_t threads) {
  constexpr std::size_t kEntries = 1 << 24;
  std::vector<double> a(kEntries);
  std::vector<double> b(kEntries, 2.0);
  const std::vector<double> c(kEntries, 3.0);
  Workers workers(threads);
  const std::size_t share = kEntries / threads;
  const Times times = time_of([&] {
    workers.run(threads, [&](std::size_t lane, std::size_t) {
      for (std::size_t i = lane * share; i < (lane + 1) * share; ++i) a[i] = b[i] + 0.5 * c[i];
    });
  });
  require(a[share / 2] == 3.5, "the triad is wrong");
  print_row("memory-" + std::to_string(threads) + ": triad of 16 M doubles", times,
            24e-9 * static_cast<double>(share * threads) / times.median, "GB/s", "machine");
}

/// The library's own sweep: the best instructions that the processor has.
void time_stencil() {
  constexpr std::size_t kEntries = 1024;
  constexpr std::size_t kSteps = 64 * 300;
  const std::array<double, 3> taps{0.25, 0.5, 0.25};
  std::vector<double> z(kEntries, 1.0);
  alignas(kBlockAlignment) static std::array<double, stencil_buffers<double>(kEntries)> buffers;
  const Times times = time_of([&] {
    fastest<Sweeps<double>>().stencil({1, taps.data(), kSteps, kEntries, z.data(), buffers.data()});
  });
  require(std::fabs(z[kEntries / 2] - 1) < 1e-9, "the stencil is wrong");
  print_row(std::string("stencil-1: three points in L1; ") + fastest<Sweeps<double>>().name, times,
            1e-9 * static_cast<double>(kEntries * kSteps) / times.median, "Gcell/s", "machine");
}

}  // namespace

/// bench_limits THREADS; the BLAS takes its own number from the environment.
int main(int argc, char** argv) {
  const std::size_t threads = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1;
  require(threads > 0, "how many threads?");
  time_products<float>("float", threads);
  time_products<double>("double", threads);
  time_memory(threads);
  if (threads > 1) return 0;
  time_vector_products();
  time_stencil();
}
