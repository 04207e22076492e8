#include "pinnscope/spectra/samples/box_sums.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/nn/kernels.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr double kGuard = 77;
constexpr std::size_t kCounts[] = {1, 2, 7, 8, 9, 31, 100};

/// `count` numbers in (-1, 1), with what behind them may be read.
std::vector<double> padded_offsets(std::size_t count, std::uint64_t seed) {
  const Philox random(seed);
  std::vector<double> offsets(count + BoxSums::kPadding, kGuard);
  for (std::size_t i = 0; i < count; ++i) offsets[i] = 2 * random.uniform(i) - 1;
  return offsets;
}

std::span<const double> first(const std::vector<double>& numbers, std::size_t count) {
  return std::span<const double>(numbers).first(count);
}

}  // namespace

TEST_CASE("every kind of box sums gathers the moments of its sources") {
  for (const BoxSums* kernels : available<BoxSums>()) {
    INFO(kernels->name);
    for (const std::size_t count : kCounts) {
      const auto b = padded_offsets(count, 1);
      for (const double distance : {0.0, 1.5, -9.0}) {
        for (std::size_t terms = 1; terms <= BoxSums::kMostTerms; ++terms) {
          CAPTURE(count, distance, terms);
          std::vector<double> moments(BoxSums::kMostTerms + 2, kGuard);
          kernels->gather(first(b, count), distance, terms, moments.data());
          for (std::size_t k = 0; k < terms; ++k) {
            long double sum = 0, size = 0;
            for (std::size_t j = 0; j < count; ++j) {
              const long double s = b[j];
              const long double term = std::exp(-s * (distance + s / 2));
              sum += term * std::pow(s, static_cast<long double>(k));
              size += term * std::pow(std::fabs(s), static_cast<long double>(k));
            }
            REQUIRE(std::fabs(moments[k] - sum) <= 1e-14L * size);
          }
          REQUIRE(moments[BoxSums::kMostTerms] == kGuard);
        }
      }
    }
  }
}

TEST_CASE("every kind of box sums adds a series at each of its targets") {
  for (const BoxSums* kernels : available<BoxSums>()) {
    INFO(kernels->name);
    for (const std::size_t count : kCounts) {
      const auto a = padded_offsets(count, 2);
      for (const std::size_t terms : {1u, 2u, 19u, 20u}) {
        for (const double distance : {0.0, -1.5, 9.0}) {
          CAPTURE(count, terms, distance);
          std::vector<double> coefficients(terms);
          for (std::size_t k = 0; k < terms; ++k)
            coefficients[k] = 1.0 / static_cast<double>(k + 1);
          std::vector<double> sums(count + BoxSums::kPadding, 0.25);
          sums.push_back(kGuard);
          kernels->scatter(coefficients, distance, first(a, count), sums.data());
          for (std::size_t i = 0; i < count; ++i) {
            const long double t = a[i];
            long double series = 0, size = 0;
            for (std::size_t k = terms; k > 0; --k) {
              series = series * t + coefficients[k - 1];
              size = size * std::fabs(t) + coefficients[k - 1];
            }
            const long double factor = std::exp(t * (distance - t / 2));
            REQUIRE(std::fabs(sums[i] - (0.25L + factor * series)) <=
                    1e-14L * (0.25L + factor * size));
          }
          REQUIRE(sums.back() == kGuard);
        }
      }
    }
  }
}

TEST_CASE("every kind of box sums adds each pair of targets and sources") {
  for (const BoxSums* kernels : available<BoxSums>()) {
    INFO(kernels->name);
    for (const std::size_t targets : kCounts) {
      for (const std::size_t sources : kCounts) {
        CAPTURE(targets, sources);
        const auto t = padded_offsets(targets, 3);
        const auto s = padded_offsets(sources, 4);
        const double inverse = 3, reference = 0.5;
        std::vector<double> sums(targets + BoxSums::kPadding, 0.25);
        sums.push_back(kGuard);
        kernels->pairs(first(t, targets), first(s, sources), inverse, reference, sums.data());
        for (std::size_t i = 0; i < targets; ++i) {
          long double sum = 0.25L;
          for (std::size_t j = 0; j < sources; ++j) {
            const long double d = (static_cast<long double>(t[i]) - s[j]) * inverse;
            sum += std::exp((reference * reference - d * d) / 2);
          }
          REQUIRE(test::relatively_close(sums[i], static_cast<double>(sum), 1e-14));
        }
        REQUIRE(sums.back() == kGuard);
      }
    }
  }
}

TEST_CASE("box sums are there for the instruction sets that kernels are there for") {
  const auto sums = available<BoxSums>();
  const auto kernels = available<Kernels<double>>();
  REQUIRE(&fastest<BoxSums>() == sums.tables[0]);
  REQUIRE(std::equal(
      sums.begin(), sums.end(), kernels.begin(), kernels.end(),
      [](const auto* a, const auto* b) { return std::string_view(a->name) == b->name; }));
}
