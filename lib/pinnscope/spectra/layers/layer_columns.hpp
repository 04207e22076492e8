#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include "pinnscope/nn/initialise.hpp"
#include "pinnscope/spectra/layers/layer_description.hpp"
#include "pinnscope/spectra/random_matrices/edge_laws.hpp"
#include "pinnscope/spectra/random_matrices/ginibre.hpp"
#include "pinnscope/spectra/random_matrices/random_vectors.hpp"
#include "pinnscope/spectra/random_matrices/spiked_model.hpp"

namespace pinnscope {

/// A number of a layer in tables.
using LayerColumn = LayerRow<LayerDescription>;

namespace columns {

using Layer = LayerDescription;

inline constexpr Invariance kOfSingularValues = Invariance::transposition | Invariance::rotation;
inline constexpr Invariance kOfEigenvalues = Invariance::transposition | Invariance::similarity;

/// The status of a fit as a reason; "" where there is one.
const char* reason_of(const Status& status) noexcept;

/// -1 or 1 where a fit stands on its lower or upper bound, 0 inside.
LayerNumber bound_of(const Status& status) noexcept;

/// A number of a fit, or why there is none.
constexpr LayerNumber if_fitted(const Status& status, double number) noexcept {
  return is_fitted(status) ? LayerNumber(number) : LayerNumber(reason_of(status));
}

/// The entropy of the law of the best initialiser, in nats.
LayerNumber entropy_of_initialiser(const Layer& layer) noexcept;

inline constexpr auto kEntries = std::to_array<LayerColumn>({
    {"rows", "Rows of the weights: the inputs of the layer.", Needs::shape,
     Invariance::scale | Invariance::order | Invariance::similarity | Invariance::signs,
     [](const Layer& layer) noexcept -> LayerNumber { return static_cast<double>(layer.rows()); }},
    {"columns", "Columns of the weights: the outputs of the layer.", Needs::shape,
     Invariance::scale | Invariance::order | Invariance::similarity | Invariance::signs,
     [](const Layer& layer) noexcept -> LayerNumber {
       return static_cast<double>(layer.columns());
     }},
    {"mean", "Mean of the entries, in the unit of the weights.", Needs::moments,
     Invariance::order | Invariance::transposition,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.spectra().moments().mean; }},
    {"standard_deviation",
     "Standard deviation of the entries about their mean, with the number of entries as the "
     "divisor, in the unit of the weights, not negative.",
     Needs::moments, Invariance::order | Invariance::transposition,
     [](const Layer& layer) noexcept -> LayerNumber {
       return layer.spectra().moments().standard_deviation;
     }},
    {"skewness", "Skewness of the entries, of any sign: 0 for a law that is symmetric.",
     Needs::moments, Invariance::scale | Invariance::order | Invariance::transposition,
     [](const Layer& layer) noexcept -> LayerNumber {
       const double skewness = layer.spectra().moments().skewness;
       return std::isnan(skewness) ? LayerNumber(Absence::constant_entries) : skewness;
     }},
    {"minimum", "Smallest entry, in the unit of the weights.", Needs::moments,
     Invariance::order | Invariance::transposition,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.spectra().moments().minimum; }},
    {"maximum", "Largest entry, in the unit of the weights.", Needs::moments,
     Invariance::order | Invariance::transposition,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.spectra().moments().maximum; }},
    {"rms", "Root mean square of the entries, in the unit of the weights, positive.",
     Needs::entries, Invariance::order | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.root_mean_square(); }},
    {"live_rows", "Number of rows with an entry that is not zero, from 0 to the number of rows.",
     Needs::shape, Invariance::scale | kRelabelling,
     [](const Layer& layer) noexcept -> LayerNumber {
       return static_cast<double>(layer.spectra().live_rows());
     }},
    {"live_columns",
     "Number of columns with an entry that is not zero, from 0 to the number of columns.",
     Needs::shape, Invariance::scale | kRelabelling,
     [](const Layer& layer) noexcept -> LayerNumber {
       return static_cast<double>(layer.spectra().live_columns());
     }},
    {"numerical_rank",
     "Number of singular values above rounding, from 1 to the smaller side: above the larger side "
     "times 2.2e-16 times the largest of them, and for weights kept as floats above (sqrt(rows) + "
     "sqrt(columns)) times 1.2e-7 times rms too. All numbers of the spectrum are of these values "
     "and of the live rows and columns.",
     Needs::entries, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return static_cast<double>(layer.spectra().numerical_rank());
     }},
    {"zero_share",
     "Share of the min(rows, columns) singular values that are zero but for rounding, from 0 to 1.",
     Needs::entries, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return 1 - static_cast<double>(layer.spectra().numerical_rank()) /
                      static_cast<double>(std::min(layer.rows(), layer.columns()));
     }},
    {"sigma_bulk",
     "Standard deviation of the entries behind the bulk of the singular values, by their median, "
     "in the unit of the weights, positive.",
     Needs::bulk, kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return layer.spectra().bulk().sigma * layer.spectra().root_mean_square();
     }},
    {"sigma_trimmed",
     "Standard deviation of the entries behind the bulk of the singular values, by least squares "
     "over the ranks from 10 % to 90 %, in the unit of the weights, positive.",
     Needs::bulk, kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return layer.spectra().bulk().trimmed_sigma * layer.spectra().root_mean_square();
     }},
});

inline constexpr auto kSpectrum = std::to_array<LayerColumn>({
    {"spikes",
     "Number of singular values beyond the 95 % point of the largest of the layer's permutations, "
     "each over the rms of what the ones before it leave: 5 % of layers without any spike show "
     "one.",
     Needs::permutations, Invariance::scale | Invariance::transposition,
     [](const Layer& layer) noexcept -> LayerNumber {
       return static_cast<double>(layer.spikes());
     }},
    {"largest_strength",
     "Strength of the rank-one part that would put the largest singular value where it is, over "
     "sigma_bulk times the root of the larger side, not negative: 0 within the bulk.",
     Needs::bulk, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       const LayerSpectra& spectra = layer.spectra();
       const auto larger = static_cast<double>(spectra.larger_side());
       const auto smaller = static_cast<double>(spectra.singular_values().size());
       return spike_strength(
           spectra.singular_values().front() / (spectra.bulk().sigma * std::sqrt(larger)),
           smaller / larger);
     }},
    {"expected_real_eigenvalues",
     "Number of real eigenvalues expected of a Gaussian layer of this order, at least 1.",
     Needs::eigenvalues, Invariance::scale | kOfEigenvalues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return expected_real_eigenvalues(layer.spectra().real().size());
     }},
    {"hard_edge",
     "Probability, from 0 to 1, that the smallest singular value of a Gaussian layer with "
     "sigma_bulk as its standard deviation is as small as this layer's, by the exact law.",
     Needs::bulk, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       const LayerSpectra& spectra = layer.spectra();
       return smallest_singular_value_distribution(spectra.singular_values().back(),
                                                   spectra.live_rows(), spectra.live_columns(),
                                                   spectra.bulk().sigma);
     }},
    {"wigner_distance",
     "Kolmogorov-Smirnov distance, from 0 to 1, of the unfolded spacings of the singular values "
     "from Wigner's surmise for the Gaussian orthogonal ensemble.",
     Needs::bulk, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.spacings().wigner_distance; }},
    {"poisson_distance",
     "Kolmogorov-Smirnov distance, from 0 to 1, of the unfolded spacings of the singular values "
     "from those of independent levels.",
     Needs::bulk, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.spacings().poisson_distance; }},
    {"structured_vectors",
     "Number of singular vectors whose entries are unlike a random unit vector's at 5 %, by "
     "Holm's correction over the vectors of the layer, which vectors.csv lists.",
     Needs::singular_vectors, Invariance::scale | Invariance::transposition | kRelabelling,
     [](const Layer& layer) noexcept -> LayerNumber {
       return static_cast<double>(layer.structured_vectors());
     }},
    {"transient_growth",
     "Largest spectral norm of a power of the layer's matrix up to the 32nd, over that power of "
     "the spectral radius, at least 1: 1 for a normal layer.",
     Needs::matrix_powers, Invariance::scale | kOfEigenvalues,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.peak().norm; }},
    {"transient_power", "The power, from 1 to 32, at which transient_growth is reached.",
     Needs::matrix_powers, Invariance::scale | kOfEigenvalues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return static_cast<double>(layer.peak().power);
     }},
    // Summaries under the names that users of WeightWatcher know, and the power law's fit.
    {"spectral_norm",
     "Largest singular value, in the unit of the weights, positive (WeightWatcher calls its "
     "square spectral_norm).",
     Needs::entries, kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.spectral_norm(); }},
    {"frobenius_norm",
     "Root of the sum of the squared entries, in the unit of the weights, positive.",
     Needs::entries, Invariance::order | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return layer.root_mean_square() * std::sqrt(layer.size());
     }},
    {"log_norm",
     "Decimal logarithm of the sum of the squared entries, of any sign (WeightWatcher).",
     Needs::entries, Invariance::order | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return std::log10(layer.size()) + 2 * std::log10(layer.root_mean_square());
     }},
    {"alpha_weighted",
     "tail_exponent times the decimal logarithm of the squared largest singular value, of any "
     "sign (WeightWatcher).",
     Needs::power_law, kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return layer.spectra().tail().exponent * 2 * std::log10(layer.spectral_norm());
     }},
    {"matrix_entropy",
     "spectral_entropy over the natural logarithm of numerical_rank, from 0 to 1 (WeightWatcher).",
     Needs::singular_values, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       const std::size_t rank = layer.spectra().numerical_rank();
       if (rank < 2) return Absence::one_value;
       return layer.spectra().spectral_entropy().entropy / std::log(static_cast<double>(rank));
     }},
    {"tail_size", "Number of singular values in the power law's tail, from 2 to numerical_rank.",
     Needs::power_law, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return static_cast<double>(layer.spectra().tail().tail);
     }},
    {"tail_distance",
     "Kolmogorov-Smirnov distance, from 0 to 1, of the squared singular values in the tail from "
     "the power law.",
     Needs::power_law, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.spectra().tail().distance; }},
    {"tail_p_value",
     "p-value of the power law by a bootstrap of 1000 draws, from 0.001 to 1: below 0.1 the law "
     "is ruled out.",
     Needs::power_law, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.tail_p_value(); }},
});

inline constexpr auto kEntropies = std::to_array<LayerColumn>({
    {"entropy_vasicek",
     "Differential entropy of the entries by Vasicek's spacings, in nats, of any sign, less its "
     "bias on Gaussian samples of this size, at most entropy_gaussian.",
     Needs::calibrated_entropy, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.corrected_entropy().vasicek; }},
    {"entropy_ebrahimi",
     "Differential entropy of the entries by spacings with the ranks really spanned at the ends "
     "(Ebrahimi), in nats, of any sign, less its bias on Gaussian samples of this size, at most "
     "entropy_gaussian.",
     Needs::calibrated_entropy, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.corrected_entropy().ebrahimi; }},
    {"entropy_nearest",
     "Differential entropy of the entries by the distance to the fourth-nearest neighbour, in "
     "nats, of any sign, less its bias on Gaussian samples of this size, at most entropy_gaussian.",
     Needs::calibrated_entropy, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.corrected_entropy().nearest; }},
    {"entropy_kernel",
     "Differential entropy of the entries by the better of the leave-one-out kernel density and "
     "the Gaussian law, in nats, of any sign; NaN where ties leave no bandwidth.",
     Needs::kernel_density, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.kernel_entropy(); }},
    {"entropy_gaussian",
     "Largest differential entropy at the variance of the entries, which the Gaussian law has, in "
     "nats, of any sign.",
     Needs::entropy, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.entropy().gaussian_maximum; }},
    {"entropy_support",
     "Largest differential entropy on the range of the entries, which the uniform law has, in "
     "nats, of any sign.",
     Needs::entropy, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.entropy().support_maximum; }},
    {"negentropy",
     "entropy_gaussian less entropy_ebrahimi, in nats, not negative: near 0 for a Gaussian layer.",
     Needs::calibrated_entropy, Invariance::scale | Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       return layer.corrected_entropy().negentropy;
     }},
    {"negentropy_error",
     "Standard deviation of negentropy over Gaussian samples of this size, in nats, positive.",
     Needs::calibrated_entropy, Invariance::scale | Invariance::order | Invariance::signs,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.corrected_entropy().error; }},
    {"negentropy_p_value",
     "Share of 200 Gaussian samples of this size with as much negentropy, from 1/201 to 1.",
     Needs::calibrated_entropy, Invariance::scale | Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber { return layer.corrected_entropy().p_value; }},
    {"entropy_page",
     "spectral_entropy expected of complex Gaussian noise of this shape (Page), in nats, from 0 "
     "to the logarithm of the smaller side.",
     Needs::entries, Invariance::scale | kOfSingularValues,
     [](const Layer& layer) noexcept -> LayerNumber {
       return page_entropy(layer.spectra().live_rows(), layer.spectra().live_columns());
     }},
    {"entropy_initialiser",
     "Differential entropy of an entry as the best initialiser draws it, in nats, of any sign.",
     Needs::initialiser_law, Invariance::order, entropy_of_initialiser},
    {"surviving_share",
     "Share of the variance of the entries that is still the initialiser's, from 0 to 1, by the "
     "best initialiser's law convolved with a Laplace law of the change.",
     Needs::initialiser_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const InitialiserEvidence& best = layer.initialisers().front();
       return if_fitted(best.status, best.fit.law.surviving_share());
     }},
    {"change_scale",
     "Mean absolute deviation b of the Laplace law of the change, next to the best initialiser, "
     "in the unit of the weights, positive.",
     Needs::initialiser_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const InitialiserEvidence& best = layer.initialisers().front();
       return if_fitted(best.status, best.fit.law.change);
     }},
    {"memory_distance",
     "Kolmogorov-Smirnov distance, from 0 to 1, of the entries from the best initialiser's law "
     "convolved with a Laplace law of the change.",
     Needs::initialiser_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const InitialiserEvidence& best = layer.initialisers().front();
       return if_fitted(best.status, best.fit.distance);
     }},
    {"memory_bound",
     "Where the fit of the best initialiser's law stands: -1 on the lower bound of change_scale, "
     "the initialiser alone being as wide as the entries, 1 on the upper, nothing of it being "
     "felt, 0 between them.",
     Needs::initialiser_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       return bound_of(layer.initialisers().front().status);
     }},
});

inline constexpr auto kPlain = std::to_array<LayerColumn>({
    {"aic_normal",
     "Akaike's information criterion of a normal law of the entries, with two parameters, of any "
     "sign: the lower, the better.",
     Needs::entry_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::normal);
       return if_fitted(found.status, found.fit.akaike);
     }},
    {"aic_laplace",
     "Akaike's information criterion of a Laplace law of the entries, with two parameters, of any "
     "sign: the lower, the better.",
     Needs::entry_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::laplace);
       return if_fitted(found.status, found.fit.akaike);
     }},
    {"aic_student_t",
     "Akaike's information criterion of Student's t law of the entries, with three parameters, of "
     "any sign: the lower, the better.",
     Needs::entry_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::student_t);
       return if_fitted(found.status, found.fit.akaike);
     }},
    {"aic_generalized_gaussian",
     "Akaike's information criterion of a generalised Gaussian law of the entries, with three "
     "parameters, of any sign: the lower, the better.",
     Needs::entry_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::generalized_gaussian);
       return if_fitted(found.status, found.fit.akaike);
     }},
    {"student_t_nu",
     "Degrees of freedom of Student's t law fitted to the entries, from 0.1 to 1000.",
     Needs::entry_law, Invariance::scale | Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::student_t);
       return if_fitted(found.status, found.fit.law.freedom);
     }},
    {"student_t_mu", "Centre of Student's t law fitted to the entries, in the unit of the weights.",
     Needs::entry_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::student_t);
       return if_fitted(found.status, found.fit.law.mu);
     }},
    {"student_t_scale",
     "Scale, not standard deviation, of Student's t law fitted to the entries, in the unit of the "
     "weights, positive.",
     Needs::entry_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::student_t);
       return if_fitted(found.status, found.fit.law.change);
     }},
    {"student_t_bound",
     "Where the fit of Student's t law stands: 1 at 1000 degrees of freedom, where it is a normal "
     "law, -1 at 0.1 or where equal entries leave no scale, 0 between them.",
     Needs::entry_law, Invariance::scale | Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       return bound_of(layer.plain(LawKind::student_t).status);
     }},
    {"generalized_gaussian_beta",
     "Exponent of the generalised Gaussian law fitted to the entries, from 0.1 to 100: 2 for a "
     "normal law, 1 for Laplace's.",
     Needs::entry_law, Invariance::scale | Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::generalized_gaussian);
       return if_fitted(found.status, found.fit.law.freedom);
     }},
    {"generalized_gaussian_mu",
     "Centre of the generalised Gaussian law fitted to the entries, in the unit of the weights.",
     Needs::entry_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::generalized_gaussian);
       return if_fitted(found.status, found.fit.law.mu);
     }},
    {"generalized_gaussian_alpha",
     "Scale of the generalised Gaussian law fitted to the entries, in the unit of the weights, "
     "positive: sqrt(2) standard deviations where the exponent is 2.",
     Needs::entry_law, Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       const PlainFit& found = layer.plain(LawKind::generalized_gaussian);
       return if_fitted(found.status, found.fit.law.change);
     }},
    {"generalized_gaussian_bound",
     "Where the fit of the generalised Gaussian law stands: 1 at an exponent of 100, where it is "
     "a uniform law, -1 at 0.1, where equal entries, or few, have a likelihood that says nothing "
     "of a law, 0 between them.",
     Needs::entry_law, Invariance::scale | Invariance::order,
     [](const Layer& layer) noexcept -> LayerNumber {
       return bound_of(layer.plain(LawKind::generalized_gaussian).status);
     }},
});

/// Every statistic as a column.
template <std::size_t... place>
consteval auto of_statistics(std::index_sequence<place...>) {
  return std::to_array<LayerColumn>(
      {{kLayerStatistics[place].name, kLayerStatistics[place].meaning,
        kLayerStatistics[place].needs, kLayerStatistics[place].invariance,
        [](const Layer& layer) noexcept -> LayerNumber { return layer.statistic(place); }}...});
}

/// A prefix and the name of an initialiser, with a zero behind.
struct JoinedName {
  std::array<char, 40> letters{};  ///< the name and zeros behind it
};
constexpr JoinedName join(std::string_view prefix, std::string_view name) noexcept {
  JoinedName joined;
  std::copy(name.begin(), name.end(),
            std::copy(prefix.begin(), prefix.end(), joined.letters.begin()));
  return joined;
}
template <Initialiser initialiser>
inline constexpr JoinedName kAicName = join("aic_", text(initialiser));
template <Initialiser initialiser>
inline constexpr JoinedName kBoundName = join("bound_", text(initialiser));

/// A column for each initialiser.
template <std::size_t... place>
consteval auto of_criteria(std::index_sequence<place...>) {
  return std::to_array<LayerColumn>(
      {{kAicName<kEveryInitialiser[place]>.letters.data(),
        "Akaike's information criterion of the law of the initialiser that the column is named "
        "after, convolved with a Laplace law of the change, two parameters, of any sign: the "
        "lower, the better.",
        Needs::initialiser_law, Invariance::order, [](const Layer& layer) noexcept -> LayerNumber {
          const InitialiserEvidence& evidence = layer.evidence(kEveryInitialiser[place]);
          return if_fitted(evidence.status, evidence.fit.akaike);
        }}...});
}
template <std::size_t... place>
consteval auto of_bounds(std::index_sequence<place...>) {
  return std::to_array<LayerColumn>(
      {{kBoundName<kEveryInitialiser[place]>.letters.data(),
        "Where the fit of the initialiser that the column is named after stands: -1 where the "
        "initialiser alone is as wide as the entries, 1 where nothing of it is felt, 0 between "
        "them.",
        Needs::initialiser_law, Invariance::order, [](const Layer& layer) noexcept -> LayerNumber {
          return bound_of(layer.evidence(kEveryInitialiser[place]).status);
        }}...});
}

/// The rows of several tables in one.
template <std::size_t... size>
consteval auto one_table(const std::array<LayerColumn, size>&... tables) {
  std::array<LayerColumn, (size + ...)> all{};
  auto next = all.begin();
  ((next = std::copy(tables.begin(), tables.end(), next)), ...);
  return all;
}

}  // namespace columns

/// The numbers of a described layer, as layers.csv and `pinnscope columns` show them: a row makes
/// one. Statistics, which are placed among draws under a null too, are rows of kLayerStatistics.
inline constexpr auto kLayerColumns = columns::one_table(
    columns::kEntries, columns::of_statistics(std::make_index_sequence<kLayerStatistics.size()>()),
    columns::kSpectrum, columns::kEntropies,
    columns::of_criteria(std::make_index_sequence<kInitialisers>()),
    columns::of_bounds(std::make_index_sequence<kInitialisers>()), columns::kPlain);

/// The place of the column of statistic k, less k.
inline constexpr std::size_t kFirstStatistic = columns::kEntries.size();

/// Where a column stands; an unknown name does not compile.
consteval std::size_t column_named(std::string_view name) { return row_named(kLayerColumns, name); }

/// A number of the layer that was described last, or why it has none. Allocates nothing.
LayerNumber number_of(const LayerColumn& column, const LayerDescription& layer) noexcept;

}  // namespace pinnscope
