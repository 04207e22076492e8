#pragma once

#include <cstddef>
#include <cstdint>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/object_grid.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/core/workers.hpp"
#include "pinnscope/spectra/layers/layer_spectra.hpp"
#include "pinnscope/spectra/matrices/live_block.hpp"
#include "pinnscope/spectra/nulls/null_distribution.hpp"
#include "pinnscope/spectra/nulls/null_model.hpp"

namespace pinnscope {

/// The statistics of layers of one shape under a null: a matrix and its LayerSpectra a thread.
class LayerNull : Pinned {
 public:
  struct Config {
    std::size_t rows = 0;     ///< of every layer
    std::size_t columns = 0;  ///< of every layer
    bool eigenvalues = true;  ///< false leaves the eigenvalues out: a fifth of the time
    std::size_t threads = 1;  ///< at least as many as the crew that draws has
  };

  struct Storage {
    ObjectGrid<LayerSpectra> spectra;  ///< one a thread
    MatrixView<std::byte> workspace;   ///< a column a thread: what that object carves
    MatrixView<double> drawn;          ///< a column a thread: its matrix
    MatrixView<double> live;           ///< the observed layer's live block
  };

  static constexpr Storage layout(Layout& layout, const Config& config) noexcept {
    const std::size_t entries = Footprint::saturating_multiply(config.rows, config.columns);
    return {
        ObjectGrid<LayerSpectra>::layout(layout, "decompositions", 1, config.threads),
        layout.matrix<std::byte>("workspaces of the decompositions",
                                 LayerSpectra::footprint(of_thread(config)).bytes, config.threads),
        layout.matrix<double>("drawn matrices", entries, config.threads),
        layout.matrix<double>("observed live block", config.rows, config.columns)};
  }
  static constexpr Footprint footprint(const Config& config) noexcept {
    return LiveBlock::footprint({config.rows, config.columns}) +
           measure([&](Layout& measured) { return layout(measured, config); });
  }

  LayerNull(const Config& config, Arena& arena) noexcept;

  /// Fills `null`, a row for each of kLayerStatistics, with those of matrices drawn under `model`
  /// for the `observed` layer: draw i of StreamPurpose::layer_nulls in group `stream`, below 2^24,
  /// so the table does not depend on the crew. Rows and columns of the layer that are exactly zero
  /// stay so, and its live block alone is drawn; a layer that is all zero gives its shape. A draw
  /// without statistics gets NaNs, and what does not depend on the order of the entries is NaN
  /// under a permutation, which keeps it. Allocates nothing. shape_mismatch where the layer, the
  /// table or the crew does not fit; out_of_memory where LAPACK lacks what it takes for a call on
  /// each thread.
  Status fill(const NullModel& model, MatrixView<const double> observed, std::uint64_t seed,
              std::uint64_t stream, Workers& workers, NullDistribution& null) noexcept;

 private:
  static constexpr LayerSpectra::Config of_thread(const Config& config) noexcept {
    return {.rows = config.rows, .columns = config.columns, .eigenvalues = config.eigenvalues};
  }

  void draw(const NullModel& model, MatrixView<const double> block, const Philox& source,
            MatrixView<double> drawn) const noexcept;

  Config config_;
  LiveBlock live_;
  Storage storage_;
};

}  // namespace pinnscope
