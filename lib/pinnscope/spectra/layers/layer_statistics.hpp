#pragma once

#include <array>
#include <cmath>

#include "pinnscope/spectra/layers/layer_number.hpp"
#include "pinnscope/spectra/layers/layer_spectra.hpp"
#include "pinnscope/spectra/matrices/non_normality.hpp"
#include "pinnscope/spectra/random_matrices/spacing_ratios.hpp"

namespace pinnscope {

/// A number that tells a layer's weights from random ones.
using LayerStatistic = LayerRow<LayerSpectra>;

namespace statistics {

/// The mean ratio of consecutive spacings, where no two singular values are equal.
LayerNumber spacing_ratio(const LayerSpectra& layer) noexcept;

/// Ratios of spacings of the eigenvalues within the disc of the bulk.
Status complex_spacing_ratio(const LayerSpectra& layer, ComplexSpacingRatio& ratio) noexcept;

}  // namespace statistics

/// The statistics: a row makes one, with its column in tables and its place among draws under a
/// null. None depends on the scale of the weights, so that draws of any scale serve. Sides are
/// those of the layer without rows and columns of zeros.
inline constexpr auto kLayerStatistics = std::to_array<LayerStatistic>({
    {"kurtosis",
     "Pearson's kurtosis of the entries, at least 1: 3 for a Gaussian law, 1.8 for a uniform one.",
     Needs::moments, Invariance::scale | Invariance::order | Invariance::transposition,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       const double kurtosis = layer.moments().kurtosis;
       return std::isnan(kurtosis) ? LayerNumber(Absence::constant_entries) : kurtosis;
     }},
    {"largest_singular_value",
     "Square of the largest singular value, over the larger side times the mean square of the "
     "entries, from 1 to the smaller side: the edge of noise is at (1 + sqrt(smaller / larger "
     "side))^2, 4 for a square layer.",
     Needs::singular_values, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber { return layer.law_at_rms().largest; }},
    {"smallest_singular_value",
     "Square of the smallest singular value, times the larger side over the square of sigma_bulk, "
     "positive: Edelman's t of a square layer, of the order of 1 for noise.",
     Needs::bulk, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       const double smallest = layer.singular_values().back() / layer.bulk().sigma;
       return static_cast<double>(layer.larger_side()) * (smallest * smallest);
     }},
    {"energy_outside_bulk",
     "Share of the squared weights beyond a Marchenko-Pastur bulk at sigma_bulk, 1 - (sigma_bulk "
     "/ rms)^2, below 1: near 0 for noise.",
     Needs::bulk, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       return layer.bulk().energy_outside_bulk;
     }},
    {"marchenko_pastur_distance",
     "Kolmogorov-Smirnov distance, from 0 to 1, of the squared singular values over the larger "
     "side, zeros included, from Marchenko and Pastur's law with the rms of the entries as its "
     "sigma.",
     Needs::singular_values, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber { return layer.law_at_rms().distance; }},
    {"bulk_distance",
     "Kolmogorov-Smirnov distance, from 0 to 1, of the squared singular values over the larger "
     "side from Marchenko and Pastur's law with sigma_bulk as its sigma: a layer has no bulk "
     "where it is above 0.1 plus 2.5 over the number of values.",
     Needs::singular_values, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber { return layer.bulk_distance(); }},
    {"spectral_entropy",
     "Entropy of the shares p of the squared singular values in their sum, -sum p ln p, in nats, "
     "from 0 to the logarithm of numerical_rank.",
     Needs::singular_values, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       return layer.spectral_entropy().entropy;
     }},
    {"effective_rank",
     "Exponential of the entropy of the shares p of the singular values in their sum, exp(-sum p "
     "ln p), from 1 to numerical_rank (Roy and Vetterli 2007).",
     Needs::singular_values, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       return layer.spectral_entropy().effective_rank;
     }},
    {"stable_rank",
     "Sum of the squared singular values over the largest of them, from 1 to numerical_rank.",
     Needs::singular_values, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       return layer.spectral_entropy().stable_rank;
     }},
    {"spacing_ratio",
     "Mean ratio of consecutive spacings of the singular values, the smaller over the larger, "
     "from 0 to 1: 0.386 for independent levels, 0.531 for the Gaussian orthogonal ensemble.",
     Needs::singular_values, Invariance::scale | Invariance::transposition | Invariance::rotation,
     statistics::spacing_ratio},
    {"tail_exponent",
     "Exponent alpha of a power law in the largest squared singular values, above 1 (Clauset et "
     "al. 2009; WeightWatcher's alpha): in [2, 6] for two of three 100 x 100 matrices of pure "
     "noise.",
     Needs::power_law, Invariance::scale | Invariance::transposition | Invariance::rotation,
     [](const LayerSpectra& layer) noexcept -> LayerNumber { return layer.tail().exponent; }},
    {"spectral_radius",
     "Largest modulus of an eigenvalue over the rms of the entries and the root of the order of "
     "the layer, not negative: near 1 for noise.",
     Needs::eigenvalues, Invariance::scale | Invariance::transposition | Invariance::similarity,
     [](const LayerSpectra& layer) noexcept -> LayerNumber { return layer.disc().radius; }},
    {"circular_distance",
     "Kolmogorov-Smirnov distance, from 0 to 1, of the moduli of the eigenvalues from the "
     "circular law with the rms of the entries as its sigma.",
     Needs::eigenvalues, Invariance::scale | Invariance::transposition | Invariance::similarity,
     [](const LayerSpectra& layer) noexcept -> LayerNumber { return layer.disc().distance; }},
    {"real_eigenvalues", "Number of real eigenvalues, from 0 to the order of the layer.",
     Needs::eigenvalues, Invariance::scale | Invariance::transposition | Invariance::similarity,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       if (layer.numerical_rank() < layer.singular_values().size()) return Absence::rank_deficient;
       return static_cast<double>(layer.disc().real_count);
     }},
    {"henrici_departure",
     "Departure of the weights W from normality, sqrt(|W|^2 - sum |lambda|^2) / |W| in Frobenius "
     "norms with their eigenvalues lambda, from 0 for a normal layer to 1: 0.707 for noise.",
     Needs::eigenvalues, Invariance::scale | Invariance::transposition | Invariance::similarity,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       // In units of rms sqrt(n), |W|^2 = n.
       return henrici_departure(static_cast<double>(layer.square_block().rows), layer.real(),
                                layer.imaginary());
     }},
    {"elliptic_correlation",
     "Correlation of the entry in row i and column j with that in row j and column i, off the "
     "diagonal, from -1 for an antisymmetric layer to 1 for a symmetric one: near 0 for noise.",
     Needs::eigenvalues, Invariance::scale | Invariance::transposition,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       EllipticCorrelation correlation;
       const Status status = elliptic_correlation(layer.square_block(), correlation);
       return status.ok() ? LayerNumber(correlation.tau) : Absence::few_eigenvalues;
     }},
    {"complex_spacing_ratio",
     "Mean modulus of the ratios of an eigenvalue's distances to its nearest and its next-nearest "
     "neighbour, from 0 to 1: 0.667 for independent points, 0.738 for Ginibre's ensemble.",
     Needs::eigenvalues_and_bulk,
     Invariance::scale | Invariance::transposition | Invariance::similarity,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       ComplexSpacingRatio ratio;
       const Status status = statistics::complex_spacing_ratio(layer, ratio);
       return status.ok() ? LayerNumber(ratio.mean_modulus) : Absence::few_eigenvalues;
     }},
    {"complex_spacing_cosine",
     "Mean of -cos of the angle between the directions to an eigenvalue's nearest and "
     "next-nearest neighbour, from -1 to 1: 0 for independent points, 0.24 for Ginibre's ensemble.",
     Needs::eigenvalues_and_bulk,
     Invariance::scale | Invariance::transposition | Invariance::similarity,
     [](const LayerSpectra& layer) noexcept -> LayerNumber {
       ComplexSpacingRatio ratio;
       const Status status = statistics::complex_spacing_ratio(layer, ratio);
       return status.ok() ? LayerNumber(ratio.minus_cosine) : Absence::few_eigenvalues;
     }},
});

/// Where a statistic stands among them and in tables of draws; an unknown name does not compile.
consteval std::size_t statistic_named(std::string_view name) {
  return row_named(kLayerStatistics, name);
}

/// A statistic of a layer that was decomposed last, or why it has none. Allocates nothing.
LayerNumber number_of(const LayerStatistic& statistic, const LayerSpectra& layer) noexcept;

}  // namespace pinnscope
