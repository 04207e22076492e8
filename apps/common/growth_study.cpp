#include "common/growth_study.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "common/machine.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/step/stability.hpp"

namespace pinnscope::apps {
namespace {

using Chain = FamilyChain<double>;
using Matrix = FamilyMatrix<double>::Config;

constexpr double kTheta = 0.25;          // of the scheme theta
constexpr std::uint64_t kLayers = 4096;  // of a chain that may have no limit

Chain::Config chain_of(const GrowthPoint& point, ChainKind kind) {
  Chain::Config config{.matrix = point.matrix, .normalise = Normalisation::l1};
  switch (kind) {
    case ChainKind::linear:
      config.activation = Activation::identity;
      config.normalise = Normalisation::l2;
      config.without_mean = point.without_mean;
      break;
    case ChainKind::tanh: break;
    case ChainKind::blend: config.blend = 0.5; break;
    case ChainKind::tanh_alone: config.normalise = Normalisation::none; break;
  }
  return config;
}

/// log of the largest |eigenvalue|.
Status log_spectral_radius(MatrixView<const double> weights, double& logarithm) {
  Owned<Eigenvalues<double>> eigenvalues({.order = weights.rows});
  const Status status = eigenvalues->compute(weights);
  if (!status.ok()) return status;
  double radius = 0;
  for (std::size_t i = 0; i < weights.rows; ++i) {
    radius = std::max(radius, std::hypot(eigenvalues->real()[i], eigenvalues->imaginary()[i]));
  }
  logarithm = std::log(radius);
  return {};
}

Status measure(std::uint32_t seed, GrowthPoint& point) {
  for (const auto& row : named<ChainKind>()) {
    if (point.without_mean && row.value != ChainKind::linear) continue;
    Owned<Chain> chain(chain_of(point, row.value));
    std::vector<double> z(point.matrix.cells);
    random_signal(seed, z);
    Status status = chain->start(z, 0);
    if (status.ok() && row.value == ChainKind::linear) {
      point.log_amplification = chain->log_amplification();
      if (chain->matrix().moduli().empty()) {
        status = log_spectral_radius(chain->matrix().weights(), point.log_amplification);
      }
    }
    LayerGrowth& growth = point.growth[static_cast<std::size_t>(row.value)];
    const std::uint64_t most = row.value == ChainKind::linear ? LayerGrowth::kMostLayers : kLayers;
    if (status.ok()) status = measure_growth(*chain, VectorView<double>(z), growth, most);
    if (!status.ok()) return status;
  }
  return {};
}

/// Schemes at both sides of their stability boundary; with the mean, the largest |G| of a stable
/// one is 1.
void add_schemes(std::vector<GrowthPoint>& points) {
  constexpr std::array kNumbers{StepNumbers{.c = 0.1, .r = 0.05}, StepNumbers{.c = 0.3, .r = 0.2},
                                StepNumbers{.c = 0.5, .r = 0.45}, StepNumbers{.c = 1, .r = 0.1},
                                StepNumbers{.c = 1, .r = 1},      StepNumbers{.c = 2.5, .r = 0.3},
                                StepNumbers{.c = 1, .r = 2},      StepNumbers{.c = 4, .r = 3}};
  for (const Scheme scheme : kSchemes) {
    for (const StepNumbers& numbers : kNumbers) {
      GrowthPoint point{
          .matrix = {.family = LayerFamily::scheme,
                     .cells = kStudyCells,
                     .parameters = {.scheme = scheme, .numbers = numbers, .theta = kTheta}}};
      point.unstable = has_amplification_factor(scheme) && !is_stable(scheme, numbers, kTheta);
      points.push_back(point);
      if (!has_amplification_factor(scheme)) continue;
      point.without_mean = true;
      points.push_back(point);
    }
  }
}

/// The other families, each at sizes over three decades.
void add_families(std::uint32_t seed, std::vector<double>& symbols,
                  std::vector<GrowthPoint>& points) {
  constexpr std::array kSizes{0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0};
  constexpr std::size_t kModes = kStudyCells / 2 + 1;
  symbols.resize(kSizes.size() * 2 * kModes);
  const Philox random(seed, StreamPurpose::study_symbols);
  std::uint64_t drawn = 0;
  const auto next = [&] { return 2 * random.uniform(drawn++) - 1; };
  for (std::size_t s = 0; s < kSizes.size(); ++s) {
    const double size = kSizes[s];
    double* symbol = &symbols[s * 2 * kModes];
    for (std::size_t i = 0; i < 2 * kModes; ++i) symbol[i] = size * next();
    LayerParameters parameters{.scale = size / std::sqrt(static_cast<double>(kStudyCells)),
                               .width = 2,
                               .stencil = {size * next(), size * next(), size * next()},
                               .symbol = {symbol, 2 * kModes}};
    for (const LayerFamily family : kLayerFamilies) {
      if (family == LayerFamily::scheme || (family == LayerFamily::identity && s > 0)) continue;
      points.push_back({.matrix = {.family = family,
                                   .cells = kStudyCells,
                                   .parameters = parameters,
                                   .seed = seed + s}});
    }
  }
}

/// Ranks from 0 on; equal numbers share the mean of theirs.
std::vector<double> ranks(const std::vector<double>& numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return numbers[a] < numbers[b]; });
  std::vector<double> ranks(numbers.size());
  for (std::size_t first = 0, end = 0; first < order.size(); first = end) {
    end = first + 1;
    constexpr double kSame = 1e-6;  // what a chain without a limit is known to, and better
    while (end < order.size() && numbers[order[end]] - numbers[order[first]] <= kSame) ++end;
    for (std::size_t k = first; k < end; ++k) {
      ranks[order[k]] = static_cast<double>(first + end - 1) / 2;
    }
  }
  return ranks;
}

struct Moments {
  double slope = FamilySignal::kUnknown;
  double correlation = FamilySignal::kUnknown;
};

Moments moments(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() < 2) return {};
  const auto n = static_cast<double>(x.size());
  const double mean_x = std::accumulate(x.begin(), x.end(), 0.0) / n;
  const double mean_y = std::accumulate(y.begin(), y.end(), 0.0) / n;
  double xx = 0, xy = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
  }
  return {xy / xx, xy / std::sqrt(xx * yy)};
}

GrowthTrend trend_of(const std::vector<GrowthPoint>& points, std::size_t kind) {
  std::vector<double> x, y;
  GrowthTrend trend;
  double largest = 0;
  for (const GrowthPoint& point : points) {
    const double growth = point.growth[kind].log_growth;
    if (!std::isfinite(growth) || !std::isfinite(point.log_amplification)) continue;
    x.push_back(point.log_amplification);
    y.push_back(growth);
    largest = std::fmax(largest, std::fabs(growth - point.log_amplification));
  }
  trend.points = x.size();
  if (x.empty()) return trend;
  trend.largest_distance = largest;
  trend.slope = moments(x, y).slope;
  trend.rank_correlation = moments(ranks(x), ranks(y)).correlation;
  return trend;
}

}  // namespace

Status study_growth(std::uint32_t seed, GrowthStudy& study) {
  require_blas(1);
  study = {};
  std::vector<double> symbols;  // that the chains read while they are made
  add_schemes(study.points);
  add_families(seed, symbols, study.points);
  std::uint32_t signal = seed;
  for (GrowthPoint& point : study.points) {
    const Status status = measure(signal++, point);
    if (!status.ok()) return status;
    point.matrix.parameters.symbol = {};
  }
  for (std::size_t kind = 0; kind < kChainKinds; ++kind) {
    study.trends[kind] = trend_of(study.points, kind);
  }
  return {};
}

}  // namespace pinnscope::apps
