#include "pinnscope/spectra/samples/differential_entropy.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/samples/kernel_density.hpp"
#include "spectra/published_layer.hpp"
#include "support/allocation.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Owned = test::Owned<DifferentialEntropy>;

using OwnedCalibration = test::Owned<EntropyCalibration>;

}  // namespace

TEST_CASE("spacing entropies of four numbers are those worked out by hand") {
  Owned owned({4});
  EntropyEstimate estimate;
  REQUIRE(owned->estimate(std::vector<double>{7, 0, 1, 3}, 1, estimate).ok());
  // Spacings 1, 3, 6, 4 over 1, 2, 2, 1 ranks; n / (2 m) = 2.
  REQUIRE(test::close(estimate.vasicek, std::log(2.0 * 6 * 12 * 8) / 4, 1e-15));
  REQUIRE(test::close(estimate.ebrahimi, std::log(4.0 * 6 * 12 * 16) / 4, 1e-15));
  REQUIRE(estimate.window == 1);
  REQUIRE(estimate.widened == 0);
  REQUIRE(test::close(estimate.support_maximum, std::log(7.0), 1e-15));
}

TEST_CASE("the nearest-neighbour entropy of five numbers is the one worked out by hand") {
  // Of five numbers the fourth neighbour is the farthest: distances 10, 9, 7, 6, 10.
  Owned owned({5});
  EntropyEstimate estimate;
  REQUIRE(owned->estimate(std::vector<double>{3, 0, 4, 1, 10}, 0, estimate).ok());
  const double psi_difference = 1.0 / 4;  // psi(5) - psi(4)
  const double logs = std::log(10.0 * 9 * 7 * 6 * 10) / 5;
  REQUIRE(test::close(estimate.nearest, psi_difference + std::log(2.0) + logs, 1e-14));
}

TEST_CASE("nearest-neighbour entropies survive ties and the ends of the number range") {
  Owned owned({40});
  EntropyEstimate estimate;
  std::vector<double> tied(40, 1.0);
  tied[0] = 2;
  REQUIRE(owned->estimate(tied, 0, estimate).ok());
  REQUIRE(std::isfinite(estimate.nearest));
  REQUIRE(owned->estimate(std::vector<double>{-1.7e308, 1.7e308, 0, 1}, 0, estimate).ok());
  REQUIRE(std::isfinite(estimate.nearest));
  static_cast<void>(owned->estimate(std::vector<double>{0, 5e-324, 0, 0}, 0, estimate));
}

TEST_CASE("entropies of large samples come close to those of their laws") {
  const std::size_t n = 10000;
  const Philox random(21);
  std::vector<double> uniform(n), normal(n);
  for (std::size_t i = 0; i < n; ++i) uniform[i] = random.uniform(i);
  for (std::size_t i = 0; i < n; ++i) normal[i] = 0.1 * random.normal(i);
  Owned owned({n});
  EntropyEstimate estimate;
  REQUIRE(owned->estimate(uniform, 0, estimate).ok());
  REQUIRE(estimate.window == 100);
  REQUIRE(std::abs(estimate.ebrahimi) <= 0.01);
  REQUIRE(std::abs(estimate.nearest) <= 0.02);
  REQUIRE(estimate.vasicek < estimate.ebrahimi);
  REQUIRE(std::abs(estimate.gaussian_maximum - 0.176485) <= 0.01);
  REQUIRE(estimate.ebrahimi <= estimate.support_maximum);
  REQUIRE(owned->estimate(normal, 0, estimate).ok());
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
  Owned owned({501});
  EntropyEstimate here, there;
  REQUIRE(owned->estimate(sample, 0, here).ok());
  REQUIRE(owned->estimate(moved, 0, there).ok());
  REQUIRE(test::close(there.vasicek, here.vasicek + std::log(8.0), 1e-13));
  REQUIRE(test::close(there.gaussian_maximum, here.gaussian_maximum + std::log(8.0), 1e-13));
}

TEST_CASE("ties widen a window instead of sending the entropy to minus infinity") {
  Owned owned({8});
  EntropyEstimate estimate;
  REQUIRE(owned->estimate(std::vector<float>{1, 2, 2, 2, 2, 2, 3, 4}, 1, estimate).ok());
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
  Owned owned({10000});
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
    REQUIRE(owned->estimate(sample, 0, estimate).ok());
    REQUIRE(std::abs(estimate.ebrahimi - entropy) <= 0.02);
    REQUIRE(entropy < estimate.gaussian_maximum);
    REQUIRE(entropy < estimate.support_maximum);
  }
}

TEST_CASE("the bias of entropies on Gaussian samples is that of an independent simulation") {
  // 40,000 and 8,000 samples of NumPy's generator; the tolerances are four standard errors of both.
  struct Known {
    std::size_t size, window, draws;
    double vasicek, ebrahimi, nearest, error;
  };
  for (const Known& known : {Known{20, 4, 4000, 0.27775679, 0.11932036, 0.01018183, 0.06581059},
                             Known{200, 14, 1000, 0.0464521, -2.8e-6, 0.0055382, 0.01828998}}) {
    OwnedCalibration owned({known.size, known.draws});
    REQUIRE(owned->simulate(known.size, 0, 3).ok());
    const EntropyEstimate zero{
        .window = known.window, .gaussian_maximum = 9, .sample_size = known.size};
    CorrectedEntropy bias;
    REQUIRE(owned->correct(zero, bias).ok());
    const double tolerance = 4.5 * known.error / std::sqrt(static_cast<double>(known.draws));
    REQUIRE(std::abs(bias.vasicek - known.vasicek) <= tolerance);
    REQUIRE(std::abs(bias.ebrahimi - known.ebrahimi) <= tolerance);
    REQUIRE(std::abs(bias.nearest - known.nearest) <= 3 * tolerance);
    REQUIRE(test::relatively_close(bias.error, known.error, 0.1));
  }
}

TEST_CASE("corrected negentropies of Gaussian samples are noise about zero, wherever they lie") {
  const std::size_t n = 400, samples = 300;
  Owned owned({n});
  OwnedCalibration corrected({n});
  REQUIRE(corrected->simulate(n, 0, 1).ok());
  double sum = 0, squares = 0;
  std::size_t rejected = 0, above = 0;
  std::vector<double> sample(n);
  for (std::size_t k = 0; k < samples; ++k) {
    const Philox random(77, k);
    for (std::size_t i = 0; i < n; ++i) sample[i] = 1 + 1e-3 * random.normal(i);
    EntropyEstimate estimate;
    CorrectedEntropy entropy;
    REQUIRE(owned->estimate(sample, 0, estimate).ok());
    REQUIRE(corrected->correct(estimate, entropy).ok());
    REQUIRE(entropy.negentropy >= 0);
    REQUIRE(std::max({entropy.vasicek, entropy.ebrahimi, entropy.nearest}) <=
            estimate.gaussian_maximum);
    sum += entropy.score;
    squares += entropy.score * entropy.score;
    if (entropy.p_value <= 0.05) ++rejected;
    if (estimate.ebrahimi > estimate.gaussian_maximum) ++above;
  }
  REQUIRE(above > samples / 4);  // what the correction is for
  REQUIRE(std::abs(sum / samples) <= 4 * std::sqrt(1.0 / samples + 1.0 / 200));
  REQUIRE(test::close(squares / samples, 1, 0.35));
  REQUIRE(rejected <= 35);  // 5 % of 300, with the error of the simulated limit
  REQUIRE(rejected >= 3);
}

TEST_CASE("negentropies of laws far from Gaussian are those of their formulas") {
  const std::size_t n = 10000;
  Owned owned({n});
  OwnedCalibration corrected({n, 40});
  REQUIRE(corrected->simulate(n, 0, 1).ok());
  const Philox random(21);
  std::vector<double> uniform(n), laplace(n);
  for (std::size_t i = 0; i < n; ++i) uniform[i] = 5 + random.uniform(i);
  for (std::size_t i = 0; i < n; ++i) {
    const double u = random.uniform(n + i);
    laplace[i] = u < 0.5 ? std::log(2 * u) : -std::log(2 - 2 * u);
  }
  const auto negentropy = [&](const std::vector<double>& sample) {
    EntropyEstimate estimate;
    CorrectedEntropy entropy;
    REQUIRE(owned->estimate(sample, 0, estimate).ok());
    REQUIRE(corrected->correct(estimate, entropy).ok());
    REQUIRE(entropy.p_value <= 1.0 / 41);
    return entropy.negentropy;
  };
  const double gaussian = gaussian_entropy(1);
  REQUIRE(std::abs(negentropy(uniform) - (gaussian - std::log(12.0) / 2)) <= 0.03);
  // Laplace with b = 1 has 1 + ln 2 nats and a variance of 2.
  REQUIRE(std::abs(negentropy(laplace) - (gaussian + std::log(2.0) / 2 - 1 - std::numbers::ln2)) <=
          0.03);
}

TEST_CASE("entropies are corrected by samples of their own size and window alone") {
  OwnedCalibration owned({100, 5});
  CorrectedEntropy entropy{.score = 7};
  EntropyEstimate estimate{.window = 5, .sample_size = 50};
  REQUIRE(owned->correct(estimate, entropy).code == StatusCode::shape_mismatch);
  REQUIRE(owned->simulate(101, 0, 1) == Status{StatusCode::shape_mismatch, 100});
  REQUIRE(owned->simulate(2, 0, 1).code == StatusCode::out_of_range);
  REQUIRE(owned->simulate(50, 25, 1).code == StatusCode::out_of_range);
  REQUIRE(owned->correct(estimate, entropy).code == StatusCode::shape_mismatch);
  REQUIRE(owned->simulate(50, 5, 1).ok());
  estimate.sample_size = 51;
  REQUIRE(owned->correct(estimate, entropy).code == StatusCode::shape_mismatch);
  estimate.sample_size = 50;
  estimate.window = 6;
  REQUIRE(owned->correct(estimate, entropy).code == StatusCode::shape_mismatch);
  REQUIRE(entropy.score == 7);
  estimate.window = 5;
  REQUIRE(owned->correct(estimate, entropy).ok());
  OwnedCalibration single({100, 1});
  REQUIRE(single->simulate(50, 0, 1).code == StatusCode::out_of_range);
}

TEST_CASE("entropies refuse what they cannot answer") {
  Owned owned({4});
  EntropyEstimate estimate{.vasicek = 7};
  REQUIRE(owned->estimate(std::vector<double>{}, 0, estimate).code == StatusCode::empty_input);
  REQUIRE(owned->estimate(std::vector<double>(5), 0, estimate) ==
          Status{StatusCode::shape_mismatch, 4});
  REQUIRE(owned->estimate(std::vector<double>(4, 1.0), 0, estimate).code == StatusCode::degenerate);
  REQUIRE(owned->estimate(std::vector<double>{1, 2, 3, 4}, 2, estimate).code ==
          StatusCode::out_of_range);
  const std::vector<float> broken{1, std::numeric_limits<float>::infinity()};
  REQUIRE(owned->estimate(broken, 0, estimate) == Status{StatusCode::not_finite, 1});
  REQUIRE(estimate.vasicek == 7);
  REQUIRE(owned->estimate(std::vector<double>{1, 2}, 0, estimate).ok());
}

TEST_CASE("a spacing entropy allocates nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  Owned owned({5});
  const std::vector<float> sample{3, 1, 2, 5, 4};
  EntropyEstimate estimate;
  REQUIRE(test::allocations_of([&] { static_cast<void>(owned->estimate(sample, 0, estimate)); }) ==
          0);
  OwnedCalibration calibration({5, 3});
  CorrectedEntropy entropy;
  REQUIRE(test::allocations_of([&] {
            static_cast<void>(calibration->simulate(5, 0, 1));
            static_cast<void>(calibration->correct(estimate, entropy));
          }) == 0);
}
