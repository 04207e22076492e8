#include "pinnscope/spectra/laws/floored_fit.hpp"

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "spectra/laws/owned_fitter.hpp"
#include "spectra/published_layer.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;
using test::draws;
using test::OwnedFitter;

TEST_CASE("the floor replaces densities below it") {
  const std::vector<double> sample{0, 1, 6};
  const double peak = -0.5 * std::log(std::numbers::pi);
  const double floored = 2 * peak - 1 + std::log(1e-12);
  REQUIRE(test::close(floored_log_likelihood({0, 1, 2}, sample), floored, 1e-14));
  const std::vector<float> far{0, 1e30f};
  REQUIRE(std::isfinite(floored_log_likelihood({0, 1e-30, 8}, far)));
}

TEST_CASE("published continuous fits have the printed floored likelihood") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (const auto& row : test::reference_rows(directory, "published_continuous_fit.txt")) {
    CAPTURE(row[0], row[1]);
    const auto sample =
        test::published_layer(directory, static_cast<int>(row[0]), static_cast<int>(row[1]));
    // The law is printed to five decimals: n beta / alpha^2 (5e-6)^2 / 2 and its like for mu and
    // beta are what that rounding costs at the optimum.
    const double printed = floored_log_likelihood({row[2], row[3], row[4]}, sample);
    REQUIRE(std::abs(printed - row[5]) <= 2e-5);
  }
}

namespace {

/// Fits one published row by the floored objective; the fit's likelihood minus the printed one.
double floored_excess(const std::vector<double>& row, GeneralizedGaussianFitter& fitter,
                      const std::vector<float>& sample) {
  CAPTURE(row[0], row[1]);
  REQUIRE(fitter.load(sample).ok());
  FlooredFit fit;
  REQUIRE(fit_floored(fitter, kPublishedDensityFloor, fit).ok());
  const double evaluated = floored_log_likelihood(fit.law, sample);
  REQUIRE(test::relatively_close(evaluated, fit.log_likelihood, 1e-12));
  return fit.log_likelihood - row[5];
}

void check_floored_scan(int network, int layer, const std::string& directory) {
  OwnedFitter owned({10000});
  const auto sample = test::published_layer(directory, network, layer);
  REQUIRE(owned->load(sample).ok());
  for (const auto& row : test::reference_rows(directory, "published_beta_scan.txt")) {
    if (row[0] != network || row[1] != layer) continue;
    CAPTURE(row[0], row[1], row[2]);
    FlooredFit fit;
    REQUIRE(fit_floored_beta(*owned, kPublishedDensityFloor, row[2], fit).ok());
    REQUIRE(fit.log_likelihood >= row[7] - 1e-6);
    const double evaluated = floored_log_likelihood(fit.law, sample);
    REQUIRE(test::relatively_close(evaluated, fit.log_likelihood, 1e-12));
  }
}

}  // namespace

TEST_CASE("the floored fit of a layer with outliers is the published one") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  OwnedFitter owned({10000});
  for (const auto& row : test::reference_rows(directory, "published_continuous_fit.txt")) {
    if (row[0] != 0 || row[1] != 7) continue;
    const double excess = floored_excess(row, *owned, test::published_layer(directory, 0, 7));
    REQUIRE(std::abs(excess) <= 0.5e-5);
    FlooredFit fit;
    REQUIRE(fit_floored_beta(*owned, kPublishedDensityFloor, 6, fit).ok());
    REQUIRE(fit.floored == 2);
  }
}

TEST_CASE("our floored optimum is as high as each published continuous one", "[slow]") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  OwnedFitter owned({10000});
  for (const auto& row : test::reference_rows(directory, "published_continuous_fit.txt")) {
    const auto sample =
        test::published_layer(directory, static_cast<int>(row[0]), static_cast<int>(row[1]));
    REQUIRE(std::abs(floored_excess(row, *owned, sample)) <= 0.5e-5);
  }
}

TEST_CASE("floored fits at integer beta reach the recomputed optima") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  check_floored_scan(1, 4, directory);
}

TEST_CASE("floored fits at integer beta reach the recomputed optima on all six layers", "[slow]") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (const int network : {0, 1}) {
    for (const int layer : {1, 4, 7}) check_floored_scan(network, layer, directory);
  }
}

TEST_CASE("a floored fit drops an outlier that the likelihood must bend to") {
  auto sample = draws({0, 1, 6}, 1000, 54);
  OwnedFitter owned({1001});
  GeneralizedGaussianFit clean, bent;
  FlooredFit floored;
  REQUIRE(owned->load(sample).ok());
  REQUIRE(owned->fit(clean).ok());
  sample.push_back(5);
  REQUIRE(owned->load(sample).ok());
  REQUIRE(owned->fit(bent).ok());
  REQUIRE(fit_floored(*owned, kPublishedDensityFloor, floored).ok());
  REQUIRE(bent.law.beta < 0.8 * clean.law.beta);
  REQUIRE(floored.floored == 1);
  REQUIRE(test::relatively_close(floored.law.beta, clean.law.beta, 1e-9));
  const double expected = clean.log_likelihood + std::log(1e-12);
  REQUIRE(test::relatively_close(floored.log_likelihood, expected, 1e-12));
}

TEST_CASE("floored fits refuse what they cannot answer and leave the last fit") {
  OwnedFitter owned({4});
  FlooredFit fit;
  fit.floored = 7;
  REQUIRE(fit_floored(*owned, 1e-12, fit).code == StatusCode::empty_input);
  REQUIRE(fit_floored_beta(*owned, 1e-12, 2, fit).code == StatusCode::empty_input);
  REQUIRE(owned->load(std::vector<double>{1, 2, 3, 5}).ok());
  for (const double beta : {0.0, -1.0, 2000.0, std::nan("")}) {
    REQUIRE(fit_floored_beta(*owned, 1e-12, beta, fit).code == StatusCode::out_of_range);
  }
  for (const double floor : {0.0, -1.0, std::nan("")}) {
    REQUIRE(fit_floored(*owned, floor, fit) == Status{StatusCode::out_of_range, 0});
  }
  REQUIRE(fit.floored == 7);
}

TEST_CASE("floored fits allocate nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  OwnedFitter owned({200});
  REQUIRE(owned->load(draws({0, 1, 0.9}, 200, 55)).ok());
  FlooredFit fit;
  REQUIRE(test::allocations_of([&] {
            static_cast<void>(fit_floored(*owned, 1e-12, fit));
            static_cast<void>(fit_floored_beta(*owned, 1e-12, 3, fit));
          }) == 0);
}
