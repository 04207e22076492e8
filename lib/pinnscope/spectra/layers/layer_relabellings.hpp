#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/object_grid.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/core/workers.hpp"
#include "pinnscope/nn/relabelling.hpp"
#include "pinnscope/spectra/layers/layer_columns.hpp"
#include "pinnscope/spectra/layers/layer_description.hpp"
#include "pinnscope/spectra/nulls/null_distribution.hpp"

namespace pinnscope {

/// Whether a column is spread over relabellings: other labels change it, and it is one of the layer
/// alone, not beside a null of its own.
constexpr bool is_labelled(const LayerColumn& column) noexcept {
  return !includes(column.invariance, kRelabelling) && column.needs != Needs::permutations;
}

/// Where the columns that are spread over relabellings stand in kLayerColumns, in its order.
inline constexpr auto kLabelledColumns = [] {
  constexpr auto kCount = [] {
    std::size_t count = 0;
    for (const LayerColumn& column : kLayerColumns) count += is_labelled(column) ? 1 : 0;
    return count;
  }();
  std::array<std::size_t, kCount> places{};
  std::size_t next = 0;
  for (std::size_t k = 0; k < kLayerColumns.size(); ++k) {
    if (is_labelled(kLayerColumns[k])) places[next++] = k;
  }
  return places;
}();

/// Where a column stands among them and in tables of relabellings; the name of another does not
/// compile.
consteval std::size_t labelled_column_named(std::string_view name) {
  std::size_t place = 0;
  while (kLayerColumns[kLabelledColumns[place]].name != name) ++place;
  return place;
}

/// Of this many relabellings one has entropies and laws of the entries, which know of labels by
/// signs alone and take four fifths of the time.
inline constexpr std::size_t kRelabellingsAFit = 4;

/// Labels of the two sides of a layer, relabelling `draw` of group `group`, below 2^24: sides that
/// are not free keep theirs. O(rows + columns); a function of the numbers alone.
void draw_layer_labels(const FreeLabels& free, std::uint64_t seed, std::uint64_t draw,
                       std::uint64_t group, const Labels& rows, const Labels& columns) noexcept;

/// The numbers of layers of one shape under other labels of the same network: a matrix, its labels
/// and its LayerDescription a thread.
///
///     LayerRelabellings relabellings({.rows = n, .columns = n, .threads = crew.threads()}, arena);
///     NullDistribution spread({kLabelledColumns.size(), 199}, arena);
///     status = relabellings.fill(w, 0, {.signs = true}, seed, layer, crew, spread);
///     status = spread.compare(labelled_column_named("spectral_radius"), radius, placement);
class LayerRelabellings : Pinned {
 public:
  struct Config {
    std::size_t rows = 0;     ///< of every layer
    std::size_t columns = 0;  ///< of every layer
    std::size_t threads = 1;  ///< at least as many as the crew that draws has
  };

  struct Storage {
    ObjectGrid<LayerDescription> descriptions;  ///< one a thread
    MatrixView<std::byte> workspace;            ///< a column a thread: what that object carves
    MatrixView<double> relabelled;              ///< a column a thread: its matrix
    MatrixView<std::size_t> orders;             ///< a column a thread: of rows, then of columns
    MatrixView<double> signs;                   ///< likewise
  };

  static Footprint footprint(const Config& config) noexcept;
  LayerRelabellings(const Config& config, Arena& arena) noexcept;

  /// Fills `spread`, a row for each of kLabelledColumns, with the numbers of `w` under labels drawn
  /// anew, rows and columns independently, signs too where they are free: relabelling i is draw i
  /// of group `group`, below 2^24, so the table does not depend on the crew. `rounding` is that of
  /// the entries, see LayerDescription::describe(). NaN is what a layer has not; everything where
  /// no label is free; what orders keep, where signs stay; entropies and laws but for each
  /// kRelabellingsAFit-th. Allocates nothing.
  /// shape_mismatch where the layer, the table or the crew does not fit; out_of_memory where LAPACK
  /// lacks what it takes for a call on each thread.
  Status fill(MatrixView<const double> w, double rounding, const FreeLabels& free,
              std::uint64_t seed, std::uint64_t group, Workers& workers,
              NullDistribution& spread) noexcept;

 private:
  static Storage layout(Layout& layout, const Config& config) noexcept;
  static constexpr LayerDescription::Config of_thread(const Config& config) noexcept {
    return {.rows = config.rows, .columns = config.columns, .invariants = false};
  }

  MatrixView<double> relabel_drawn(MatrixView<const double> w, const FreeLabels& free,
                                   std::uint64_t seed, std::uint64_t draw, std::uint64_t group,
                                   std::size_t thread) const noexcept;

  Config config_;
  Storage storage_;
};

}  // namespace pinnscope
