// The statistics as users find them: by their names. Each name has a number in closed form, or one
// that is recomputed here, and no two names can change places unseen.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/layers/layer_statistics.hpp"
#include "spectra/layers/layer_values.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

constexpr std::size_t kSide = 12;  // of diag(1, ..., 12), whose squares sum up to 650
constexpr double kSquares = 650;

using Values = test::LayerValues;
using Names = std::vector<std::string>;

Values statistics_of(const std::vector<double>& w, std::size_t side) {
  const LayerSpectra::Config config{side, side};
  std::vector<std::byte> memory(LayerSpectra::footprint(config).bytes);
  Arena arena(memory);
  LayerSpectra spectra(config, arena);
  REQUIRE(spectra.compute({w.data(), side, side}).ok());
  return test::values_of(spectra);
}

/// What a name should say of a matrix.
struct Expected {
  const Values* values;
  std::string name;
  double value;
  double tolerance;
};

bool holds(const std::vector<Expected>& expected, const Names& names) {
  return std::ranges::all_of(expected, [&](const Expected& row) {
    const auto place = std::ranges::find(names, row.name) - names.begin();
    return std::fabs((*row.values)[static_cast<std::size_t>(place)] - row.value) <= row.tolerance;
  });
}

/// Kolmogorov's distance of ascending numbers from a law, from both sides of each step.
template <class Law>
double distance(const std::vector<double>& ascending, const Law& law) {
  double most = 0;
  const auto n = static_cast<double>(ascending.size());
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    const double p = law(ascending[i]);
    const auto rank = static_cast<double>(i);
    most = std::max({most, (rank + 1) / n - p, p - rank / n});
  }
  return most;
}

/// Marchenko and Pastur's law of a square matrix: (phi + sin phi) / pi, x = 4 sin^2(phi / 2).
double quarter_circle(double x) {
  if (x >= 4) return 1;
  const double phi = 2 * std::asin(std::sqrt(x) / 2);
  return (phi + std::sin(phi)) / std::numbers::pi;
}

/// alpha of Clauset, Shalizi and Newman: every cutoff tried, the closest tail taken.
double power_law_exponent(const std::vector<double>& ascending) {
  double best = std::numeric_limits<double>::infinity();
  double exponent = 0;
  for (std::size_t cutoff = 0; cutoff + 1 < ascending.size(); ++cutoff) {
    const auto n = static_cast<double>(ascending.size() - cutoff);
    double sum = 0;
    for (std::size_t i = cutoff; i < ascending.size(); ++i) {
      sum += std::log(ascending[i] / ascending[cutoff]);
    }
    const double alpha = 1 + n / sum;
    double far = 0;
    for (std::size_t i = cutoff; i < ascending.size(); ++i) {
      const double law = 1 - std::pow(ascending[i] / ascending[cutoff], 1 - alpha);
      far = std::max(far, std::fabs(law - static_cast<double>(i - cutoff) / n));
    }
    if (far < best) {
      best = far;
      exponent = alpha;
    }
  }
  return exponent;
}

std::vector<double> diagonal() {
  std::vector<double> w(kSide * kSide);
  for (std::size_t i = 0; i < kSide; ++i) w[i * kSide + i] = static_cast<double>(i + 1);
  return w;
}

/// Of the entries of diag(1, ..., n), most of which are zero.
double kurtosis_of_diagonal() {
  const std::vector<double> w = diagonal();
  const auto n = static_cast<double>(w.size());
  const double mean = std::accumulate(w.begin(), w.end(), 0.0) / n;
  double second = 0, fourth = 0;
  for (const double x : w) {
    second += std::pow(x - mean, 2) / n;
    fourth += std::pow(x - mean, 4) / n;
  }
  return fourth / second / second;
}

/// -sum p ln p of numbers that need not sum up to 1.
double entropy(std::vector<double> weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  double found = 0;
  for (const double weight : weights) found -= weight / sum * std::log(weight / sum);
  return found;
}

std::vector<Expected> expected_of_diagonal(const Values& values) {
  constexpr double kSigma = 6.5 * 6.5 / (kSide * .65277593990469);  // its square, by the median
  std::vector<double> s(kSide), squares(kSide), at_rms(kSide), at_sigma(kSide), radii(kSide);
  for (std::size_t k = 0; k < kSide; ++k) {
    s[k] = static_cast<double>(k + 1);
    squares[k] = s[k] * s[k];
    at_rms[k] = squares[k] * kSide / kSquares;  // over N rms^2
    at_sigma[k] = squares[k] / kSide / kSigma;
    radii[k] = s[k] / std::sqrt(kSquares / kSide);
  }
  const auto disc = [](double r) { return std::min(1.0, r * r); };
  const double rms = kSquares / kSide / kSide;  // its square
  return {{&values, "kurtosis", kurtosis_of_diagonal(), 1e-10},
          {&values, "largest_singular_value", at_rms.back(), 1e-12},
          {&values, "smallest_singular_value", kSide / kSigma, 1e-7},
          {&values, "energy_outside_bulk", 1 - kSigma / rms, 1e-7},
          {&values, "marchenko_pastur_distance", distance(at_rms, quarter_circle), 1e-12},
          {&values, "bulk_distance", distance(at_sigma, quarter_circle), 1e-7},
          {&values, "spectral_entropy", entropy(squares), 1e-12},
          {&values, "effective_rank", std::exp(entropy(s)), 1e-11},
          {&values, "stable_rank", kSquares / (kSide * kSide), 1e-12},
          {&values, "spacing_ratio", 1, 1e-12},
          {&values, "tail_exponent", power_law_exponent(squares), 1e-9},
          {&values, "spectral_radius", radii.back(), 1e-12},
          {&values, "circular_distance", distance(radii, disc), 1e-12},
          {&values, "real_eigenvalues", kSide, 0},
          {&values, "henrici_departure", 0, 1e-7}};
}

}  // namespace

TEST_CASE("every statistic says by its name what is known, and no two can change their names") {
  const Values of_diagonal = statistics_of(diagonal(), kSide);
  std::vector<Expected> expected = expected_of_diagonal(of_diagonal);

  const Philox source(71);
  std::vector<double> skew(kSide * kSide);
  for (std::size_t i = 0; i < kSide; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      skew[i * kSide + j] = source.normal(i * kSide + j);
      skew[j * kSide + i] = -skew[i * kSide + j];
    }
  }
  const Values of_skew = statistics_of(skew, kSide);
  expected.push_back({&of_skew, "elliptic_correlation", -1, 1e-12});
  expected.push_back({&of_skew, "real_eigenvalues", 0, 0});
  expected.push_back({&of_skew, "henrici_departure", 0, 1e-7});

  // Noise: the large-n values of its kind, with room for one 100 x 100 matrix.
  std::vector<double> noise(100 * 100);
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = source.normal(1000 + i);
  const Values of_noise = statistics_of(noise, 100);
  expected.push_back({&of_noise, "complex_spacing_ratio", 0.739, 0.12});
  expected.push_back({&of_noise, "complex_spacing_cosine", 0.25, 0.24});
  expected.push_back({&of_noise, "spacing_ratio", 0.531, 0.12});
  expected.push_back({&of_noise, "henrici_departure", std::sqrt(0.5), 0.05});

  Names names;
  for (const LayerStatistic& statistic : kLayerStatistics) names.emplace_back(statistic.name);
  for (const std::string& name : names) {
    INFO(name);
    REQUIRE(std::ranges::any_of(expected, [&](const Expected& row) { return row.name == name; }));
  }
  for (const Expected& row : expected) {
    INFO(row.name << ": " << row.value);
    REQUIRE(holds({row}, names));
  }
  for (std::size_t a = 0; a < names.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      Names exchanged = names;
      std::swap(exchanged[a], exchanged[b]);
      INFO(names[a] << " and " << names[b]);
      REQUIRE_FALSE(holds(expected, exchanged));
    }
  }
}
