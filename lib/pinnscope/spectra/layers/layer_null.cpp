#include "pinnscope/spectra/layers/layer_null.hpp"

#include <algorithm>

#include "pinnscope/spectra/layers/layer_statistics.hpp"
#include "pinnscope/spectra/matrices/lapack.hpp"

namespace pinnscope {

LayerNull::LayerNull(const Config& config, Arena& arena) noexcept
    : config_(config), live_({config.rows, config.columns}, arena) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  static_cast<void>(lapack::provide_buffers(config.threads));  // fill() says where there is no room
  for (std::size_t thread = 0; thread < config.threads; ++thread) {
    Arena workspace(storage_.workspace.column(thread));
    storage_.spectra.make(0, thread, of_thread(config), workspace);
  }
}

void LayerNull::draw(const NullModel& model, MatrixView<const double> block, const Philox& source,
                     MatrixView<double> drawn) const noexcept {
  const MatrixView<double> compact(drawn.data, block.rows, block.columns);
  static_cast<void>(draw_null(model, block, source, compact));  // neither empty nor of two shapes
  if (block.size() == drawn.size()) return;
  // Spread over its rows and columns in place, from the last entry on: none moves forward past one
  // that has not moved yet.
  std::size_t left = block.size();
  std::size_t j = block.columns;
  for (std::size_t column = drawn.columns; column-- > 0;) {
    const bool live_column = j > 0 && live_.columns()[j - 1] == column;
    if (live_column) --j;
    std::size_t i = block.rows;
    for (std::size_t row = drawn.rows; row-- > 0;) {
      const bool live = live_column && i > 0 && live_.rows()[i - 1] == row;
      if (live) --i;
      drawn(row, column) = live ? compact.data[--left] : 0;
    }
  }
}

Status LayerNull::fill(const NullModel& model, MatrixView<const double> observed,
                       std::uint64_t seed, std::uint64_t stream, Workers& workers,
                       NullDistribution& null) noexcept {
  if (observed.rows != config_.rows || observed.columns != config_.columns ||
      null.statistics() != kLayerStatistics.size() || workers.threads() > config_.threads) {
    return {StatusCode::shape_mismatch};
  }
  const Status room = lapack::provide_buffers(config_.threads);
  if (!room.ok()) return room;
  live_.find(observed);
  const MatrixView<const double> block = live_.gather(observed, storage_.live);
  null.fill(workers, [&](std::size_t index, std::size_t thread, VectorView<double> values) {
    const MatrixView<double> drawn{storage_.drawn.column(thread).data(), config_.rows,
                                   config_.columns};
    draw(model, block, Philox(seed, StreamPurpose::layer_nulls, index, stream), drawn);
    const Status status = storage_.spectra(0, thread).compute(drawn);
    for (std::size_t k = 0; k < values.size(); ++k) {
      const LayerStatistic& statistic = kLayerStatistics[k];
      // A permutation keeps such a number but for its rounding, which must not be counted.
      const bool kept =
          model.kind == NullKind::permutation && includes(statistic.invariance, Invariance::order);
      values[k] =
          !status.ok() || kept ? kMissing : number_of(statistic, storage_.spectra(0, thread)).value;
    }
  });
  return {};
}

}  // namespace pinnscope
