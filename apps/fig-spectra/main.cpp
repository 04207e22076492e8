// Eigenvalues and singular values of layers 1, 4 and 7 against the laws of random matrices.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "common/figure.hpp"
#include "fig-spectra-script.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/spectra/circular_law.hpp"
#include "pinnscope/spectra/eigenvalues.hpp"
#include "pinnscope/spectra/marchenko_pastur.hpp"
#include "pinnscope/spectra/root_mean_square.hpp"
#include "pinnscope/spectra/singular_values.hpp"

namespace {

using namespace pinnscope;
using namespace pinnscope::apps;

constexpr std::array<std::size_t, 3> kLayers{1, 4, 7};
constexpr double kReach = 5;  // of the Marchenko-Pastur panel
constexpr std::size_t kBins = 40;
constexpr double kPublishedCut = 0.05;  // squared singular values below it were left out

/// The spectra of one square matrix, normalised by its root mean square.
struct Spectra {
  std::vector<double> real;
  std::vector<double> imaginary;
  std::vector<double> singular;  // of W / (rms sqrt n), descending
  CircularLawFit circular;
  MarchenkoPasturFit marchenko_pastur;
};

Spectra analyse(Figure& figure, const arma::mat& weights, const std::string& what) {
  const std::size_t n = weights.n_rows;
  const double side = std::sqrt(static_cast<double>(n));
  const double scale = root_mean_square(view(weights)) * side;
  Owned<Eigenvalues<double>> eigenvalues({.order = n});
  Owned<SingularValues<double>> singular({.rows = n, .columns = n});
  Owned<CircularLaw<double>> law({.capacity = n});
  Spectra found;
  figure.fail(eigenvalues->compute(view(weights), scale), what);
  figure.fail(singular->compute(view(weights), scale), what);
  figure.fail(law->compare(eigenvalues->real(), eigenvalues->imaginary(), found.circular), what);
  const auto copy = [](VectorView<const double> from) {
    return std::vector<double>(from.begin(), from.end());
  };
  found.real = copy(eigenvalues->real());
  found.imaginary = copy(eigenvalues->imaginary());
  found.singular = copy(singular->values());
  std::vector<double> unscaled = found.singular;
  for (double& value : unscaled) value *= side;  // now s of W / rms, entries of variance 1
  figure.fail(compare_with_marchenko_pastur(unscaled, n, n, 1, found.marchenko_pastur), what);
  return found;
}

arma::mat gaussian_matrix(std::size_t n) {
  const Philox source(42);
  arma::mat matrix(n, n);
  for (std::size_t k = 0; k < n * n; ++k) matrix(k) = source.normal(k);
  return matrix;
}

/// Density of the squared singular values in equal bins; those beyond the panel count in the
/// normalisation. As published, values below the cut are dropped and the rest has mass one.
std::vector<double> histogram(const std::vector<double>& singular, bool as_published) {
  const double width = kReach / kBins;
  std::vector<double> counts(kBins);
  double total = 0;
  for (const double s : singular) {
    const double lambda = s * s;
    if (as_published && lambda <= kPublishedCut) continue;
    total += 1;
    if (lambda < kReach) counts[static_cast<std::size_t>(lambda / width)] += 1;
  }
  for (double& count : counts) count /= total * width;
  return counts;
}

void draw_network(Figure& figure, const std::string& network, const std::string& path,
                  const Spectra& random) {
  const NetworkWeights weights = figure.read(path);
  if (!figure.status().ok()) return;
  const std::string stem = "fig-spectra-" + network;
  std::vector<Column> eigenvalues;
  std::vector<Column> singular{{"index", linspace(1, 100, 100)}};
  const double width = kReach / kBins;
  std::vector<Column> bars{{"centre", linspace(width / 2, kReach - width / 2, kBins)}};
  double reach = 1;
  std::string largest = "largest:";
  for (const std::size_t layer : kLayers) {
    const std::string what = path + ", layer " + std::to_string(layer);
    if (layer >= weights.layers.size() || !weights.layers[layer].weights.is_square()) {
      return figure.fail({StatusCode::shape_mismatch, what + ": expected a square hidden layer"});
    }
    const Spectra spectra = analyse(figure, weights.layers[layer].weights, what);
    if (!figure.status().ok()) return;
    const std::string name = "layer" + std::to_string(layer);
    eigenvalues.push_back({name + "_real", spectra.real});
    eigenvalues.push_back({name + "_imaginary", spectra.imaginary});
    singular.front().values =
        linspace(1, static_cast<double>(spectra.singular.size()), spectra.singular.size());
    singular.push_back({name, spectra.singular});
    bars.push_back({name, histogram(spectra.singular, figure.as_published())});
    reach = std::max(reach, spectra.circular.radius);
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), " %.1f", spectra.marchenko_pastur.largest);
    largest += digits.data();
    const std::string label = "spectra: " + network + " " + name;
    figure.report(label + ", share inside the unit disc", spectra.circular.share_inside);
    figure.report(label + ", distance to the circular law", spectra.circular.distance);
    figure.report(label + ", largest s^2 / (n rms^2), edge at 4", spectra.marchenko_pastur.largest);
    figure.report(label + ", singular values beyond the edge",
                  static_cast<double>(spectra.marchenko_pastur.beyond_edge));
  }
  figure.write(stem + "-eigenvalues", eigenvalues);
  figure.write(stem + "-singular-values", singular);
  figure.write(stem + "-histogram", bars);
  figure.draw(
      stem,
      assignment("network", network) + assignment("eigenvalue_file", stem + "-eigenvalues.csv") +
          assignment("singular_file", stem + "-singular-values.csv") +
          assignment("histogram_file", stem + "-histogram.csv") + assignment("beyond", largest) +
          assignment("eigenvalue_reach", std::max(reach, random.circular.radius) + 0.15),
      kPlotScript);
}

void draw(Figure& figure) {
  const Spectra random = analyse(figure, gaussian_matrix(100), "a Gaussian matrix");
  figure.write("fig-spectra-eigenvalues",
               {{"random_real", random.real}, {"random_imaginary", random.imaginary}});
  figure.write("fig-spectra-singular-values",
               {{"index", linspace(1, 100, 100)}, {"random", random.singular}});
  const MarchenkoPastur law(1);
  const std::vector<double> x = linspace(0.005, kReach, 1000);
  std::vector<double> density;
  for (const double point : x) density.push_back(law.density(point));
  figure.write("fig-spectra-marchenko-pastur", {{"x", x}, {"density", density}});
  draw_network(figure, "viscous", figure.options().weights_viscous, random);
  draw_network(figure, "inviscid", figure.options().weights_inviscid, random);
  // 14.2 % of the law lie below the cut: what the published panel leaves out of its histogram
  // alone.
  figure.check("spectra: Marchenko-Pastur mass below the published cut",
               law.distribution(kPublishedCut), 0.142055, 5e-7);
}

}  // namespace

int main(int argc, char** argv) {
  return run_figure(argc, argv,
                    {.name = "fig-spectra",
                     .description = "Eigenvalues and singular values against random-matrix laws",
                     .needs_networks = true},
                    draw);
}
