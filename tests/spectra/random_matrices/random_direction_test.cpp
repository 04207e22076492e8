#include "pinnscope/spectra/random_matrices/random_direction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/matrices/singular_vectors.hpp"
#include "pinnscope/spectra/random_matrices/random_vectors.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "support/allocation.hpp"
#include "support/footprint.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

std::vector<double> random_vector(std::size_t n, std::uint64_t stream) {
  const Philox source(17, stream);
  std::vector<double> vector(n);
  for (std::size_t i = 0; i < n; ++i) vector[i] = 3 * source.normal(i);
  return vector;
}

struct Table {
  Table(std::size_t n, std::size_t draws)
      : config{n, draws},
        memory(RandomDirection::footprint(config).bytes),
        arena(memory),
        direction(config, arena) {
    REQUIRE(direction.simulate(n, draws).ok());
  }

  DirectionFit fit(const std::vector<double>& vector) {
    DirectionFit found;
    REQUIRE(direction.compare(vector, found).ok());
    return found;
  }

  RandomDirection::Config config;
  std::vector<std::byte> memory;
  Arena arena;
  RandomDirection direction;
};

/// KS distance of p-values from the uniform law.
double distance_from_uniform(std::vector<double> p_values) {
  std::sort(p_values.begin(), p_values.end());
  double distance = 1;
  REQUIRE(kolmogorov_smirnov_distance(
              VectorView<const double>(p_values), [](double p) { return p; }, distance)
              .ok());
  return distance;
}

}  // namespace

TEST_CASE("p-values of random directions are uniform, those of Kolmogorov's table are not") {
  constexpr std::size_t kVectors = 1000;
  constexpr std::size_t kDraws = 9999;
  for (const std::size_t n : {10u, 30u, 100u}) {
    Table table(n, kDraws);
    std::vector<double> p_values, tabulated;
    double mean = 0;
    for (std::uint64_t stream = 0; stream < kVectors; ++stream) {
      const DirectionFit fit = table.fit(random_vector(n, stream));
      p_values.push_back(fit.p_value);
      tabulated.push_back(kolmogorov_smirnov_p_value(fit.distance, n));
      mean += tabulated.back() / kVectors;
    }
    // The table is a sample too: both together are one of n B / (n + B).
    const auto size = static_cast<std::size_t>(kVectors * kDraws / (kVectors + kDraws));
    INFO(n << " entries, distance " << distance_from_uniform(p_values));
    REQUIRE(kolmogorov_smirnov_p_value(distance_from_uniform(p_values), size) > 0.01);
    REQUIRE(kolmogorov_smirnov_p_value(distance_from_uniform(tabulated), size) < 1e-6);
    REQUIRE(mean > 0.58);
  }
}

TEST_CASE("singular vectors of noise are in random directions, a flat and a bare one are not") {
  constexpr std::size_t n = 60;
  Table table(n, 1999);
  std::vector<std::byte> memory(SingularVectors<double>::footprint({n, n}).bytes);
  Arena arena(memory);
  SingularVectors<double> vectors({n, n}, arena);
  std::vector<double> p_values;
  for (std::uint64_t stream = 0; stream < 5; ++stream) {
    std::vector<double> w = random_vector(n * n, 5000 + stream);
    REQUIRE(vectors.compute({w.data(), n, n}).ok());
    for (std::size_t k = 0; k < n; ++k) {
      DirectionFit fit;
      REQUIRE(table.direction.compare(vectors.left(k), fit).ok());
      p_values.push_back(fit.p_value);
    }
  }
  REQUIRE(kolmogorov_smirnov_p_value(distance_from_uniform(p_values), 260) > 0.01);
  REQUIRE(table.fit(std::vector<double>(n, -0.2)).p_value == 1.0 / 2000);
  std::vector<double> bare(n);
  bare[7] = 1;
  REQUIRE(table.fit(bare).p_value == 1.0 / 2000);
}

TEST_CASE("the distance of a vector is that of its squared components from Beta's law") {
  Table table(3, 99);  // P(v_i^2 <= y) = sqrt(y) in three dimensions
  // Squares 0.64, 0.36, 0: F = 0.8, 0.6, 0 against steps of a third.
  const DirectionFit fit = table.fit({0.8, 0, -0.6});
  REQUIRE(test::close(fit.distance, 1.0 / 3, 1e-15));
  // Neither length nor order nor sign matters, and squares may overflow.
  const DirectionFit large = table.fit({0, 6e200, 8e200});
  REQUIRE(test::close(large.distance, fit.distance, 1e-15));
  REQUIRE(large.p_value == fit.p_value);
}

TEST_CASE("what is no direction is refused and leaves the last fit") {
  Table table(4, 19);
  DirectionFit fit{.distance = 7};
  const auto code = [&](const std::vector<double>& vector) {
    return table.direction.compare(vector, fit).code;
  };
  REQUIRE(code({}) == StatusCode::empty_input);
  REQUIRE(code({1, 2, 3}) == StatusCode::shape_mismatch);
  REQUIRE(code({0, 0, 0, 0}) == StatusCode::degenerate);
  REQUIRE(code({1, 2, std::numeric_limits<double>::infinity(), 0}) == StatusCode::not_finite);
  REQUIRE(fit.distance == 7);
  Table one(1, 19);
  REQUIRE(one.direction.compare(std::vector<double>{1}, fit).code == StatusCode::degenerate);
}

TEST_CASE("random directions live in exactly their footprint and comparing allocates nothing") {
  const std::vector<double> vector = random_vector(12, 1);
  DirectionFit fit;
  test::check_footprint<RandomDirection>(RandomDirection::Config{12, 30}, [&](RandomDirection& d) {
    REQUIRE(test::allocations_of([&] {
              REQUIRE(d.simulate(12, 30).ok());
              REQUIRE(d.compare(vector, fit).ok());
            }) == 0);
  });
}

TEST_CASE("random directions of fewer entries are those that were made for as many") {
  Table large(20, 50);
  Table small(12, 30);
  REQUIRE(large.direction.simulate(12, 30).ok());
  REQUIRE(large.direction.entries() == 12);
  REQUIRE(large.direction.draws() == 30);
  for (std::uint64_t stream = 0; stream < 5; ++stream) {
    const std::vector<double> vector = random_vector(12, stream);
    REQUIRE(large.fit(vector).distance == small.fit(vector).distance);
    REQUIRE(large.fit(vector).p_value == small.fit(vector).p_value);
  }
  REQUIRE(large.direction.simulate(21, 30).code == StatusCode::shape_mismatch);
  REQUIRE(large.direction.simulate(12, 51).code == StatusCode::shape_mismatch);
  REQUIRE(large.direction.entries() == 12);
}
