// The Marchenko-Pastur panel, the stability figure, the solutions at t = 0.3.

#include <cmath>

#include "audit.hpp"
#include "common/network_solution.hpp"
#include "common/published_run.hpp"
#include "pinnscope/pde/cole_hopf.hpp"
#include "pinnscope/pde/error_norms.hpp"
#include "pinnscope/pde/pseudo_spectral.hpp"
#include "pinnscope/pde/riemann.hpp"
#include "pinnscope/spectra/marchenko_pastur.hpp"

namespace pinnscope::apps {
namespace {

constexpr double kCut = 0.05;  // below which the published histogram drops what there is
constexpr double kTime = 0.3;
constexpr std::size_t kPoints = 100;

struct Panel {
  const char* name;
  Scheme published;
  Scheme proper;
  std::size_t substeps;  // of the proper run to a step of the published one
  Verdict verdict;
  const char* reason;
};

void add_panel(Audit& audit, const Panel& panel) {
  Trajectory published{};
  Trajectory proper{};
  audit.fail(run_scheme(panel.published, Normalisation::none, published), panel.name);
  audit.fail(run_scheme(panel.proper, Normalisation::none, proper, panel.substeps), panel.name);
  const std::vector<double> as_published = norms(published);
  const std::vector<double> properly = norms(proper);
  for (std::size_t step = 1; step <= kRunSteps; ++step) {
    audit.add({"stability", std::string(panel.name) + ", |z|_1 after step " + std::to_string(step),
               "1 (normalised)", number(as_published[step]), number(properly[step]), panel.verdict,
               panel.reason});
  }
}

void add_error(Audit& audit, std::size_t network, const char* item, const char* published,
               const std::vector<double>& u, const std::vector<double>& exact,
               const std::vector<double>& judge, Verdict verdict, const std::string& reason) {
  ErrorNorms against_judge;
  ErrorNorms against_exact;
  audit.fail(error_norms(u, judge, against_judge), item);
  audit.fail(error_norms(u, exact, against_exact), item);
  audit.add({"solutions", std::string(kProblemNames[network]) + " network, " + item + ", L1",
             published, number(against_judge.l1, 4), number(against_exact.l1, 4), verdict, reason});
  audit.add({"solutions",
             std::string(kProblemNames[network]) + " network, " + item + ", relative L2", "",
             number(against_judge.relative_l2, 4), number(against_exact.relative_l2, 4), verdict,
             reason});
  audit.add({"solutions", std::string(kProblemNames[network]) + " network, " + item + ", largest",
             "", number(against_judge.l_infinity, 4), number(against_exact.l_infinity, 4), verdict,
             reason});
}

/// The trapezoid rule over the density on equally spaced points.
double trapezoid(const MarchenkoPastur& law, double from, double to, std::size_t points) {
  const double step = (to - from) / static_cast<double>(points - 1);
  double sum = (law.density(from) + law.density(to)) / 2;
  for (std::size_t i = 1; i + 1 < points; ++i) {
    sum += law.density(from + static_cast<double>(i) * step);
  }
  return sum * step;
}

}  // namespace

void audit_marchenko_pastur(Audit& audit) {
  const MarchenkoPastur law(1);
  const double lost = law.distribution(kCut);
  audit.add({"Marchenko-Pastur", "mass of the curve below the cut at 0.05", "0", number(lost),
             number(lost), Verdict::artefact,
             "The histogram is renormalised after the cut and the curve is not: the curve lies " +
                 number(100 * lost, 3) + " % too low."});
  audit.add({"Marchenko-Pastur", "factor between histogram and curve", "1", number(1 / (1 - lost)),
             "1", Verdict::artefact, "The same slip, as a factor."});
  audit.add(
      {"Marchenko-Pastur", "integral of the curve", "1.1142",
       number(trapezoid(law, 1e-6, 4, 5000), 5), number(law.distribution(4)), Verdict::differs,
       "A trapezoid rule on 5000 points from 1e-6 gives the published number: it cannot follow "
       "the singularity at 0."});
  for (std::size_t network = 0; network < 2; ++network) {
    for (const std::size_t layer : kPublishedLayers) {
      const LayerReport& report = audit.layers[network][layer - 1];
      const double ratio = report.bulk.sigma / report.bulk.rms;
      audit.add(
          {"Marchenko-Pastur", layer_name(network, layer) + ", (sigma of the bulk / rms)^2", "1",
           "1", number(ratio * ratio, 4), Verdict::artefact,
           "The rms holds the outliers too, which presses the bulk together by this factor."});
    }
  }
}

void audit_stability(Audit& audit) {
  add_panel(audit,
            {"FTCS", Scheme::ftcs, Scheme::ftcs, 4, Verdict::holds,
             "An unstable run, |G| up to 3: D dt / dx^2 = 1 is twice the limit. Properly four "
             "steps of a quarter."});
  add_panel(audit,
            {"Crank-Nicolson", Scheme::crank_nicolson_as_published, Scheme::crank_nicolson, 1,
             Verdict::artefact,
             "Both off-diagonals have the wrong sign, and in the last row each stands in the "
             "other's place: it settles on the checkerboard and not on the constant."});
  add_panel(audit,
            {"RK4", Scheme::rk4, Scheme::rk4, 4, Verdict::artefact,
             "An unstable run, |G| up to 5, that L1 normalisation makes look calm. Properly four "
             "steps of a quarter."});
  Trajectory chain{};
  audit.fail(run_chain(Normalisation::none, chain), "the tanh chain");
  const std::vector<double> sums = norms(chain);
  for (std::size_t step = 1; step <= kRunSteps; ++step) {
    audit.add({"stability", "tanh chain, |z|_1 after step " + std::to_string(step),
               "1 (normalised)", number(sums[step]), number(sums[step]), Verdict::holds,
               "FTCS as a layer: tanh bounds what would grow."});
  }
}

void audit_solutions(Audit& audit) {
  std::vector<double> x(kPoints);
  for (std::size_t i = 0; i < kPoints; ++i) x[i] = static_cast<double>(i) / (kPoints - 1);
  std::vector<double> cole(kPoints);
  std::vector<double> spectral(kPoints);
  std::vector<double> shock(kPoints);
  audit.fail(cole_hopf(kUnitSine, kBurgersViscosity, kTime, x, cole), "the exact solution");
  Owned<PseudoSpectral> solver({.modes = kPoints - 2});
  audit.fail(solver->solve(kUnitSine, kTime, spectral), "the pseudo-spectral reference");
  riemann_solution({}, kTime, x, shock);
  std::array<std::vector<double>, 2> u;
  for (std::size_t k = 0; k < 2; ++k) {
    audit.fail(network_solution(audit.networks[k], audit.options.weights[k], x, kTime, u[k]));
  }
  if (!audit.status.ok()) return;
  add_error(audit, 0, "t = 0.3", "", u[0], cole, spectral, Verdict::artefact,
            "As published it is judged by a 98-mode solution that is further from the exact one "
            "than the network is.");
  add_error(audit, 1, "t = 0.3", "", u[1], shock, shock, Verdict::differs,
            "It does not solve its problem: a ramp that ignores the step at t = 0.");
  ErrorNorms reference;
  audit.fail(error_norms(spectral, cole, reference), "the reference");
  audit.add({"solutions", "98-mode reference, L1 against the exact solution", "", "0",
             number(reference.l1, 4), Verdict::differs, "Taken as exact, it is not."});
  audit.add({"solutions", "98-mode reference, largest error", "", "0",
             number(reference.l_infinity, 4), Verdict::differs, "Taken as exact, it is not."});
}

}  // namespace pinnscope::apps
