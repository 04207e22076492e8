#include <limits>

#include "pinnscope/io/csv.hpp"
#include "step_outputs.hpp"

namespace pinnscope::apps {
namespace {

/// A number of a step with its heading in the CSV file.
struct Number {
  const char* name;
  double (*of)(const StepReport& report);
};

using Report = const StepReport&;

double if_searched(Report report, double number) {
  return report.best.searched ? number : std::numeric_limits<double>::quiet_NaN();
}

constexpr Number kNumbers[] = {
    {"cells", [](Report r) { return static_cast<double>(r.step->step.n_rows); }},
    // Invariant.
    {"largest_singular_value", [](Report r) { return r.largest_singular_value; }},
    {"smallest_singular_value", [](Report r) { return r.smallest_singular_value; }},
    {"rms", [](Report r) { return r.rms; }},
    {"source_rms", [](Report r) { return r.source_rms; }},
    // As labelled.
    {"source_mean", [](Report r) { return arma::mean(r.step->source); }},
    {"gain", [](Report r) { return r.verdict.mean_row.euler.reaction + 1; }},
    {"euler_reaction", [](Report r) { return r.verdict.mean_row.euler.reaction; }},
    {"euler_velocity", [](Report r) { return r.verdict.mean_row.euler.velocity; }},
    {"euler_diffusivity", [](Report r) { return r.verdict.mean_row.euler.diffusivity; }},
    {"euler_dispersion", [](Report r) { return r.verdict.mean_row.euler.dispersion; }},
    {"euler_reaction_percentile", [](Report r) { return r.verdict.euler.reaction; }},
    {"euler_velocity_percentile", [](Report r) { return r.verdict.euler.velocity; }},
    {"euler_diffusivity_percentile", [](Report r) { return r.verdict.euler.diffusivity; }},
    {"euler_dispersion_percentile", [](Report r) { return r.verdict.euler.dispersion; }},
    {"flow_reaction", [](Report r) { return r.verdict.mean_row.flow.reaction; }},
    {"flow_velocity", [](Report r) { return r.verdict.mean_row.flow.velocity; }},
    {"flow_diffusivity", [](Report r) { return r.verdict.mean_row.flow.diffusivity; }},
    {"flow_dispersion", [](Report r) { return r.verdict.mean_row.flow.dispersion; }},
    {"flow_reaction_percentile", [](Report r) { return r.verdict.flow.reaction; }},
    {"flow_velocity_percentile", [](Report r) { return r.verdict.flow.velocity; }},
    {"flow_diffusivity_percentile", [](Report r) { return r.verdict.flow.diffusivity; }},
    {"flow_dispersion_percentile", [](Report r) { return r.verdict.flow.dispersion; }},
    {"row_velocity_standard_deviation", [](Report r) { return r.velocity_spread; }},
    {"row_diffusivity_standard_deviation", [](Report r) { return r.diffusivity_spread; }},
    {"rows_of_negative_diffusivity", [](Report r) { return r.negative_rows; }},
    {"departure_from_invariance", [](Report r) { return r.departure; }},
    {"circulant_share", [](Report r) { return r.verdict.fits.circulant_share; }},
    {"courant", [](Report r) { return r.fit().numbers.c; }},
    {"diffusion", [](Report r) { return r.fit().numbers.r; }},
    {"theta", [](Report r) { return r.fit().theta; }},
    {"scheme_gain", [](Report r) { return r.fit().gain; }},
    {"share", [](Report r) { return r.fit().share; }},
    {"percentile_among_permuted", [](Report r) { return r.verdict.permuted.percentile; }},
    {"p_value", [](Report r) { return r.verdict.permuted.p_upper; }},
    {"percentile_among_relabelled",
     [](Report r) {
       return r.verdict.relabelled.draws > 0 ? r.verdict.relabelled.percentile
                                             : std::numeric_limits<double>::quiet_NaN();
     }},
    {"critical_share", [](Report r) { return r.verdict.critical_share; }},
    {"power", [](Report r) { return r.verdict.power; }},
    // Best labelled.
    {"best_courant", [](Report r) { return if_searched(r, r.best.fit().numbers.c); }},
    {"best_diffusion", [](Report r) { return if_searched(r, r.best.fit().numbers.r); }},
    {"best_gain", [](Report r) { return if_searched(r, r.best.fit().gain); }},
    {"best_share", [](Report r) { return if_searched(r, r.best.fit().share); }},
    {"best_share_of_permuted_mean", [](Report r) { return r.best.null.mean; }},
    {"best_share_of_permuted_standard_deviation",
     [](Report r) { return r.best.null.standard_deviation; }},
    {"best_share_needed", [](Report r) { return if_searched(r, r.best.null.needed()); }},
};

}  // namespace

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
  for (const char* heading : {"layer", "at", "neuron", "source", "euler_reaction", "euler_velocity",
                              "euler_diffusivity", "euler_dispersion", "flow_reaction",
                              "flow_velocity", "flow_diffusivity", "flow_dispersion"}) {
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
