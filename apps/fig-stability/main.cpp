// Eight cells through fifteen steps: the stability figure of arXiv 2509.18131.

#include <array>
#include <cstdio>

#include "common/figure.hpp"
#include "common/formatted.hpp"
#include "common/published_run.hpp"
#include "fig-stability-script.hpp"

namespace {

using namespace pinnscope;
using namespace pinnscope::apps;

Trajectory run_scheme(Figure& figure, Scheme scheme, Normalisation normalise) {
  Trajectory rows{};
  figure.fail(apps::run_scheme(scheme, normalise, rows), text(scheme));
  return rows;
}

Trajectory run_chain(Figure& figure, Normalisation normalise) {
  Trajectory rows{};
  figure.fail(apps::run_chain(normalise, rows), "the tanh chain");
  return rows;
}

std::vector<double> steps() { return linspace(0, kRunSteps, kRunSteps + 1); }

void write(Figure& figure, const std::string& name, const Trajectory& rows) {
  std::vector<Column> columns{{"step", steps()}};
  for (std::size_t cell = 0; cell < kRunCells; ++cell) {
    std::vector<double> values;
    for (const RunState& row : rows) values.push_back(row[cell]);
    columns.push_back({"z_" + std::to_string(cell), values});
  }
  figure.write(name, columns);
}

/// The largest |G|, or the largest singular value where modes have no G.
std::string note(Scheme scheme) {
  if (has_amplification_factor(scheme)) {
    return formatted("largest |{/:Italic G}| = %.3g", largest_amplification_of_run(scheme));
  }
  return formatted("not circulant, 2-norm %.4g", matrix_growth_of_run(scheme).two_norm);
}

void draw(Figure& figure) {
  const bool published = figure.as_published();
  const Scheme implicit = published ? Scheme::crank_nicolson_as_published : Scheme::crank_nicolson;
  const Normalisation l1 = Normalisation::l1;
  const Normalisation none = Normalisation::none;
  write(figure, "fig-stability-tanh-chain", run_chain(figure, l1));
  write(figure, "fig-stability-ftcs", run_scheme(figure, Scheme::ftcs, l1));
  write(figure, "fig-stability-crank-nicolson", run_scheme(figure, implicit, l1));
  write(figure, "fig-stability-rk4", run_scheme(figure, Scheme::rk4, l1));
  const Trajectory rk4 = run_scheme(figure, Scheme::rk4, none);
  const Trajectory ftcs = run_scheme(figure, Scheme::ftcs, none);
  const Trajectory cn = run_scheme(figure, Scheme::crank_nicolson, none);
  write(figure, "fig-stability-rk4-raw", rk4);
  figure.write("fig-stability-norms", {{"step", steps()},
                                       {"tanh_chain", norms(run_chain(figure, none))},
                                       {"ftcs", norms(ftcs)},
                                       {"crank_nicolson", norms(cn)},
                                       {"rk4", norms(rk4)}});

  const std::string implicit_name = published ? "Crank–Nicolson as published" : "Crank–Nicolson";
  const std::string linear = published ? "" : ", linearised";
  figure.draw("fig-stability",
              assignment("as_published", published ? 1 : 0) +
                  word_list("names", {"tanh chain", "FTCS", implicit_name, "RK4",
                                      "RK4 not normalised", "norms, not normalised"}) +
                  word_list("notes", {note(Scheme::ftcs) + linear, note(Scheme::ftcs),
                                      note(implicit), note(Scheme::rk4), note(Scheme::rk4), ""}) +
                  word_list("files", {"fig-stability-tanh-chain.csv", "fig-stability-ftcs.csv",
                                      "fig-stability-crank-nicolson.csv", "fig-stability-rk4.csv",
                                      "fig-stability-rk4-raw.csv", "fig-stability-norms.csv"}),
              kPlotScript);
  figure.caption(
      "fig-stability",
      published
          ? "As published: eight periodic cells through fifteen steps of four schemes, divided by "
            "their L1 norm after each step, at U = D = dt = dx = 1; |G| is the amplification of a "
            "mode in a step. The largest |G| of RK4 is 5: normalised, an unstable run looks calm."
          : "Eight periodic cells through fifteen steps of four schemes at U = D = dt = dx = 1: "
            "(a) "
            "to (d) divided by their L1 norm after each step, (e) the run of (d) as it is, (f) the "
            "norms of all runs as they are. |G| is the amplification of a mode in a step.");

  // Closed forms at the highest mode: 1 - 4, R(-4) = 1 - 4 + 8 - 64/6 + 256/24, and 1 at rest.
  figure.check("stability: largest |G| of FTCS", largest_amplification_of_run(Scheme::ftcs), 3,
               1e-12);
  figure.check("stability: largest |G| of Crank-Nicolson",
               largest_amplification_of_run(Scheme::crank_nicolson), 1, 1e-12);
  figure.check("stability: largest |G| of RK4", largest_amplification_of_run(Scheme::rk4), 5,
               1e-12);
  // From the same matrix by NumPy.
  const MatrixGrowth as_published = matrix_growth_of_run(Scheme::crank_nicolson_as_published);
  figure.check("stability: spectral radius of Crank-Nicolson as published",
               as_published.spectral_radius, 1, 1e-12);
  figure.check("stability: 2-norm of Crank-Nicolson as published", as_published.two_norm,
               1.056788558116982, 1e-12);
  figure.report("stability: |z|_1 of FTCS after 15 steps, not normalised", norms(ftcs).back());
  figure.report("stability: |z|_1 of Crank-Nicolson, likewise", norms(cn).back());
  figure.report("stability: |z|_1 of RK4, likewise", norms(rk4).back());
}

}  // namespace

int main(int argc, char** argv) {
  return run_figure(argc, argv,
                    {.name = "fig-stability",
                     .description = "Signals through schemes and a layer chain, stable or not"},
                    draw);
}
