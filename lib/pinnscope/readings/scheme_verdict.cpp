#include "pinnscope/readings/scheme_verdict.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"

namespace pinnscope {
namespace {

// Where the statistics of a draw stand.
constexpr std::size_t kPermutedShare = 0;
constexpr std::size_t kRelabelledShare = 1;
constexpr std::size_t kEuler = 2;
constexpr std::size_t kFlow = 6;

void keep(const PdeCoefficients& coefficients, VectorView<double> statistics) noexcept {
  statistics[0] = coefficients.reaction;
  statistics[1] = coefficients.velocity;
  statistics[2] = coefficients.diffusivity;
  statistics[3] = coefficients.dispersion;
}

double normal_probability(double z) noexcept { return std::erfc(-z / std::numbers::sqrt2) / 2; }

}  // namespace

SchemeJudge::SchemeJudge(const Config& config, Arena& arena) noexcept
    : config_(config), null_({kStatistics, config.draws}, arena) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  for (std::size_t thread = 0; thread < config.threads; ++thread) {
    Arena workspace(storage_.workspace.column(thread));
    storage_.searches.make(0, thread, SchemeSearch::Config{config.cells}, workspace);
  }
}

void SchemeJudge::draw(MatrixView<const double> a, const FreeLabels& free, std::uint64_t seed,
                       std::uint64_t stream, std::size_t index, std::size_t thread,
                       VectorView<double> statistics) noexcept {
  const std::size_t n = config_.cells;
  const MatrixView<double> drawn{storage_.drawn.column(thread).data(), n, n};
  std::fill(statistics.begin(), statistics.end(), std::numeric_limits<double>::quiet_NaN());
  SchemeFits fits;
  const Philox source(seed, StreamPurpose::permuted_steps, index, stream);
  if (draw_null({.kind = NullKind::permutation}, a, source, drawn).ok() &&
      search(thread).fit(drawn, fits).ok()) {
    statistics[kPermutedShare] = fits.nearest().share;
  }
  if (!free.any()) return;
  const VectorView<std::size_t> orders = storage_.orders.column(thread);
  const VectorView<double> signs = storage_.signs.column(thread);
  const Labels rows{orders.first(n), signs.first(n)};
  const Labels columns{orders.last(n), signs.last(n)};
  rows.reset();
  columns.reset();
  if (free.rows) rows.draw({seed, StreamPurpose::row_labels, index, stream}, free.signs);
  if (free.columns) columns.draw({seed, StreamPurpose::column_labels, index, stream}, free.signs);
  if (!relabel<double>(a, rows, columns, drawn).ok() || !search(thread).fit(drawn, fits).ok()) {
    return;
  }
  statistics[kRelabelledShare] = fits.nearest().share;
  const PdeReading reading = read_mean_row(drawn, config_.neighbours);
  keep(reading.euler, statistics.subspan(kEuler, 4));
  keep(reading.flow, statistics.subspan(kFlow, 4));
  // Orders alone keep the sum of the entries but for its rounding, which must not be counted.
  if (!free.signs) {
    statistics[kEuler] = statistics[kFlow] = std::numeric_limits<double>::quiet_NaN();
  }
}

Status SchemeJudge::judge(MatrixView<const double> a, const FreeLabels& free, std::uint64_t seed,
                          std::uint64_t stream, Workers& workers, SchemeVerdict& verdict) noexcept {
  if (workers.threads() > config_.threads || a.rows != config_.cells ||
      a.columns != config_.cells) {
    return {StatusCode::shape_mismatch};
  }
  SchemeVerdict found;
  const Status status = search(0).fit(a, found.fits);
  if (!status.ok()) return status;
  null_.fill(workers, [&](std::size_t index, std::size_t thread, VectorView<double> statistics) {
    draw(a, free, seed, stream, index, thread, statistics);
  });
  const double share = found.fits.nearest().share;
  // What cannot be placed keeps a placement without draws.
  static_cast<void>(null_.compare(kPermutedShare, share, found.permuted));
  static_cast<void>(null_.compare(kRelabelledShare, share, found.relabelled));
  found.mean_row = read_mean_row(a, config_.neighbours);
  found.euler = percentiles(kEuler, found.mean_row.euler);
  found.flow = percentiles(kFlow, found.mean_row.flow);
  answer(static_cast<double>(a.size()), found);
  verdict = found;
  return {};
}

void SchemeJudge::answer(double entries, SchemeVerdict& verdict) noexcept {
  const bool reachable =
      null_.critical_value(kPermutedShare, kSchemeLevel, verdict.critical_share).ok();
  if (reachable && verdict.critical_share < 1 && entries > 1) {
    const double margin = std::sqrt(kLeastSchemeShare) - std::sqrt(verdict.critical_share);
    verdict.power = normal_probability(margin * std::sqrt((entries - 1) / (1 - kLeastSchemeShare)));
  }
  const bool is_found = verdict.permuted.draws > 0 && verdict.permuted.p_upper <= kSchemeLevel &&
                        verdict.fits.nearest().share >= kLeastSchemeShare;
  if (is_found) {
    verdict.answer = SchemeAnswer::scheme;
  } else if (verdict.power >= kLeastSchemePower) {
    verdict.answer = SchemeAnswer::none;
  } else {
    verdict.answer = SchemeAnswer::cannot_tell;
  }
}

CoefficientPercentiles SchemeJudge::percentiles(std::size_t first,
                                                const PdeCoefficients& observed) noexcept {
  const auto percentile = [&](std::size_t statistic, double value) {
    NullPlacement placement;
    const bool placed = null_.compare(statistic, value, placement).ok();
    return placed ? placement.percentile : std::numeric_limits<double>::quiet_NaN();
  };
  return {percentile(first, observed.reaction), percentile(first + 1, observed.velocity),
          percentile(first + 2, observed.diffusivity), percentile(first + 3, observed.dispersion)};
}

}  // namespace pinnscope
