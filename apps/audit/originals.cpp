// The numbers that the notebooks printed of the weights: only the published networks can bear them
// out.

#include <algorithm>
#include <cmath>

#include "audit.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/spectra/laws/floored_fit.hpp"
#include "pinnscope/spectra/laws/generalized_gaussian.hpp"
#include "pinnscope/spectra/laws/information_criterion.hpp"
#include "pinnscope/spectra/laws/weight_law_bootstrap.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "pinnscope/spectra/samples/kernel_density.hpp"
#include "pinnscope/spectra/samples/moments.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kFolds = 3;

// Half a nat below the largest likelihood is one standard error from it: nearer than that, an
// optimum was found.
constexpr double kOptimum = 0.5;
// Tables of the law differ by less (Stephens' correction at 10,000 entries), beside half a digit.
constexpr double kPValueSlack = 3e-5;
std::size_t index(double value) { return static_cast<std::size_t>(value); }

/// "layer 4", "biases 4"
std::string layer_name(std::size_t layer, bool biases = false) {
  return std::string(biases ? "biases " : "layer ") + std::to_string(layer);
}

/// The weights or biases of a layer in the order of the files, row after row.
std::vector<double> sample_of(const AuditNetwork& network, bool biases, std::size_t layer) {
  const LayerWeights& weights = network.weights.layers[layer];
  if (biases) return {weights.biases.begin(), weights.biases.end()};
  const arma::mat transposed = weights.weights.t();  // column-major: row after row of the layer
  return {transposed.begin(), transposed.end()};
}

struct Number {
  std::string item;
  double published = 0;
  double as_published = 0;
  double properly = 0;
  Verdict verdict = Verdict::cannot_tell;
  std::string reason;
  int digits = 6;
};

void add(Audit& audit, const char* group, const AuditNetwork& network, const Number& cell) {
  audit.add({.group = group,
             .item = cell.item,
             .network = network.name,
             .published = number(cell.published, cell.digits),
             .as_published = number(cell.as_published, cell.digits),
             .properly = number(cell.properly, cell.digits),
             .verdict = cell.verdict,
             .reason = cell.reason});
}

void audit_kurtosis(Audit& audit) {
  const arma::mat published = read_published(audit, "kurtosis.csv", 4);
  for (arma::uword i = 0; i < published.n_rows && audit.status.ok(); ++i) {
    const AuditNetwork& network = audit.networks[index(published(i, 0))];
    if (!network.original) continue;
    const bool biases = published(i, 1) > 0;
    const std::string name = layer_name(index(published(i, 2)), biases);
    const std::vector<double> sample = sample_of(network, biases, index(published(i, 2)));
    Moments shape;
    audit.fail(moments(VectorView<const double>(sample), shape), "kurtosis, " + name);
    const double error = std::sqrt(24 / static_cast<double>(sample.size()));
    add(audit, "kurtosis", network,
        {name, published(i, 3), shape.kurtosis, shape.kurtosis,
         judge_number(published(i, 3), shape.kurtosis, shape.kurtosis, 5e-5),
         "Pearson's, 3 for a Gaussian; its standard error for " + std::to_string(sample.size()) +
             " Gaussian entries is " + number(error, 2) + "."});
  }
}

/// The bandwidths tried on one sample, and their scores.
struct Scores {
  std::string name;
  bool biases = false;
  std::vector<double> published;
  std::vector<double> bandwidths;
  std::vector<double> folds;
  std::vector<double> alone;
  BandwidthChoice best_of_folds;
  BandwidthChoice best_alone;
};

void add_scores(Audit& audit, const AuditNetwork& network, const Scores& scores) {
  constexpr double kLastDigit = 1e-4;
  for (std::size_t k = 0; k < scores.published.size(); ++k) {
    add(audit, "kernel densities", network,
        {scores.name + ", h = " + number(scores.bandwidths[k], 4), scores.published[k],
         scores.folds[k], scores.alone[k] / static_cast<double>(kFolds),
         judge_number(scores.published[k], scores.folds[k], scores.folds[k], kLastDigit),
         "Log-likelihood over 3 contiguous folds; properly that of leaving one out, over 3.", 9});
  }
  const auto most = std::max_element(scores.published.begin(), scores.published.end());
  const double printed =
      scores.bandwidths[index(static_cast<double>(most - scores.published.begin()))];
  add(audit, "best bandwidths", network,
      {scores.name, printed, scores.best_of_folds.bandwidth, scores.best_alone.bandwidth,
       judge_number(printed, scores.best_of_folds.bandwidth, scores.best_of_folds.bandwidth, 5e-5),
       "The best of " + std::to_string(scores.published.size()) +
           " on 3 contiguous folds; properly leaving one out.",
       3});
  if (scores.biases) return;
  const double half = scores.best_of_folds.bandwidth / 2;
  add(audit, "legend of the densities", network,
      {scores.name + ", theta", printed / 2, half, scores.best_of_folds.bandwidth,
       judge_number(printed / 2, half, half, 5e-5),
       "The legend has half of the bandwidth of its curve: " + number(half, 3) + " for " +
           number(scores.best_of_folds.bandwidth, 3) + ".",
       3});
}

void audit_densities(Audit& audit) {
  const arma::mat published = read_published(audit, "kde_scores.csv", 5);
  for (arma::uword first = 0; first < published.n_rows && audit.status.ok();) {
    const arma::rowvec key = published.row(first).head(3);
    Scores scores;
    arma::uword last = first;
    while (last < published.n_rows &&
           arma::approx_equal(published.row(last).head(3), key, "absdiff", 0.1)) {
      scores.published.push_back(published(last, 4));
      ++last;
    }
    first = last;
    const AuditNetwork& network = audit.networks[index(key[0])];
    if (!network.original) continue;
    scores.biases = key[1] > 0;
    scores.name = layer_name(index(key[2]), scores.biases);
    const std::vector<double> sample = sample_of(network, scores.biases, index(key[2]));
    scores.bandwidths.resize(scores.published.size());
    geometric_bandwidths(1e-3, 1e-1, scores.bandwidths);
    scores.folds.resize(scores.published.size());
    scores.alone.resize(scores.published.size());
    Owned<KernelDensity> density({.capacity = sample.size()});
    audit.fail(density->load(sample), scores.name);
    audit.fail(
        density->cross_validate(kFolds, scores.bandwidths, scores.folds, scores.best_of_folds),
        scores.name);
    audit.fail(density->leave_one_out(scores.bandwidths, scores.alone, scores.best_alone),
               scores.name);
    if (audit.status.ok()) add_scores(audit, network, scores);
  }
}

/// A sample with both fits: floored, as published, and without the floor.
struct Fits {
  std::vector<double> sorted;
  FlooredFit floored;
  GeneralizedGaussianFit proper;
};

/// At one beta, or over beta where it is NaN.
Fits fit(Audit& audit, const AuditNetwork& network, std::size_t layer, double beta) {
  Fits fits;
  fits.sorted = sample_of(network, false, layer);
  Owned<GeneralizedGaussianFitter> fitter({.capacity = fits.sorted.size()});
  const std::string what = layer_name(layer) + ", generalised Gaussian";
  audit.fail(fitter->load(fits.sorted), what);
  if (std::isnan(beta)) {
    audit.fail(fit_floored(*fitter, kPublishedDensityFloor, fits.floored), what);
    audit.fail(fitter->fit(fits.proper), what);
  } else {
    audit.fail(fit_floored_beta(*fitter, kPublishedDensityFloor, beta, fits.floored), what);
    audit.fail(fitter->fit_beta(beta, fits.proper), what);
  }
  std::sort(fits.sorted.begin(), fits.sorted.end());
  return fits;
}

double distance(const Fits& fits, const GeneralizedGaussian& law) {
  double found = kUnknown;
  static_cast<void>(kolmogorov_smirnov_distance(
      VectorView<const double>(fits.sorted), [&](double x) { return law.distribution(x); }, found));
  return found;
}

/// What was printed of a fit.
struct Printed {
  GeneralizedGaussian law;
  double half_digit = 0;  // of the parameters
  double log_likelihood = 0;
  double distance = 0;
  double distance_half_digit = 0;
};

/// How far below the optimum the published objective falls when one parameter is the printed one.
double fall(const Fits& fits, const GeneralizedGaussian& law) {
  return fits.floored.log_likelihood -
         floored_log_likelihood(law, VectorView<const double>(fits.sorted));
}

Verdict judge_fall(double fallen) { return fallen <= kOptimum ? Verdict::holds : Verdict::differs; }

std::string describe_fall(double fallen) {
  return "The published objective is " + number(fallen, 2) +
         " below its maximum with it: half a nat is one standard error.";
}

/// The parameters and the likelihood, as numbers of one group.
void add_parameters(Audit& audit, const char* group, const AuditNetwork& network,
                    const std::string& name, const Fits& fits, const Printed& printed,
                    bool with_beta) {
  const GeneralizedGaussian& best = fits.floored.law;
  const GeneralizedGaussian& proper = fits.proper.law;
  const double of_mu = fall(fits, {printed.law.mu, best.alpha, best.beta});
  const double of_alpha = fall(fits, {best.mu, printed.law.alpha, best.beta});
  const double of_beta = fall(fits, {best.mu, best.alpha, printed.law.beta});
  add(audit, group, network,
      {name + ", mu", printed.law.mu, best.mu, proper.mu, judge_fall(of_mu), describe_fall(of_mu),
       4});
  add(audit, group, network,
      {name + ", alpha", printed.law.alpha, best.alpha, proper.alpha, judge_fall(of_alpha),
       describe_fall(of_alpha), 5});
  if (with_beta) {
    add(audit, group, network,
        {name + ", beta", printed.law.beta, best.beta, proper.beta, judge_fall(of_beta),
         describe_fall(of_beta)});
  }
  const double missed = std::fabs(fits.floored.log_likelihood - printed.log_likelihood);
  add(audit, group, network,
      {name + ", log-likelihood", printed.log_likelihood, fits.floored.log_likelihood,
       fits.proper.log_likelihood, std::isnan(missed) ? Verdict::differs : judge_fall(missed),
       std::isnan(missed) ? "The printed one is not a number."
                          : "Off the maximum of its own objective by " + number(missed, 3) +
                                "; the floor under the density hides " +
                                std::to_string(fits.floored.floored) + " weights.",
       8});
}

/// The distance at the printed parameters, each of which was rounded.
void add_distance(Audit& audit, const char* group, const AuditNetwork& network,
                  const std::string& name, const Fits& fits, const Printed& printed) {
  double least = INFINITY;
  double most = -INFINITY;
  for (const double mu : {-1.0, 0.0, 1.0}) {
    for (const double alpha : {-1.0, 0.0, 1.0}) {
      const double found =
          distance(fits, {printed.law.mu + mu * printed.half_digit,
                          printed.law.alpha + alpha * printed.half_digit, printed.law.beta});
      least = std::min(least, found);
      most = std::max(most, found);
    }
  }
  add(audit, group, network,
      {name + ", KS distance", printed.distance, distance(fits, printed.law),
       distance(fits, fits.proper.law),
       judge_number(printed.distance, least, most, printed.distance_half_digit),
       "At the printed parameters; properly at the fit without a floor.", 4});
}

/// The p-value of the fit with its parameters fitted anew in every draw.
BootstrapResult bootstrap(Audit& audit, std::size_t stream, const Fits& fits) {
  const VectorView<const double> sample(fits.sorted);
  Owned<WeightLawFitter> fitter({.capacity = sample.size()});
  const WeightModel model{.kind = LawKind::generalized_gaussian};
  WeightLawFit observed;
  BootstrapResult result;
  audit.fail(fitter->load(sample), "the bootstrap");
  audit.fail(fitter->fit(model, observed), "the bootstrap");
  Owned<WeightLawBootstrap> draws({.capacity = sample.size(),
                                   .most_draws = audit.options.draws,
                                   .threads = audit.workers.threads()});
  audit.fail(draws->run(observed, model, sample.size(), audit.options.draws, audit.options.seed,
                        stream, audit.workers, result),
             "the bootstrap");
  return result;
}

void audit_beta_scan(Audit& audit) {
  const arma::mat published = read_published(audit, "beta_scan.csv", 7);
  for (arma::uword i = 0; i < published.n_rows && audit.status.ok(); ++i) {
    const AuditNetwork& network = audit.networks[index(published(i, 0))];
    if (!network.original) continue;
    const std::size_t layer = index(published(i, 1));
    const Fits fits = fit(audit, network, layer, published(i, 2));
    const std::string name = layer_name(layer) + ", beta = " + number(published(i, 2));
    const Printed printed{{published(i, 3), published(i, 4), published(i, 2)},
                          5e-5,
                          published(i, 5),
                          published(i, 6),
                          5e-5};
    add_parameters(audit, "beta scan", network, name, fits, printed, false);
    add_distance(audit, "beta scan", network, name, fits, printed);
  }
}

void add_continuous_fit(Audit& audit, const AuditNetwork& network, const arma::rowvec& row) {
  constexpr const char* kGroup = "continuous fits";
  constexpr double kHalfDigit = 5e-6;
  const std::size_t layer = index(row[1]);
  const std::string name = layer_name(layer);
  const Fits fits = fit(audit, network, layer, kUnknown);
  const Printed printed{{row[2], row[3], row[4]}, kHalfDigit, row[5], row[7], kHalfDigit};
  add_parameters(audit, kGroup, network, name, fits, printed, true);
  const double criterion = akaike_criterion(fits.floored.log_likelihood, 3);
  add(audit, kGroup, network,
      {name + ", AIC", row[6], criterion, akaike_criterion(fits.proper.log_likelihood, 3),
       judge_number(row[6], criterion, criterion, 2 * kOptimum), "6 less twice the log-likelihood.",
       8});
  add_distance(audit, kGroup, network, name, fits, printed);
  const std::size_t size = fits.sorted.size();
  const BootstrapResult proper = bootstrap(audit, 8 * index(row[0]) + layer, fits);
  add(audit, kGroup, network,
      {name + ", KS p-value", row[8], kolmogorov_smirnov_p_value(row[7], size), proper.p_value,
       judge_number(row[8], kolmogorov_smirnov_p_value(row[7] + kHalfDigit, size),
                    kolmogorov_smirnov_p_value(row[7] - kHalfDigit, size), kPValueSlack),
       "Of a law that was not fitted to the sample, at the printed distance; properly each of " +
           std::to_string(audit.options.draws) + " bootstrap draws is fitted anew: " +
           std::to_string(proper.exceedances) + " lie further off.",
       4});
}

void audit_continuous_fits(Audit& audit) {
  const arma::mat published = read_published(audit, "continuous_fit.csv", 9);
  for (arma::uword i = 0; i < published.n_rows && audit.status.ok(); ++i) {
    const AuditNetwork& network = audit.networks[index(published(i, 0))];
    if (network.original) add_continuous_fit(audit, network, published.row(i));
  }
}

/// How many numbers were printed of the weights of network k: rows that audit_originals() adds for
/// the published one.
std::size_t count_printed(Audit& audit, std::size_t k) {
  const auto rows = [&](const arma::mat& table) {
    if (table.empty()) return std::size_t{0};
    const auto own = [&](double network) { return index(network) == k; };
    return static_cast<std::size_t>(std::count_if(table.begin_col(0), table.end_col(0), own));
  };
  const std::size_t scores = rows(read_published(audit, "kde_scores.csv", 5));
  const std::size_t samples = rows(read_published(audit, "kurtosis.csv", 4));
  const std::size_t layers = rows(read_published(audit, "continuous_fit.csv", 9));
  return samples + scores + samples + layers + 4 * rows(read_published(audit, "beta_scan.csv", 7)) +
         7 * layers;
}

}  // namespace

void audit_originals(Audit& audit) {
  for (std::size_t k = 0; k < 2 && audit.status.ok(); ++k) {
    if (audit.networks[k].original) continue;
    audit.not_judged.push_back(audit.networks[k].name + " is not the " + kProblemNames[k] +
                               " network of the paper: " + std::to_string(count_printed(audit, k)) +
                               " numbers that were printed of its weights need the original.");
  }
  audit.not_judged.push_back(
      "AIC and p-values of the integer-beta scans, and what stands in figures alone, are not in "
      "the "
      "tables of published numbers.");
  audit_kurtosis(audit);
  audit_densities(audit);
  audit_beta_scan(audit);
  audit_continuous_fits(audit);
}

}  // namespace pinnscope::apps
