#include "pinnscope/spectra/layers/layer_relabellings.hpp"

#include <algorithm>

#include "pinnscope/core/random.hpp"
#include "pinnscope/spectra/matrices/lapack.hpp"

namespace pinnscope {

void draw_layer_labels(const FreeLabels& free, std::uint64_t seed, std::uint64_t draw,
                       std::uint64_t group, const Labels& rows, const Labels& columns) noexcept {
  rows.reset();
  columns.reset();
  if (free.rows) {
    rows.draw(Philox(seed, StreamPurpose::layer_row_labels, draw, group), free.signs);
  }
  if (free.columns) {
    columns.draw(Philox(seed, StreamPurpose::layer_column_labels, draw, group), free.signs);
  }
}

LayerRelabellings::Storage LayerRelabellings::layout(Layout& layout,
                                                     const Config& config) noexcept {
  const std::size_t sides = Footprint::saturating_add(config.rows, config.columns);
  return {ObjectGrid<LayerDescription>::layout(layout, "descriptions", 1, config.threads),
          layout.matrix<std::byte>("workspaces of the descriptions",
                                   LayerDescription::footprint(of_thread(config)).bytes,
                                   config.threads),
          layout.matrix<double>("relabelled matrices",
                                Footprint::saturating_multiply(config.rows, config.columns),
                                config.threads),
          layout.matrix<std::size_t>("drawn orders", sides, config.threads),
          layout.matrix<double>("drawn signs", sides, config.threads)};
}

Footprint LayerRelabellings::footprint(const Config& config) noexcept {
  return measure([&](Layout& measured) { return layout(measured, config); });
}

LayerRelabellings::LayerRelabellings(const Config& config, Arena& arena) noexcept
    : config_(config) {
  Layout carver(arena);
  storage_ = layout(carver, config);
  if (!arena.status().ok()) return;
  static_cast<void>(lapack::provide_buffers(config.threads));  // fill() says where there is no room
  for (std::size_t thread = 0; thread < config.threads; ++thread) {
    Arena workspace(storage_.workspace.column(thread));
    storage_.descriptions.make(0, thread, of_thread(config), workspace);
  }
}

MatrixView<double> LayerRelabellings::relabel_drawn(MatrixView<const double> w,
                                                    const FreeLabels& free, std::uint64_t seed,
                                                    std::uint64_t draw, std::uint64_t group,
                                                    std::size_t thread) const noexcept {
  const VectorView<std::size_t> orders = storage_.orders.column(thread);
  const VectorView<double> signs = storage_.signs.column(thread);
  const Labels rows{orders.first(w.rows), signs.first(w.rows)};
  const Labels columns{orders.last(w.columns), signs.last(w.columns)};
  draw_layer_labels(free, seed, draw, group, rows, columns);
  const MatrixView<double> relabelled{storage_.relabelled.column(thread).data(), w.rows, w.columns};
  static_cast<void>(relabel<double>(w, rows, columns, relabelled));  // of one shape
  return relabelled;
}

Status LayerRelabellings::fill(MatrixView<const double> w, double rounding, const FreeLabels& free,
                               std::uint64_t seed, std::uint64_t group, Workers& workers,
                               NullDistribution& spread) noexcept {
  if (w.rows != config_.rows || w.columns != config_.columns ||
      spread.statistics() != kLabelledColumns.size() || workers.threads() > config_.threads) {
    return {StatusCode::shape_mismatch};
  }
  const Status room = lapack::provide_buffers(config_.threads);
  if (!room.ok()) return room;
  // What is kept changes by rounding alone, which must not be counted.
  const Invariance applied = free.signs ? kRelabelling : Invariance::permutation;
  spread.fill(workers, [&](std::size_t index, std::size_t thread, VectorView<double> numbers) {
    std::fill(numbers.begin(), numbers.end(), kMissing);
    if (!free.any()) return;
    LayerDescription& layer = storage_.descriptions(0, thread);
    const bool entries = free.signs && index % kRelabellingsAFit == 0;
    const Status status = layer.describe_labelled(
        relabel_drawn(w, free, seed, index, group, thread), rounding, entries);
    if (!status.ok()) return;
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      const LayerColumn& column = kLayerColumns[kLabelledColumns[k]];
      if (!includes(column.invariance, applied)) numbers[k] = number_of(column, layer).value;
    }
  });
  return {};
}

}  // namespace pinnscope
