#include <algorithm>
#include <cmath>

#include "common/layer_report.hpp"
#include "pinnscope/spectra/random_matrices/ginibre.hpp"
#include "pinnscope/spectra/random_matrices/random_vectors.hpp"

namespace pinnscope::apps {
namespace {

using Report = const LayerReport&;
using Index = std::size_t;

class Columns {
 public:
  void add(const char* name, const char* meaning, double (*value)(Report, Index)) {
    columns_.push_back({name, meaning, value, 0});
  }
  void add_indexed(const LayerColumn& column) { columns_.push_back(column); }
  const std::vector<LayerColumn>& all() const { return columns_; }

 private:
  std::vector<LayerColumn> columns_;
};

double spectral_norm(Report r) {
  return r.singular_values.empty() ? kNone : r.singular_values.front() * r.live_rms;
}

void add_entries(Columns& columns) {
  columns.add("run", "which of the networks, from 0",
              [](Report r, Index) { return static_cast<double>(r.run); });
  columns.add("layer", "from 0", [](Report r, Index) { return static_cast<double>(r.layer); });
  columns.add("rows", "fan-in", [](Report r, Index) { return static_cast<double>(r.rows); });
  columns.add("columns", "fan-out", [](Report r, Index) { return static_cast<double>(r.columns); });
  columns.add("mean", "of the entries", [](Report r, Index) { return r.moments.mean; });
  columns.add("standard_deviation", "of the entries, with n",
              [](Report r, Index) { return r.moments.standard_deviation; });
  columns.add("skewness", "of the entries", [](Report r, Index) { return r.moments.skewness; });
  columns.add("minimum", "smallest entry", [](Report r, Index) { return r.moments.minimum; });
  columns.add("maximum", "largest entry", [](Report r, Index) { return r.moments.maximum; });
}

void add_spectrum(Columns& columns) {
  columns.add("rms", "root mean square of the entries", [](Report r, Index) { return r.rms; });
  columns.add("live_rows", "rows with an entry that is not zero",
              [](Report r, Index) { return static_cast<double>(r.live_rows); });
  columns.add("live_columns", "columns with an entry that is not zero",
              [](Report r, Index) { return static_cast<double>(r.live_columns); });
  columns.add("numerical_rank",
              "singular values above max(max(rows, columns) eps s_1, (sqrt(rows) + sqrt(columns)) "
              "rms eps_float for weights kept as floats): what follows is of these, and of the "
              "live rows and columns",
              [](Report r, Index) {
                return r.failure.empty() ? static_cast<double>(r.numerical_rank) : kNone;
              });
  columns.add("zero_share",
              "of the min(rows, columns) singular values, those that are zero but for rounding",
              [](Report r, Index) {
                return r.failure.empty() ? 1 - static_cast<double>(r.numerical_rank) /
                                                   static_cast<double>(std::min(r.rows, r.columns))
                                         : kNone;
              });
  columns.add("sigma_bulk", "of the bulk, from the median singular value",
              [](Report r, Index) { return r.bulk.sigma; });
  columns.add("sigma_trimmed", "of the bulk, least squares over ranks 10 % to 90 %",
              [](Report r, Index) { return r.bulk.trimmed_sigma; });
  for (std::size_t k = 0; k < kLayerStatistics; ++k) {
    const LayerStatisticText& words = text(static_cast<LayerStatistic>(k));
    columns.add_indexed(
        {words.name, words.meaning, [](Report r, Index index) { return r.statistics[index]; }, k});
  }
  columns.add(
      "spikes",
      "singular values beyond the 95 % point of the largest of the layer's permutations, each "
      "over the rms of what the ones before it leave: 5 % of layers without any show one",
      [](Report r, Index) { return r.spikes; });
  columns.add("largest_strength", "theta behind s_1, over sigma_bulk sqrt(N)",
              [](Report r, Index) { return r.largest_strength; });
  columns.add("expected_real_eigenvalues", "of a Gaussian layer of this size", [](Report r, Index) {
    return r.real.empty() ? kNone : expected_real_eigenvalues(r.real.size());
  });
  columns.add("hard_edge", "P(smallest singular value <= s_M) by its exact law at sigma_bulk",
              [](Report r, Index) { return r.hard_edge; });
  columns.add("wigner_distance", "KS distance of unfolded spacings from Wigner's surmise (GOE)",
              [](Report r, Index) { return r.spacings.wigner_distance; });
  columns.add("poisson_distance", "the same from independent levels",
              [](Report r, Index) { return r.spacings.poisson_distance; });
  columns.add("structured_vectors",
              "singular vectors whose entries are unlike a random unit vector's at 5 %, Holm's "
              "correction over the vectors of the layer; see vectors.csv",
              [](Report r, Index) { return r.structured_vectors; });
  columns.add("transient_growth", "largest |W^k| / rho^k, k up to 32: 1 for a normal layer",
              [](Report r, Index) { return r.transient_growth; });
  columns.add("transient_power", "its k", [](Report r, Index) { return r.transient_power; });
}

/// Summaries under the names that users of WeightWatcher know, and the power law's fit.
void add_usual(Columns& columns) {
  columns.add("spectral_norm", "s_1 (WeightWatcher: spectral_norm is its square)",
              [](Report r, Index) { return spectral_norm(r); });
  columns.add("frobenius_norm", "sqrt(sum w^2)", [](Report r, Index) {
    return r.rms * std::sqrt(static_cast<double>(r.rows) * static_cast<double>(r.columns));
  });
  columns.add("log_norm", "log10 of sum w^2 (WeightWatcher)", [](Report r, Index) {
    return std::log10(static_cast<double>(r.rows) * static_cast<double>(r.columns)) +
           2 * std::log10(r.rms);
  });
  columns.add("alpha_weighted", "tail_exponent log10 of s_1^2 (WeightWatcher)",
              [](Report r, Index) { return r.tail.exponent * 2 * std::log10(spectral_norm(r)); });
  columns.add(
      "matrix_entropy", "spectral_entropy / ln of the rank (WeightWatcher)", [](Report r, Index) {
        return r.numerical_rank < 2 ? kNone
                                    : r.statistics[place(LayerStatistic::spectral_entropy)] /
                                          std::log(static_cast<double>(r.numerical_rank));
      });
  columns.add("tail_size", "singular values in the power law's tail", [](Report r, Index) {
    return std::isnan(r.tail.exponent) ? kNone : static_cast<double>(r.tail.tail);
  });
  columns.add("tail_distance", "its KS distance", [](Report r, Index) { return r.tail.distance; });
  columns.add("tail_p_value",
              "of the power law by its bootstrap, 1000 draws: below 0.1 it is ruled out",
              [](Report r, Index) { return r.tail_p_value; });
}

void add_entropies(Columns& columns) {
  columns.add("entropy_vasicek",
              "differential entropy of the entries by spacings, in nats, less its bias on Gaussian "
              "samples of this size, and at most entropy_gaussian",
              [](Report r, Index) { return r.corrected_entropy.vasicek; });
  columns.add("entropy_ebrahimi", "the same with the ranks really spanned at the ends",
              [](Report r, Index) { return r.corrected_entropy.ebrahimi; });
  columns.add("entropy_nearest", "the same by the fourth-nearest neighbour",
              [](Report r, Index) { return r.corrected_entropy.nearest; });
  columns.add("entropy_kernel",
              "the same by the best leave-one-out kernel density or the Gaussian law; NaN where "
              "ties leave no bandwidth",
              [](Report r, Index) { return r.kernel_entropy; });
  columns.add("entropy_gaussian", "the largest at this variance",
              [](Report r, Index) { return r.entropy.gaussian_maximum; });
  columns.add("entropy_support", "the largest on this range",
              [](Report r, Index) { return r.entropy.support_maximum; });
  columns.add("negentropy", "entropy_gaussian - entropy_ebrahimi: 0 for a Gaussian layer",
              [](Report r, Index) { return r.corrected_entropy.negentropy; });
  columns.add("negentropy_error", "its standard deviation over Gaussian samples of this size",
              [](Report r, Index) { return r.corrected_entropy.error; });
  columns.add("negentropy_p_value",
              "share of Gaussian samples of this size with as much negentropy, of 200",
              [](Report r, Index) { return r.corrected_entropy.p_value; });
  columns.add("entropy_page", "the spectral entropy of noise of this shape (Page)",
              [](Report r, Index) {
                return r.failure.empty() ? page_entropy(r.live_rows, r.live_columns) : kNone;
              });
  columns.add("entropy_initialiser", "of the entries of the best initialiser", [](Report r, Index) {
    if (!r.failure.empty()) return kNone;
    const InitialiserEvidence& best = r.initialisers.front();
    const double deviation = standard_deviation(best.initialiser, r.rows, r.columns);
    return is_uniform(best.initialiser) ? std::log(std::sqrt(12.0) * deviation)
                                        : gaussian_entropy(deviation);
  });
}

/// The side of the bound that a fit stands on, 0 inside, NaN without a fit.
double bound(const Status& status) {
  if (!is_fitted(status)) return kNone;
  return status.ok() ? 0 : status.info;
}

const WeightLawFit& plain(Report r, LawKind kind) { return r.plain[place_of(kind)]; }
double plain_bound(Report r, LawKind kind) { return bound(r.plain_status[place_of(kind)]); }

const InitialiserEvidence& evidence_of(Report r, Index initialiser) {
  return *std::find_if(r.initialisers.begin(), r.initialisers.end(), [&](const auto& evidence) {
    return static_cast<Index>(evidence.initialiser) == initialiser;
  });
}

void add_laws(Columns& columns) {
  columns.add("surviving_share",
              "of the variance, the best initialiser's: uniform or normal * Laplace",
              [](Report r, Index) { return r.initialisers.front().fit.law.surviving_share(); });
  columns.add("change_scale", "b of the Laplace law of the change, for the best initialiser",
              [](Report r, Index) { return r.initialisers.front().fit.law.change; });
  columns.add("memory_distance", "KS distance of the entries from that law",
              [](Report r, Index) { return r.initialisers.front().fit.distance; });
  columns.add(
      "memory_bound",
      "whether that fit stands on a bound of b: -1 where the initialiser alone is as wide as "
      "the entries, 1 where nothing of it is felt, else 0",
      [](Report r, Index) { return bound(r.initialisers.front().status); });
  for (const Initialiser initialiser : kEveryInitialiser) {
    columns.add_indexed({std::string("aic_") + text(initialiser),
                         "AIC of this initialiser's law * Laplace, two parameters",
                         [](Report r, Index which) {
                           const InitialiserEvidence& evidence = evidence_of(r, which);
                           return is_fitted(evidence.status) ? evidence.fit.akaike : kNone;
                         },
                         static_cast<Index>(initialiser)});
  }
  for (const Initialiser initialiser : kEveryInitialiser) {
    columns.add_indexed({std::string("bound_") + text(initialiser), "memory_bound of this fit",
                         [](Report r, Index which) { return bound(evidence_of(r, which).status); },
                         static_cast<Index>(initialiser)});
  }
}

void add_plain_laws(Columns& columns) {
  constexpr std::array<const char*, kPlainLaws.size()> kPlainNames{
      "aic_normal", "aic_laplace", "aic_student_t", "aic_generalized_gaussian"};
  for (std::size_t k = 0; k < kPlainLaws.size(); ++k) {
    columns.add_indexed({kPlainNames[k], "AIC of this law alone",
                         [](Report r, Index index) { return r.plain[index].akaike; }, k});
  }
  columns.add("student_t_nu", "degrees of freedom of that Student's t law",
              [](Report r, Index) { return plain(r, LawKind::student_t).law.freedom; });
  columns.add("student_t_mu", "its centre",
              [](Report r, Index) { return plain(r, LawKind::student_t).law.mu; });
  columns.add("student_t_scale", "its scale, not its standard deviation",
              [](Report r, Index) { return plain(r, LawKind::student_t).law.change; });
  columns.add(
      "student_t_bound",
      "whether that fit stands on a bound: 1 at nu of 1000, where it is a normal law, -1 at "
      "nu of 0.1 or where equal entries leave no scale, else 0",
      [](Report r, Index) { return plain_bound(r, LawKind::student_t); });
  columns.add("generalized_gaussian_beta", "exponent of that generalised Gaussian law",
              [](Report r, Index) { return plain(r, LawKind::generalized_gaussian).law.freedom; });
  columns.add("generalized_gaussian_mu", "its centre",
              [](Report r, Index) { return plain(r, LawKind::generalized_gaussian).law.mu; });
  columns.add("generalized_gaussian_alpha", "its scale, sqrt(2) standard deviations at beta of 2",
              [](Report r, Index) { return plain(r, LawKind::generalized_gaussian).law.change; });
  columns.add("generalized_gaussian_bound",
              "whether that fit stands on a bound: 1 at beta of 100, where it is a uniform law, -1 "
              "at beta of 0.1, where equal entries, or few, have a likelihood that says nothing of "
              "a law, else 0",
              [](Report r, Index) { return plain_bound(r, LawKind::generalized_gaussian); });
}

}  // namespace

const std::vector<LayerColumn>& layer_columns() {
  static const Columns columns = [] {
    Columns made;
    add_entries(made);
    add_spectrum(made);
    add_usual(made);
    add_entropies(made);
    add_laws(made);
    add_plain_laws(made);
    return made;
  }();
  return columns.all();
}

}  // namespace pinnscope::apps
