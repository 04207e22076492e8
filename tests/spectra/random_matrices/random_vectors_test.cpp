#include "pinnscope/spectra/random_matrices/random_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// Normal draws: a vector in a random direction.
std::vector<double> random_vector(std::size_t n, std::uint64_t stream) {
  const Philox source(11, stream);
  std::vector<double> vector(n);
  for (std::size_t i = 0; i < n; ++i) vector[i] = source.normal(i);
  return vector;
}

long double page_by_summation(std::size_t smaller, std::size_t larger) {
  long double sum = 0;
  for (std::size_t k = smaller * larger; k > larger; --k) sum += 1.0L / static_cast<long double>(k);
  return sum - (static_cast<long double>(smaller) - 1) / (2 * static_cast<long double>(larger));
}

}  // namespace

TEST_CASE("the participation of random vectors has the known mean and spread") {
  const MeanAndVariance law = random_participation(100);
  REQUIRE(std::fabs(law.mean - .029412) < 5e-7);
  REQUIRE(std::fabs(std::sqrt(law.variance) - .004551) < 5e-7);
  REQUIRE(random_participation(1).mean == 1);
  REQUIRE(random_participation(1).variance == 0);
}

TEST_CASE("the participation of random vectors in the plane is that of an angle") {
  // cos^4 + sin^4 = 3/4 + cos(4 angle) / 4.
  REQUIRE(test::close(random_participation(2).mean, 0.75, 1e-15));
  REQUIRE(test::close(random_participation(2).variance, 1.0 / 32, 1e-15));
}

TEST_CASE(
    "squared components of random vectors follow the laws of two, three and five dimensions") {
  for (const double y : {1e-300, 1e-6, 0.1, 0.5, 0.99}) {
    const double root = std::sqrt(y);
    CAPTURE(y);
    REQUIRE(test::relatively_close(random_component_distribution(2, y),
                                   2 / std::numbers::pi * std::asin(root), 1e-14));
    REQUIRE(test::relatively_close(random_component_distribution(3, y), root, 1e-14));
    REQUIRE(test::relatively_close(random_component_distribution(5, y), (3 - y) * root / 2, 1e-14));
  }
}

TEST_CASE("squared components of random vectors meet values of high precision") {
  REQUIRE(test::close(random_component_distribution(100, 0.01), 0.680251525860698596, 1e-14));
  REQUIRE(test::close(random_component_distribution(100, 0.1), 0.998725161528016377, 1e-14));
}

TEST_CASE("squared components of long random vectors follow the law of Porter and Thomas") {
  for (const double y : {0.01, 1.0, 4.0}) {
    REQUIRE(test::close(random_component_distribution(1000000000000, y * 1e-12),
                        std::erf(std::sqrt(y / 2)), 1e-11));
  }
}

TEST_CASE("the law of components is 0 and 1 outside of the unit interval, a step for one entry") {
  REQUIRE(random_component_distribution(10, -1) == 0);
  REQUIRE(random_component_distribution(10, 0) == 0);
  REQUIRE(random_component_distribution(10, 1) == 1);
  REQUIRE(random_component_distribution(10, 2) == 1);
  REQUIRE(random_component_distribution(1, 0.999) == 0);
  REQUIRE(random_component_distribution(1, 1) == 1);
  REQUIRE(std::isnan(random_component_distribution(10, std::nan(""))));
}

TEST_CASE("the entropy expected of random vectors is the known one") {
  REQUIRE(test::close(random_vector_entropy(100), 3.88549969944931568, 1e-14));
  REQUIRE(std::fabs(random_vector_entropy(100) - 3.885500) < 5e-7);
  REQUIRE(random_vector_entropy(1) == 0);
  // The mean of -cos^2 ln cos^2 - sin^2 ln sin^2 over the angle.
  REQUIRE(test::close(random_vector_entropy(2), 2 * std::numbers::ln2 - 1, 1e-15));
}

TEST_CASE("Page's entropy is the sum that defines it") {
  REQUIRE(std::fabs(page_entropy(100, 100) - 4.105229) < 5e-7);
  REQUIRE(test::close(page_entropy(2, 2), 1.0 / 3, 1e-15));
  REQUIRE(page_entropy(1, 7) == 0);
  for (const auto& [smaller, larger] :
       {std::pair<std::size_t, std::size_t>{3, 7}, {100, 100}, {50, 400}, {2, 100000}}) {
    CAPTURE(smaller, larger);
    REQUIRE(test::close(page_entropy(smaller, larger),
                        static_cast<double>(page_by_summation(smaller, larger)), 1e-14));
    REQUIRE(page_entropy(larger, smaller) == page_entropy(smaller, larger));
  }
}

TEST_CASE("Page's entropy of huge sides is that of high precision") {
  REQUIRE(test::close(page_entropy(1000, 1000000000000), 6.90775527848213755, 1e-14));
}

TEST_CASE("even, single and mixed vectors have the participation and entropy computed by hand") {
  double ratio = 0, entropy = 0;
  REQUIRE(inverse_participation_ratio(std::vector<double>{-3, 3, 3, -3}, ratio).ok());
  REQUIRE(vector_entropy(std::vector<double>{-3, 3, 3, -3}, entropy).ok());
  REQUIRE(test::close(ratio, 0.25, 1e-15));
  REQUIRE(test::close(entropy, std::log(4.0), 1e-15));
  REQUIRE(inverse_participation_ratio(std::vector<float>{0, -2, 0}, ratio).ok());
  REQUIRE(vector_entropy(std::vector<float>{0, -2, 0}, entropy).ok());
  REQUIRE(ratio == 1);
  REQUIRE(entropy == 0);
  REQUIRE(inverse_participation_ratio(std::vector<float>{3, 4}, ratio).ok());
  REQUIRE(vector_entropy(std::vector<float>{3, 4}, entropy).ok());
  REQUIRE(test::close(ratio, (81.0 + 256) / 625, 1e-15));
  REQUIRE(test::close(entropy, -.36 * std::log(.36) - .64 * std::log(.64), 1e-15));
}

TEST_CASE("participation and entropy of a vector do not depend on its length, huge or tiny") {
  for (const double length : {1e308, 1e-308, 1e-320}) {
    double ratio = 0, entropy = 0;
    const std::vector<double> vector{length, -length, 0};
    REQUIRE(inverse_participation_ratio(vector, ratio).ok());
    REQUIRE(vector_entropy(vector, entropy).ok());
    REQUIRE(ratio == 0.5);
    REQUIRE(test::close(entropy, std::numbers::ln2, 1e-15));
  }
}

TEST_CASE("participation and entropy refuse empty, zero and infinite vectors") {
  double untouched = 7;
  const std::vector<float> bad{1, std::numeric_limits<float>::infinity()};
  REQUIRE(inverse_participation_ratio(VectorView<const double>{}, untouched).code ==
          StatusCode::empty_input);
  REQUIRE(vector_entropy(std::vector<double>{0, 0}, untouched).code == StatusCode::degenerate);
  REQUIRE(vector_entropy(bad, untouched) == Status{StatusCode::not_finite, 1});
  REQUIRE(inverse_participation_ratio(bad, untouched) == Status{StatusCode::not_finite, 1});
  REQUIRE(untouched == 7);
}

TEST_CASE("drawn random vectors have the exact mean participation and entropy", "[slow]") {
  constexpr int kDraws = 4000;
  double ratios = 0, entropies = 0, entropy_squares = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const auto vector = random_vector(100, static_cast<std::uint64_t>(draw));
    double ratio = 0, entropy = 0;
    REQUIRE(inverse_participation_ratio(vector, ratio).ok());
    REQUIRE(vector_entropy(vector, entropy).ok());
    ratios += ratio / kDraws;
    entropies += entropy / kDraws;
    entropy_squares += entropy * entropy / kDraws;
  }
  const MeanAndVariance law = random_participation(100);
  const double spread = std::sqrt(entropy_squares - entropies * entropies);
  REQUIRE(std::fabs(ratios - law.mean) < 3 * std::sqrt(law.variance / kDraws));
  REQUIRE(std::fabs(entropies - random_vector_entropy(100)) < 3 * spread / std::sqrt(kDraws));
}
