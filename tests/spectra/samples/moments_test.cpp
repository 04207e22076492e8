#include "pinnscope/spectra/samples/moments.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "spectra/published_layer.hpp"
#include "support/allocation.hpp"
#include "support/test.hpp"

using namespace pinnscope;

TEST_CASE("moments of four numbers are those worked out by hand") {
  const std::vector<double> sample{1, 2, 3, 10};  // deviations -3 -2 -1 6
  Moments shape;
  REQUIRE(moments(sample, shape).ok());
  REQUIRE(shape.count == 4);
  REQUIRE(shape.mean == 4);
  REQUIRE(test::relatively_close(shape.standard_deviation, std::sqrt(12.5), 1e-15));
  REQUIRE(test::relatively_close(shape.skewness, 45 / std::pow(12.5, 1.5), 1e-15));
  REQUIRE(test::relatively_close(shape.kurtosis, 348.5 / (12.5 * 12.5), 1e-15));
  REQUIRE(shape.minimum == 1);
  REQUIRE(shape.maximum == 10);
}

TEST_CASE("moments of the published layers agree with NumPy's") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (const auto& row : test::reference_rows(directory, "weight_moments.txt")) {
    const int network = static_cast<int>(row[0]);
    const int layer = static_cast<int>(row[1]);
    CAPTURE(network, layer);
    Moments weights, biases;
    REQUIRE(moments(test::published_layer(directory, network, layer), weights).ok());
    REQUIRE(moments(test::published_layer(directory, network, layer, true), biases).ok());
    REQUIRE(test::close(weights.mean, row[2], 1e-14));
    REQUIRE(test::relatively_close(weights.standard_deviation, row[3], 1e-12));
    REQUIRE(test::relatively_close(weights.kurtosis, row[4], 1e-12));
    REQUIRE(test::close(weights.skewness, row[5], 1e-12));
    REQUIRE(test::close(biases.mean, row[6], 1e-14));
    REQUIRE(test::relatively_close(biases.standard_deviation, row[7], 1e-12));
    REQUIRE(test::relatively_close(biases.kurtosis, row[8], 1e-12));
  }
}

TEST_CASE("the twelve published kurtoses are met to four decimals") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  const auto rows = test::reference_rows(directory, "published_kurtosis.txt");
  REQUIRE(rows.size() == 12);
  for (const auto& row : rows) {
    Moments shape;
    const auto sample = test::published_layer(directory, static_cast<int>(row[0]),
                                              static_cast<int>(row[2]), row[1] != 0);
    REQUIRE(moments(sample, shape).ok());
    REQUIRE(std::abs(shape.kurtosis - row[3]) <= 0.5e-4 + 1e-12);
  }
}

TEST_CASE("a mean far from zero does not spoil the moments") {
  // The entries are exact in double, and so are their deviations from 2^40.
  const double offset = 0x1p40;
  const std::vector<double> sample{offset + 1, offset + 2, offset + 3, offset + 10};
  Moments shape;
  REQUIRE(moments(sample, shape).ok());
  REQUIRE(shape.mean == offset + 4);
  REQUIRE(test::relatively_close(shape.standard_deviation, std::sqrt(12.5), 1e-14));
  REQUIRE(test::relatively_close(shape.kurtosis, 348.5 / (12.5 * 12.5), 1e-14));
}

TEST_CASE("a mean that is no double does not spoil the moments") {
  const double offset = 0x1p52;  // neighbouring doubles are 1 apart, the mean lies between
  const std::vector<double> sample{offset, offset + 1, offset + 1, offset + 3};  // mean + 5/4
  Moments shape;
  REQUIRE(moments(sample, shape).ok());
  REQUIRE(test::relatively_close(shape.standard_deviation, std::sqrt(1.1875), 1e-14));
  REQUIRE(test::relatively_close(shape.skewness, 0.84375 / std::pow(1.1875, 1.5), 1e-14));
}

TEST_CASE("moments of the largest and of the smallest numbers neither overflow nor vanish") {
  for (const double unit : {1.7e307, 0x1p-1040, 1e-300}) {
    const std::vector<double> sample{1 * unit, 2 * unit, 3 * unit, 10 * unit};
    Moments shape;
    REQUIRE(moments(sample, shape).ok());
    REQUIRE(test::relatively_close(shape.mean / unit, 4, 1e-9));
    REQUIRE(test::relatively_close(shape.standard_deviation / unit, std::sqrt(12.5), 1e-9));
    REQUIRE(test::relatively_close(shape.kurtosis, 348.5 / (12.5 * 12.5), 1e-9));
  }
  const double most = std::numeric_limits<double>::max();
  Moments shape;
  REQUIRE(moments(std::vector<double>{-most, most, -most, most}, shape).ok());
  REQUIRE(shape.mean == 0);
  REQUIRE(shape.standard_deviation == most);
  REQUIRE(shape.kurtosis == 1);
}

TEST_CASE("a constant sample is degenerate, with its mean and without a shape") {
  Moments shape;
  REQUIRE(moments(std::vector<double>(5, 0.1), shape).code == StatusCode::degenerate);
  REQUIRE(shape.mean == 0.1);
  REQUIRE(shape.standard_deviation == 0);
  REQUIRE(std::isnan(shape.skewness));
  REQUIRE(std::isnan(shape.kurtosis));
  REQUIRE(shape.count == 5);
}

TEST_CASE("moments refuse an empty sample and name the entry that is not finite") {
  Moments shape{.count = 77};
  REQUIRE(moments(std::vector<float>{}, shape).code == StatusCode::empty_input);
  const std::vector<float> sample{1, 2, std::numeric_limits<float>::quiet_NaN()};
  REQUIRE(moments(sample, shape) == Status{StatusCode::not_finite, 2});
  const std::vector<double> infinite{1, std::numeric_limits<double>::infinity(), 2};
  REQUIRE(moments(infinite, shape) == Status{StatusCode::not_finite, 1});
  REQUIRE(shape.count == 77);
}

TEST_CASE("moments allocate nothing") {
  if (!test::counts_allocations()) return test::skip("a sanitizer owns the allocator");
  const std::vector<float> sample{1, 2, 3, 10};
  Moments shape;
  REQUIRE(test::allocations_of([&] { static_cast<void>(moments(sample, shape)); }) == 0);
}
