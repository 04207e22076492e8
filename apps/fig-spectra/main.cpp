// Eigenvalues and singular values of layers 1, 4 and 7 against the laws of random matrices.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "common/figure.hpp"
#include "common/formatted.hpp"
#include "common/machine.hpp"
#include "fig-spectra-script.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/spectra/matrices/eigenvalues.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/random_matrices/circular_law.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"

namespace {

using namespace pinnscope;
using namespace pinnscope::apps;

constexpr std::array<std::size_t, 3> kLayers{1, 4, 7};
constexpr std::array<std::size_t, 7> kPublishedLayers{1, 2, 3, 4, 5, 6, 7};
constexpr std::size_t kGaussianOrder = 100;
constexpr double kReach = 5;  // of the Marchenko-Pastur panel
constexpr std::size_t kBins = 25;
constexpr std::size_t kPublishedBins = 30;  // of each layer, from its smallest to its largest
constexpr double kPublishedCut = 0.05;      // squared singular values below it were left out
constexpr double kSpectrumEnd = 4;          // of the Marchenko-Pastur law of a square matrix

constexpr const char* kCaption =
    "Hidden layers of the %s network beside a Gaussian matrix and the laws of random matrices, "
    "each "
    "divided by the root mean square (rms) of its entries: (a), (b) eigenvalues and the unit "
    "circle, (c) singular values, (d) squared singular values in bins of 0.2 with the "
    "Marchenko-Pastur law; those beyond the axis count in the normalisation.";
constexpr const char* kPublishedCaption =
    "As published: all hidden layers of the %s network; (d) leaves squared singular values below "
    "0.05 out of the histograms and scales what is left to mass one, but not the law, of which "
    "14.2 %% lie below; each layer has 30 bins of its own, wider the further its outliers lie; "
    "values beyond the axis at 15 are not seen. (c) divides by the rms alone, and the Gaussian "
    "matrix not by its own. That matrix is drawn anew: the published draw is not on record.";

/// The spectra of one square matrix, normalised by its root mean square.
struct Spectra {
  std::vector<double> real;
  std::vector<double> imaginary;
  std::vector<double> singular;  // of W / (rms sqrt n), descending
  double rms = 1;
  CircularLawFit circular;
  MarchenkoPasturFit marchenko_pastur;
};

Spectra analyse(Figure& figure, const arma::mat& weights, const std::string& what) {
  const std::size_t n = weights.n_rows;
  const double side = std::sqrt(static_cast<double>(n));
  const double rms = root_mean_square(view(weights));
  const double scale = rms * side;
  Owned<Eigenvalues<double>> eigenvalues({.order = n});
  Owned<SingularValues<double>> singular({.rows = n, .columns = n});
  Owned<CircularLaw<double>> law({.capacity = n});
  Spectra found;
  found.rms = rms;
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
  const Philox source(42, StreamPurpose::figure_matrices);
  arma::mat matrix(n, n);
  for (std::size_t k = 0; k < n * n; ++k) matrix(k) = source.normal(k);
  return matrix;
}

std::vector<double> squares(const std::vector<double>& singular) {
  std::vector<double> result;
  for (const double s : singular) result.push_back(s * s);
  return result;
}

/// Counts of `values` between `edges`, divided by the width of a bin and by `total`. The last bin
/// holds its upper edge too.
std::vector<double> densities(const std::vector<double>& values, const std::vector<double>& edges,
                              std::size_t total) {
  std::vector<double> result(edges.size() - 1);
  for (const double value : values) {
    if (value < edges.front() || value > edges.back()) continue;
    const auto above = std::upper_bound(edges.begin(), edges.end() - 1, value);
    result[static_cast<std::size_t>(above - edges.begin()) - 1] += 1;
  }
  for (std::size_t k = 0; k < result.size(); ++k) {
    result[k] /= (edges[k + 1] - edges[k]) * static_cast<double>(total);
  }
  return result;
}

void append_bins(std::vector<Column>& columns, const std::string& prefix,
                 const std::vector<double>& edges) {
  columns.push_back({prefix + "lower", {edges.begin(), edges.end() - 1}});
  columns.push_back({prefix + "upper", {edges.begin() + 1, edges.end()}});
}

/// As published: what lies above the cut, in bins from the smallest to the largest, has mass one.
void append_published_histogram(std::vector<Column>& columns, const std::string& name,
                                std::vector<double> values) {
  std::erase_if(values, [](double value) { return value <= kPublishedCut; });
  if (values.empty()) values = {kPublishedCut, kPublishedCut + 1};
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  const std::vector<double> edges = linspace(*lowest, *highest, kPublishedBins + 1);
  append_bins(columns, name + "_", edges);
  columns.push_back({name, densities(values, edges, values.size())});
}

/// The columns of a sheet, filled layer by layer.
struct Sheet {
  std::string network;
  std::vector<Column> eigenvalues{};
  std::vector<Column> singular{};
  std::vector<Column> bars{};
  std::vector<std::string> largest{};  // of s^2 / (n rms^2), a layer each
  double reach = 1;
};

void add_layer(Figure& figure, Sheet& sheet, std::size_t layer, const Spectra& spectra) {
  const std::string name = "layer" + std::to_string(layer);
  sheet.eigenvalues.push_back({name + "_real", spectra.real});
  sheet.eigenvalues.push_back({name + "_imaginary", spectra.imaginary});
  if (sheet.singular.empty()) {
    const std::size_t n = spectra.singular.size();
    sheet.singular.push_back({"index", linspace(1, static_cast<double>(n), n)});
  }
  sheet.singular.push_back({name, spectra.singular});
  if (figure.as_published()) {
    append_published_histogram(sheet.bars, name, squares(spectra.singular));
  } else {
    const std::vector<double> edges = linspace(0, kReach, kBins + 1);
    if (sheet.bars.empty()) append_bins(sheet.bars, "", edges);
    sheet.bars.push_back(
        {name, densities(squares(spectra.singular), edges, spectra.singular.size())});
  }
  sheet.reach = std::max(sheet.reach, spectra.circular.radius);
  sheet.largest.push_back(formatted("%.1f", spectra.marchenko_pastur.largest));
  const std::string label = "spectra: " + sheet.network + " " + name;
  figure.report(label + ", share inside the unit disc", spectra.circular.share_inside);
  figure.report(label + ", distance to the circular law", spectra.circular.distance);
  figure.report(label + ", largest s^2 / (n rms^2), edge at 4", spectra.marchenko_pastur.largest);
  figure.report(label + ", singular values beyond the edge",
                static_cast<double>(spectra.marchenko_pastur.beyond_edge));
}

/// "layer 1: 30.5; layer 4: 17.7", or of all layers "30.5, ..., 6.4".
std::string largest_note(const std::vector<std::string>& largest, bool as_published) {
  std::string note;
  for (std::size_t k = 0; k < largest.size(); ++k) {
    if (k > 0) note += as_published ? ", " : "; ";
    if (!as_published) note += "layer " + std::to_string(kLayers[k]) + ": ";
    note += largest[k];
  }
  return note;
}

/// The layers of a sheet: those drawn, and as published all hidden ones.
std::vector<std::size_t> drawn_layers(bool as_published) {
  if (as_published) return {kPublishedLayers.begin(), kPublishedLayers.end()};
  return {kLayers.begin(), kLayers.end()};
}

/// Reads a network whose drawn layers are square, or fails.
NetworkWeights read_square(Figure& figure, const std::string& path) {
  NetworkWeights weights = figure.read(path);
  if (!figure.status().ok()) return weights;
  for (const std::size_t layer : drawn_layers(figure.as_published())) {
    if (layer >= weights.layers.size() || !weights.layers[layer].weights.is_square()) {
      figure.fail({StatusCode::shape_mismatch,
                   path + ", layer " + std::to_string(layer) + ": expected a square hidden layer"});
      break;
    }
  }
  return weights;
}

void draw_network(Figure& figure, const std::string& network, const std::string& path,
                  const NetworkWeights& weights, const Spectra& random) {
  const std::string stem = "fig-spectra-" + network;
  const bool published = figure.as_published();
  Sheet sheet{.network = network};
  for (const std::size_t layer : drawn_layers(published)) {
    const std::string what = path + ", layer " + std::to_string(layer);
    const Spectra spectra = analyse(figure, weights.layers[layer].weights, what);
    if (!figure.status().ok()) return;
    add_layer(figure, sheet, layer, spectra);
  }
  const double side = std::sqrt(static_cast<double>(weights.layers[1].weights.n_rows));
  figure.write(stem + "-eigenvalues", sheet.eigenvalues);
  figure.write(stem + "-singular-values", sheet.singular);
  figure.write(stem + "-histogram", sheet.bars);
  figure.draw(
      stem,
      assignment("as_published", published ? 1 : 0) + assignment("network", network) +
          assignment("stem", stem) + assignment("layers", published ? "1 2 3 4 5 6 7" : "1 4 7") +
          assignment("largest", largest_note(sheet.largest, published)) + assignment("side", side) +
          assignment("random_side", std::sqrt(static_cast<double>(kGaussianOrder))) +
          assignment("random_rms", random.rms) +
          assignment("eigenvalue_reach",
                     published ? 1.5 : std::max(sheet.reach, random.circular.radius) + 0.15),
      kPlotScript);
  figure.caption(stem, formatted(published ? kPublishedCaption : kCaption, network.c_str()));
}

/// Of the published panel, the law starts at the cut.
void write_law(Figure& figure) {
  const MarchenkoPastur law(1);
  const std::vector<double> x = figure.as_published() ? linspace(kPublishedCut, kSpectrumEnd, 400)
                                                      : linspace(0.005, kReach, 1000);
  std::vector<double> density;
  for (const double point : x) density.push_back(law.density(point));
  figure.write("fig-spectra-marchenko-pastur", {{"x", x}, {"density", density}});
  // 14.2 % of the law lie below the cut: what the published panel leaves out of its histogram
  // alone.
  figure.check("spectra: Marchenko-Pastur mass below the published cut",
               law.distribution(kPublishedCut), 0.142055, 5e-7);
}

void draw(Figure& figure) {
  require_blas(1);
  const std::string& viscous = figure.options().weights_viscous;
  const std::string& inviscid = figure.options().weights_inviscid;
  const NetworkWeights first = read_square(figure, viscous);
  const NetworkWeights second = read_square(figure, inviscid);
  if (!figure.status().ok()) return;
  const Spectra random = analyse(figure, gaussian_matrix(kGaussianOrder), "a Gaussian matrix");
  figure.write("fig-spectra-eigenvalues",
               {{"random_real", random.real}, {"random_imaginary", random.imaginary}});
  figure.write("fig-spectra-singular-values",
               {{"index", linspace(1, static_cast<double>(kGaussianOrder), kGaussianOrder)},
                {"random", random.singular}});
  if (figure.as_published()) {
    std::vector<double> values = squares(random.singular);
    for (double& value : values) value *= random.rms * random.rms;
    std::vector<Column> bars;
    append_published_histogram(bars, "random", values);
    figure.write("fig-spectra-histogram", bars);
  }
  write_law(figure);
  draw_network(figure, "viscous", viscous, first, random);
  draw_network(figure, "inviscid", inviscid, second, random);
}

}  // namespace

int main(int argc, char** argv) {
  return run_figure(argc, argv,
                    {.name = "fig-spectra",
                     .description = "Eigenvalues and singular values against random-matrix laws",
                     .needs_networks = true},
                    draw);
}
