#include "pinnscope/spectra/samples/goodness_of_fit.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("the Kolmogorov-Smirnov distance sees both sides of each step") {
  const auto uniform = [](double x) { return x; };
  double distance = 0;
  REQUIRE(kolmogorov_smirnov_distance(std::vector<double>{0.5}, uniform, distance).ok());
  REQUIRE(distance == 0.5);
  REQUIRE(kolmogorov_smirnov_distance(std::vector<double>{0.1, 0.2}, uniform, distance).ok());
  REQUIRE(distance == 0.8);
  REQUIRE(kolmogorov_smirnov_distance(std::vector<double>{0.75, 0.875}, uniform, distance).ok());
  REQUIRE(distance == 0.75);
}

TEST_CASE("ties count as one step") {
  double distance = 0;
  const std::vector<float> sample{0.25f, 0.5f, 0.5f, 0.5f};
  REQUIRE(kolmogorov_smirnov_distance(
              sample, [](double x) { return x; }, distance)
              .ok());
  REQUIRE(distance == 0.5);
}

TEST_CASE("a distance is the largest over all entries, with few calls of the law") {
  const Philox random(7);
  std::uint64_t draw = 0;
  for (const std::size_t n : {1u, 2u, 31u, 32u, 33u, 34u, 64u, 65u, 100u, 1000u, 10000u}) {
    for (const double exponent : {1.0, 1.02, 1.5, 4.0}) {  // of the law; the sample is uniform
      std::vector<double> sample(n);
      for (double& x : sample) x = random.uniform(draw++);
      std::sort(sample.begin(), sample.end());
      double largest = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const double f = std::pow(sample[i], exponent);
        largest = std::max({largest, static_cast<double>(i + 1) / static_cast<double>(n) - f,
                            f - static_cast<double>(i) / static_cast<double>(n)});
      }
      std::size_t calls = 0;
      const auto law = [&](double x) {
        ++calls;
        return std::pow(x, exponent);
      };
      double distance = 0;
      REQUIRE(kolmogorov_smirnov_distance(sample, law, distance).ok());
      REQUIRE(distance == largest);
      if (n == 10000) REQUIRE(calls < 2500);
    }
  }
}

TEST_CASE("a distance refuses an empty sample and a law that is not finite") {
  double distance = 7;
  const auto broken = [](double x) { return x > 1 ? std::nan("") : 0.5; };
  REQUIRE(kolmogorov_smirnov_distance(std::vector<double>{}, broken, distance).code ==
          StatusCode::empty_input);
  REQUIRE(kolmogorov_smirnov_distance(std::vector<double>{0, 1, 2}, broken, distance) ==
          Status{StatusCode::not_finite, 2});
  REQUIRE(distance == 7);
}

TEST_CASE("the limit law of Kolmogorov meets its tables") {
  // Smirnov, Annals of Mathematical Statistics 19, 1948: the table of the limit law.
  REQUIRE(std::abs(1 - kolmogorov_survival(0.5) - 0.036055) <= 0.6e-6);
  REQUIRE(std::abs(1 - kolmogorov_survival(1.0) - 0.730000) <= 0.6e-6);
  REQUIRE(std::abs(1 - kolmogorov_survival(1.5) - 0.977782) <= 0.6e-6);
  REQUIRE(kolmogorov_survival(0) == 1);
  REQUIRE(kolmogorov_survival(-1) == 1);
  REQUIRE(kolmogorov_survival(0.01) == 1);
  REQUIRE(kolmogorov_survival(50) == 0);
}

TEST_CASE("both series of the limit law agree where they meet") {
  const double below = kolmogorov_survival(std::nextafter(1.18, 0));
  REQUIRE(std::abs(below - kolmogorov_survival(1.18)) <= 4e-15);
}

TEST_CASE("Stephens' correction comes close to the exact law") {
  // Exact: P(D_10 < .274), P(D_5 <= .5), P(D_100 < .134) by Marsaglia, Tsang and Wang 2003.
  REQUIRE(std::abs(1 - kolmogorov_smirnov_p_value(0.274, 10) - 0.6284796154565) <= 1e-2);
  REQUIRE(std::abs(1 - kolmogorov_smirnov_p_value(0.5, 5) - 0.888) <= 1e-2);
  REQUIRE(std::abs(1 - kolmogorov_smirnov_p_value(0.134, 100) - 0.9499237) <= 3e-4);
}

TEST_CASE("p-values of samples from the law itself are spread evenly") {
  std::vector<double> sample(100);
  int below_half = 0;
  for (std::uint64_t run = 0; run < 400; ++run) {
    const Philox random(11, run);
    for (std::size_t i = 0; i < sample.size(); ++i) sample[i] = random.uniform(i);
    std::sort(sample.begin(), sample.end());
    double distance = 0;
    REQUIRE(kolmogorov_smirnov_distance(
                sample, [](double x) { return x; }, distance)
                .ok());
    if (kolmogorov_smirnov_p_value(distance, sample.size()) < 0.5) ++below_half;
  }
  REQUIRE(std::abs(below_half - 200) <= 40);  // four standard deviations
}

TEST_CASE("a Kolmogorov-Smirnov distance allocates nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const std::vector<double> sample{0.1, 0.2};
  double distance = 0;
  const auto work = [&] {
    static_cast<void>(kolmogorov_smirnov_distance(
        sample, [](double x) { return x; }, distance));
    distance = kolmogorov_smirnov_p_value(distance, 2);
  };
  REQUIRE(test::allocations_of(work) == 0);
}
