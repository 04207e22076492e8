#include "pinnscope/spectra/random_matrices/bulk.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"
#include "pinnscope/spectra/random_matrices/spiked_model.hpp"
#include "pinnscope/spectra/random_matrices/tracy_widom.hpp"
#include "support/allocation.hpp"
#include "support/paper_weights.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// Singular values that lie on the quantiles of the law.
std::vector<double> ideal_spectrum(std::size_t rows, std::size_t columns, double sigma) {
  const std::size_t count = std::min(rows, columns);
  const auto larger = static_cast<double>(std::max(rows, columns));
  const MarchenkoPastur law(static_cast<double>(count) / larger, sigma);
  std::vector<double> values;
  for (std::size_t k = 0; k < count; ++k) {
    const double p = 1 - (static_cast<double>(k) + 0.5) / static_cast<double>(count);
    values.push_back(std::sqrt(larger * law.quantile(p)));
  }
  return values;
}

std::vector<double> singular_values(MatrixView<const double> w) {
  std::vector<std::byte> memory(SingularValues<double>::footprint({w.rows, w.columns}).bytes);
  Arena arena(memory);
  SingularValues<double> decomposition({w.rows, w.columns}, arena);
  REQUIRE(decomposition.compute(w).ok());
  return {decomposition.values().begin(), decomposition.values().end()};
}

}  // namespace

TEST_CASE("both bulk estimates find sigma of a spectrum that lies on the law") {
  for (const auto& [rows, columns] : {std::pair<std::size_t, std::size_t>{101, 101}, {60, 201}}) {
    BulkEstimate bulk;
    REQUIRE(estimate_bulk(ideal_spectrum(rows, columns, 0.3), rows, columns, bulk).ok());
    REQUIRE(test::relatively_close(bulk.trimmed_sigma, 0.3, 1e-12));
    REQUIRE(test::relatively_close(bulk.sigma, 0.3, rows % 2 == 1 ? 1e-12 : 1e-4));
    REQUIRE(test::relatively_close(bulk.rms, 0.3, 2e-3));
  }
}

TEST_CASE("spikes move the rms and leave the bulk where it is") {
  std::vector<double> values = ideal_spectrum(100, 100, 1);
  BulkEstimate clean, spiked;
  REQUIRE(estimate_bulk(values, 100, 100, clean).ok());
  values[0] = 80;
  values[1] = 60;
  REQUIRE(estimate_bulk(values, 100, 100, spiked).ok());
  REQUIRE(spiked.sigma == clean.sigma);
  REQUIRE(test::relatively_close(spiked.trimmed_sigma, clean.trimmed_sigma, 1e-14));
  REQUIRE(spiked.rms > 1.3 * clean.rms);
  REQUIRE(test::close(spiked.energy_outside_bulk,
                      1 - spiked.sigma * spiked.sigma / (spiked.rms * spiked.rms), 1e-14));
}

TEST_CASE("bulk estimates scale with the matrix, to the ends of the number range") {
  std::vector<double> values = ideal_spectrum(50, 80, 1);
  BulkEstimate bulk, scaled;
  REQUIRE(estimate_bulk(values, 50, 80, bulk).ok());
  for (const double factor : {1e-300, 1e300}) {
    std::vector<double> extreme = values;
    for (double& value : extreme) value *= factor;
    REQUIRE(estimate_bulk(extreme, 50, 80, scaled).ok());
    REQUIRE(test::relatively_close(scaled.sigma, factor * bulk.sigma, 1e-13));
    REQUIRE(test::relatively_close(scaled.trimmed_sigma, factor * bulk.trimmed_sigma, 1e-13));
    REQUIRE(test::relatively_close(scaled.rms, factor * bulk.rms, 1e-13));
  }
}

TEST_CASE("a bulk estimate of bad input leaves the last one") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  BulkEstimate bulk{.rms = 7};
  const auto code = [&](const std::vector<double>& values, std::size_t rows, std::size_t columns) {
    return estimate_bulk(values, rows, columns, bulk).code;
  };
  REQUIRE(code({}, 0, 0) == StatusCode::empty_input);
  REQUIRE(code({2, 1}, 3, 3) == StatusCode::shape_mismatch);
  REQUIRE(code({2, nan, 1}, 3, 3) == StatusCode::not_finite);
  REQUIRE(code({1, 2, 1}, 3, 3) == StatusCode::out_of_range);
  REQUIRE(code({1, 0, -1}, 3, 3) == StatusCode::out_of_range);
  REQUIRE(code({1, 0, 0}, 3, 3) == StatusCode::degenerate);
  REQUIRE(bulk.rms == 7);
}

TEST_CASE("the five percent score is that of Tracy and Widom's law") {
  REQUIRE(std::fabs(tracy_widom_survival(kFivePercentScore) - 0.05) < 1e-7);
}

TEST_CASE("deflation counts planted values and stops at the bulk") {
  std::vector<double> values = ideal_spectrum(100, 100, 1);
  REQUIRE(count_spikes(VectorView<const double>(values), 100, 100, 1, kFivePercentScore) == 0);
  values[0] = 40;
  values[1] = 25;
  values[2] = 22;
  REQUIRE(count_spikes(VectorView<const double>(values), 100, 100, 1, kFivePercentScore) == 3);
  const std::vector<double> alone(1, 1e3);
  REQUIRE(count_spikes(VectorView<const double>(alone), 1, 50, 1, kFivePercentScore) == 0);
}

TEST_CASE("each spike that is counted has the strength that puts it there") {
  constexpr std::array<double, 3> theta{7, 3, 1.5};
  for (const auto& [rows, columns] : {std::pair<std::size_t, std::size_t>{100, 100}, {400, 100}}) {
    const double q = columns == rows ? 1 : 0.25;
    std::vector<double> values = ideal_spectrum(rows, columns, 0.3);
    std::array<double, 100> strengths{};
    REQUIRE(spike_strengths(VectorView<const double>(values), rows, columns, 0.3, kFivePercentScore,
                            strengths) == 0);
    const double unit = 0.3 * std::sqrt(static_cast<double>(rows));
    for (std::size_t k = 0; k < 3; ++k) values[k] = unit * spiked_singular_value(theta[k], q);
    const std::vector<float> rounded(values.begin(), values.end());
    REQUIRE(spike_strengths(VectorView<const float>(rounded), rows, columns, 0.3, kFivePercentScore,
                            strengths) == 3);
    for (std::size_t k = 0; k < 3; ++k) REQUIRE(std::fabs(strengths[k] - theta[k]) < 1e-5);
    REQUIRE(spike_strengths(VectorView<const double>(values), columns, rows, 0.3, kFivePercentScore,
                            strengths) == 3);
    for (std::size_t k = 0; k < 3; ++k) {
      REQUIRE(test::relatively_close(strengths[k], theta[k], 1e-13));
    }
    REQUIRE(strengths[3] == 0);
  }
}

TEST_CASE("the trimmed estimate takes the ranks at 10 % and at 90 %, and none beyond") {
  const auto moves = [](std::size_t side, std::size_t place, double factor) {
    std::vector<double> values = ideal_spectrum(side, side, 1);
    values[place] *= factor;
    BulkEstimate bulk;
    REQUIRE(estimate_bulk(values, side, side, bulk).ok());
    return std::fabs(bulk.trimmed_sigma - 1) > 1e-9;
  };
  REQUIRE(moves(5, 0, 1.1));  // (i - 1/2) / 5 is 0.1 at the first and 0.9 at the last
  REQUIRE(moves(5, 4, 0.9));
  REQUIRE_FALSE(moves(6, 0, 1.1));
  REQUIRE_FALSE(moves(6, 5, 0.9));
}

TEST_CASE("bulk estimates and spike counts allocate nothing") {
  const std::vector<double> values = ideal_spectrum(100, 100, 1);
  std::array<double, 100> strengths{};
  BulkEstimate bulk;
  REQUIRE(test::allocations_of([&] {
            static_cast<void>(estimate_bulk(values, 100, 100, bulk));
            static_cast<void>(
                spike_strengths(VectorView<const double>(values), 100, 100, 1, -9, strengths));
          }) == 0);
}

TEST_CASE("the bulk of the published layers has the sigma that NumPy finds") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  const double expected[2][7] = {{.10316, .10382, .09911, .10488, .10363, .10110, .10177},
                                 {.10263, .10182, .10801, .11158, .11418, .10377, .09761}};
  for (int network = 0; network < 2; ++network) {
    for (int layer = 1; layer <= 7; ++layer) {
      const auto matrix = test::paper_matrix(directory, "weights", network, layer);
      BulkEstimate bulk;
      REQUIRE(estimate_bulk(singular_values(matrix.view()), 100, 100, bulk).ok());
      INFO("network " << network << ", layer " << layer << ": " << bulk.sigma);
      REQUIRE(std::fabs(bulk.sigma - expected[network][layer - 1]) < 5.1e-6);
    }
  }
}

TEST_CASE("planted spikes are recovered at theta + 1 / theta", "[slow]") {
  constexpr std::size_t kSide = 100;
  constexpr std::size_t kDraws = 200;
  for (const double theta : {1.5, 2.0, 3.0}) {
    double mean = 0;
    double squares = 0;
    std::size_t counted = 0;
    for (std::size_t draw = 0; draw < kDraws; ++draw) {
      const Philox source(21, draw);
      std::vector<double> w(kSide * kSide);
      for (std::size_t i = 0; i < w.size(); ++i) w[i] = source.normal(i);
      // Unit vectors along the first axis on both sides: any others are as good.
      w[0] += theta * std::sqrt(static_cast<double>(kSide));
      const auto values = singular_values({w.data(), kSide, kSide});
      const double s = values[0] / std::sqrt(static_cast<double>(kSide));
      mean += s / static_cast<double>(kDraws);
      squares += s * s / static_cast<double>(kDraws);
      counted +=
          count_spikes(VectorView<const double>(values), kSide, kSide, 1, kFivePercentScore) == 1
              ? 1
              : 0;
    }
    const double error = std::sqrt((squares - mean * mean) / static_cast<double>(kDraws));
    INFO("theta " << theta << ": " << mean << " +- " << error << ", counted " << counted);
    REQUIRE(std::fabs(mean - (theta + 1 / theta)) < 3 * error);
    REQUIRE(static_cast<double>(counted) >
            (theta > 1.9 ? 0.85 : 0.5) * static_cast<double>(kDraws));
  }
}
