#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/owned.hpp"
#include "pinnscope/core/workers.hpp"
#include "pinnscope/io/file_status.hpp"
#include "pinnscope/io/network_weights.hpp"
#include "pinnscope/spectra/laws/initialiser_ranking.hpp"
#include "pinnscope/spectra/laws/power_law.hpp"
#include "pinnscope/spectra/layers/layer_null.hpp"
#include "pinnscope/spectra/random_matrices/bulk.hpp"
#include "pinnscope/spectra/random_matrices/random_direction.hpp"
#include "pinnscope/spectra/random_matrices/spacing_ratios.hpp"
#include "pinnscope/spectra/samples/differential_entropy.hpp"
#include "pinnscope/spectra/samples/moments.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope::apps {

/// Laws that know of no initialiser, for comparison.
inline constexpr std::array kPlainLaws{LawKind::normal, LawKind::laplace, LawKind::student_t,
                                       LawKind::generalized_gaussian};

constexpr std::size_t place_of(LawKind kind) {
  std::size_t place = 0;
  while (kPlainLaws[place] != kind) ++place;
  return place;
}

/// All that is known of a layer without drawing anything. Numbers that it does not have are NaN,
/// with their reasons.
struct LayerReport {
  std::size_t run = 0;  // which of the networks
  std::size_t layer = 0;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::string failure;                         // why nothing is known but shape and moments
  std::map<std::string, std::string> reasons;  // by columns of layers.csv that are NaN
  Moments moments;
  double rms = 0;
  std::size_t live_rows = 0;  // those with an entry that is not zero
  std::size_t live_columns = 0;
  double live_rms = 0;             // of the entries in live rows and columns
  std::size_t numerical_rank = 0;  // singular values above rounding
  double tolerance = 0;            // up to where rounding goes, over live_rms
  std::array<double, kLayerStatistics> statistics{};
  BulkEstimate bulk;
  EntropyEstimate entropy;
  CorrectedEntropy corrected_entropy;  // for its bias on Gaussian samples of this size
  double kernel_entropy = 0;  // by the best leave-one-out kernel density or the Gaussian law
  PowerLawFit tail;
  double spikes = 0;                  // beyond the layer's permutations; see count_spikes()
  double largest_strength = 0;        // theta behind s_1, in units of sigma sqrt(N)
  double transient_growth = 0;        // max over k of |W^k| / rho^k
  double transient_power = 0;         // its k
  InitialiserRanking initialisers{};  // each with a Laplace law of the change, best first
  LayerExplanations explanations{};   // by each initialiser, for the verdict on the network
  std::array<WeightLawFit, kPlainLaws.size()> plain{};  // without an initialiser
  std::array<Status, kPlainLaws.size()> plain_status{};
  double tail_p_value = 0;  // of the power law, by its bootstrap
  UnfoldedSpacingFit spacings;
  double hard_edge = 0;           // P(smallest singular value <= s_M) at the sigma of the bulk
  double structured_vectors = 0;  // singular vectors unlike random ones
  std::vector<double> singular_values;  // of the live block over live_rms, descending
  std::vector<double> real;             // eigenvalues of the square live block over rms sqrt(n)
  std::vector<double> imaginary;

  bool whole() const { return live_rows == rows && live_columns == columns; }
};

/// A singular vector beside a random unit vector of its length.
struct VectorReport {
  std::size_t run = 0;
  std::size_t layer = 0;
  std::size_t index = 0;     // from 1, that of its singular value
  bool right = false;        // of the output side (columns); else of the input side
  double participation = 0;  // 1 / sum v^4
  double score = 0;          // sum v^4 in standard deviations from its mean, both exact
  double distance = 0;       // KS, of v_i^2 from Beta(1/2, (n - 1)/2)
  double p_value = 1;        // of that, among random unit vectors
  double holm = 1;           // corrected over the vectors of the layer
};

/// Distances of random unit vectors, drawn once for vectors of a length and layers of a size.
class DirectionTables {
 public:
  /// With draws for the vectors of `values` singular values to hold together at 2.5 %.
  RandomDirection& table(std::size_t entries, std::size_t values);

 private:
  std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Owned<RandomDirection>>> tables_;
};

/// The vectors of one layer, of the singular values that are neither rounding nor equal to others
/// but for rounding, over live rows or columns; their number that differ at 5 % goes into the
/// report. Nothing for a layer whose report failed.
void report_vectors(const arma::mat& weights, DirectionTables& tables, LayerReport& report,
                    std::vector<VectorReport>& vectors);

/// Draws of the power law's bootstrap.
inline constexpr std::size_t kTailDraws = 1000;

/// Powers of W that transient growth looks at.
inline constexpr std::size_t kTransientPowers = 32;

/// A column of layers.csv: its heading, what it means, and where the number is.
struct LayerColumn {
  std::string name;
  std::string meaning;
  double (*value)(const LayerReport&, std::size_t argument);
  std::size_t argument = 0;
};
const std::vector<LayerColumn>& layer_columns();

/// Why a number of a report is NaN.
std::string reason(const LayerReport& report, const LayerColumn& column);

/// How far the weights of a layer are off by being kept, or trained, as floats; 0 for doubles.
double weight_rounding(const NetworkWeights& network, std::size_t layer);

/// The report of one layer. `rounding` is that of its weights, or of those that it is a difference
/// of. On failure the report says why, has its shape, and NaNs; the status names `file` and layer.
FileStatus report_layer(const std::string& file, std::size_t layer, const arma::mat& weights,
                        LayerReport& report, double rounding = 0);

/// A statistic of a layer among draws under a null.
struct NullResult {
  std::size_t run = 0;
  std::size_t layer = 0;
  std::size_t statistic = 0;
  std::string null;
  double observed = 0;
  NullPlacement placement{};
  double holm = kNone;  // the p-value within a family, see correct_family()
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

/// Share of layers without a spike that show one.
inline constexpr double kSpikeLevel = 0.05;

/// Fills in the spikes of a layer: its singular values, each over the rms of what is left after
/// those before it, beyond what the largest of a permutation of its entries exceeds with
/// probability kSpikeLevel. NaN with a reason where there are fewer than 19 draws. Tables with
/// `eigenvalues` serve where they are asked for anyway.
void count_spikes(NullTables& tables, const arma::mat& weights, bool eigenvalues,
                  LayerReport& report);

/// Places the statistics of the layers of one run.
std::vector<NullResult> place_layers(NullTables& tables, const NullModel& model,
                                     std::span<const LayerReport> layers,
                                     std::span<const arma::mat> weights, bool eigenvalues);

}  // namespace pinnscope::apps
