// How many singular values stand out, against the layer's own permutations.

#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/nulls/null_distribution.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"
#include "pinnscope/spectra/random_matrices/spikes.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

enum class Noise { gaussian, laplace, uniform, student };
constexpr const char* kNoiseNames[] = {"Gaussian", "Laplace", "uniform", "Student's t(5)"};

double draw(Noise noise, const Philox& source, std::size_t i) {
  const double u = source.uniform(8 * i + 6);
  switch (noise) {
    case Noise::gaussian: return source.normal(8 * i);
    case Noise::laplace: return u < 0.5 ? std::log(2 * u) : -std::log(2 - 2 * u);
    case Noise::uniform: return u - 0.5;
    case Noise::student: break;
  }
  double squares = 0;  // z / sqrt(chi^2_5 / 5)
  for (std::size_t k = 1; k < 6; ++k) squares += std::pow(source.normal(8 * i + k), 2);
  return source.normal(8 * i) / std::sqrt(squares / 5);
}

/// Counts the spikes of layers of one shape as `pinnscope spectra` does, by singular values alone.
class Counter {
 public:
  Counter(std::size_t rows, std::size_t columns, std::size_t draws)
      : rows_(rows),
        columns_(columns),
        memory_(SingularValues<double>::footprint({rows, columns}).bytes +
                NullDistribution::footprint({1, draws}).bytes),
        arena_(memory_),
        values_({rows, columns}, arena_),
        null_({1, draws}, arena_),
        alone_(1) {}

  std::size_t spikes(const std::vector<double>& layer, std::uint64_t stream) {
    const MatrixView<const double> w(layer.data(), rows_, columns_);
    std::vector<double> permuted(layer.size());
    null_.fill(alone_, [&](std::size_t index, std::size_t, VectorView<double> statistic) {
      const MatrixView<double> drawn(permuted.data(), rows_, columns_);
      REQUIRE(draw_null({}, w, Philox(stream, index), drawn).ok());
      statistic[0] = largest(drawn);
    });
    double critical = 0;
    REQUIRE(null_.critical_value(0, 0.05, critical).ok());
    REQUIRE(values_.compute(w).ok());
    return count_spikes_beyond(values_.values(), rows_, columns_, critical).deflated;
  }

 private:
  /// s_1^2 / (N rms^2), as the statistic largest_singular_value is.
  double largest(MatrixView<const double> w) {
    REQUIRE(values_.compute(w).ok());
    const auto s = values_.values();
    const double squares = std::inner_product(s.begin(), s.end(), s.begin(), 0.0);
    return s.front() * s.front() * static_cast<double>(s.size()) / squares;
  }

  std::size_t rows_, columns_;
  std::vector<std::byte> memory_;
  Arena arena_;
  SingularValues<double> values_;
  NullDistribution null_;
  Workers alone_;
};

std::vector<double> noise_layer(Noise noise, std::size_t size, std::uint64_t stream) {
  const Philox source(61, stream);
  std::vector<double> layer(size);
  for (std::size_t i = 0; i < size; ++i) layer[i] = draw(noise, source, i);
  return layer;
}

}  // namespace

TEST_CASE("a critical value has the level that is asked for, whatever the number of draws") {
  for (const std::size_t draws : {19u, 20u, 39u, 99u, 1000u}) {
    std::vector<std::byte> memory(NullDistribution::footprint({1, draws}).bytes);
    Arena arena(memory);
    NullDistribution null({1, draws}, arena);
    Workers alone(1);
    null.fill(alone, [](std::size_t index, std::size_t, VectorView<double> values) {
      values[0] = static_cast<double>(index + 1);
    });
    double critical = 0;
    REQUIRE(null.critical_value(0, 0.05, critical).ok());
    // Of draws + 1 exchangeable numbers the last lies beyond with this probability.
    const double all = static_cast<double>(draws) + 1;
    const double level = (all - critical) / all;
    REQUIRE(level <= 0.05 + 1e-15);
    REQUIRE(level > 0.05 - 1 / all);
  }
  std::vector<std::byte> memory(NullDistribution::footprint({1, 18}).bytes);
  Arena arena(memory);
  NullDistribution few({1, 18}, arena);
  double critical = 7;
  REQUIRE(few.critical_value(0, 0.05, critical).code == StatusCode::empty_input);
  REQUIRE(few.critical_value(0, 0, critical).code == StatusCode::out_of_range);
  REQUIRE(few.critical_value(1, 0.05, critical).code == StatusCode::out_of_range);
  REQUIRE(critical == 7);
}

TEST_CASE("so many draws are needed for a family of tests to reach five percent") {
  REQUIRE(draws_needed(1) == 39);
  REQUIRE(draws_needed(1, 0.05, 1) == 19);
  REQUIRE(draws_needed(9) == 359);
  REQUIRE(draws_needed(14, 0.05, 1) == 279);
  REQUIRE(draws_needed(1, 0.03, 1) == 33);  // 1 / 34 < 0.03 < 1 / 33
}

TEST_CASE("a planted direction is the one spike, two are two, and a constant layer has none") {
  constexpr std::size_t kSide = 40;
  Counter counter(kSide, kSide, 99);
  for (std::uint64_t stream = 0; stream < 10; ++stream) {
    std::vector<double> layer = noise_layer(Noise::laplace, kSide * kSide, 500 + stream);
    const double sigma = std::sqrt(2.0);  // of Laplace's law
    const auto sign = [](std::size_t i, std::size_t period) {
      return i / period % 2 == 0 ? 1 : -1;
    };
    // theta / sqrt(n) along (1, -1, ...): three times the strength from which on one can be seen.
    const double share = 3 * sigma / std::sqrt(static_cast<double>(kSide));
    for (std::size_t i = 0; i < layer.size(); ++i) {
      layer[i] += share * sign(i % kSide, 1) * sign(i / kSide, 1);
    }
    REQUIRE(counter.spikes(layer, stream) >= 1);
    for (std::size_t i = 0; i < layer.size(); ++i) {
      layer[i] += 1.5 * share * sign(i % kSide, 2) * sign(i / kSide, 4);
    }
    REQUIRE(counter.spikes(layer, stream) >= 2);
    REQUIRE(counter.spikes(layer, stream) <= 4);
  }
  REQUIRE(counter.spikes(std::vector<double>(kSide * kSide, 0.7), 1) == 0);
}

TEST_CASE("a product is as many spikes as it has directions, its rounding none") {
  constexpr std::size_t kSide = 50;
  std::vector<double> left = noise_layer(Noise::gaussian, kSide, 1);
  std::vector<double> right = noise_layer(Noise::gaussian, kSide, 2);
  std::vector<double> layer(kSide * kSide);
  for (std::size_t i = 0; i < layer.size(); ++i) layer[i] = left[i % kSide] * right[i / kSide];
  REQUIRE(Counter(kSide, kSide, 99).spikes(layer, 3) == 1);
  // Values that are left out are zeros: 3^2 / (9 + 1) over 1 / (N M) of it is far beyond 4.
  const std::vector<double> values{3, 1};
  REQUIRE(count_spikes_beyond(values, 50, 50, 4).standing == 2);
  REQUIRE(count_spikes_beyond(values, 50, 50, 4).deflated == 2);
}

TEST_CASE("five percent of layers of pure noise show a spike, whatever its law", "[slow]") {
  constexpr std::size_t kLayers = 300;
  std::size_t everywhere = 0;
  std::size_t laws = 0;
  for (const auto& [rows, columns] : {std::pair<std::size_t, std::size_t>{64, 64}, {30, 80}}) {
    Counter counter(rows, columns, 99);
    for (const Noise noise : {Noise::gaussian, Noise::laplace, Noise::uniform, Noise::student}) {
      std::size_t found = 0;
      for (std::uint64_t stream = 0; stream < kLayers; ++stream) {
        const std::vector<double> layer = noise_layer(noise, rows * columns, stream);
        found += counter.spikes(layer, 10000 + stream) > 0 ? 1 : 0;
      }
      INFO(kNoiseNames[static_cast<int>(noise)] << ", " << rows << " x " << columns << ": "
                                                << found);
      const double expected = 0.05 * kLayers;
      REQUIRE(std::fabs(static_cast<double>(found) - expected) < 3 * std::sqrt(expected * 0.95));
      everywhere += found;
      ++laws;
    }
  }
  const double expected = 0.05 * kLayers * static_cast<double>(laws);
  INFO(everywhere << " of " << laws * kLayers);
  REQUIRE(std::fabs(static_cast<double>(everywhere) - expected) < 3 * std::sqrt(expected * 0.95));
}

TEST_CASE("spikes are counted as they stand and by deflation") {
  // Ten ones and two large values: rms^2 of a 12 x 12 matrix is sum / 144, and s^2 / (N rms^2) is
  // 12 s^2 / sum.
  std::vector<double> values(12, 1.0);
  values[0] = 10;
  values[1] = 4;
  const SpikeCount spikes = count_spikes_beyond(values, 12, 12, 4);
  REQUIRE(spikes.standing == 1);  // 1200 / 126 and 192 / 126
  REQUIRE(spikes.deflated == 2);  // then 11 * 16 / 26
  const std::vector<double> flat(12, 1.0);
  REQUIRE(count_spikes_beyond(flat, 12, 12, 4).deflated == 0);
  REQUIRE(count_spikes_beyond({}, 0, 0, 4).standing == 0);
}
