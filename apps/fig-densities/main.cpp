// Densities of the weights of layers 1, 4 and 7 of both networks.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "common/figure.hpp"
#include "common/formatted.hpp"
#include "fig-densities-script.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/spectra/laws/floored_fit.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "pinnscope/spectra/samples/kernel_density.hpp"
#include "pinnscope/spectra/samples/moments.hpp"

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

/// What the notebook drew of layers 1, 4, 7: the best of its fits at beta = 1, ..., 8, as it
/// printed them, and the fit's distance to the sample, from which its p-value follows.
struct PublishedFit {
  GeneralizedGaussian law;
  double distance;
};
constexpr PublishedFit kPublishedFits[2][3] = {
    {{{-0.0006, 0.1916, 4}, 0.0124}, {{0.0005, 0.1883, 3}, 0.0167}, {{-0.0004, 0.182, 6}, 0.0134}},
    {{{0.0007, 0.1936, 2}, 0.017}, {{0.0024, 0.1183, 1}, 0.0474}, {{-0.0007, 0.1823, 6}, 0.0083}}};
constexpr int kHighestWholeBeta = 8;

constexpr const char* kCaption =
    "Weights of layers 1, 4 and 7 of both networks: histogram of 50 bins (weights beyond the axis "
    "count in its normalisation), kernel density with the bandwidth of the best cross-validated "
    "likelihood, and the most likely generalised Gaussian.";
constexpr const char* kPublishedCaption =
    "As published: weights of layers 1, 4 and 7, their kernel density, and the generalised "
    "Gaussian "
    "of the best whole beta; theta is half the bandwidth used, and p tests a law on the sample "
    "that "
    "it was fitted to, which makes it too large. ";
constexpr const char* kPrintedLaws =
    "The laws are those printed: in (e) and (f) another beta is better, 2 and 5, where the fit had "
    "stopped early. ";
constexpr const char* kFittedLaws =
    "These are not the published layers: their laws are fitted as those were, with the density "
    "floored at 1e-12. ";
constexpr const char* kSomePrintedLaws =
    "The laws of the published layers are those printed, others are fitted as those were, with the "
    "density floored at 1e-12. ";
constexpr const char* kNotOnRecord =
    "How these panels were arranged, their bins and axes are not on record: they are drawn as in "
    "the other figure.";

/// The weights of a layer in the order of the files: row after row. Folds are contiguous in it.
std::vector<double> flatten(const arma::mat& weights) {
  std::vector<double> sample;
  sample.reserve(weights.n_elem);
  for (arma::uword i = 0; i < weights.n_rows; ++i) {
    for (arma::uword j = 0; j < weights.n_cols; ++j) sample.push_back(weights(i, j));
  }
  return sample;
}

struct Histogram {
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<double> density;
  std::size_t beyond = 0;  // entries outside of all bins
};

/// Bins of equal width from -kReach to kReach, each with its lower edge. Entries beyond them count
/// in the normalisation.
Histogram histogram(const std::vector<double>& sample) {
  const std::vector<double> edges = linspace(-kReach, kReach, kBins + 1);
  const double width = 2 * kReach / kBins;
  Histogram result{{edges.begin(), edges.end() - 1}, {edges.begin() + 1, edges.end()}, {}, 0};
  result.density.resize(kBins);
  for (const double value : sample) {
    const auto above = std::upper_bound(edges.begin(), edges.end(), value);
    if (above == edges.begin() || above == edges.end()) {
      ++result.beyond;
    } else {
      result.density[static_cast<std::size_t>(above - edges.begin() - 1)] += 1;
    }
  }
  for (double& count : result.density) count /= width * static_cast<double>(sample.size());
  return result;
}

double kernel_bandwidth(Figure& figure, KernelDensity& density, const std::string& what) {
  std::array<double, kBandwidths> bandwidths{};
  std::array<double, kBandwidths> scores{};
  geometric_bandwidths(1e-3, 1e-1, bandwidths);
  BandwidthChoice best;
  figure.fail(density.cross_validate(kFolds, bandwidths, scores, best), what);
  return best.bandwidth;
}

/// A law beside a sample, and what a panel says of it.
struct DrawnFit {
  GeneralizedGaussian law;
  std::string note;
};

DrawnFit best_fit(Figure& figure, const GeneralizedGaussianFitter& fitter,
                  const std::string& what) {
  GeneralizedGaussianFit found;
  figure.fail(fitter.fit(found), what);
  return {found.law, formatted("{/:Italic β} = %.2f", found.law.beta)};
}

/// The best of the fits at beta = 1, ..., 8 with the density floored.
PublishedFit whole_beta_fit(Figure& figure, const GeneralizedGaussianFitter& fitter,
                            std::vector<double> sample, const std::string& what) {
  FlooredFit best;
  for (int beta = 1; beta <= kHighestWholeBeta; ++beta) {
    FlooredFit found;
    figure.fail(fit_floored_beta(fitter, kPublishedDensityFloor, beta, found), what);
    if (beta == 1 || found.log_likelihood > best.log_likelihood) best = found;
  }
  std::sort(sample.begin(), sample.end());
  double distance = 0;
  figure.fail(kolmogorov_smirnov_distance(
                  VectorView<const double>(sample),
                  [&](double x) { return best.law.distribution(x); }, distance),
              what);
  return {best.law, distance};
}

/// A layer is the published one where its kurtosis is.
bool is_published(const std::vector<double>& sample, std::size_t network, std::size_t column) {
  Moments found;
  return moments(sample, found).ok() &&
         std::fabs(found.kurtosis - kPublishedKurtosis[network][0][column]) <= 5.1e-5;
}

DrawnFit published_fit(Figure& figure, const GeneralizedGaussianFitter& fitter,
                       const std::vector<double>& sample, std::size_t network, std::size_t column,
                       double bandwidth, const std::string& what) {
  const PublishedFit fit = is_published(sample, network, column)
                               ? kPublishedFits[network][column]
                               : whole_beta_fit(figure, fitter, sample, what);
  const double p = kolmogorov_smirnov_p_value(fit.distance, sample.size());
  figure.report("densities: " + what + ", theta as published", 0.5 * bandwidth);
  figure.report("densities: " + what + ", p as published", p);
  return {fit.law,
          formatted("{/:Italic β} = %.0f, {/:Italic p} %s, {/:Italic θ} = %.4f", fit.law.beta,
                    p < 1e-4 ? "< 0.0001" : formatted("= %.2g", p).c_str(), 0.5 * bandwidth)};
}

struct Sheet {
  std::vector<std::string> notes;
  std::size_t published = 0;  // layers that are
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
  const DrawnFit fit = figure.as_published() ? published_fit(figure, *fitter, sample, network,
                                                             column, bandwidth, name)
                                             : best_fit(figure, *fitter, name);

  const std::vector<double> x = linspace(-kReach, kReach, kCurvePoints);
  std::vector<double> kernel(x.size());
  figure.fail(density->densities(bandwidth, x, kernel), name);
  std::vector<double> gaussian;
  for (const double point : x) gaussian.push_back(fit.law.density(point));
  const Histogram bars = histogram(sample);
  figure.write("fig-densities-" + name + "-histogram",
               {{"lower", bars.lower}, {"upper", bars.upper}, {"density", bars.density}});
  figure.write("fig-densities-" + name + "-curves",
               {{"x", x}, {"kernel_density", kernel}, {"generalized_gaussian", gaussian}});

  sheet.notes.push_back(fit.note);
  if (is_published(sample, network, column)) ++sheet.published;
  for (const std::vector<double>* curve :
       std::initializer_list<const std::vector<double>*>{&kernel, &gaussian, &bars.density}) {
    sheet.heights[network] =
        std::max(sheet.heights[network], *std::max_element(curve->begin(), curve->end()));
  }
  figure.report("densities: " + name + ", bandwidth", bandwidth);
  figure.report("densities: " + name + ", beta", fit.law.beta);
  figure.report("densities: " + name + ", weights beyond the axis",
                static_cast<double>(bars.beyond));
}

/// Beside the published number where the network is the published one.
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
    bool published = false;
    for (std::size_t column = 0; column < kLayers.size(); ++column) {
      published |= is_published(flatten(weights.layers[kLayers[column]].weights), network, column);
    }
    for (std::size_t column = 0; column < kLayers.size(); ++column) {
      const LayerWeights& layer = weights.layers[kLayers[column]];
      const std::vector<double> sample = flatten(layer.weights);
      draw_layer(figure, network, column, sample, sheet);
      show_kurtosis(figure, network, 0, column, sample, published);
      show_kurtosis(figure, network, 1, column,
                    std::vector<double>(layer.biases.begin(), layer.biases.end()), published);
    }
  }
  figure.draw(
      "fig-densities",
      assignment("as_published", figure.as_published() ? 1 : 0) + assignment("reach", kReach) +
          assignment("networks", "viscous inviscid") + word_list("notes", sheet.notes) +
          assignment("heights",
                     formatted("%.2f %.2f", 1.06 * sheet.heights[0], 1.06 * sheet.heights[1])),
      kPlotScript);
  const char* laws = sheet.published == 0                    ? kFittedLaws
                     : sheet.published == sheet.notes.size() ? kPrintedLaws
                                                             : kSomePrintedLaws;
  figure.caption("fig-densities", figure.as_published()
                                      ? std::string(kPublishedCaption) + laws + kNotOnRecord
                                      : kCaption);
}

}  // namespace

int main(int argc, char** argv) {
  return run_figure(argc, argv,
                    {.name = "fig-densities",
                     .description = "Histogram, kernel density and generalised Gaussian of weights",
                     .needs_networks = true},
                    draw);
}
