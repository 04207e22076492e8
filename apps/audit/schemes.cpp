// What is claimed of discretisations: judged on the run of the stability figure, with intervals
// over starting signals drawn like its own.

#include <algorithm>
#include <cmath>

#include "audit.hpp"
#include "common/published_run.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/step/layer_chain.hpp"
#include "pinnscope/step/stability.hpp"

namespace pinnscope::apps {
namespace {

constexpr double kSignalMargin = 0.05;  // of a signal whose |z|_1 is 1: a twentieth of it
constexpr std::size_t kSignals = 400;   // beside the published one

/// A scheme in the published run, or with several shorter steps for each of its steps.
struct SchemeRun {
  const char* name;
  Scheme scheme;
  std::size_t substeps = 1;
};

constexpr SchemeRun kFtcs{"FTCS", Scheme::ftcs};
constexpr SchemeRun kFtcsQuarter{"FTCS, a quarter of the step", Scheme::ftcs, 4};
constexpr SchemeRun kRk4{"RK4", Scheme::rk4};
constexpr SchemeRun kRk4Quarter{"RK4, a quarter of the step", Scheme::rk4, 4};
constexpr SchemeRun kImplicit{"backward Euler", Scheme::backward_euler};
constexpr SchemeRun kCrankNicolson{"Crank-Nicolson", Scheme::crank_nicolson};
constexpr SchemeRun kPublished{"Crank-Nicolson as published", Scheme::crank_nicolson_as_published};
constexpr SchemeRun kExact{"exact in time", Scheme::exact};

double l1(const RunState& z) {
  double sum = 0;
  for (const double cell : z) sum += std::fabs(cell);
  return sum;
}

double l2(const RunState& z) {
  double sum = 0;
  for (const double cell : z) sum += cell * cell;
  return std::sqrt(sum);
}

double distance(const RunState& a, const RunState& b) {
  double sum = 0;
  for (std::size_t i = 0; i < kRunCells; ++i) sum += std::fabs(a[i] - b[i]);
  return sum;
}

/// The published starting signal, then others drawn likewise: 2 rand - 1, over the L1 norm.
std::vector<RunState> starting_signals(Audit& audit) {
  Trajectory published{};
  audit.fail(run_scheme(Scheme::ftcs, Normalisation::none, published), "the published run");
  std::vector<RunState> signals{published.front()};
  const Philox random(audit.options.seed, StreamPurpose::starting_signals);
  for (std::size_t k = 0; k < kSignals; ++k) {
    RunState z{};
    for (std::size_t i = 0; i < kRunCells; ++i) z[i] = 2 * random.uniform(k * kRunCells + i) - 1;
    const double norm = l1(z);
    for (double& cell : z) cell /= norm;
    signals.push_back(z);
  }
  return signals;
}

struct OneStep {
  std::array<double, kRunCells * kRunCells> entries{};
  MatrixView<double> view() { return {entries.data(), kRunCells, kRunCells}; }
};

/// The matrix of one step of dt / substeps.
OneStep one_step(Audit& audit, const SchemeRun& run) {
  Owned<Stepper<double>> stepper({.scheme = run.scheme,
                                  .cells = kRunCells,
                                  .velocity = 1,
                                  .diffusivity = 1,
                                  .dt = 1 / static_cast<double>(run.substeps)});
  OneStep matrix;
  RunState offset{};
  audit.fail(stepper->matrix(matrix.view(), offset), run.name);
  return matrix;
}

void apply(OneStep& matrix, RunState& z) {
  RunState sum{};
  for (std::size_t j = 0; j < kRunCells; ++j) {
    for (std::size_t i = 0; i < kRunCells; ++i) sum[i] += matrix.view()(i, j) * z[j];
  }
  z = sum;
}

/// After the fifteen steps of the run.
RunState after_run(OneStep& matrix, const SchemeRun& run, RunState z) {
  for (std::size_t step = 0; step < kRunSteps * run.substeps; ++step) apply(matrix, z);
  return z;
}

/// The chain of layers z <- tanh(W z) that has the step as its weights, likewise.
RunState after_chain(OneStep& matrix, const SchemeRun& run, RunState z) {
  for (std::size_t step = 0; step < kRunSteps * run.substeps; ++step) {
    apply(matrix, z);
    for (double& cell : z) cell = std::tanh(cell);
  }
  return z;
}

/// Whether each diagonal of the ring holds one number: how far entries are from it.
double departure_from_circulant(OneStep& matrix) {
  double most = 0;
  for (std::size_t j = 0; j < kRunCells; ++j) {
    for (std::size_t i = 0; i < kRunCells; ++i) {
      const double next = matrix.view()((i + 1) % kRunCells, (j + 1) % kRunCells);
      most = std::max(most, std::fabs(matrix.view()(i, j) - next));
    }
  }
  return most;
}

double two_norm(Audit& audit, OneStep& matrix) {
  Owned<SingularValues<double>> singular({.rows = kRunCells, .columns = kRunCells});
  audit.fail(singular->compute(MatrixView<const double>(matrix.view())), "the norm of a step");
  return audit.status.ok() ? singular->values().front() : std::nan("");
}

double largest_amplification(const SchemeRun& run) {
  const double part = 1 / static_cast<double>(run.substeps);
  return largest_amplification_on_grid(run.scheme, {.c = part, .r = part}, kRunCells);
}

bool is_unstable(const SchemeRun& run) {
  constexpr double kRounding = 1e-12;
  return largest_amplification(run) > 1 + kRounding;
}

/// A number of each starting signal: that of the published one, and the middle 95 % of all.
template <class Value>
Interval over_signals(const std::vector<RunState>& signals, Value&& value) {
  std::vector<double> values;
  for (const RunState& signal : signals) values.push_back(value(signal));
  const double published = values.front();
  return middle_range(published, std::move(values));
}

/// |z - exact|_1 at the end of the run.
Interval error_at_end(Audit& audit, const std::vector<RunState>& signals, const SchemeRun& run) {
  OneStep step = one_step(audit, run);
  OneStep exact = one_step(audit, kExact);
  return over_signals(signals, [&](const RunState& z) {
    return distance(after_run(step, run, z), after_run(exact, kExact, z));
  });
}

/// How far a layer tanh(W z) with a scheme's step as its W is from that step.
Interval layer_difference(Audit& audit, const std::vector<RunState>& signals,
                          const SchemeRun& run) {
  OneStep step = one_step(audit, run);
  return over_signals(signals, [&](RunState z) {
    apply(step, z);
    RunState layer = z;
    for (double& cell : layer) cell = std::tanh(cell);
    return distance(layer, z) / l1(z);
  });
}

void judge_structured(Audit& audit, const std::vector<RunState>& signals) {
  audit.claim(
      "\"[...] structured weight matrices can be associated with specific discretizations of "
      "neural PDEs\"",
      "a tanh layer with a stencil", "relative difference of tanh(W z) from a step of FTCS",
      {.departure = layer_difference(audit, signals, kFtcsQuarter), .margin = kSignalMargin},
      "at a quarter of the published step; at the published one " +
          text(layer_difference(audit, signals, kFtcs)));
}

/// Whether a chain of layers lets a signal grow where the scheme behind its weights is unstable,
/// and nowhere else.
void judge_stability_governs(Audit& audit, const std::vector<RunState>& signals) {
  constexpr std::array kRuns{kFtcs, kFtcsQuarter, kRk4, kRk4Quarter, kImplicit, kCrankNicolson};
  std::vector<OneStep> steps;
  std::size_t unstable = 0;
  for (const SchemeRun& run : kRuns) {
    steps.push_back(one_step(audit, run));
    unstable += is_unstable(run) ? 1 : 0;
  }
  std::vector<double> wrong;
  for (const RunState& signal : signals) {
    double against = 0;
    for (std::size_t k = 0; k < kRuns.size(); ++k) {
      const bool grows = l2(after_chain(steps[k], kRuns[k], signal)) > l2(signal);
      against += grows != is_unstable(kRuns[k]) ? 1 : 0;
    }
    wrong.push_back(against / static_cast<double>(kRuns.size()));
  }
  audit.claim(
      "\"the numerical stability of these discretizations governs the stability of signal "
      "propagation through the network\"",
      "chains of tanh layers with stencils",
      "share of runs that grow where |G| <= 1 or shrink where |G| > 1",
      {.departure = bootstrap_mean(wrong, audit.options.seed, audit.next_stream()),
       .margin = kSignalMargin},
      std::to_string(signals.size()) + " signals x " + std::to_string(kRuns.size()) + " schemes, " +
          std::to_string(unstable) +
          " unstable; no trained network is among them, whose layers are no step of a scheme");
}

/// The mean growth of log |z|_2 a layer of a linear chain of steps, behind transients. A multiple
/// of z grows alike: what normalisation takes away is counted, and nothing over- or underflows.
double growth_behind_transients(OneStep& matrix, RunState z) {
  constexpr std::size_t kTransient = 400;
  constexpr std::size_t kMeasured = 100;
  double growth = 0;
  for (std::size_t layer = 0; layer < kTransient + kMeasured; ++layer) {
    apply(matrix, z);
    const double norm = l2(z);
    if (layer >= kTransient) growth += std::log(norm);
    for (double& cell : z) cell /= norm;
  }
  return growth / kMeasured;
}

/// Whether a signal grows by |G| a layer: measured in linear chains, of stable and unstable
/// schemes.
void judge_growth(Audit& audit, const std::vector<RunState>& signals) {
  constexpr std::array kRuns{kFtcs, kFtcsQuarter, kRk4, kRk4Quarter, kImplicit, kCrankNicolson};
  constexpr double kRounding = 1e-12;  // departures below it are those of one machine
  std::vector<double> departures;
  std::string growths;
  for (const SchemeRun& run : kRuns) {
    OneStep step = one_step(audit, run);
    const double expected = std::log(largest_amplification(run));
    for (const RunState& signal : signals) {
      const double departure = std::fabs(growth_behind_transients(step, signal) - expected);
      departures.push_back(departure > kRounding ? departure : 0);
    }
    growths += std::string(growths.empty() ? "" : ", ") + run.name + ' ' +
               number(std::exp(growth_behind_transients(step, signals.front())), 4);
  }
  const double largest = *std::max_element(departures.begin(), departures.end());
  audit.claim(
      "\"the numerical stability of these discretizations governs the stability of signal "
      "propagation through the network\"",
      "linear chains of layers with stencils",
      "|log growth a layer - log |G|| behind transients, |G| the largest on the grid",
      {.departure = bootstrap_mean(departures, audit.options.seed, audit.next_stream()),
       .margin = kSignalMargin,
       .largest = largest},
      "growth a layer: " + growths + "; at the most off by " +
          (largest > 0 ? number(largest, 2) : "rounding"));
}

constexpr const char* kErrorMeasure = "|z - exact|_1 at the end of a run from |z|_1 = 1";

void judge_unstable(Audit& audit, const std::vector<RunState>& signals, const SchemeRun& run,
                    const SchemeRun& shorter) {
  Evidence evidence{.departure = error_at_end(audit, signals, run),
                    .margin = kSignalMargin,
                    .applies = is_unstable(run),
                    .states_departure = true};
  OneStep step = one_step(audit, run);
  const double growth = std::exp(growth_behind_transients(step, signals.front()));
  audit.claim("\"explicit unstable schemes lead to degraded signal evolution\"",
              std::string(run.name) + " in the published run", kErrorMeasure, evidence,
              "|G| up to " + number(largest_amplification(run), 3) + ", measured growth a layer " +
                  number(growth, 3) + "; a quarter of the step has |G| up to " +
                  number(largest_amplification(shorter), 3) + " and ends with " +
                  text(error_at_end(audit, signals, shorter)));
}

void judge_stable(Audit& audit, const std::vector<RunState>& signals, const SchemeRun& run) {
  Evidence evidence{.departure = error_at_end(audit, signals, run),
                    .margin = kSignalMargin,
                    .applies = !is_unstable(run)};
  audit.claim(
      "\"stable implicit and higher-order schemes yield well-behaved dynamics for the same "
      "underlying neural PDE\"",
      run.name, kErrorMeasure, evidence, "|G| up to " + number(largest_amplification(run), 3));
}

/// What two panels of the stability figure show.
void judge_panels(Audit& audit, const std::vector<RunState>& signals) {
  OneStep published = one_step(audit, kPublished);
  OneStep proper = one_step(audit, kCrankNicolson);
  const Interval apart = over_signals(signals, [&](const RunState& z) {
    return distance(after_run(published, kPublished, z), after_run(proper, kCrankNicolson, z));
  });
  audit.claim("the Crank-Nicolson panel shows Crank-Nicolson", "the published run",
              "|z - z of Crank-Nicolson|_1 at the end of a run from |z|_1 = 1",
              {.departure = apart, .margin = kSignalMargin},
              "entries of the published matrix depart by up to " +
                  number(departure_from_circulant(published), 3) +
                  " from a circulant, its 2-norm is " + number(two_norm(audit, published), 4) +
                  " where Crank-Nicolson has " + number(two_norm(audit, proper), 4));
  OneStep step = one_step(audit, kRk4);
  const Interval decades = over_signals(signals, [&](const RunState& z) {
    return std::log10(std::max(1.0, l2(after_run(step, kRk4, z)) / l2(z)));
  });
  audit.claim("the RK4 panel shows a stable scheme", "the published run",
              "decades by which |z|_2 grows in the run",
              {.departure = decades, .margin = kSignalMargin},
              "|G| up to " + number(largest_amplification(kRk4), 3) +
                  ", at a quarter of the step " + number(largest_amplification(kRk4Quarter), 3));
}

void tabulate(Audit& audit, const std::vector<RunState>& signals) {
  RunTable table{
      "The run of the stability figure without normalisation: eight cells, fifteen steps",
      {"scheme", "largest |G|", "2-norm of a step", "departure from a circulant",
       "|z|_1 at the end", "|z - exact|_1 at the end"},
      {}};
  for (const SchemeRun& run :
       {kFtcs, kFtcsQuarter, kRk4, kRk4Quarter, kImplicit, kCrankNicolson, kPublished, kExact}) {
    OneStep step = one_step(audit, run);
    OneStep exact = one_step(audit, kExact);
    const RunState end = after_run(step, run, signals.front());
    const double from_circulant = departure_from_circulant(step);
    const bool circulant = from_circulant < 1e-12;
    table.rows.push_back({run.name, circulant ? number(largest_amplification(run), 4) : "none",
                          number(two_norm(audit, step), 4),
                          circulant ? "0" : number(from_circulant, 3), number(l1(end), 4),
                          number(distance(end, after_run(exact, kExact, signals.front())), 3)});
  }
  audit.tables.push_back(std::move(table));
}

}  // namespace

void audit_schemes(Audit& audit) {
  const std::vector<RunState> signals = starting_signals(audit);
  if (!audit.status.ok()) return;
  judge_structured(audit, signals);
  judge_stability_governs(audit, signals);
  judge_growth(audit, signals);
  judge_unstable(audit, signals, kFtcs, kFtcsQuarter);
  judge_unstable(audit, signals, kRk4, kRk4Quarter);
  judge_stable(audit, signals, kImplicit);
  judge_stable(audit, signals, kCrankNicolson);
  judge_stable(audit, signals, kRk4Quarter);
  judge_panels(audit, signals);
  tabulate(audit, signals);
}

}  // namespace pinnscope::apps
