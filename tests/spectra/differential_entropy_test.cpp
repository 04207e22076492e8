#include "pinnscope/spectra/differential_entropy.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/kernel_density.hpp"
#include "spectra/published_layer.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

struct Owned {
  explicit Owned(std::size_t capacity)
      : memory(DifferentialEntropy::footprint({capacity}).bytes),
        arena(memory),
        entropy({capacity}, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  DifferentialEntropy entropy;
};

}  // namespace

TEST_CASE("spacing entropies of four numbers are those worked out by hand") {
  Owned owned(4);
  EntropyEstimate estimate;
  REQUIRE(owned.entropy.estimate(std::vector<double>{7, 0, 1, 3}, 1, estimate).ok());
  // Spacings 1, 3, 6, 4 over 1, 2, 2, 1 ranks; n / (2 m) = 2.
  REQUIRE(test::close(estimate.vasicek, std::log(2.0 * 6 * 12 * 8) / 4, 1e-15));
  REQUIRE(test::close(estimate.ebrahimi, std::log(4.0 * 6 * 12 * 16) / 4, 1e-15));
  REQUIRE(estimate.window == 1);
  REQUIRE(estimate.widened == 0);
  REQUIRE(test::close(estimate.support_maximum, std::log(7.0), 1e-15));
}

TEST_CASE("the nearest-neighbour entropy of five numbers is the one worked out by hand") {
  // Of five numbers the fourth neighbour is the farthest: distances 10, 9, 7, 6, 10.
  Owned owned(5);
  EntropyEstimate estimate;
  REQUIRE(owned.entropy.estimate(std::vector<double>{3, 0, 4, 1, 10}, 0, estimate).ok());
  const double psi_difference = 1.0 / 4;  // psi(5) - psi(4)
  const double logs = std::log(10.0 * 9 * 7 * 6 * 10) / 5;
  REQUIRE(test::close(estimate.nearest, psi_difference + std::log(2.0) + logs, 1e-14));
}

TEST_CASE("nearest-neighbour entropies survive ties and the ends of the number range") {
  Owned owned(40);
  EntropyEstimate estimate;
  std::vector<double> tied(40, 1.0);
  tied[0] = 2;
  REQUIRE(owned.entropy.estimate(tied, 0, estimate).ok());
  REQUIRE(std::isfinite(estimate.nearest));
  REQUIRE(owned.entropy.estimate(std::vector<double>{-1.7e308, 1.7e308, 0, 1}, 0, estimate).ok());
  REQUIRE(std::isfinite(estimate.nearest));
  static_cast<void>(owned.entropy.estimate(std::vector<double>{0, 5e-324, 0, 0}, 0, estimate));
}

TEST_CASE("entropies of large samples come close to those of their laws") {
  const std::size_t n = 10000;
  const Philox random(21);
  std::vector<double> uniform(n), normal(n);
  for (std::size_t i = 0; i < n; ++i) uniform[i] = random.uniform(i);
  for (std::size_t i = 0; i < n; ++i) normal[i] = 0.1 * random.normal(i);
  Owned owned(n);
  EntropyEstimate estimate;
  REQUIRE(owned.entropy.estimate(uniform, 0, estimate).ok());
  REQUIRE(estimate.window == 100);
  REQUIRE(std::abs(estimate.ebrahimi) <= 0.01);
  REQUIRE(std::abs(estimate.nearest) <= 0.02);
  REQUIRE(estimate.vasicek < estimate.ebrahimi);
  REQUIRE(std::abs(estimate.gaussian_maximum - 0.176485) <= 0.01);
  REQUIRE(estimate.ebrahimi <= estimate.support_maximum);
  REQUIRE(owned.entropy.estimate(normal, 0, estimate).ok());
  REQUIRE(std::abs(estimate.ebrahimi - gaussian_entropy(0.1)) <= 0.03);
  REQUIRE(std::abs(estimate.gaussian_maximum - gaussian_entropy(0.1)) <= 0.02);
}

TEST_CASE("the Gaussian entropy is that of the formula") {
  REQUIRE(std::abs(gaussian_entropy(0.1) + 0.88364656) <= 1e-8);
  REQUIRE(test::close(gaussian_entropy(1), 1.4189385332046727, 1e-15));
}

TEST_CASE("entropy moves by ln of the scale and not by a shift") {
  const Philox random(22);
  std::vector<double> sample(501), moved(501);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    sample[i] = std::round(random.normal(i) * 0x1p30) * 0x1p-30;
    moved[i] = 8 * sample[i] + 512;
  }
  Owned owned(501);
  EntropyEstimate here, there;
  REQUIRE(owned.entropy.estimate(sample, 0, here).ok());
  REQUIRE(owned.entropy.estimate(moved, 0, there).ok());
  REQUIRE(test::close(there.vasicek, here.vasicek + std::log(8.0), 1e-13));
  REQUIRE(test::close(there.gaussian_maximum, here.gaussian_maximum + std::log(8.0), 1e-13));
}

TEST_CASE("ties widen a window instead of sending the entropy to minus infinity") {
  Owned owned(8);
  EntropyEstimate estimate;
  REQUIRE(owned.entropy.estimate(std::vector<float>{1, 2, 2, 2, 2, 2, 3, 4}, 1, estimate).ok());
  REQUIRE(estimate.widened == 3);
  REQUIRE(std::isfinite(estimate.vasicek));
  REQUIRE(std::isfinite(estimate.ebrahimi));
}

TEST_CASE("leave-one-out entropies of published layers meet their independent values") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  struct Known {
    int network, layer;
    double bandwidth, entropy;
  };
  std::vector<std::byte> memory(KernelDensity::footprint({10000}).bytes);
  Arena arena(memory);
  KernelDensity kernels({10000}, arena);
  std::vector<double> bandwidths(20), scores(20);
  geometric_bandwidths(1e-3, 1e-1, bandwidths);
  Owned owned(10000);
  for (const Known& known : {Known{0, 1, 0.011288, -0.8170}, Known{0, 4, 0.023357, -0.76189},
                             Known{0, 7, 0.014384, -0.9204}, Known{1, 4, 0.037927, -0.4851}}) {
    const auto sample = test::published_layer(directory, known.network, known.layer);
    REQUIRE(kernels.load(sample).ok());
    BandwidthChoice best;
    REQUIRE(kernels.leave_one_out(bandwidths, scores, best).ok());
    REQUIRE(std::abs(best.bandwidth - known.bandwidth) <= 1e-6);
    const double entropy = -best.score / 10000;
    REQUIRE(std::abs(entropy - known.entropy) <= 0.6e-4);
    EntropyEstimate estimate;
    REQUIRE(owned.entropy.estimate(sample, 0, estimate).ok());
    REQUIRE(std::abs(estimate.ebrahimi - entropy) <= 0.02);
    REQUIRE(entropy < estimate.gaussian_maximum);
    REQUIRE(entropy < estimate.support_maximum);
  }
}

TEST_CASE("entropies refuse what they cannot answer") {
  Owned owned(4);
  EntropyEstimate estimate{.vasicek = 7};
  REQUIRE(owned.entropy.estimate(std::vector<double>{}, 0, estimate).code ==
          StatusCode::empty_input);
  REQUIRE(owned.entropy.estimate(std::vector<double>(5), 0, estimate) ==
          Status{StatusCode::shape_mismatch, 4});
  REQUIRE(owned.entropy.estimate(std::vector<double>(4, 1.0), 0, estimate).code ==
          StatusCode::degenerate);
  REQUIRE(owned.entropy.estimate(std::vector<double>{1, 2, 3, 4}, 2, estimate).code ==
          StatusCode::out_of_range);
  const std::vector<float> broken{1, std::numeric_limits<float>::infinity()};
  REQUIRE(owned.entropy.estimate(broken, 0, estimate) == Status{StatusCode::not_finite, 1});
  REQUIRE(estimate.vasicek == 7);
  REQUIRE(owned.entropy.estimate(std::vector<double>{1, 2}, 0, estimate).ok());
}

TEST_CASE("a spacing entropy allocates nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  Owned owned(5);
  const std::vector<float> sample{3, 1, 2, 5, 4};
  EntropyEstimate estimate;
  REQUIRE(test::allocations_of(
              [&] { static_cast<void>(owned.entropy.estimate(sample, 0, estimate)); }) == 0);
}
