#pragma once

#include <array>
#include <cstddef>

#include "pinnscope/core/arena.hpp"
#include "pinnscope/core/status.hpp"
#include "pinnscope/core/view.hpp"
#include "pinnscope/spectra/laws/initialiser_ranking.hpp"
#include "pinnscope/spectra/layers/layer_number.hpp"
#include "pinnscope/spectra/layers/layer_spectra.hpp"
#include "pinnscope/spectra/layers/layer_statistics.hpp"
#include "pinnscope/spectra/matrices/non_normality.hpp"
#include "pinnscope/spectra/matrices/singular_vectors.hpp"
#include "pinnscope/spectra/nulls/null_distribution.hpp"
#include "pinnscope/spectra/random_matrices/random_direction.hpp"
#include "pinnscope/spectra/random_matrices/spacing_ratios.hpp"
#include "pinnscope/spectra/samples/differential_entropy.hpp"
#include "pinnscope/spectra/samples/kernel_density.hpp"

namespace pinnscope {

/// Laws of the entries that know of no initialiser.
inline constexpr std::array kPlainLaws{LawKind::normal, LawKind::laplace, LawKind::student_t,
                                       LawKind::generalized_gaussian};

/// One of kPlainLaws fitted to the entries; NaNs where the status says that there is no fit.
struct PlainFit {
  WeightLawFit fit{};  ///< in units of the entries
  Status status{};     ///< of the fit, see WeightLawFitter::fit()
};

/// A singular vector beside a random unit vector of its length; NaNs where it has fewer than ten
/// entries, which say nothing.
struct VectorDescription {
  std::size_t index = 0;     ///< from 1, that of its singular value
  bool right = false;        ///< of the output side (columns); else of the input side
  double participation = 0;  ///< 1 / sum v^4
  double score = 0;          ///< sum v^4 in standard deviations from its mean, both exact
  double distance = 0;       ///< KS, of v_i^2 from Beta(1/2, (n - 1)/2)
  double p_value = 1;        ///< share of random unit vectors that are as far from that law
  double holm = 1;           ///< corrected over the vectors of the layer
};

/// Draws of the power law's bootstrap.
inline constexpr std::size_t kTailDraws = 1000;

/// Powers of W that transient growth looks at.
inline constexpr std::size_t kTransientPowers = 32;

/// Share of layers without a spike that show one: the customary level.
inline constexpr double kSpikeLevel = 0.05;

/// Corrected p-value below which a singular vector counts as structured: the same level.
inline constexpr double kStructuredLevel = 0.05;

/// Draws of permutations from which on spikes are counted.
inline constexpr std::size_t kFewestPermutations = draws_needed(1, kSpikeLevel, 1);

/// All that is known of a rows x columns layer: its decompositions, each done once, the laws of its
/// entries and what follows from both. Its numbers by name are kLayerColumns.
class LayerDescription : Pinned {
 public:
  struct Config {
    std::size_t rows = 0;     ///< inputs of the layer
    std::size_t columns = 0;  ///< its outputs
    bool invariants = true;   ///< false: for describe_labelled() alone, in less memory
  };

  static Footprint footprint(const Config& config) noexcept;
  LayerDescription(const Config& config, Arena& arena) noexcept;

  /// Describes a layer. `rounding` is how far its entries are off, see rank_tolerance(). Some two
  /// seconds for 100 x 100 entries; the first call simulates what does not depend on the entries,
  /// and the vectors of other live rows and columns do so again. Allocates nothing. shape_mismatch
  /// leaves the last description. empty_input; not_finite; degenerate for entries that are all
  /// zero; not_converged: then failure() says why, and shape and moments are all there is.
  /// Precondition: a configuration with `invariants`.
  Status describe(MatrixView<const double> w, double rounding = 0) noexcept;

  /// Describes what other labels of the neurons would change: the moments, what is of eigenvalues,
  /// and with `entries` entropies and laws of these, four fifths of the time. Of the rest, the
  /// numbers of singular values alone are there. Some 0.15 s for 100 x 100 entries, 30 ms without
  /// `entries`. Otherwise as describe().
  Status describe_labelled(MatrixView<const double> w, double rounding, bool entries) noexcept;

  /// Counts the spikes of the layer described last: its singular values, each over the rms of what
  /// is left after those before it, beyond what the largest of a permutation of its entries exceeds
  /// with probability kSpikeLevel. `permutations` is its table of LayerNull::fill(). O(draws log
  /// draws).
  void count_spikes(NullDistribution& permutations) noexcept;

  /// Why nothing is known but shape and moments; "" where more is.
  const char* failure() const noexcept { return failure_; }

  /// Why the layer has not what a number needs; "" where it has.
  const char* reason(Needs needs) const noexcept {
    return reasons_[static_cast<std::size_t>(needs)];
  }

  /// Shape of the layer, and its number of entries.
  /// @{
  std::size_t rows() const noexcept { return config_.rows; }
  std::size_t columns() const noexcept { return config_.columns; }
  double size() const noexcept {
    return static_cast<double>(rows()) * static_cast<double>(columns());
  }

  /// Of all entries, in their unit: what the spectra are compared by.
  double root_mean_square() const noexcept { return rms_; }

  /// The decompositions of the layer described last.
  const LayerSpectra& spectra() const noexcept { return spectra_; }

  /// The number of row `place` of kLayerStatistics.
  LayerNumber statistic(std::size_t place) const noexcept { return statistics_[place]; }

  /// The largest singular value of the layer, in the unit of the entries. Precondition: it has
  /// singular values.
  double spectral_norm() const noexcept {
    return spectra_.singular_values().front() * spectra_.root_mean_square();
  }
  /// @}

  /// Singular values beyond those of permutations of the entries; 0 before count_spikes().
  std::size_t spikes() const noexcept { return spikes_; }

  /// Spacings of the bulk's singular values; NaNs where there is no bulk.
  const UnfoldedSpacingFit& spacings() const noexcept { return spacings_; }

  /// The largest norm of kTransientPowers powers of the layer over its spectral radius; power 0 and
  /// NaNs where there is none.
  const TransientPeak& peak() const noexcept { return peak_; }

  /// p-value of the power law by kTailDraws draws; NaN where there is none.
  double tail_p_value() const noexcept { return tail_p_value_; }

  /// The singular vectors of values that are neither rounding nor equal to others but for rounding,
  /// over live rows or columns, and how many of them differ from random ones at 5 %.
  VectorView<const VectorDescription> vectors() const noexcept {
    return storage_.vectors.first(vector_count_);
  }

  /// Those of vectors() that Holm's correction leaves below 5 %.
  std::size_t structured_vectors() const noexcept { return structured_vectors_; }

  /// Entropies of the entries, in nats: by spacings, with their bias taken away, and by kernels.
  /// @{
  const EntropyEstimate& entropy() const noexcept { return entropy_; }
  const CorrectedEntropy& corrected_entropy() const noexcept { return corrected_entropy_; }
  double kernel_entropy() const noexcept { return kernel_entropy_; }
  /// @}

  /// Each initialiser with a Laplace law of the change, best first, and what the verdict on a
  /// network needs.
  const InitialiserRanking& initialisers() const noexcept { return initialisers_; }

  /// The one of them for an initialiser.
  const InitialiserEvidence& evidence(Initialiser initialiser) const noexcept;

  /// Each initialiser with the change that is best for it, in the enum's order.
  const LayerExplanations& explanations() const noexcept { return explanations_; }

  /// The fit of a law without an initialiser. Precondition: the kind is one of kPlainLaws.
  const PlainFit& plain(LawKind kind) const noexcept;

 private:
  struct Storage {
    MatrixView<double> weights;  // the layer, for as long as it is described
    MatrixView<double> live;     // its live block
    VectorView<double> centred;  // its entries, ascending, less their median
    VectorView<double> p_values;
    VectorView<double> adjusted;
    VectorView<VectorDescription> vectors;
  };
  static Storage layout(Layout& layout, const Config& config) noexcept;

  Status load(MatrixView<const double> w, double rounding) noexcept;
  void forget() noexcept;
  void leave_out(Needs needs, const char* why) noexcept {
    reasons_[static_cast<std::size_t>(needs)] = why;
  }
  void compare_spacings() noexcept;
  void find_transient_growth() noexcept;
  void bootstrap_tail() noexcept;
  void compare_vectors() noexcept;
  VectorDescription compare_vector(VectorView<const double> vector) noexcept;
  RandomDirection& directions(std::size_t entries) noexcept;
  void describe_entries() noexcept;
  void estimate_entropy() noexcept;
  void estimate_kernel_entropy() noexcept;
  void fit_laws() noexcept;

  Config config_;
  Storage storage_;
  LayerSpectra spectra_;
  UnfoldedSpacings unfolded_;
  TransientGrowth growth_;
  SingularVectors<double> vectors_;
  RandomDirection left_directions_;
  RandomDirection right_directions_;
  DifferentialEntropy spacing_entropy_;
  EntropyCalibration calibration_;
  KernelDensity density_;
  WeightLawFitter fitter_;

  const char* failure_ = "";
  std::array<const char*, kNeeds> reasons_{};
  double rms_ = 0;
  std::array<LayerNumber, kLayerStatistics.size()> statistics_{};
  std::size_t spikes_ = 0;
  UnfoldedSpacingFit spacings_{};
  TransientPeak peak_{};
  double tail_p_value_ = 0;
  std::size_t vector_count_ = 0;
  std::size_t structured_vectors_ = 0;
  bool calibrated_ = false;
  EntropyEstimate entropy_{};
  CorrectedEntropy corrected_entropy_{};
  double kernel_entropy_ = 0;
  InitialiserRanking initialisers_{};
  LayerExplanations explanations_{};
  std::array<PlainFit, kPlainLaws.size()> plain_{};
};

}  // namespace pinnscope
