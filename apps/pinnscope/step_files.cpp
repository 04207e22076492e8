#include <cstdint>
#include <cstdio>
#include <limits>

#include "pinnscope/io/csv.hpp"
#include "step_outputs.hpp"

namespace pinnscope::apps {
namespace {

/// Which labels a number belongs to.
enum class Labelling : std::uint8_t { invariant, as_labelled, best_labelled };

const char* text(Labelling labelling) {
  switch (labelling) {
    case Labelling::invariant: return "invariant";
    case Labelling::as_labelled: return "as labelled";
    case Labelling::best_labelled: return "best labelled";
  }
  return "unknown";
}

/// A number of a step: its heading in the CSV file and what it means, and which labels it is of.
struct Number {
  const char* name;
  Labelling labelling;
  const char* meaning;
  double (*of)(const StepReport& report);
};

using Report = const StepReport&;

double if_searched(Report report, double number) {
  return report.best.searched ? number : std::numeric_limits<double>::quiet_NaN();
}

constexpr Number kNumbers[] = {
    {"cells", Labelling::invariant, "Neurons of the layer: rows and columns of the step.",
     [](Report r) { return static_cast<double>(r.step->step.n_rows); }},
    {"largest_singular_value", Labelling::invariant, "Largest singular value of the step.",
     [](Report r) { return r.largest_singular_value; }},
    {"smallest_singular_value", Labelling::invariant, "Smallest singular value of the step.",
     [](Report r) { return r.smallest_singular_value; }},
    {"rms", Labelling::invariant, "Root mean square of the entries of the step.",
     [](Report r) { return r.rms; }},
    {"source_rms", Labelling::invariant,
     "Root mean square of the source: the biases, or linearised f(z) - f'(z) (z - b).",
     [](Report r) { return r.source_rms; }},
    {"source_mean", Labelling::as_labelled, "Mean of the source.",
     [](Report r) { return arma::mean(r.step->source); }},
    {"gain", Labelling::as_labelled, "Sum of the mean row, M_0: what a constant is multiplied by.",
     [](Report r) { return r.verdict.mean_row.euler.reaction + 1; }},
    {"euler_reaction", Labelling::as_labelled, "R of the mean row by the Euler reading.",
     [](Report r) { return r.verdict.mean_row.euler.reaction; }},
    {"euler_velocity", Labelling::as_labelled, "U of the mean row by the Euler reading.",
     [](Report r) { return r.verdict.mean_row.euler.velocity; }},
    {"euler_diffusivity", Labelling::as_labelled, "D of the mean row by the Euler reading.",
     [](Report r) { return r.verdict.mean_row.euler.diffusivity; }},
    {"euler_dispersion", Labelling::as_labelled, "E of the mean row by the Euler reading.",
     [](Report r) { return r.verdict.mean_row.euler.dispersion; }},
    {"euler_reaction_percentile", Labelling::as_labelled,
     "Percentile of that R among relabellings.", [](Report r) { return r.verdict.euler.reaction; }},
    {"euler_velocity_percentile", Labelling::as_labelled,
     "Percentile of that U among relabellings.", [](Report r) { return r.verdict.euler.velocity; }},
    {"euler_diffusivity_percentile", Labelling::as_labelled,
     "Percentile of that D among relabellings.",
     [](Report r) { return r.verdict.euler.diffusivity; }},
    {"euler_dispersion_percentile", Labelling::as_labelled,
     "Percentile of that E among relabellings.",
     [](Report r) { return r.verdict.euler.dispersion; }},
    {"flow_reaction", Labelling::as_labelled,
     "R of the mean row by the flow reading; none where the mean row sums to 0 or less.",
     [](Report r) { return r.verdict.mean_row.flow.reaction; }},
    {"flow_velocity", Labelling::as_labelled,
     "U of the mean row by the flow reading; none where the mean row sums to 0 or less.",
     [](Report r) { return r.verdict.mean_row.flow.velocity; }},
    {"flow_diffusivity", Labelling::as_labelled,
     "D of the mean row by the flow reading; none where the mean row sums to 0 or less.",
     [](Report r) { return r.verdict.mean_row.flow.diffusivity; }},
    {"flow_dispersion", Labelling::as_labelled,
     "E of the mean row by the flow reading; none where the mean row sums to 0 or less.",
     [](Report r) { return r.verdict.mean_row.flow.dispersion; }},
    {"flow_reaction_percentile", Labelling::as_labelled, "Percentile of that R among relabellings.",
     [](Report r) { return r.verdict.flow.reaction; }},
    {"flow_velocity_percentile", Labelling::as_labelled, "Percentile of that U among relabellings.",
     [](Report r) { return r.verdict.flow.velocity; }},
    {"flow_diffusivity_percentile", Labelling::as_labelled,
     "Percentile of that D among relabellings.",
     [](Report r) { return r.verdict.flow.diffusivity; }},
    {"flow_dispersion_percentile", Labelling::as_labelled,
     "Percentile of that E among relabellings.",
     [](Report r) { return r.verdict.flow.dispersion; }},
    {"row_velocity_standard_deviation", Labelling::as_labelled,
     "Standard deviation over the rows of U by the Euler reading; none of one row.",
     [](Report r) { return r.euler.velocity.standard_deviation(); }},
    {"row_diffusivity_standard_deviation", Labelling::as_labelled,
     "Standard deviation over the rows of D by the Euler reading; none of one row.",
     [](Report r) { return r.euler.diffusivity.standard_deviation(); }},
    {"row_dispersion_standard_deviation", Labelling::as_labelled,
     "Standard deviation over the rows of E by the Euler reading; none of one row.",
     [](Report r) { return r.euler.dispersion.standard_deviation(); }},
    {"rows_of_negative_diffusivity", Labelling::as_labelled,
     "Rows whose D by the Euler reading is below 0.", [](Report r) { return r.negative_rows; }},
    {"rows_with_flow", Labelling::as_labelled,
     "Rows that have a flow reading: they sum to more than 0.",
     [](Report r) { return static_cast<double>(r.flow.velocity.count); }},
    {"row_flow_reaction_mean", Labelling::as_labelled,
     "Mean over the rows with a flow of R by the flow reading.",
     [](Report r) { return r.flow.reaction.mean; }},
    {"row_flow_reaction_standard_deviation", Labelling::as_labelled,
     "Standard deviation of it over these rows.",
     [](Report r) { return r.flow.reaction.standard_deviation(); }},
    {"row_flow_velocity_mean", Labelling::as_labelled,
     "Mean over the rows with a flow of U by the flow reading.",
     [](Report r) { return r.flow.velocity.mean; }},
    {"row_flow_velocity_standard_deviation", Labelling::as_labelled,
     "Standard deviation of it over these rows.",
     [](Report r) { return r.flow.velocity.standard_deviation(); }},
    {"row_flow_diffusivity_mean", Labelling::as_labelled,
     "Mean over the rows with a flow of D by the flow reading.",
     [](Report r) { return r.flow.diffusivity.mean; }},
    {"row_flow_diffusivity_standard_deviation", Labelling::as_labelled,
     "Standard deviation of it over these rows.",
     [](Report r) { return r.flow.diffusivity.standard_deviation(); }},
    {"row_flow_dispersion_mean", Labelling::as_labelled,
     "Mean over the rows with a flow of E by the flow reading.",
     [](Report r) { return r.flow.dispersion.mean; }},
    {"row_flow_dispersion_standard_deviation", Labelling::as_labelled,
     "Standard deviation of it over these rows.",
     [](Report r) { return r.flow.dispersion.standard_deviation(); }},
    {"departure_from_invariance", Labelling::as_labelled,
     "|A - C| / |A|, A the step and C the nearest circulant matrix: 0 where every neuron does the "
     "same.",
     [](Report r) { return r.departure; }},
    {"circulant_share", Labelling::as_labelled, "Share of the energy of the step in C.",
     [](Report r) { return r.verdict.fits.circulant_share; }},
    {"courant", Labelling::as_labelled, "c = U dt/dx of the nearest scheme.",
     [](Report r) { return r.fit().numbers.c; }},
    {"diffusion", Labelling::as_labelled, "r = D dt/dx^2 of the nearest scheme.",
     [](Report r) { return r.fit().numbers.r; }},
    {"theta", Labelling::as_labelled, "theta of the nearest scheme, where it has one.",
     [](Report r) { return r.fit().theta; }},
    {"scheme_gain", Labelling::as_labelled,
     "Factor of the nearest scheme's step: 1 of the scheme itself.",
     [](Report r) { return r.fit().gain; }},
    {"share", Labelling::as_labelled,
     "Share of the energy of the step that the nearest scheme explains.",
     [](Report r) { return r.fit().share; }},
    {"percentile_among_permuted", Labelling::as_labelled,
     "Percentile of the share among permutations of the entries.",
     [](Report r) { return r.verdict.permuted.percentile; }},
    {"p_value", Labelling::as_labelled, "Share of the permutations that reach the share.",
     [](Report r) { return r.verdict.permuted.p_upper; }},
    {"percentile_among_relabelled", Labelling::as_labelled,
     "Percentile of the share among relabellings; none where no label is free.",
     [](Report r) {
       return r.verdict.relabelled.draws > 0 ? r.verdict.relabelled.percentile
                                             : std::numeric_limits<double>::quiet_NaN();
     }},
    {"critical_share", Labelling::as_labelled,
     "Share that 1 % of such matrices exceed; none with fewer than 99 draws.",
     [](Report r) { return r.verdict.critical_share; }},
    {"power", Labelling::as_labelled,
     "Lower bound of the probability that a scheme of a share of 0.2 is found.",
     [](Report r) { return r.verdict.power; }},
    {"best_courant", Labelling::best_labelled, "c of the nearest scheme under the labels found.",
     [](Report r) { return if_searched(r, r.best.fit().numbers.c); }},
    {"best_diffusion", Labelling::best_labelled, "r of the nearest scheme under the labels found.",
     [](Report r) { return if_searched(r, r.best.fit().numbers.r); }},
    {"best_gain", Labelling::best_labelled, "Factor of that scheme's step.",
     [](Report r) { return if_searched(r, r.best.fit().gain); }},
    {"best_share", Labelling::best_labelled, "Share of the energy that it explains.",
     [](Report r) { return if_searched(r, r.best.fit().share); }},
    {"best_share_of_permuted_mean", Labelling::best_labelled,
     "Mean of the share that the same search finds in permutations of the entries.",
     [](Report r) { return r.best.null.mean; }},
    {"best_share_of_permuted_standard_deviation", Labelling::best_labelled,
     "Standard deviation of it; none of a single search.",
     [](Report r) { return r.best.null.standard_deviation; }},
    {"best_share_needed", Labelling::best_labelled,
     "Share that what is found must exceed to be a scheme; none of a single search.",
     [](Report r) { return if_searched(r, r.best.null.needed()); }},
};

}  // namespace

void list_step_numbers() {
  std::printf("\nOf each square layer, pinnscope pde --out:\n");
  for (const Number& number : kNumbers) {
    std::printf("%-41s %-13s %s\n", number.name, text(number.labelling), number.meaning);
  }
}

FileStatus write_reports(const std::string& path, const std::vector<StepReport>& reports) {
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  for (const char* heading :
       {"layer", "at", "scheme", "as_near", "verdict", "best_scheme", "best_verdict"}) {
    csv.text(heading);
  }
  for (const Number& number : kNumbers) csv.text(number.name);
  csv.end_row();
  for (const StepReport& report : reports) {
    csv.count(report.step->layer);
    csv.text(report.step->at);
    const bool failed = !report.failure.empty();
    csv.text(failed ? "" : text(report.fit().scheme));
    csv.text(failed ? "" : others(report));
    csv.text(failed ? "left out: " + report.failure : answer_of(report));
    csv.text(report.best.searched ? text(report.best.fit().scheme) : "");
    csv.text(report.best.searched ? report.best.answer() : "not searched");
    for (const Number& number : kNumbers) csv.number(number.of(report));
    csv.end_row();
  }
  return csv.finish();
}

FileStatus write_rows(const PdeOptions& options, const std::vector<StepReport>& reports) {
  CsvWriter csv;
  const FileStatus status = csv.open(options.rows);
  if (!status.ok()) return status;
  for (const char* heading :
       {"layer", "at", "neuron", "source", "gain", "euler_reaction", "euler_velocity",
        "euler_diffusivity", "euler_dispersion", "flow_reaction", "flow_velocity",
        "flow_diffusivity", "flow_dispersion"}) {
    csv.text(heading);
  }
  csv.end_row();
  for (const StepReport& report : reports) {
    const StepOfLayer& step = *report.step;
    for (std::size_t row = 0; row < step.step.n_rows; ++row) {
      const PdeReading reading = read_row(view(step.step), row, options.neighbours);
      csv.count(step.layer);
      csv.text(step.at);
      csv.count(row);
      csv.number(step.source[row]);
      csv.number(reading.euler.reaction + 1);
      for (const PdeCoefficients& c : {reading.euler, reading.flow}) {
        for (const double number : {c.reaction, c.velocity, c.diffusivity, c.dispersion}) {
          csv.number(number);
        }
      }
      csv.end_row();
    }
  }
  return csv.finish();
}

FileStatus write_schemes(const std::string& path, const std::vector<StepReport>& reports) {
  CsvWriter csv;
  const FileStatus status = csv.open(path);
  if (!status.ok()) return status;
  for (const char* heading : {"layer", "at", "scheme", "courant", "diffusion", "theta", "gain",
                              "share", "unexplained", "criterion", "as_near"}) {
    csv.text(heading);
  }
  csv.end_row();
  for (const StepReport& report : reports) {
    if (!report.failure.empty()) continue;
    for (std::size_t k = 0; k < kSchemes.size(); ++k) {
      const SchemeFit& fit = report.verdict.fits.fits[k];
      csv.count(report.step->layer);
      csv.text(report.step->at);
      csv.text(text(fit.scheme));
      for (const double number : {fit.numbers.c, fit.numbers.r, fit.theta, fit.gain, fit.share,
                                  fit.unexplained, fit.criterion}) {
        csv.number(number);
      }
      csv.count(report.verdict.fits.is_tied(k) ? 1 : 0);
      csv.end_row();
    }
  }
  return csv.finish();
}

}  // namespace pinnscope::apps
