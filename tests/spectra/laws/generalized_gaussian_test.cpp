#include "pinnscope/spectra/laws/generalized_gaussian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/laws/information_criterion.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "spectra/laws/owned_fitter.hpp"
#include "spectra/published_layer.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using test::draws;
using test::OwnedFitter;

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
    REQUIRE(test::relatively_close(normal.distribution(x), std::erfc(-z / std::numbers::sqrt2) / 2,
                                   2e-14));
    REQUIRE(test::relatively_close(laplace.density(x), std::exp(-std::abs(z)), 1e-14));
    const double tail = std::exp(-std::abs(z)) / 2;
    REQUIRE(test::relatively_close(laplace.distribution(x), z < 0 ? tail : 1 - tail, 1e-14));
  }
  REQUIRE(test::relatively_close(normal.standard_deviation(), 0.5, 1e-14));
  REQUIRE(test::relatively_close(normal.kurtosis(), 3, 1e-14));
  REQUIRE(test::relatively_close(laplace.kurtosis(), 6, 1e-14));
  REQUIRE(test::close(normal.entropy(),
                      0.5 * std::log(2 * std::numbers::pi * std::numbers::e * 0.25), 1e-14));
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
      const double weight =
          law.density(0.3 + distance) * 1.2 * power * std::pow(t, power - 1) * end / steps;
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

TEST_CASE("likelihoods add up densities") {
  const GeneralizedGaussian law{0, 1, 2};
  const std::vector<double> sample{0, 1, 6};
  const double peak = -0.5 * std::log(std::numbers::pi);
  REQUIRE(test::close(log_likelihood(law, sample), 3 * peak - 37, 1e-14));
  const std::vector<float> far{0, 1e30f};
  REQUIRE(log_likelihood({0, 1e-30, 8}, far) == -std::numeric_limits<double>::infinity());
}

TEST_CASE("fits of all fourteen hidden layers meet the reference") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  OwnedFitter owned({10000});
  for (const auto& row : test::reference_rows(directory, "generalized_gaussian_mle.txt")) {
    const int network = static_cast<int>(row[0]);
    const int layer = static_cast<int>(row[1]);
    CAPTURE(network, layer);
    auto sample = test::published_layer(directory, network, layer);
    REQUIRE(owned->load(sample).ok());
    GeneralizedGaussianFit fit;
    REQUIRE(owned->fit(fit).ok());
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

TEST_CASE("fits of a hundred biases find a law, or say that they are flatter than uniform") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  OwnedFitter owned({100});
  for (const int network : {0, 1}) {
    for (int layer = 0; layer < 8; ++layer) {
      CAPTURE(network, layer);
      REQUIRE(owned->load(test::published_layer(directory, network, layer, true)).ok());
      GeneralizedGaussianFit fit;
      const Status status = owned->fit(fit);
      // Pearson's kurtosis is 1.63 there, a uniform law's 1.8: the likelihood rises up to the
      // bound.
      const bool flatter = network == 0 && layer == 0;
      REQUIRE(status == (flatter ? Status{StatusCode::out_of_range, 1} : Status{}));
      if (flatter) REQUIRE(test::close(fit.log_likelihood, 159.6628560897, 1e-5));
    }
  }
}

TEST_CASE("fits at integer beta meet the recomputed optima") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  OwnedFitter owned({10000});
  for (const auto& row : test::reference_rows(directory, "published_beta_scan.txt")) {
    CAPTURE(row[0], row[1], row[2]);
    if (row[2] == 1) {
      const auto sample =
          test::published_layer(directory, static_cast<int>(row[0]), static_cast<int>(row[1]));
      REQUIRE(owned->load(sample).ok());
    }
    GeneralizedGaussianFit fit;
    REQUIRE(owned->fit_beta(row[2], fit).ok());
    REQUIRE(test::relatively_close(fit.log_likelihood, row[8], 1e-12));
    REQUIRE(fit.log_likelihood >= row[8] - 1e-9);
    if (row[2] > 1) REQUIRE(std::abs(fit.law.mu - row[9]) <= 1e-7);
    if (row[2] > 1) REQUIRE(std::abs(fit.law.alpha - row[10]) <= 1e-7);
  }
}

TEST_CASE("fits recover the law that a sample was drawn from") {
  OwnedFitter owned({4000});
  for (const double beta : {0.5, 0.8, 1.0, 1.4, 2.0, 5.0, 20.0}) {
    CAPTURE(beta);
    const GeneralizedGaussian law{0.7, 0.2, beta};
    const auto sample = draws(law, 4000, 31);
    REQUIRE(owned->load(sample).ok());
    GeneralizedGaussianFit fit;
    REQUIRE(owned->fit(fit).ok());
    REQUIRE(std::abs(fit.law.beta / beta - 1) <= 0.12);
    REQUIRE(std::abs(fit.law.mu - 0.7) <= 4 * law.standard_deviation() / std::sqrt(4000.0));
    REQUIRE(fit.log_likelihood > log_likelihood(law, sample));
    REQUIRE(test::relatively_close(log_likelihood(fit.law, sample), fit.log_likelihood, 1e-12));
    REQUIRE(std::abs(fit.beta_score) <= 1e-9);
  }
}

TEST_CASE("a fit is at least as high as every law of a fine grid around it") {
  OwnedFitter owned({200});
  for (const double beta : {0.6, 1.1, 3.0}) {
    const auto sample = draws({0, 1, beta}, 200, 32);
    REQUIRE(owned->load(sample).ok());
    GeneralizedGaussianFit fit;
    REQUIRE(owned->fit(fit).ok());
    for (int i = -20; i <= 20; ++i) {
      for (int j = -20; j <= 20; ++j) {
        for (int k = -5; k <= 5; ++k) {
          const GeneralizedGaussian law{fit.law.mu + 0.01 * i * i * i / 40,
                                        fit.law.alpha * std::exp(0.02 * j),
                                        fit.law.beta * std::exp(0.05 * k)};
          if (log_likelihood(law, sample) > fit.log_likelihood + 1e-9) {
            CAPTURE(beta, i, j, k);
            REQUIRE(log_likelihood(law, sample) <= fit.log_likelihood + 1e-9);
          }
        }
      }
    }
  }
}

TEST_CASE("below beta 1 the best of all entries is found") {
  OwnedFitter owned({300});
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    auto sample = draws({0, 1, 0.7}, 300, 40 + seed);
    if (seed == 1) {
      for (double& x : sample) x = std::round(4 * x) / 4;  // ties
    }
    if (seed == 2) {
      for (std::size_t i = 0; i < 150; ++i) sample[i] += 20;  // two humps
    }
    REQUIRE(owned->load(sample).ok());
    for (const double beta : {0.05, 0.3, 0.6, 0.9, 0.99}) {
      CAPTURE(seed, beta);
      GeneralizedGaussianFit fit;
      REQUIRE(owned->fit_beta(beta, fit).ok());
      REQUIRE(test::relatively_close(fit.log_likelihood, best_at_an_entry(sample, beta), 1e-12));
      REQUIRE(std::count(sample.begin(), sample.end(), fit.law.mu) >= 1);
    }
  }
}

TEST_CASE("the higher of two maxima on either side of beta 1 is found") {
  // Laplace draws to two digits; the independent search is SciPy's, over a fine scan of beta.
  struct Known {
    std::vector<double> sample;
    double beta, mu, alpha, log_likelihood;
  };
  const std::vector<Known> samples{
      {{0.23, 3.65, 0.01,  1.75,  -0.22, -0.72, -0.63, -1.98, -0.93, 1.95, 0.73,  -0.85,
        0.34, 2.74, -1.12, -0.38, 0.92,  -2.01, -0.07, 3.69,  -0.1,  0.22, -0.36, 0.87},
       0.91592729,
       -0.07,
       0.96452,
       -42.96685573},
      {{1.49,  0.06, -1.2,  0.47, 0.25,  1.76, 2.15, -0.01, -0.26, -0.57, 0.23, -0.78,
        -0.02, 2.42, -0.41, 0.4,  -1.84, 3.06, 1.06, 1.4,   -0.06, -0.23, 0.05, 0.46},
       0.73967943,
       0.05,
       0.49357468,
       -36.60196602},
      {{0.17,  -0.28, 1.15,  0.33,  -0.06, 2.67,  1.0,   -1.0,  1.76,  -0.52, 1.47, -1.6,
        -0.51, -0.34, -0.49, -0.56, 0.3,   -1.61, -0.66, -0.07, -1.22, 0.52,  -0.5, 0.1},
       1.4086027547,
       -0.08655526,
       1.1235730753,
       -34.22124358684}};
  const GeneralizedGaussianFitter::Config config{24, 0.4, 5};
  std::vector<std::byte> memory(GeneralizedGaussianFitter::footprint(config).bytes);
  Arena arena(memory);
  GeneralizedGaussianFitter fitter(config, arena);
  for (const Known& known : samples) {
    GeneralizedGaussianFit fit;
    REQUIRE(fitter.load(known.sample).ok());
    REQUIRE(fitter.fit(fit).ok());
    REQUIRE(test::relatively_close(fit.law.beta, known.beta, 1e-6));
    REQUIRE(std::abs(fit.law.mu - known.mu) <= 1e-7);
    REQUIRE(test::relatively_close(fit.law.alpha, known.alpha, 1e-6));
    REQUIRE(std::abs(fit.log_likelihood - known.log_likelihood) <= 1e-7);
  }
}

TEST_CASE("a normal fit is the mean and a Laplace fit the median") {
  const auto sample = draws({0, 1, 1.5}, 101, 50);
  OwnedFitter owned({101});
  REQUIRE(owned->load(sample).ok());
  GeneralizedGaussianFit fit;
  REQUIRE(owned->fit_beta(2, fit).ok());
  double mean = 0, variance = 0;
  for (const double x : sample) mean += x / 101;
  for (const double x : sample) variance += (x - mean) * (x - mean) / 101;
  REQUIRE(test::close(fit.law.mu, mean, 1e-14));
  REQUIRE(test::relatively_close(fit.law.standard_deviation(), std::sqrt(variance), 1e-13));
  REQUIRE(owned->fit_beta(1, fit).ok());
  auto sorted = sample;
  std::sort(sorted.begin(), sorted.end());
  REQUIRE(fit.law.mu == sorted[50]);
}

TEST_CASE("fits follow a shift and any scale that a double can carry") {
  auto sample = draws({0, 1, 3}, 500, 51);
  for (double& x : sample) x = std::round(x * 0x1p20) * 0x1p-20;  // so that the moves are exact
  OwnedFitter owned({500});
  REQUIRE(owned->load(sample).ok());
  GeneralizedGaussianFit here, there;
  REQUIRE(owned->fit(here).ok());
  for (const double scale : {0x1p1020, 0x1p-1000}) {
    auto scaled = sample;
    for (double& x : scaled) x *= scale;
    REQUIRE(owned->load(scaled).ok());
    REQUIRE(owned->fit(there).ok());
    REQUIRE(test::relatively_close(there.law.beta, here.law.beta, 1e-10));
    REQUIRE(test::relatively_close(there.law.alpha / scale, here.law.alpha, 1e-10));
    const double moved = here.log_likelihood - 500 * std::log(scale);
    REQUIRE(test::relatively_close(there.log_likelihood, moved, 1e-13));
  }
  for (double& x : sample) x += 0x1p30;
  REQUIRE(owned->load(sample).ok());
  REQUIRE(owned->fit(there).ok());
  REQUIRE(test::relatively_close(there.law.beta, here.law.beta, 1e-6));
  REQUIRE(test::close(there.log_likelihood, here.log_likelihood, 1e-10));
}

TEST_CASE("a fit says when the optimum sits on a bound of beta") {
  OwnedFitter owned({.capacity = 1000, .lowest_beta = 1.5, .highest_beta = 4});
  GeneralizedGaussianFit fit;
  REQUIRE(owned->load(draws({0, 1, 1}, 1000, 52)).ok());
  REQUIRE(owned->fit(fit) == Status{StatusCode::out_of_range, -1});
  REQUIRE(fit.law.beta == 1.5);
  REQUIRE(owned->load(draws({0, 1, 9}, 1000, 53)).ok());
  REQUIRE(owned->fit(fit) == Status{StatusCode::out_of_range, 1});
  REQUIRE(fit.law.beta == 4);
  REQUIRE(owned->load(std::vector<double>{-1, 1}).ok());
  REQUIRE(owned->fit(fit) == Status{StatusCode::out_of_range, 1});
}

TEST_CASE("fits refuse what they cannot answer") {
  OwnedFitter owned({4});
  GeneralizedGaussianFit fit;
  REQUIRE(owned->fit(fit).code == StatusCode::empty_input);
  REQUIRE(owned->load(std::vector<double>{}).code == StatusCode::empty_input);
  REQUIRE(owned->load(std::vector<double>(5)) == Status{StatusCode::shape_mismatch, 4});
  REQUIRE(owned->load(std::vector<double>(3, 2.0)).code == StatusCode::degenerate);
  const std::vector<float> broken{1, std::numeric_limits<float>::quiet_NaN()};
  REQUIRE(owned->load(broken) == Status{StatusCode::not_finite, 1});
  REQUIRE(owned->fit_beta(2, fit).code == StatusCode::empty_input);
  REQUIRE(owned->load(std::vector<double>{1, 2, 3, 5}).ok());
  for (const double beta : {0.0, -1.0, 2000.0, std::nan("")}) {
    REQUIRE(owned->fit_beta(beta, fit).code == StatusCode::out_of_range);
  }
}

TEST_CASE("fits allocate nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const auto sample = draws({0, 1, 0.9}, 200, 55);
  OwnedFitter owned({200});
  GeneralizedGaussianFit fit;
  const auto work = [&] {
    static_cast<void>(owned->load(sample));
    static_cast<void>(owned->fit(fit));
    static_cast<void>(owned->fit_beta(0.5, fit));
    fit.log_likelihood += fit.law.distribution(0.3) + fit.law.quantile(0.3);
  };
  REQUIRE(test::allocations_of(work) == 0);
}
