#include "pinnscope/spectra/samples/kernel_density.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "spectra/published_layer.hpp"
#include "support/allocation.hpp"
#include "support/owned.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Owned = test::Owned<KernelDensity>;

std::vector<double> normal_sample(std::size_t n, std::uint64_t seed) {
  const Philox random(seed);
  std::vector<double> sample(n);
  for (std::size_t i = 0; i < n; ++i) sample[i] = random.normal(i);
  return sample;
}

/// The plain sum in extended precision, relative to the nearest of the sources.
long double plain_log_density(const std::vector<double>& sources, double x, double bandwidth) {
  const long double h = bandwidth;
  long double nearest = std::numeric_limits<long double>::infinity();
  for (const double s : sources)
    nearest = std::min(nearest, std::abs((x - static_cast<long double>(s)) / h));
  long double sum = 0;
  for (const double s : sources) {
    const long double d = (x - static_cast<long double>(s)) / h;
    sum += std::exp((nearest * nearest - d * d) / 2);
  }
  const long double n = static_cast<long double>(sources.size());
  return std::log(sum) - nearest * nearest / 2 -
         std::log(n * h * std::sqrt(2 * std::numbers::pi_v<long double>));
}

double plain_cross_validation(const std::vector<double>& sample, std::size_t folds, double h) {
  long double total = 0;
  for (std::size_t fold = 0, begin = 0; fold < folds; ++fold) {
    const std::size_t end = begin + sample.size() / folds + (fold < sample.size() % folds ? 1 : 0);
    std::vector<double> training(sample);
    training.erase(training.begin() + static_cast<std::ptrdiff_t>(begin),
                   training.begin() + static_cast<std::ptrdiff_t>(end));
    for (std::size_t i = begin; i < end; ++i) total += plain_log_density(training, sample[i], h);
    begin = end;
  }
  return static_cast<double>(total / static_cast<long double>(folds));
}

double plain_leave_one_out(const std::vector<double>& sample, double h) {
  return plain_cross_validation(sample, sample.size(), h) * static_cast<double>(sample.size());
}

}  // namespace

TEST_CASE("a kernel density of one entry is the kernel") {
  Owned owned({1});
  REQUIRE(owned->load(std::vector<double>{0.5}).ok());
  std::vector<double> density(2);
  REQUIRE(owned->densities(0.25, std::vector<double>{0.5, 1.0}, density).ok());
  const double peak = 1 / (0.25 * std::sqrt(2 * std::numbers::pi));
  REQUIRE(test::relatively_close(density[0], peak, 1e-15));
  REQUIRE(test::relatively_close(density[1], peak * std::exp(-2.0), 1e-15));
}

TEST_CASE("a kernel density equals the plain sum, far tails included") {
  const std::vector<double> sample = normal_sample(500, 1);
  Owned owned({500});
  REQUIRE(owned->load(sample).ok());
  const std::vector<double> points{-1e6, -40, -3.1, -0.2, 0, 0.3, 2.2, 5, 700};
  std::vector<double> logs(points.size());
  for (const double bandwidth : {1e-4, 0.01, 0.3, 5.0, 1e4}) {
    REQUIRE(owned->log_densities(bandwidth, points, logs).ok());
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto plain = static_cast<double>(plain_log_density(sample, points[i], bandwidth));
      REQUIRE(test::close(logs[i], plain, 2e-14));
    }
  }
}

TEST_CASE("cross-validated scores equal the plain sums") {
  std::vector<double> sample = normal_sample(301, 2);
  sample[7] = 60;  // isolated: far beyond every kernel's reach
  sample[8] = 11;
  sample[200] = sample[3];  // a tie across folds
  Owned owned({400});
  REQUIRE(owned->load(sample).ok());
  const std::vector<double> bandwidths{1e-9, 1e-3, 0.05, 0.13, 0.4, 0.999, 1, 1.001, 7.7, 300, 1e9};
  std::vector<double> scores(bandwidths.size());
  BandwidthChoice best;
  for (const std::size_t folds : std::vector<std::size_t>{2, 3, 5, 301}) {
    REQUIRE(owned->cross_validate(folds, bandwidths, scores, best).ok());
    for (std::size_t b = 0; b < bandwidths.size(); ++b) {
      CAPTURE(folds, bandwidths[b]);
      const double plain = plain_cross_validation(sample, folds, bandwidths[b]);
      REQUIRE(test::relatively_close(scores[b], plain, 1e-13));
    }
  }
}

TEST_CASE("three folds over 20 bandwidths of a layer equal the plain sums to 1e-13", "[slow]") {
  std::vector<double> sample = normal_sample(2500, 7);
  for (double& x : sample) x *= 0.1;
  Owned owned({2500});
  REQUIRE(owned->load(sample).ok());
  std::vector<double> bandwidths(20), scores(20);
  geometric_bandwidths(1e-3, 1e-1, bandwidths);
  BandwidthChoice best;
  REQUIRE(owned->cross_validate(3, bandwidths, scores, best).ok());
  for (std::size_t b = 0; b < bandwidths.size(); ++b) {
    CAPTURE(bandwidths[b]);
    const double plain = plain_cross_validation(sample, 3, bandwidths[b]);
    REQUIRE(test::relatively_close(scores[b], plain, 1e-13));
  }
}

TEST_CASE("leave-one-out scores equal the plain sums") {
  std::vector<double> sample = normal_sample(300, 3);
  sample[10] = 50;
  sample[11] = 9;
  sample[12] = sample[13];
  Owned owned({300});
  REQUIRE(owned->load(sample).ok());
  const std::vector<double> bandwidths{1e-9, 1e-3, 0.05, 0.4, 1, 3.9, 300};
  std::vector<double> scores(bandwidths.size());
  BandwidthChoice best;
  REQUIRE(owned->leave_one_out(bandwidths, scores, best).ok());
  for (std::size_t b = 0; b < bandwidths.size(); ++b) {
    CAPTURE(bandwidths[b]);
    const double plain = plain_leave_one_out(sample, bandwidths[b]);
    REQUIRE(test::relatively_close(scores[b], plain, 1e-13));
  }
}

TEST_CASE("a shift by a thousand and a scale by a million change scores as they must") {
  const std::vector<double> sample = normal_sample(400, 4);
  std::vector<double> moved(sample);
  for (double& x : moved) x = std::round(x * 0x1p30) * 0x1p-30;  // so that both moves are exact
  Owned owned({400});
  const std::vector<double> bandwidths{0.1, 0.3, 0.7};
  std::vector<double> here(3), there(3);
  BandwidthChoice best;
  REQUIRE(owned->load(moved).ok());
  REQUIRE(owned->cross_validate(3, bandwidths, here, best).ok());
  for (double& x : moved) x += 1024;
  REQUIRE(owned->load(moved).ok());
  REQUIRE(owned->cross_validate(3, bandwidths, there, best).ok());
  for (std::size_t b = 0; b < 3; ++b) REQUIRE(test::relatively_close(there[b], here[b], 1e-14));
}

TEST_CASE("all 240 published cross-validation scores are met to four decimals") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  const auto rows = test::reference_rows(directory, "published_kde_cv.txt");
  REQUIRE(rows.size() == 240);
  Owned owned({10000});
  std::vector<double> bandwidths(20), scores(20), published(20);
  geometric_bandwidths(1e-3, 1e-1, bandwidths);
  double worst = 0;
  for (std::size_t first = 0; first < rows.size(); first += 20) {
    for (std::size_t b = 0; b < 20; ++b) {
      REQUIRE(test::relatively_close(bandwidths[b], rows[first + b][3], 1e-14));
      published[b] = rows[first + b][4];
    }
    const auto& row = rows[first];
    const auto sample = test::published_layer(directory, static_cast<int>(row[0]),
                                              static_cast<int>(row[2]), row[1] != 0);
    REQUIRE(owned->load(sample).ok());
    BandwidthChoice best;
    REQUIRE(owned->cross_validate(3, bandwidths, scores, best).ok());
    for (std::size_t b = 0; b < 20; ++b) {
      worst = std::max(worst, std::abs(scores[b] - published[b]));
    }
    const auto expected = std::max_element(published.begin(), published.end()) - published.begin();
    REQUIRE(best.index == static_cast<std::size_t>(expected));
    REQUIRE_FALSE(best.at_grid_end);
  }
  REQUIRE(worst <= 0.5e-4 + 1e-9);
}

TEST_CASE("a best bandwidth at an end of the grid is flagged, and ties go to the first") {
  const std::vector<double> sample = normal_sample(200, 5);
  Owned owned({200});
  REQUIRE(owned->load(sample).ok());
  std::vector<double> scores(3);
  BandwidthChoice best;
  REQUIRE(owned->cross_validate(3, std::vector<double>{0.3, 9, 30}, scores, best).ok());
  REQUIRE(best.at_grid_end);
  REQUIRE(best.index == 0);
  REQUIRE(owned->cross_validate(3, std::vector<double>{9, 0.3, 0.01}, scores, best).ok());
  REQUIRE_FALSE(best.at_grid_end);
  REQUIRE(best.bandwidth == 0.3);
  REQUIRE(best.score == scores[1]);
  REQUIRE(owned->cross_validate(3, std::vector<double>{9, 0.3, 0.3}, scores, best).ok());
  REQUIRE(best.index == 1);
}

TEST_CASE("kernel densities refuse what they cannot answer") {
  Owned owned({4});
  std::vector<double> one(1);
  BandwidthChoice best;
  const std::vector<double> unit{1};
  REQUIRE(owned->densities(1, unit, one).code == StatusCode::empty_input);
  REQUIRE(owned->load(std::vector<double>{}).code == StatusCode::empty_input);
  REQUIRE(owned->load(std::vector<double>(5)) == Status{StatusCode::shape_mismatch, 4});
  const std::vector<float> broken{1, std::numeric_limits<float>::infinity()};
  REQUIRE(owned->load(broken) == Status{StatusCode::not_finite, 1});
  REQUIRE(owned->sorted().empty());
  REQUIRE(owned->load(std::vector<float>{2, 1}).ok());
  REQUIRE(owned->cross_validate(3, unit, one, best) == Status{StatusCode::out_of_range, -1});
  REQUIRE(owned->cross_validate(1, unit, one, best) == Status{StatusCode::out_of_range, -1});
  for (const double bandwidth : {0.0, -1.0, std::nan(""), 1e-200}) {
    const std::vector<double> bandwidths{1, bandwidth};
    std::vector<double> two(2);
    const Status expected{StatusCode::out_of_range, 1};
    REQUIRE(owned->cross_validate(2, bandwidths, two, best) == expected);
    REQUIRE(owned->leave_one_out(bandwidths, two, best) == expected);
  }
  const std::vector<double> nowhere{std::nan("")};
  REQUIRE(owned->densities(1, nowhere, one) == Status{StatusCode::not_finite, 0});
  REQUIRE(owned->load(std::vector<float>{2}).ok());
  REQUIRE(owned->leave_one_out(unit, one, best).code == StatusCode::degenerate);
}

TEST_CASE("kernel densities allocate nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const std::vector<double> sample = normal_sample(100, 6);
  Owned owned({100});
  std::vector<double> bandwidths{0.01, 0.3}, two(2);
  BandwidthChoice best;
  const auto work = [&] {
    bool ok = owned->load(sample).ok();
    ok = owned->densities(0.3, bandwidths, two).ok() && ok;
    ok = owned->cross_validate(3, bandwidths, two, best).ok() && ok;
    ok = owned->leave_one_out(bandwidths, two, best).ok() && ok;
    if (!ok) best.index = 99;
  };
  REQUIRE(test::allocations_of(work) == 0);
  REQUIRE(best.index < 2);
}
