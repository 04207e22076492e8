#include "step_reports.hpp"

#include <memory>

#include "common/command_line.hpp"
#include "common/machine.hpp"
#include "pinnscope/io/armadillo.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/spectra/matrices/root_mean_square.hpp"
#include "pinnscope/spectra/matrices/singular_values.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"
#include "step_symbol.hpp"

namespace pinnscope::apps {
namespace {

/// What can be told of a step without draws.
void describe(const StepOfLayer& step, Neighbours neighbours, StepReport& report) {
  report.step = &step;
  report.rms = root_mean_square(view(step.step));
  report.source_rms =
      root_mean_square(MatrixView<const double>{step.source.memptr(), step.source.n_elem, 1});
  Owned<SingularValues<double>> values({step.step.n_rows, step.step.n_cols});
  if (values->compute(view(step.step)).ok()) {
    report.largest_singular_value = values->values().front();
    report.smallest_singular_value = values->values().back();
  }
  Owned<SymbolMeter<double>> meter({.cells = step.step.n_rows});
  SymbolReport symbol;
  if (measure_symbol(step.step, *meter, symbol).ok()) report.departure = symbol.departure;
  for (std::size_t row = 0; row < step.step.n_rows; ++row) {
    const PdeReading reading = read_row(view(step.step), row, neighbours);
    report.euler.add(reading.euler);
    if (reading.euler.diffusivity < 0) ++report.negative_rows;
    if (!std::isnan(reading.flow.reaction)) report.flow.add(reading.flow);
  }
}

/// Of schemes that are the same matrix, the one that the file says it was written from.
std::size_t named_scheme(const SchemeFits& fits, const NetworkWeights& network) {
  const auto said = network.metadata.find("scheme");
  Scheme scheme{};
  if (said == network.metadata.end() || !parse(said->second, scheme)) return fits.best;
  for (std::size_t k = 0; k < kSchemes.size(); ++k) {
    if (kSchemes[k] == scheme && fits.is_tied(k)) return k;
  }
  return fits.best;
}

/// Labels of one side and where they lie.
struct OwnLabels {
  explicit OwnLabels(std::size_t n) : order(n), signs(n) {}
  Labels view() { return {order, signs}; }
  std::vector<std::size_t> order;
  std::vector<double> signs;
};

/// Searches the best labels of a step, and of permutations of its entries beside it.
void search_labels(const PdeOptions& options, const StepOfLayer& step, std::uint64_t stream,
                   Workers& crew, BestReport& best) {
  const std::size_t n = step.step.n_rows;
  Footprint need = LabelSearch::footprint({n});
  need.append({"matrix to search", sizeof(double) * step.step.n_elem});
  require_memory(need, crew.threads());
  std::vector<std::unique_ptr<Owned<LabelSearch>>> searches;
  std::vector<OwnLabels> labels;
  std::vector<arma::mat> drawn;
  for (std::size_t thread = 0; thread < crew.threads(); ++thread) {
    searches.push_back(std::make_unique<Owned<LabelSearch>>(LabelSearch::Config{n}));
    labels.emplace_back(n);
    labels.emplace_back(n);
    drawn.emplace_back(n, n);
  }
  // The step itself comes first.
  std::vector<BestLabelling> found(options.searches + 1);
  std::vector<Status> outcome(found.size());
  crew.run(found.size(), [&](std::size_t lane, std::size_t thread) {
    MatrixView<const double> searched = view(step.step);
    if (lane > 0) {
      const Philox source(options.seed, StreamPurpose::permuted_searches, lane, stream);
      outcome[lane] = draw_null({}, searched, source, view(drawn[thread]));
      searched = view(drawn[thread]);
    }
    if (!outcome[lane].ok()) return;
    outcome[lane] = (*searches[thread])
                        ->find(searched, step.free.signs, labels[2 * thread].view(),
                               labels[2 * thread + 1].view(), found[lane]);
  });
  if (!std::ranges::all_of(outcome, [](const Status& status) { return status.ok(); })) return;
  best.searched = true;
  best.found = found.front();
  std::vector<double> shares;
  for (std::size_t k = 1; k < found.size(); ++k) shares.push_back(found[k].fits.nearest().share);
  best.null = best_share_null(shares);
}

}  // namespace

std::string others(const StepReport& report) {
  std::string names;
  for (std::size_t k = 0; k < kSchemes.size(); ++k) {
    if (k == report.named || !report.verdict.fits.is_tied(k)) continue;
    names += (names.empty() ? "" : " ") + std::string(text(kSchemes[k]));
  }
  return names;
}

std::string answer_of(const StepReport& report) {
  const SchemeAnswer answer = report.verdict.answer;
  return answer == SchemeAnswer::scheme ? text(report.fit().scheme) : text(answer);
}

std::vector<StepReport> judge_steps(const PdeOptions& options, const NetworkWeights& network,
                                    const std::vector<StepOfLayer>& steps) {
  const std::size_t threads = thread_count(options.threads);
  Workers crew(threads);
  std::vector<StepReport> reports(steps.size());
  std::unique_ptr<Owned<SchemeJudge>> judge;
  std::size_t cells = 0;
  for (std::size_t k = 0; k < steps.size(); ++k) {
    StepReport& report = reports[k];
    describe(steps[k], options.neighbours, report);
    if (judge == nullptr || cells != steps[k].step.n_rows) {
      cells = steps[k].step.n_rows;
      judge.reset();
      judge = std::make_unique<Owned<SchemeJudge>>(
          SchemeJudge::Config{.cells = cells,
                              .draws = options.draws,
                              .threads = crew.threads(),
                              .neighbours = options.neighbours});
    }
    const Status status =
        (*judge)->judge(view(steps[k].step), steps[k].free, options.seed, k, crew, report.verdict);
    if (!status.ok()) report.failure = status.text();
    report.named = named_scheme(report.verdict.fits, network);
    const bool both = steps[k].free.rows && steps[k].free.columns;
    if (options.searches == 0 || !report.failure.empty() || !both) continue;
    search_labels(options, steps[k], k, crew, report.best);
    report.best.named = named_scheme(report.best.found.fits, network);
  }
  return reports;
}

}  // namespace pinnscope::apps
