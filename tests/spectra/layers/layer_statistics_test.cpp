// The rows of the two tables: their names, their words, and what they claim to be unchanged by.

#include "pinnscope/spectra/layers/layer_statistics.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/layers/layer_columns.hpp"
#include "spectra/layers/layer_values.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

/// A square matrix, column after column.
struct Square {
  explicit Square(std::size_t side) : n(side), entries(side * side) {}
  double& operator()(std::size_t i, std::size_t j) { return entries[i + j * n]; }
  double operator()(std::size_t i, std::size_t j) const { return entries[i + j * n]; }
  MatrixView<const double> view() const { return {entries.data(), n, n}; }

  std::size_t n;
  std::vector<double> entries;
};

/// Skewed entries with a mean, and a direction that stands out: nothing in it is special.
Square generic(std::size_t n, std::uint64_t stream) {
  const Philox source(61, stream);
  Square w(n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      const double z = source.normal(i + j * n);
      w(i, j) = 0.1 + z + 0.1 * z * z + 0.02 * static_cast<double>(i) * std::sin(0.7 + double(j));
    }
  }
  return w;
}

Square product(const Square& a, const Square& b) {
  Square c(a.n);
  for (std::size_t j = 0; j < a.n; ++j) {
    for (std::size_t k = 0; k < a.n; ++k) {
      for (std::size_t i = 0; i < a.n; ++i) c(i, j) += a(i, k) * b(k, j);
    }
  }
  return c;
}

Square transposed(const Square& a) {
  Square b(a.n);
  for (std::size_t j = 0; j < a.n; ++j) {
    for (std::size_t i = 0; i < a.n; ++i) b(i, j) = a(j, i);
  }
  return b;
}

/// An orthogonal matrix: the reflection I - 2 v v' / v'v, after a cyclic shift.
Square orthogonal(std::size_t n, std::uint64_t stream) {
  const Philox source(62, stream);
  std::vector<double> v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = source.normal(i);
  const double squares = std::inner_product(v.begin(), v.end(), v.begin(), 0.0);
  Square q(n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) {
      q(i, (j + 1) % n) = (i == j ? 1 : 0) - 2 * v[i] * v[j] / squares;
    }
  }
  return q;
}

Square changed(const Square& w, Invariance by) {
  Square other = w;
  switch (by) {
    case Invariance::none: break;
    case Invariance::scale:
      for (double& entry : other.entries) entry *= 3.7;
      break;
    case Invariance::order:
      for (std::size_t i = other.entries.size(); i > 1; --i) {
        std::swap(other.entries[i - 1], other.entries[(7919 * i) % i + (i * i / 3) % i / 2]);
      }
      break;
    case Invariance::permutation:  // 7 and 11 have no divisor in common with 24 and 40
      for (std::size_t j = 0; j < w.n; ++j) {
        for (std::size_t i = 0; i < w.n; ++i) {
          other(i, j) = w((7 * i + 3) % w.n, (11 * j + 5) % w.n);
        }
      }
      break;
    case Invariance::signs:
      for (std::size_t j = 0; j < w.n; ++j) {
        for (std::size_t i = 0; i < w.n; ++i) {
          if ((i % 3 == 0) != (j * j % 5 == 1)) other(i, j) = -w(i, j);
        }
      }
      break;
    case Invariance::transposition: return transposed(w);
    case Invariance::similarity: {
      const Square q = orthogonal(w.n, 1);
      return product(product(transposed(q), w), q);
    }
    case Invariance::rotation: return product(product(orthogonal(w.n, 2), w), orthogonal(w.n, 3));
  }
  return other;
}

test::LayerValues statistics_of(const Square& w) {
  const LayerSpectra::Config config{w.n, w.n};
  std::vector<std::byte> memory(LayerSpectra::footprint(config).bytes);
  Arena arena(memory);
  LayerSpectra spectra(config, arena);
  REQUIRE(spectra.compute(w.view()).ok());
  return test::values_of(spectra);
}

template <class Rows>
void check_words(const Rows& rows) {
  std::set<std::string> names;
  for (const auto& row : rows) {
    INFO(row.name);
    const std::string name = row.name;
    const std::string meaning = row.meaning;
    REQUIRE(names.insert(name).second);
    REQUIRE(std::ranges::all_of(name, [](unsigned char c) {
      return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
    }));
    // A whole sentence that leans on no other row's words, nor on symbols of a comment.
    REQUIRE(meaning.size() > 30);
    REQUIRE(meaning.back() == '.');
    for (const char* leaning : {"the same", "its k", "that fit", "that law", "this fit", "s_1",
                                "s^2 / N", "N rms", "ln M", "to M", "w_ij", "eps"}) {
      REQUIRE(meaning.find(leaning) == std::string::npos);
    }
  }
}

}  // namespace

TEST_CASE("every statistic and every column has a name of its own and a meaning") {
  check_words(kLayerStatistics);
  check_words(kLayerColumns);
}

TEST_CASE("every statistic is a column, with the same words and claims") {
  for (std::size_t k = 0; k < kLayerStatistics.size(); ++k) {
    const LayerStatistic& statistic = kLayerStatistics[k];
    const LayerColumn& column = kLayerColumns[kFirstStatistic + k];
    REQUIRE(std::string(column.name) == statistic.name);
    REQUIRE(std::string(column.meaning) == statistic.meaning);
    REQUIRE(column.needs == statistic.needs);
    REQUIRE(column.invariance == statistic.invariance);
  }
}

TEST_CASE("statistics are unchanged by what their rows claim, and by nothing else") {
  constexpr std::size_t kMatrices = 4;
  for (const Invariance by : kEveryInvariance) {
    test::LayerValues largest_change{};
    for (std::uint64_t stream = 0; stream < kMatrices; ++stream) {
      const Square w = generic(40, stream);
      const test::LayerValues before = statistics_of(w);
      const test::LayerValues after = statistics_of(changed(w, by));
      for (std::size_t k = 0; k < before.size(); ++k) {
        INFO(kLayerStatistics[k].name << ", " << text(by) << ": " << before[k] << ", " << after[k]);
        REQUIRE(std::isfinite(before[k]));
        REQUIRE(std::isfinite(after[k]));
        largest_change[k] = std::max(largest_change[k], std::fabs(after[k] - before[k]) /
                                                            std::max(1.0, std::fabs(before[k])));
      }
    }
    for (std::size_t k = 0; k < largest_change.size(); ++k) {
      INFO(kLayerStatistics[k].name << ", " << text(by) << ": " << largest_change[k]);
      if (includes(kLayerStatistics[k].invariance, by)) {
        REQUIRE(largest_change[k] < 1e-8);
      } else {
        REQUIRE(largest_change[k] > 1e-6);
      }
    }
  }
}

TEST_CASE("every statistic can be placed among draws of any scale") {
  for (const LayerStatistic& statistic : kLayerStatistics) {
    INFO(statistic.name);
    REQUIRE(includes(statistic.invariance, Invariance::scale));
  }
}

TEST_CASE("columns are unchanged by what their rows claim") {
  constexpr std::size_t kSide = 24;
  const LayerDescription::Config config{kSide, kSide};
  std::vector<std::byte> memory(LayerDescription::footprint(config).bytes);
  Arena arena(memory);
  LayerDescription layer(config, arena);
  const auto describe = [&](const Square& w) {
    REQUIRE(layer.describe(w.view()).ok());
    std::vector<LayerNumber> numbers;
    for (const LayerColumn& column : kLayerColumns) numbers.push_back(number_of(column, layer));
    return numbers;
  };
  const Square w = generic(kSide, 7);
  const std::vector<LayerNumber> before = describe(w);
  for (const Invariance by : kEveryInvariance) {
    const std::vector<LayerNumber> after = describe(changed(w, by));
    for (std::size_t k = 0; k < kLayerColumns.size(); ++k) {
      if (!includes(kLayerColumns[k].invariance, by)) continue;
      INFO(kLayerColumns[k].name << ", " << text(by) << ": " << before[k].value << ", "
                                 << after[k].value);
      REQUIRE(std::string(after[k].reason) == before[k].reason);
      if (std::isnan(before[k].value)) continue;
      REQUIRE(std::fabs(after[k].value - before[k].value) <
              1e-5 * std::max(1.0, std::fabs(before[k].value)));
    }
  }
}
