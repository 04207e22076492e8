#include "pinnscope/spectra/generalized_gaussian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/goodness_of_fit.hpp"
#include "pinnscope/spectra/information_criterion.hpp"
#include "spectra/published_layer.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

struct Owned {
  explicit Owned(std::size_t capacity) : Owned(GeneralizedGaussianFitter::Config{capacity}) {}
  explicit Owned(const GeneralizedGaussianFitter::Config& config)
      : memory(GeneralizedGaussianFitter::footprint(config).bytes),
        arena(memory),
        fitter(config, arena) {}

  std::vector<std::byte> memory;
  Arena arena;
  GeneralizedGaussianFitter fitter;
};

std::vector<double> draws(const GeneralizedGaussian& law, std::size_t n, std::uint64_t seed) {
  const Philox random(seed);
  std::vector<double> sample(n);
  for (std::size_t i = 0; i < n; ++i) sample[i] = law.quantile(random.uniform(i));
  return sample;
}

/// The largest likelihood over mu and alpha when mu is one of the entries.
double best_at_an_entry(const std::vector<double>& sample, double beta) {
  const auto n = static_cast<double>(sample.size());
  double best = -std::numeric_limits<double>::infinity();
  for (const double mu : sample) {
    double sum = 0;
    for (const double x : sample) sum += std::pow(std::abs(x - mu), beta);
    const GeneralizedGaussian law{mu, std::pow(beta * sum / n, 1 / beta), beta};
    best = std::max(best, log_likelihood(law, sample));
  }
  return best;
}

}  // namespace

TEST_CASE("beta 2 is the normal law and beta 1 the Laplace law") {
  const GeneralizedGaussian normal = normal_law(1, 0.5);
  const GeneralizedGaussian laplace = laplace_law(1, 0.5);
  for (const double x : {-3.0, 0.2, 1.0, 1.7, 4.0}) {
    const double z = (x - 1) / 0.5;
    const double density = std::exp(-z * z / 2) / (0.5 * std::sqrt(2 * std::numbers::pi));
    REQUIRE(test::relatively_close(normal.density(x), density, 2e-14));
    REQUIRE(test::relatively_close(normal.distribution(x), std::erfc(-z / std::numbers::sqrt2) / 2, 2e-14));
    REQUIRE(test::relatively_close(laplace.density(x), std::exp(-std::abs(z)), 1e-14));
    const double tail = std::exp(-std::abs(z)) / 2;
    REQUIRE(test::relatively_close(laplace.distribution(x), z < 0 ? tail : 1 - tail, 1e-14));
  }
  REQUIRE(test::relatively_close(normal.standard_deviation(), 0.5, 1e-14));
  REQUIRE(test::relatively_close(normal.kurtosis(), 3, 1e-14));
  REQUIRE(test::relatively_close(laplace.kurtosis(), 6, 1e-14));
  REQUIRE(test::close(normal.entropy(), 0.5 * std::log(2 * std::numbers::pi * std::numbers::e * 0.25), 1e-14));
}

TEST_CASE("a law's moments, entropy and distribution agree with its density by quadrature") {
  for (const double beta : {0.7, 1.5, 2.0, 3.8, 9.0}) {
    const GeneralizedGaussian law{0.3, 1.2, beta};
    // Midpoints in t, |x - mu| = alpha t^3, which smooths the cusp at mu.
    double mass = 0, second = 0, entropy = 0, below = 0;
    const int steps = 200000;
    const double power = 3;
    const double end = std::pow(60.0, 1 / (beta * power));
    for (int i = 0; i < steps; ++i) {
      const double t = (i + 0.5) * end / steps;
      const double distance = 1.2 * std::pow(t, power);
      const double weight = law.density(0.3 + distance) * 1.2 * power * std::pow(t, power - 1) * end / steps;
      mass += 2 * weight;
      second += 2 * weight * distance * distance;
      entropy -= 2 * weight * law.log_density(0.3 + distance);
      if (distance <= 1.0) below += weight;
    }
    CAPTURE(beta);
    REQUIRE(test::close(mass, 1, 1e-9));
    REQUIRE(test::relatively_close(std::sqrt(second), law.standard_deviation(), 1e-9));
    REQUIRE(test::close(entropy, law.entropy(), 1e-8));
    REQUIRE(std::abs(below + 0.5 - law.distribution(1.3)) <= 1e-5);  // the step at the end
  }
}

TEST_CASE("quantiles invert the distribution, tails included") {
  for (const double beta : {0.5, 1.0, 2.0, 4.5, 30.0}) {
    const GeneralizedGaussian law{-1, 3, beta};
    for (const double p : {1e-250, 1e-12, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 0x1p-40}) {
      REQUIRE(test::relatively_close(law.distribution(law.quantile(p)), p, 1e-11));
    }
    REQUIRE(law.quantile(0.5) == -1);
    REQUIRE(std::isinf(law.quantile(0)));
    REQUIRE(std::isnan(law.quantile(1.5)));
  }
}

TEST_CASE("likelihoods add up densities, and the floor replaces those below it") {
  const GeneralizedGaussian law{0, 1, 2};
  const std::vector<double> sample{0, 1, 6};
  const double peak = -0.5 * std::log(std::numbers::pi);
  REQUIRE(test::close(log_likelihood(law, sample), 3 * peak - 37, 1e-14));
  const double floored = 2 * peak - 1 + std::log(1e-12);
  REQUIRE(test::close(floored_log_likelihood(law, sample), floored, 1e-14));
  const std::vector<float> far{0, 1e30f};
  REQUIRE(log_likelihood({0, 1e-30, 8}, far) == -std::numeric_limits<double>::infinity());
  REQUIRE(std::isfinite(floored_log_likelihood({0, 1e-30, 8}, far)));
}

TEST_CASE("fits of all fourteen hidden layers meet the reference") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  Owned owned(10000);
  for (const auto& row : test::reference_rows(directory, "generalized_gaussian_mle.txt")) {
    const int network = static_cast<int>(row[0]);
    const int layer = static_cast<int>(row[1]);
    CAPTURE(network, layer);
    auto sample = test::published_layer(directory, network, layer);
    REQUIRE(owned.fitter.load(sample).ok());
    GeneralizedGaussianFit fit;
    REQUIRE(owned.fitter.fit(fit).ok());
    REQUIRE(std::abs(fit.law.beta - row[2]) <= 1e-6);
    REQUIRE(std::abs(fit.law.mu - row[3]) <= 1e-8);
    REQUIRE(std::abs(fit.law.alpha - row[4]) <= 1e-7);
    REQUIRE(test::relatively_close(fit.log_likelihood, row[5], 1e-12));
    REQUIRE(fit.log_likelihood >= row[5] - 1e-9);
    REQUIRE(test::relatively_close(log_likelihood(fit.law, sample), fit.log_likelihood, 1e-12));
    REQUIRE(test::relatively_close(akaike_criterion(fit.log_likelihood, 3), row[6], 1e-12));
    std::sort(sample.begin(), sample.end());
    double distance = 0;
    const GeneralizedGaussian recorded{row[3], row[4], row[2]};
    const auto law = [&](double x) { return recorded.distribution(x); };
    REQUIRE(kolmogorov_smirnov_distance(sample, law, distance).ok());
    REQUIRE(std::abs(distance - row[7]) <= 1e-12);
    const auto fitted = [&](double x) { return fit.law.distribution(x); };
    REQUIRE(kolmogorov_smirnov_distance(sample, fitted, distance).ok());
    REQUIRE(std::abs(distance - row[7]) <= 1e-7);
  }
}

TEST_CASE("fits at integer beta meet the recomputed optima") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  Owned owned(10000);
  for (const auto& row : test::reference_rows(directory, "published_beta_scan.txt")) {
    CAPTURE(row[0], row[1], row[2]);
    if (row[2] == 1) {
      const auto sample =
          test::published_layer(directory, static_cast<int>(row[0]), static_cast<int>(row[1]));
      REQUIRE(owned.fitter.load(sample).ok());
    }
    GeneralizedGaussianFit fit;
    REQUIRE(owned.fitter.fit_beta(row[2], fit).ok());
    REQUIRE(test::relatively_close(fit.log_likelihood, row[8], 1e-12));
    REQUIRE(fit.log_likelihood >= row[8] - 1e-9);
    if (row[2] > 1) REQUIRE(std::abs(fit.law.mu - row[9]) <= 1e-7);
    if (row[2] > 1) REQUIRE(std::abs(fit.law.alpha - row[10]) <= 1e-7);
  }
}

TEST_CASE("published continuous fits have the printed floored likelihood, and ours is no lower") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  Owned owned(10000);
  for (const auto& row : test::reference_rows(directory, "published_continuous_fit.txt")) {
    CAPTURE(row[0], row[1]);
    const auto sample =
        test::published_layer(directory, static_cast<int>(row[0]), static_cast<int>(row[1]));
    const double printed = floored_log_likelihood({row[2], row[3], row[4]}, sample);
    CHECK(std::abs(printed - row[5]) <= 1e-9);
    REQUIRE(owned.fitter.load(sample).ok());
    GeneralizedGaussianFit fit;
    REQUIRE(owned.fitter.fit_floored(kPublishedDensityFloor, fit).ok());
    CHECK(fit.log_likelihood - row[5] >= -0.5e-5);
    CHECK(fit.log_likelihood - row[5] == -1);
    REQUIRE(test::relatively_close(floored_log_likelihood(fit.law, sample), fit.log_likelihood,
                                   1e-12));
  }
}

TEST_CASE("floored fits at integer beta are at least as high as the recomputed optima") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  Owned owned(10000);
  for (const auto& row : test::reference_rows(directory, "published_beta_scan.txt")) {
    CAPTURE(row[0], row[1], row[2]);
    const auto sample =
        test::published_layer(directory, static_cast<int>(row[0]), static_cast<int>(row[1]));
    if (row[2] == 1) REQUIRE(owned.fitter.load(sample).ok());
    GeneralizedGaussianFit fit;
    REQUIRE(owned.fitter.fit_floored_beta(kPublishedDensityFloor, row[2], fit).ok());
    CHECK(fit.log_likelihood >= row[7] - 1e-6);
    CHECK(fit.log_likelihood - row[7] == -1);
    REQUIRE(test::relatively_close(floored_log_likelihood(fit.law, sample), fit.log_likelihood,
                                   1e-12));
  }
}
