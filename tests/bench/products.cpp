// Products of matrices as layers have them, three streams of a tile of 128 points: by the library's
// kernels, or (bench_products blas) by the BLAS at hand, on as many numbers in its own layout.

#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

#include "bench/bench.hpp"
#include "pinnscope/nn/kernels.hpp"
#include "pinnscope/spectra/matrices/lapack.hpp"

extern "C" void sgemm_(const char*, const char*, const int*, const int*, const int*, const float*,
                       const float*, const int*, const float*, const int*, const float*, float*,
                       const int*);

namespace {

using namespace pinnscope;
using namespace pinnscope::bench;

constexpr std::size_t kPanels = 8;
constexpr std::size_t kStreams = 3;
constexpr std::size_t kRows = kStreams * kPanels * kPanelRows<float>;

/// A, W (or its gradient) and Z of a layer of `width` neurons, full of numbers that sum exactly.
struct Operands {
  explicit Operands(std::size_t neurons)
      : width(neurons),
        memory(measure([&](Layout& layout) { carve(layout); }).bytes),
        arena(memory) {
    Layout layout(arena);
    carve(layout);
    std::fill(a.begin(), a.end(), 0.5f);
    std::fill(w.begin(), w.end(), 0.25f);
    std::fill(z.begin(), z.end(), 2.0f);
  }
  void carve(Layout& layout) {
    a = layout.vector<float>("a", kRows * width);
    packed = layout.vector<float>("packed", packed_entries<float>(kPanels, kStreams - 1));
    w = layout.vector<float>("w", width * width);
    z = layout.vector<float>("z", kRows * width);
  }

  std::size_t width;
  VectorView<float> a, w, z, packed;
  std::vector<std::byte> memory;
  Arena arena;
};

void forward_by_kernels(Operands& o) {
  fastest<Kernels<float>>().multiply({kStreams * kPanels, o.width, o.width, o.a.data(), o.w.data(),
                                      1, o.width, nullptr, o.z.data()});
}
void gradient_by_kernels(Operands& o) {
  const std::size_t values = kPanels * kPanelRows<float> * o.width;
  fastest<Kernels<float>>().accumulate({kPanels,
                                        kStreams - 1,
                                        o.width,
                                        o.width,
                                        {o.a.data(), o.a.data() + values},
                                        {o.z.data(), o.z.data() + values},
                                        o.w.data(),
                                        o.packed.data()});
}

constexpr float kOne = 1;
constexpr float kZero = 0;
constexpr int kHeight = kRows;

void forward_by_blas(Operands& o) {
  const int width = static_cast<int>(o.width);
  sgemm_("N", "N", &kHeight, &width, &width, &kOne, o.a.data(), &kHeight, o.w.data(), &width,
         &kZero, o.z.data(), &kHeight);
}
void gradient_by_blas(Operands& o) {
  const int width = static_cast<int>(o.width);
  sgemm_("T", "N", &width, &width, &kHeight, &kOne, o.a.data(), &kHeight, o.z.data(), &kHeight,
         &kOne, o.w.data(), &width);
}

void time_product(std::size_t width, const char* what, void (*product)(Operands&), bool gradient,
                  const std::string& by) {
  Operands operands(width);
  product(operands);
  const float expected = gradient ? 0.25f + kRows : 0.125f * static_cast<float>(width);
  require((gradient ? operands.w : operands.z).back() == expected, "a product is wrong");
  const Times times = time_each([&] { product(operands); });
  const std::string size = std::to_string(width);
  print_row("product-" + std::string(what) + "-" + size + ": " + std::to_string(kRows) +
                " points and streams; " + size + " x " + size + " weights; float; 1 thread",
            times, 2e-9 * static_cast<double>(kRows * width * width) / times.median, "GFLOP/s", by);
}

/// What the BLAS calls itself, and the kernels that it picked: the first two words of what it says
/// and the one before the last.
std::string blas_name() {
  std::istringstream said(lapack::blas_description());
  const std::vector<std::string> words{std::istream_iterator<std::string>(said), {}};
  if (words.size() < 4) return "BLAS (1 thread)";
  return words[0] + " " + words[1] + " " + words[words.size() - 2] + " (1 thread)";
}

}  // namespace

/// The BLAS takes its number of threads from the environment.
int main(int argc, char** argv) {
  const bool blas = argc > 1 && std::string_view(argv[1]) == "blas";
  const std::string name = blas ? blas_name() : "pinnscope";
  for (const std::size_t width : {20u, 100u, 400u, 1600u}) {
    time_product(width, "forward", blas ? forward_by_blas : forward_by_kernels, false, name);
    time_product(width, "gradient", blas ? gradient_by_blas : gradient_by_kernels, true, name);
  }
}
