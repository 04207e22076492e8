#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "pinnscope/core/workers.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/spectra/layers/layer_columns.hpp"
#include "pinnscope/spectra/layers/layer_null.hpp"
#include "pinnscope/spectra/layers/layer_relabellings.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope::apps {

/// A number of a layer among what relabellings of its network make of it.
struct LabelSpread {
  std::size_t column = 0;  // in kLayerColumns
  NullPlacement among{};   // of them
  double least = kMissing;
  double low = kMissing;  // 5 % of them are less
  double median = kMissing;
  double high = kMissing;  // 5 % of them are more
  double most = kMissing;
};

/// What is printed of a described layer.
struct LayerReport {
  std::size_t run = 0;  // which of the networks
  std::size_t layer = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::string failure;  // why nothing is known but shape and moments
  std::array<LayerNumber, kLayerColumns.size()> numbers{};
  std::vector<double> singular_values;  // of the live block over its rms, descending
  std::vector<double> real;             // eigenvalues of the square live block over rms sqrt(n)
  std::vector<double> imaginary;
  std::vector<VectorDescription> vectors;
  std::optional<WeightLaw> best_law;  // of the best initialiser and a change, where there is one
  LayerExplanations explanations{};   // by each initialiser, for the verdict on the network
  std::vector<LabelSpread> labels;    // of the numbers that know of labels, where they were drawn

  double value(std::size_t column) const { return numbers[column].value; }
  double statistic(std::size_t index) const { return numbers[kFirstStatistic + index].value; }
};

/// Descriptions of layers, made once for each shape: what they simulate depends on it alone.
class LayerDescriptions {
 public:
  LayerDescription& of(std::size_t rows, std::size_t columns);

 private:
  std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Owned<LayerDescription>>> made_;
};

/// How far the weights of a layer are off by being kept, or trained, as floats; 0 for doubles.
double weight_rounding(const NetworkWeights& network, std::size_t layer);

/// A statistic of a layer among draws under a null.
struct NullResult {
  std::size_t run = 0;
  std::size_t layer = 0;
  std::size_t statistic = 0;
  std::string null;
  double observed = 0;
  NullPlacement placement{};
  double holm = kMissing;  // the p-value within a family, see correct_family()
};

/// A family of p-values that are read together.
struct Family {
  std::size_t tests = 0;   // p-values in it
  std::size_t needed = 0;  // draws from which on one of them can reach 5 % after correction
};

/// Corrects the p-values of a family by Holm: result k's `holm` becomes NaN where it has fewer
/// draws than the family needs, which would read as support whatever the layer is.
Family correct_family(std::span<NullResult* const> family);

/// Tells the draws of a layer's permutations from those of other layers.
constexpr std::uint64_t draw_stream(const LayerReport& layer) noexcept {
  return 1 + std::uint64_t{layer.run} * 1024 + layer.layer;
}

/// Draws under nulls, made once and kept for every layer that can share them.
class NullTables {
 public:
  NullTables(std::size_t draws, std::uint64_t seed, std::size_t threads);

  /// The table of a layer. `stream` is that of layers that do not share theirs: layers whose draws
  /// depend on their entries or on which of their rows and columns are zero.
  NullDistribution& table(const NullModel& model, const arma::mat& weights, std::uint64_t stream,
                          bool eigenvalues);

  Workers& workers() { return workers_; }
  std::size_t draws() const { return draws_; }
  std::uint64_t seed() const { return seed_; }

 private:
  struct Key {
    std::string null;
    std::size_t rows;
    std::size_t columns;
    std::uint64_t stream;  // 0 where layers of a shape share
    bool eigenvalues;
    auto operator<=>(const Key&) const = default;
  };

  std::size_t draws_;
  std::uint64_t seed_;
  Workers workers_;
  std::map<Key, std::unique_ptr<Owned<NullDistribution>>> tables_;
};

/// A layer of a file, and how its permutations are drawn for spikes to be counted: tables with
/// `eigenvalues` serve where they are asked for anyway.
struct LayerOfFile {
  const std::string& file;
  const arma::mat& weights;
  double rounding = 0;  // of the weights, or of those that they are a difference of
  bool eigenvalues = false;
};

/// Describes a layer; `report` says which by its run and layer. On failure the report says why, has
/// its shape, and NaNs; the status names file and layer.
FileStatus report_layer(const LayerOfFile& layer, LayerDescriptions& descriptions,
                        NullTables& tables, LayerReport& report);

/// Spreads numbers over relabellings; what serves the layers of one shape is made once.
class Relabellings {
 public:
  Relabellings(std::size_t count, std::uint64_t seed, Workers& workers)
      : count_(count), seed_(seed), workers_(workers) {}

  /// Of a layer that was described: fills the report's `labels`, which stay empty where nothing is
  /// free or asked for.
  void spread(const LayerOfFile& layer, const FreeLabels& free, LayerReport& report);

 private:
  std::size_t count_;
  std::uint64_t seed_;
  Workers& workers_;
  std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Owned<LayerRelabellings>>> made_;
};

/// Compares the statistics of the layers of one run.
std::vector<NullResult> compare_layers(NullTables& tables, const NullModel& model,
                                       std::span<const LayerReport> layers,
                                       std::span<const arma::mat> weights, bool eigenvalues);

}  // namespace pinnscope::apps
