#include <vector>

#include "pinnscope/spectra/laws/floored_fit.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"
#include "pinnscope/spectra/samples/differential_entropy.hpp"
#include "pinnscope/spectra/samples/kernel_density.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

static_assert(KernelDensity::footprint({100}).block_count == 9);
static_assert(GeneralizedGaussianFitter::footprint({.capacity = 100}).payload == 832);
static_assert(DifferentialEntropy::footprint({100}).payload == 832);
static_assert(KernelDensity::footprint({0}).payload == 448);  // six paddings, a box's end

TEST_CASE("kernel densities live in exactly their footprint") {
  const std::vector<double> bandwidths{0.1, 1};
  for (const std::size_t n : {std::size_t{2}, std::size_t{3}, std::size_t{64}, std::size_t{101}}) {
    std::vector<double> sample(n), scores(2);
    for (std::size_t i = 0; i < n; ++i) sample[i] = static_cast<double>(i * i % 37);
    test::check_footprint<KernelDensity>(KernelDensity::Config{n}, [&](KernelDensity& kernels) {
      BandwidthChoice best;
      REQUIRE(kernels.load(sample).ok());
      REQUIRE(kernels.cross_validate(2, bandwidths, scores, best).ok());
      REQUIRE(kernels.leave_one_out(bandwidths, scores, best).ok());
      REQUIRE(kernels.densities(0.5, bandwidths, scores).ok());
    });
  }
}

TEST_CASE("generalised Gaussian fits live in exactly their footprint") {
  for (const std::size_t n : {std::size_t{3}, std::size_t{64}, std::size_t{101}}) {
    std::vector<double> sample(n);
    for (std::size_t i = 0; i < n; ++i) sample[i] = static_cast<double>(i * i % 37);
    const GeneralizedGaussianFitter::Config config{.capacity = n};
    test::check_footprint<GeneralizedGaussianFitter>(
        config, [&](GeneralizedGaussianFitter& fitter) {
          GeneralizedGaussianFit fit;
          REQUIRE(fitter.load(sample).ok());
          REQUIRE(fitter.fit_beta(1.5, fit).ok());
          FlooredFit floored;
          REQUIRE(fit_floored_beta(fitter, kPublishedDensityFloor, 3, floored).ok());
        });
  }
}

TEST_CASE("spacing entropies live in exactly their footprint") {
  for (const std::size_t n : {std::size_t{3}, std::size_t{64}, std::size_t{101}}) {
    std::vector<double> sample(n);
    for (std::size_t i = 0; i < n; ++i) sample[i] = static_cast<double>(i * i % 37);
    test::check_footprint<DifferentialEntropy>(
        DifferentialEntropy::Config{n}, [&](DifferentialEntropy& entropy) {
          EntropyEstimate estimate;
          REQUIRE(entropy.estimate(sample, 0, estimate).ok());
        });
  }
}

TEST_CASE("entropies of Gaussian samples live in exactly their footprint") {
  for (const std::size_t n : {std::size_t{3}, std::size_t{64}, std::size_t{101}}) {
    test::check_footprint<EntropyCalibration>(
        EntropyCalibration::Config{n, 3},
        [&](EntropyCalibration& calibration) { REQUIRE(calibration.simulate(n, 0, 1).ok()); });
  }
}
