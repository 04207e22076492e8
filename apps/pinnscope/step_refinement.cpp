#include "step_refinement.hpp"

#include <cmath>
#include <cstdio>

#include "common/network_file.hpp"
#include "pinnscope/io/memory.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/io/saved_network.hpp"
#include "pinnscope/readings/refinement.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kPoints = 16;

/// Points spread evenly over the unit cube: point p has the fractions of (p + 1) / g^i, with g the
/// root of g^(d+1) = g + 1 for d coordinates (the golden ratio for one).
arma::mat even_points(std::size_t inputs) {
  double root = 2;
  for (int k = 0; k < 60; ++k) root = std::pow(1 + root, 1 / static_cast<double>(inputs + 1));
  arma::mat points(inputs, kPoints);
  for (std::size_t p = 0; p < kPoints; ++p) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const double place = static_cast<double>(p + 1) / std::pow(root, static_cast<double>(i + 1));
      points(i, p) = place - std::floor(place);
    }
  }
  return points;
}

FileStatus points_of(const PdeOptions& options, std::size_t inputs, arma::mat& points) {
  if (options.points.empty()) {
    points = even_points(inputs);
    return {};
  }
  points.set_size(inputs, options.points.size());
  for (std::size_t p = 0; p < options.points.size(); ++p) {
    std::vector<double> point;
    const FileStatus status = parse_input("--at", options.points[p], inputs, point);
    if (!status.ok()) return status;
    for (std::size_t i = 0; i < inputs; ++i) points(i, p) = point[i];
  }
  return {};
}

/// What each layer is, where every square one, W alone, is said to be a scheme's step; or else
/// nothing.
std::vector<SchemeFit> schemes_of(const std::vector<StepReport>& reports, std::size_t layers) {
  std::vector<SchemeFit> schemes(layers);
  for (const StepReport& report : reports) {
    if (!report.step->at.empty()) continue;
    const bool is_scheme = report.failure.empty() && report.verdict.answer == SchemeAnswer::scheme;
    if (!is_scheme) return {};
    schemes[report.step->layer] = report.fit();
  }
  return schemes;
}

void print_found(const char* what, const char* level, const Refinement& found) {
  std::printf("%s\n%8s %12s %8s\n", what, level, "change", "order");
  for (std::size_t k = 0; k < found.levels; ++k) {
    std::printf("%8zu %12.4g %8.3f\n", std::size_t{1} << k, found.change[k], found.orders[k]);
  }
  if (found.answer == RefinementAnswer::order) {
    std::printf("order %.2f\n", found.order);
  } else {
    std::printf("%s: %s\n", text(found.answer), found.reason);
  }
}

/// The same scheme on finer rings, where all layers are that scheme with the same numbers.
FileStatus print_cells(const SchemeFit& fit, std::size_t cells, std::size_t layers) {
  // Of a propagator a step takes the square of the cells.
  const std::size_t levels = is_propagator(fit.scheme) ? 3 : 5;
  const CellRefinement::Config config{.scheme = fit.scheme,
                                      .numbers = fit.numbers,
                                      .theta = fit.theta,
                                      .cells = cells,
                                      .steps = layers,
                                      .levels = levels};
  require_memory(CellRefinement::footprint(config));
  Owned<CellRefinement> rings(config);
  Refinement found;
  const Status status = rings->refine(found);
  if (!status.ok()) {
    std::printf("Refined in cells: left out: %s\n", status.text());
    return {};
  }
  print_found(
      "Refined in cells, four times the steps on twice the cells: distance from the exact "
      "solution",
      "times", found);
  return {};
}

}  // namespace

FileStatus print_refinement(const PdeOptions& options, const NetworkWeights& network,
                            const std::vector<StepReport>& reports) {
  SavedNetwork<double> saved;
  FileStatus status = saved.take(network, options.weights);
  arma::mat points;
  if (status.ok()) status = points_of(options, network.layers.front().weights.n_rows, points);
  if (!status.ok()) return status;
  const Mlp<double>& mlp = *saved;
  const DepthRefinement::Config config{.widths = mlp.widths(), .points = points.n_cols};
  require_memory(DepthRefinement::footprint(config));
  Owned<DepthRefinement> depth(config);
  std::printf(
      "\nRefined, as labelled: the change of the signal behind the last square layer, of its "
      "size,\n"
      "over %zu inputs, and the order that it shrinks with from one level to the next\n",
      static_cast<std::size_t>(points.n_cols));
  const auto show = [&](const char* what, VectorView<const SchemeFit> schemes) {
    Refinement found;
    const Status refined = depth->refine(mlp, view(points), schemes, found);
    if (refined.ok()) {
      print_found(what, "layers", found);
    } else {
      std::printf("%s\nleft out: %s\n", what, refined.text());
    }
  };
  show(
      "In depth, each square layer read by Euler, z <- z + h (f(z W + b) - z), as 2, 4, ... with "
      "h = 1/2, 1/4, ...",
      {});
  const std::vector<SchemeFit> schemes = schemes_of(reports, mlp.layers());
  if (schemes.empty()) {
    std::printf("No scheme to refine: not every square layer is one.\n");
    return {};
  }
  show("In depth, each square layer as 2, 4, ... steps of its scheme with a part of c and r",
       schemes);
  return print_cells(reports.front().fit(), reports.front().step->step.n_rows, schemes.size());
}

}  // namespace pinnscope::apps
