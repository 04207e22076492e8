#include "pinnscope/spectra/layer_null.hpp"

#include <algorithm>
#include <new>

#include "pinnscope/spectra/special_values.hpp"

namespace pinnscope {

static_assert(sizeof(LayerStatistics) % alignof(LayerStatistics) == 0);
static_assert(alignof(LayerStatistics) <= kBlockAlignment);

LayerNull::LayerNull(const Config& config, Arena& arena) noexcept : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  for (std::size_t thread = 0; thread < config.threads; ++thread) {
    Arena workspace(storage_.workspace.column(thread));
    new (&statistics(thread)) LayerStatistics(of_thread(config), workspace);
  }
}

Status LayerNull::fill(const NullModel& model, MatrixView<const double> observed,
                       std::uint64_t seed, std::uint64_t stream, Workers& workers,
                       NullDistribution& null) noexcept {
  if (observed.rows != config_.rows || observed.columns != config_.columns ||
      null.statistics() != kLayerStatistics || workers.threads() > config_.threads) {
    return {StatusCode::shape_mismatch};
  }
  null.fill(workers, [&](std::size_t index, std::size_t thread, VectorView<double> values) {
    const MatrixView<double> drawn{storage_.drawn.column(thread).data(), config_.rows,
                                   config_.columns};
    Status status = draw_null(model, observed, Philox(seed, (stream << 32) + index), drawn);
    if (status.ok()) status = statistics(thread).compute(drawn, values);
    // A permutation keeps the kurtosis but for its rounding, which must not be counted.
    if (model.kind == NullKind::permutation) values[place(LayerStatistic::kurtosis)] = kNone;
    if (!status.ok()) std::fill(values.begin(), values.end(), kNone);
  });
  return {};
}

}  // namespace pinnscope
