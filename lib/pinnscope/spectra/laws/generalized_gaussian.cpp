#include "pinnscope/spectra/laws/generalized_gaussian.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cassert>
#include <cmath>

#include "pinnscope/spectra/laws/generalized_gaussian_window.hpp"
#include "pinnscope/spectra/laws/scaled_sample.hpp"
#include "pinnscope/spectra/samples/boost_policy.hpp"
#include "pinnscope/spectra/samples/compensated_sum.hpp"
#include "pinnscope/spectra/samples/sorted_sample.hpp"
#include "pinnscope/spectra/samples/special_values.hpp"

namespace pinnscope {
namespace {

double log_gamma(double x) noexcept { return boost::math::lgamma(x, Quiet()); }

template <class T>
double sum_of_logarithms(const GeneralizedGaussian& law, VectorView<const T> sample) noexcept {
  CompensatedSum sum;
  double lowest = 0;  // an infinity would leave a NaN in the compensation
  for (const T entry : sample) {
    const double term = law.log_density(static_cast<double>(entry));
    lowest = std::min(lowest, term);
    sum.add(term);
  }
  return lowest == -kInfinity ? lowest : sum.value();
}

}  // namespace

// The law.

double GeneralizedGaussian::log_density(double x) const noexcept {
  return std::log(beta / (2 * alpha)) - log_gamma(1 / beta) -
         std::pow(std::abs(x - mu) / alpha, beta);
}

double GeneralizedGaussian::density(double x) const noexcept { return std::exp(log_density(x)); }

double GeneralizedGaussian::distribution(double x) const noexcept {
  const double power = std::pow(std::abs(x - mu) / alpha, beta);
  const double tail = power == kInfinity ? 0 : boost::math::gamma_q(1 / beta, power, Quiet()) / 2;
  return x < mu ? tail : 1 - tail;
}

double GeneralizedGaussian::quantile(double probability) const noexcept {
  if (!(probability >= 0 && probability <= 1)) return kMissing;
  const double tail = std::min(probability, 1 - probability);
  if (tail == 0) return probability == 0 ? -kInfinity : kInfinity;
  const double power = tail < 0.25 ? boost::math::gamma_q_inv(1 / beta, 2 * tail, Quiet())
                                   : boost::math::gamma_p_inv(1 / beta, 1 - 2 * tail, Quiet());
  const double distance = alpha * std::pow(power, 1 / beta);
  return probability < 0.5 ? mu - distance : mu + distance;
}

double GeneralizedGaussian::standard_deviation() const noexcept {
  return alpha * std::exp((log_gamma(3 / beta) - log_gamma(1 / beta)) / 2);
}

double GeneralizedGaussian::kurtosis() const noexcept {
  return std::exp(log_gamma(5 / beta) + log_gamma(1 / beta) - 2 * log_gamma(3 / beta));
}

double GeneralizedGaussian::entropy() const noexcept {
  return 1 / beta + std::log(2 * alpha / beta) + log_gamma(1 / beta);
}

double log_likelihood(const GeneralizedGaussian& law, VectorView<const float> sample) noexcept {
  return sum_of_logarithms(law, sample);
}

double log_likelihood(const GeneralizedGaussian& law, VectorView<const double> sample) noexcept {
  return sum_of_logarithms(law, sample);
}

// The fitter.

Status fit_generalized_gaussian(const ScaledSample& sample, double lowest_beta, double highest_beta,
                                const GeneralizedGaussian* start,
                                GeneralizedGaussianFit& fit) noexcept {
  const windows::Window window(sample.sorted);
  const windows::BetaRange range{lowest_beta, highest_beta};
  const auto finish = [&](const windows::WindowFit& best) {
    fit = windows::to_fit(window, best);
    windows::unscale(fit, sample.sorted.size(), sample.exponent);
    return windows::certify(window, best, range, fit.beta_score);
  };
  if (start != nullptr) {
    const windows::WindowFit from{start->beta, std::ldexp(start->mu, -sample.exponent)};
    const windows::WindowFit near = windows::fit_window_near(window, from, range, windows::kFine);
    if (near.beta != 0 && finish(near).ok()) return {};
  }
  return finish(windows::fit_window_over(window, range));
}

GeneralizedGaussianFitter::GeneralizedGaussianFitter(const Config& config, Arena& arena) noexcept
    : lowest_beta_(config.lowest_beta), highest_beta_(config.highest_beta) {
  assert(windows::usable_beta(lowest_beta_) && windows::usable_beta(highest_beta_) &&
         lowest_beta_ < highest_beta_);
  Layout carve(arena);
  storage_ = layout(carve, config);
}

template <class T>
Status GeneralizedGaussianFitter::load_any(VectorView<const T> sample) noexcept {
  size_ = 0;
  const Status status = load_scaled(sample, storage_.sorted, exponent_);
  if (status.ok()) size_ = sample.size();
  return status;
}

Status GeneralizedGaussianFitter::load(VectorView<const float> sample) noexcept {
  return load_any(sample);
}

Status GeneralizedGaussianFitter::load(VectorView<const double> sample) noexcept {
  return load_any(sample);
}

Status GeneralizedGaussianFitter::fit(GeneralizedGaussianFit& fit) const noexcept {
  if (size_ == 0) return {StatusCode::empty_input};
  return fit_generalized_gaussian({sorted(), exponent_}, lowest_beta_, highest_beta_, nullptr, fit);
}

Status GeneralizedGaussianFitter::fit_beta(double beta,
                                           GeneralizedGaussianFit& fit) const noexcept {
  if (size_ == 0) return {StatusCode::empty_input};
  if (!windows::usable_beta(beta)) return {StatusCode::out_of_range};
  const windows::Window window(sorted());
  const windows::WindowFit best =
      windows::fit_window(window, beta, windows::median(sorted()), -kInfinity);
  fit = windows::to_fit(window, best);
  windows::unscale(fit, size_, exponent_);
  return windows::mu_is_certain(window, best) ? Status{} : Status{StatusCode::not_converged};
}

}  // namespace pinnscope
