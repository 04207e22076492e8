// Kurtoses, kernel densities and generalised-Gaussian fits of the layers 1, 4 and 7.

#include <cmath>

#include "audit.hpp"
#include "pinnscope/spectra/generalized_gaussian.hpp"
#include "pinnscope/spectra/goodness_of_fit.hpp"
#include "pinnscope/spectra/information_criterion.hpp"
#include "pinnscope/spectra/kernel_density.hpp"
#include "pinnscope/spectra/weight_law_bootstrap.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kFolds = 3;
constexpr double kScanTolerance = 1e-4;  // of the log-likelihood

std::size_t index(double value) { return static_cast<std::size_t>(value); }

std::string scaled(double value) { return number(value, 8); }

/// The verdict on a number of the weights: only the originals can bear it out.
Verdict judged(const Audit& audit, std::size_t network, bool agrees) {
  if (!audit.original[network]) return Verdict::needs_originals;
  return agrees ? Verdict::holds : Verdict::differs;
}

struct Fits {
  GeneralizedGaussianFit floored;
  GeneralizedGaussianFit proper;
  std::vector<double> sorted;
};

/// Both fits at one beta, or over beta where it is NaN.
Fits fit(Audit& audit, std::size_t network, std::size_t layer, double beta) {
  Fits fits;
  fits.sorted = audit.sample(network, false, layer);
  Owned<GeneralizedGaussianFitter> fitter({.capacity = fits.sorted.size()});
  const std::string what = layer_name(network, layer);
  audit.fail(fitter->load(fits.sorted), what);
  if (std::isnan(beta)) {
    audit.fail(fitter->fit_floored(kPublishedDensityFloor, fits.floored), what);
    audit.fail(fitter->fit(fits.proper), what);
  } else {
    audit.fail(fitter->fit_floored_beta(kPublishedDensityFloor, beta, fits.floored), what);
    audit.fail(fitter->fit_beta(beta, fits.proper), what);
  }
  std::sort(fits.sorted.begin(), fits.sorted.end());
  return fits;
}

double distance(Audit& audit, const Fits& fits, const GeneralizedGaussian& law) {
  double found = std::nan("");
  audit.fail(kolmogorov_smirnov_distance(
                 VectorView<const double>(fits.sorted),
                 [&](double x) { return law.distribution(x); }, found),
             "the KS distance");
  return found;
}

/// The p-value of the fit with its parameters fitted anew in every draw.
BootstrapResult bootstrap(Audit& audit, std::size_t network, std::size_t layer,
                          const std::vector<double>& sample) {
  Owned<WeightLawFitter> fitter({.capacity = sample.size()});
  const WeightModel model{.kind = LawKind::generalized_gaussian};
  const std::string what = layer_name(network, layer) + ", bootstrap";
  WeightLawFit observed;
  BootstrapResult result;
  audit.fail(fitter->load(VectorView<const double>(sample)), what);
  audit.fail(fitter->fit(model, observed), what);
  Owned<WeightLawBootstrap> draws({.capacity = sample.size(),
                                   .most_draws = audit.options.draws,
                                   .threads = audit.tables.workers().threads()});
  audit.fail(draws->run(observed, model, sample.size(), audit.options.draws, audit.options.seed,
                        8 * network + layer, audit.tables.workers(), result),
             what);
  return result;
}

void add_p_value(Audit& audit, std::size_t network, std::size_t layer, double published,
                 const Fits& fits) {
  const double naive =
      kolmogorov_smirnov_p_value(distance(audit, fits, fits.floored.law), fits.sorted.size());
  const BootstrapResult proper = bootstrap(audit, network, layer, fits.sorted);
  audit.add({"continuous fits", layer_name(network, layer) + ", KS p-value", number(published, 4),
             number(naive, 4), number(proper.p_value, 4),
             audit.original[network] ? Verdict::artefact : Verdict::needs_originals,
             "The law was fitted to the sample it is tested on; properly every one of " +
                 std::to_string(audit.options.draws) + " bootstrap draws is fitted anew."});
}

}  // namespace

void audit_kurtosis(Audit& audit) {
  const arma::mat published = read_published(audit, "kurtosis.csv", 4);
  for (arma::uword i = 0; i < published.n_rows && audit.status.ok(); ++i) {
    const std::size_t network = index(published(i, 0));
    const bool biases = published(i, 1) > 0;
    const std::vector<double> sample = audit.sample(network, biases, index(published(i, 2)));
    Moments shape;
    audit.fail(moments(VectorView<const double>(sample), shape), "kurtosis");
    const double error = std::sqrt(24 / static_cast<double>(sample.size()));
    audit.add(
        {"kurtosis", layer_name(network, index(published(i, 2)), biases), number(published(i, 3)),
         number(shape.kurtosis), number(shape.kurtosis),
         judged(audit, network, std::fabs(shape.kurtosis - published(i, 3)) < 5.1e-5),
         "Pearson's, 3 for a Gaussian and 1.8 for a uniform law, though the notebook calls it "
         "excess; its standard error for " +
             std::to_string(sample.size()) + " Gaussian entries is " + number(error, 2) + "."});
  }
}

void audit_densities(Audit& audit) {
  const arma::mat published = read_published(audit, "kde_scores.csv", 5);
  for (arma::uword first = 0; first < published.n_rows && audit.status.ok();) {
    const arma::rowvec key = published.row(first).head(3);
    arma::uword last = first;
    while (last < published.n_rows &&
           arma::approx_equal(published.row(last).head(3), key, "absdiff", 0.1)) {
      ++last;
    }
    const std::size_t network = index(key[0]);
    const std::string name = layer_name(network, index(key[2]), key[1] > 0);
    const std::vector<double> sample = audit.sample(network, key[1] > 0, index(key[2]));
    const std::size_t count = last - first;
    std::vector<double> bandwidths(count);
    geometric_bandwidths(1e-3, 1e-1, bandwidths);
    std::vector<double> scores(count);
    std::vector<double> alone(count);
    BandwidthChoice folds;
    BandwidthChoice one;
    Owned<KernelDensity> density({.capacity = sample.size()});
    audit.fail(density->load(sample), name);
    audit.fail(density->cross_validate(kFolds, bandwidths, scores, folds), name);
    audit.fail(density->leave_one_out(bandwidths, alone, one), name);
    for (std::size_t k = 0; k < count; ++k) {
      audit.add(
          {"kernel densities", name + ", h = " + number(bandwidths[k], 4),
           number(published(first + k, 4), 9), number(scores[k], 9), number(alone[k] / 3, 9),
           judged(audit, network, std::fabs(scores[k] - published(first + k, 4)) < 1.1e-4),
           "Properly: a third of the leave-one-out score, best at h = " + number(one.bandwidth, 4) +
               "; the three contiguous folds pick " + number(folds.bandwidth, 4) + "."});
    }
    first = last;
  }
}

void audit_beta_scan(Audit& audit) {
  const arma::mat published = read_published(audit, "beta_scan.csv", 7);
  for (arma::uword i = 0; i < published.n_rows && audit.status.ok(); ++i) {
    const std::size_t network = index(published(i, 0));
    const std::size_t layer = index(published(i, 1));
    const Fits fits = fit(audit, network, layer, published(i, 2));
    const double missed = fits.floored.log_likelihood - published(i, 5);
    const bool optimum =
        std::fabs(missed) <= kScanTolerance * std::fabs(fits.floored.log_likelihood);
    audit.add({"beta scan", layer_name(network, layer) + ", beta = " + number(published(i, 2)),
               scaled(published(i, 5)), scaled(fits.floored.log_likelihood),
               scaled(fits.proper.log_likelihood), judged(audit, network, optimum),
               std::isnan(missed)
                   ? "The published fit is not a number."
                   : (optimum ? "An optimum of its objective to "
                              : "Not an optimum of its own objective: the optimiser stopped ") +
                         number(std::fabs(missed), 3) + (optimum ? "" : " below it") +
                         "; properly the density has no floor."});
  }
}

void audit_continuous_fits(Audit& audit) {
  const arma::mat published = read_published(audit, "continuous_fit.csv", 9);
  for (arma::uword i = 0; i < published.n_rows && audit.status.ok(); ++i) {
    const std::size_t network = index(published(i, 0));
    const std::size_t layer = index(published(i, 1));
    const Fits fits = fit(audit, network, layer, std::nan(""));
    const bool agrees = std::fabs(fits.floored.law.beta - published(i, 4)) < 2e-4;
    const bool floored = std::fabs(fits.proper.law.beta - fits.floored.law.beta) > 1e-3;
    const std::string name = layer_name(network, layer);
    const std::string reason = floored ? "The floor of 1e-12 under the density hides " +
                                             std::to_string(fits.floored.floored) +
                                             " outlying weights from the fit."
                                       : "The floor under the density touches no weight here.";
    const Verdict verdict = judged(audit, network, agrees) == Verdict::holds && floored
                                ? Verdict::artefact
                                : judged(audit, network, agrees);
    audit.add({"continuous fits", name + ", beta", number(published(i, 4)),
               number(fits.floored.law.beta), number(fits.proper.law.beta), verdict, reason});
    audit.add({"continuous fits", name + ", AIC", scaled(published(i, 6)),
               scaled(akaike_criterion(fits.floored.log_likelihood, 3)),
               scaled(akaike_criterion(fits.proper.log_likelihood, 3)), verdict, reason});
    add_p_value(audit, network, layer, published(i, 8), fits);
  }
}

}  // namespace pinnscope::apps
