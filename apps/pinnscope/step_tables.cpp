#include <algorithm>
#include <cmath>
#include <cstdio>

#include "pinnscope/io/printable.hpp"
#include "step_outputs.hpp"

namespace pinnscope::apps {
namespace {

void print_place(const StepReport& report) {
  const std::string at = report.step->at.empty() ? "W" : report.step->at;
  std::printf("%5zu  %-12s ", report.step->layer, printable(at).c_str());
}

/// A number with its percentile, where it has one.
void print_placed(double number, double percentile) {
  if (std::isnan(percentile)) {
    std::printf(" %10.4g      ", number);
  } else {
    std::printf(" %10.4g (%3.0f)", number, percentile);
  }
}

void print_coefficients(const char* reading, PdeCoefficients numbers,
                        const CoefficientPercentiles& percentiles) {
  std::printf(" %-5s", reading);
  print_placed(numbers.reaction, percentiles.reaction);
  print_placed(numbers.velocity, percentiles.velocity);
  print_placed(numbers.diffusivity, percentiles.diffusivity);
  print_placed(numbers.dispersion, percentiles.dispersion);
  std::printf("\n");
}

void print_invariants(const std::vector<StepReport>& reports) {
  std::printf(
      "Invariant: the same under every relabelling that keeps the function\n"
      "%5s  %-12s %6s %12s %12s %12s %12s\n",
      "layer", "step", "cells", "largest s", "smallest s", "rms of W", "rms source");
  for (const StepReport& report : reports) {
    print_place(report);
    std::printf("%6zu %12.6g %12.6g %12.6g %12.6g\n",
                static_cast<std::size_t>(report.step->step.n_rows), report.largest_singular_value,
                report.smallest_singular_value, report.rms, report.source_rms);
  }
}

void print_readings(const PdeOptions& options, const std::vector<StepReport>& reports) {
  std::printf(
      "\nAs labelled: z_t = R z - U z_x + D z_xx + E z_xxx + source of the mean row, in cells and\n"
      "layers, the neurons on a %s; in brackets the percentile among %zu relabellings\n"
      "%5s  %-12s %-5s %16s %16s %16s %16s\n",
      text(options.neighbours), options.draws, "layer", "step", "read", "R      ", "U      ",
      "D      ", "E      ");
  for (const StepReport& report : reports) {
    if (!report.failure.empty()) continue;
    print_place(report);
    print_coefficients("euler", report.verdict.mean_row.euler, report.verdict.euler);
    print_place(report);
    print_coefficients("flow", report.verdict.mean_row.flow, report.verdict.flow);
  }
  const bool without_flow = std::ranges::any_of(reports, [](const StepReport& report) {
    return report.failure.empty() && std::isnan(report.verdict.mean_row.flow.reaction);
  });
  if (without_flow) {
    std::printf("flow nan: the mean row sums to 0 or less, which no flow does\n");
  }
}

void print_verdicts(const PdeOptions& options, const std::vector<StepReport>& reports) {
  std::printf(
      "\nAs labelled: the nearest scheme, the share of the energy that it explains, and its\n"
      "percentile among %zu permutations of the entries and among as many relabellings; apart: how "
      "far\n"
      "the step is from one that is the same at every neuron, |A - C| / |A|, C the nearest "
      "circulant\n"
      "%5s  %-12s %-28s %10s %10s %8s %9s %5s %5s %6s %6s  %s\n",
      options.draws, "layer", "step", "nearest", "c", "r", "gain", "share", "perm.", "rel.",
      "apart", "power", "verdict");
  for (const StepReport& report : reports) {
    print_place(report);
    if (!report.failure.empty()) {
      std::printf("left out: %s\n", report.failure.c_str());
      continue;
    }
    const SchemeVerdict& verdict = report.verdict;
    const SchemeFit& fit = report.fit();
    std::printf("%-28s %10.6g %10.6g %8.4g %9.3g %5.1f ", text(fit.scheme), fit.numbers.c,
                fit.numbers.r, fit.gain, fit.share, verdict.permuted.percentile);
    if (verdict.relabelled.draws > 0) {
      std::printf("%5.1f ", verdict.relabelled.percentile);
    } else {
      std::printf("%5s ", "-");
    }
    std::printf("%6.3f %6.3f  %s\n", report.departure, verdict.power, answer_of(report).c_str());
  }
}

void print_best(const PdeOptions& options, const std::vector<StepReport>& reports) {
  if (options.searches == 0) return;
  std::printf(
      "\nBest labelled: the nearest scheme under the best order and signs of both sides that a\n"
      "search found, and the share that the same search must exceed: that of each of %zu\n"
      "permutations of the entries, and %.0f of their standard deviations above their mean. A "
      "shift\n"
      "and a mirror image cannot be told: it is what is nearest to the identity, with U >= 0\n"
      "%5s  %-12s %-28s %10s %10s %8s %9s %9s  %s\n",
      options.searches, kBestDeviations, "layer", "step", "nearest", "c", "r", "gain", "share",
      "needed", "verdict");
  for (const StepReport& report : reports) {
    if (!report.best.searched) continue;
    print_place(report);
    const SchemeFit& fit = report.best.fit();
    std::printf("%-28s %10.6g %10.6g %8.4g %9.3g %9.3g  %s\n", text(fit.scheme), fit.numbers.c,
                fit.numbers.r, fit.gain, fit.share, report.best.null.needed(),
                report.best.answer().c_str());
  }
  if (options.searches == 1) std::printf("With 1 search nothing can be told: at least 2 needed.\n");
}

void print_ties(const std::vector<StepReport>& reports) {
  for (const StepReport& report : reports) {
    if (!report.failure.empty() || report.verdict.answer != SchemeAnswer::scheme) continue;
    const std::string names = others(report);
    if (names.empty()) continue;
    std::printf("layer %zu%s%s: as near, with numbers of their own: %s\n", report.step->layer,
                report.step->at.empty() ? "" : " at ", printable(report.step->at).c_str(),
                names.c_str());
  }
}

void print_rules(const PdeOptions& options) {
  std::printf(
      "\nVerdict: a scheme where its share is %.2g or more and reached by at most %.2g of the\n"
      "permutations; \"none\" where a scheme with that share would have been found with a\n"
      "probability of %.2g at least (power, a lower bound); \"cannot tell\" otherwise.\n",
      kLeastSchemeShare, kSchemeLevel, kLeastSchemePower);
  if (options.draws < 99) {
    std::printf("With %zu draws nothing can be told: at least 99 needed.\n", options.draws);
  }
}

}  // namespace

void print_steps(const PdeOptions& options, const std::vector<StepReport>& reports) {
  print_invariants(reports);
  print_readings(options, reports);
  print_verdicts(options, reports);
  print_ties(reports);
  print_rules(options);
  print_best(options, reports);
}

}  // namespace pinnscope::apps
