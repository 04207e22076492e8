// Whether numerical stability governs the signal: what signals grow by, a layer, against |G|, and
// the two ways in which a chain that amplifies looks calm.

#include <array>
#include <cmath>
#include <vector>

#include "common/figure.hpp"
#include "common/growth_study.hpp"
#include "common/published_run.hpp"
#include "fig-growth-script.hpp"
#include "pinnscope/io/owned.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::uint32_t kSeed = 25;

/// Which mark a point has: 0 and 1 a scheme that is stable or not, 2 another circulant, 3 a matrix
/// whose modes have no factors.
double mark(const GrowthPoint& point) {
  if (family_row(point.matrix.family).is_random()) return 3;
  if (point.matrix.family != LayerFamily::scheme) return 2;
  if (!has_amplification_factor(point.matrix.parameters.scheme)) return 3;
  return point.unstable ? 1 : 0;
}

/// A row a matrix and signal; families and schemes by their place in the lists of the command.
void write_points(Figure& figure, const GrowthStudy& study) {
  std::vector<Column> columns{{"mark", {}},    {"family", {}},       {"scheme", {}},
                              {"courant", {}}, {"diffusion", {}},    {"scale", {}},
                              {"mean", {}},    {"amplification", {}}};
  for (const auto& row : named<ChainKind>()) {
    columns.push_back({row.name, {}});
    columns.push_back({std::string(row.name) + "_change", {}});
  }
  for (const GrowthPoint& point : study.points) {
    const LayerParameters& parameters = point.matrix.parameters;
    std::vector<double> numbers{mark(point),
                                static_cast<double>(point.matrix.family),
                                static_cast<double>(parameters.scheme),
                                parameters.numbers.c,
                                parameters.numbers.r,
                                parameters.scale,
                                point.without_mean ? 0.0 : 1.0,
                                std::exp(point.log_amplification)};
    for (const LayerGrowth& growth : point.growth) {
      numbers.push_back(std::exp(growth.log_growth));
      numbers.push_back(growth.change);
    }
    for (std::size_t k = 0; k < columns.size(); ++k) columns[k].values.push_back(numbers[k]);
  }
  figure.write("fig-growth", columns);
}

/// A chain of the published run: eight cells, fifteen layers, c = r = 1.
struct Shown {
  std::vector<double> norm;  // |z|_1 as it is handed on
  std::vector<double> size;  // times all that was divided out
  double saturated = 0;      // share of the last layer's neurons
  double log_removed = 0;
};

Shown follow(Figure& figure, Scheme scheme, Activation activation, Normalisation normalisation) {
  Owned<FamilyChain<double>> chain({.matrix = {.family = LayerFamily::scheme,
                                               .cells = kRunCells,
                                               .parameters = {.scheme = scheme}},
                                    .activation = activation,
                                    .normalise = normalisation});
  std::vector<double> z(kRunCells);
  random_signal(kSeed, z);
  double log_norm = 0;
  Shown shown;
  figure.fail(normalise(Normalisation::l1, VectorView<double>(z), log_norm), "the start");
  figure.fail(chain->start(z, 0), text(scheme));
  FamilySignal signal;
  for (std::size_t layer = 0; layer <= kRunSteps; ++layer) {
    if (layer > 0) figure.fail(chain->step(z, signal), text(scheme));
    shown.norm.push_back(norm(Normalisation::l1, VectorView<const double>(z)));
    shown.size.push_back(shown.norm.back() * std::exp(chain->log_norm()));
  }
  shown.saturated = signal.saturated;
  shown.log_removed = chain->log_norm();
  return shown;
}

void report(Figure& figure, const GrowthStudy& study) {
  for (const auto& row : named<ChainKind>()) {
    const GrowthTrend& trend = study.trends[static_cast<std::size_t>(row.value)];
    const std::string name = std::string("growth: ") + row.name + " chains, ";
    figure.report(name + "rank correlation with |G|", trend.rank_correlation);
    if (row.value == ChainKind::linear) {
      figure.check(name + "slope of log growth against log |G|", trend.slope, 1, 1e-6);
      figure.check(name + "largest distance from log |G|", trend.largest_distance, 0, 1e-6);
    } else {
      figure.report(name + "slope of log growth against log |G|", trend.slope);
    }
  }
}

void draw(Figure& figure) {
  GrowthStudy study;
  figure.fail(study_growth(kSeed, study), "growth");
  const Shown rk4 = follow(figure, Scheme::rk4, Activation::identity, Normalisation::l1);
  const Shown ftcs = follow(figure, Scheme::ftcs, Activation::identity, Normalisation::none);
  const Shown tanh = follow(figure, Scheme::ftcs, Activation::tanh, Normalisation::none);
  if (!figure.status().ok()) return;
  write_points(figure, study);
  figure.write("fig-growth-calm", {{"layer", linspace(0, kRunSteps, kRunSteps + 1)},
                                   {"rk4_shown", rk4.norm},
                                   {"rk4", rk4.size},
                                   {"tanh_chain", tanh.norm},
                                   {"ftcs", ftcs.norm}});
  figure.draw("fig-growth", assignment("neurons", static_cast<double>(kStudyCells)), kPlotScript);
  figure.caption(
      "fig-growth",
      "What a signal grows by, a layer, against the largest |G| of its modes (the spectral radius "
      "of "
      "random matrices): (a) without an activation, on the diagonal; (b) tanh (large marks) and "
      "half "
      "tanh, half ReLU (small) whose L1 norm is kept, of which tanh can bring 16 neurons to 1 and "
      "no "
      "more, and tanh that nothing is divided out of (plus), which cannot grow. Two ways to look "
      "calm, 8 neurons at c = r = 1: (c) RK4, |G| = 5, divided by its L1 norm; (d) the tanh chain "
      "of "
      "FTCS, |G| = 3, all of whose neurons are saturated.");
  report(figure, study);
  // Of the same run by NumPy, not normalised: |z|_1 = 1.65e10.
  figure.check("growth: log of what normalisation divided out of RK4 in 15 layers", rk4.log_removed,
               std::log(1.65e10), 0.01);
  figure.check("growth: share of saturated neurons of the tanh chain of FTCS", tanh.saturated, 1,
               0);
}

}  // namespace
}  // namespace pinnscope::apps

int main(int argc, char** argv) {
  using namespace pinnscope::apps;
  return run_figure(argc, argv,
                    {.name = "fig-growth",
                     .description = "What signals grow by, a layer, against the amplification |G|"},
                    draw);
}
