// Densities of the weights of layers 1, 4 and 7 of both networks.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "common/figure.hpp"
#include "fig-densities-script.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/spectra/generalized_gaussian.hpp"
#include "pinnscope/spectra/kernel_density.hpp"
#include "pinnscope/spectra/moments.hpp"

namespace {

using namespace pinnscope;
using namespace pinnscope::apps;

constexpr std::array<std::size_t, 3> kLayers{1, 4, 7};
constexpr std::array<const char*, 2> kNetworks{"viscous", "inviscid"};
constexpr std::size_t kFolds = 3;
constexpr std::size_t kBandwidths = 20;
constexpr double kReach = 0.5;  // of the horizontal axis
constexpr std::size_t kBins = 50;
constexpr std::size_t kCurvePoints = 401;

/// Pearson kurtoses that the paper's notebook printed: weights of layers 1, 4, 7, then biases.
constexpr double kPublishedKurtosis[2][2][3] = {
    {{2.1457, 2.9441, 1.9694}, {1.9347, 5.7961, 2.3865}},
    {{2.9266, 6.4773, 1.9887}, {2.7638, 3.0054, 2.0944}}};

/// The weights of a layer in the order of the files: row after row. Folds are contiguous in it.
std::vector<double> flatten(const arma::mat& weights) {
  std::vector<double> sample;
  sample.reserve(weights.n_elem);
  for (arma::uword i = 0; i < weights.n_rows; ++i) {
    for (arma::uword j = 0; j < weights.n_cols; ++j) sample.push_back(weights(i, j));
  }
  return sample;
}

Column histogram(const std::vector<double>& sample) {
  const double width = 2 * kReach / kBins;
  std::vector<double> counts(kBins);
  for (const double value : sample) {
    const double bin = std::floor((value + kReach) / width);
    if (bin >= 0 && bin < kBins) counts[static_cast<std::size_t>(bin)] += 1;
  }
  for (double& count : counts) count /= width * static_cast<double>(sample.size());
  return {"density", counts};
}

double kernel_bandwidth(Figure& figure, KernelDensity& density, const std::string& what) {
  std::array<double, kBandwidths> bandwidths{};
  std::array<double, kBandwidths> scores{};
  geometric_bandwidths(1e-3, 1e-1, bandwidths);
  BandwidthChoice best;
  figure.fail(density.cross_validate(kFolds, bandwidths, scores, best), what);
  return best.bandwidth;
}

GeneralizedGaussianFit fit(Figure& figure, GeneralizedGaussianFitter& fitter,
                           const std::string& what) {
  GeneralizedGaussianFit found;
  figure.fail(
      figure.as_published() ? fitter.fit_floored(kPublishedDensityFloor, found) : fitter.fit(found),
      what);
  return found;
}

struct Sheet {
  std::string betas;
  std::array<double, 2> heights{};
};

void draw_layer(Figure& figure, std::size_t network, std::size_t column,
                const std::vector<double>& sample, Sheet& sheet) {
  const std::string name =
      std::string(kNetworks[network]) + "-layer" + std::to_string(kLayers[column]);
  Owned<KernelDensity> density({.capacity = sample.size()});
  figure.fail(density->load(sample), name);
  const double bandwidth = kernel_bandwidth(figure, *density, name);
  Owned<GeneralizedGaussianFitter> fitter({.capacity = sample.size()});
  figure.fail(fitter->load(sample), name);
  const GeneralizedGaussianFit best = fit(figure, *fitter, name);

  const std::vector<double> x = linspace(-kReach, kReach, kCurvePoints);
  std::vector<double> kernel(x.size());
  figure.fail(density->densities(bandwidth, x, kernel), name);
  std::vector<double> gaussian;
  for (const double point : x) gaussian.push_back(best.law.density(point));
  const double width = 2 * kReach / kBins;
  Column bars = histogram(sample);
  figure.write("fig-densities-" + name + "-histogram",
               {{"centre", linspace(-kReach + width / 2, kReach - width / 2, kBins)}, bars});
  figure.write("fig-densities-" + name + "-curves",
               {{"x", x}, {"kernel_density", kernel}, {"generalized_gaussian", gaussian}});

  std::array<char, 32> beta{};
  std::snprintf(beta.data(), beta.size(), "%.2f ", best.law.beta);
  sheet.betas += beta.data();
  for (const std::vector<double>* curve : {&kernel, &gaussian, &bars.values}) {
    sheet.heights[network] =
        std::max(sheet.heights[network], *std::max_element(curve->begin(), curve->end()));
  }
  figure.report("densities: " + name + ", bandwidth", bandwidth);
  figure.report("densities: " + name + ", beta", best.law.beta);
}

/// Beside the published number where the network may be the published one: a file that says how it
/// was trained is of another run.
void show_kurtosis(Figure& figure, std::size_t network, std::size_t kind, std::size_t column,
                   const std::vector<double>& sample, bool published) {
  const std::string name = std::string("densities: kurtosis of ") +
                           (kind == 0 ? "weights" : "biases") + ", " + kNetworks[network] +
                           " layer " + std::to_string(kLayers[column]);
  Moments found;
  figure.fail(moments(sample, found), name);
  if (published) {
    figure.check(name, found.kurtosis, kPublishedKurtosis[network][kind][column], 5e-5);
  } else {
    figure.report(name, found.kurtosis);
  }
}

void draw(Figure& figure) {
  Sheet sheet;
  for (std::size_t network = 0; network < kNetworks.size(); ++network) {
    const std::string& path =
        network == 0 ? figure.options().weights_viscous : figure.options().weights_inviscid;
    const NetworkWeights weights = figure.read(path);
    if (!figure.status().ok()) return;
    if (weights.layers.size() <= kLayers.back()) {
      return figure.fail(
          {StatusCode::shape_mismatch,
           path + ": expected at least 8 layers, found " + std::to_string(weights.layers.size())});
    }
    const bool published = !weights.metadata.contains("seed");
    for (std::size_t column = 0; column < kLayers.size(); ++column) {
      const LayerWeights& layer = weights.layers[kLayers[column]];
      const std::vector<double> sample = flatten(layer.weights);
      draw_layer(figure, network, column, sample, sheet);
      show_kurtosis(figure, network, 0, column, sample, published);
      show_kurtosis(figure, network, 1, column,
                    std::vector<double>(layer.biases.begin(), layer.biases.end()), published);
    }
  }
  std::array<char, 64> heights{};
  std::snprintf(heights.data(), heights.size(), "%.2f %.2f", 1.5 * sheet.heights[0],
                1.5 * sheet.heights[1]);
  figure.draw("fig-densities",
              assignment("networks", "viscous inviscid") + assignment("betas", sheet.betas) +
                  assignment("heights", heights.data()),
              kPlotScript);
}

}  // namespace

int main(int argc, char** argv) {
  return run_figure(argc, argv,
                    {.name = "fig-densities",
                     .description = "Histogram, kernel density and generalised Gaussian of weights",
                     .needs_networks = true},
                    draw);
}
