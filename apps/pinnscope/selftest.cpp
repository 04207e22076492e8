// Known constants recomputed, and a short calibration of the p-values.

#include <cmath>
#include <cstdio>
#include <numbers>

#include "commands.hpp"
#include "common/layer_report.hpp"
#include "common/machine.hpp"
#include "pinnscope/core/random.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/spectra/random_matrices/edge_laws.hpp"
#include "pinnscope/spectra/random_matrices/ginibre.hpp"
#include "pinnscope/spectra/random_matrices/marchenko_pastur.hpp"
#include "pinnscope/spectra/random_matrices/random_vectors.hpp"
#include "pinnscope/spectra/random_matrices/spacing_ratios.hpp"
#include "pinnscope/spectra/random_matrices/spiked_model.hpp"
#include "pinnscope/spectra/random_matrices/tracy_widom.hpp"
#include "pinnscope/spectra/samples/goodness_of_fit.hpp"
#include "pinnscope/step/measured_symbol.hpp"
#include "pinnscope/step/stepper.hpp"

namespace pinnscope::apps {
namespace {

constexpr std::size_t kSide = 50;  // of the matrices of the calibration
constexpr std::size_t kDraws = 2000;
constexpr std::size_t kLayers = 600;

class SelfTest {
 public:
  /// A line of the table: a value beside what it should be, within an absolute tolerance.
  void check(const char* what, double value, double expected, double tolerance) {
    const bool good = std::fabs(value - expected) <= tolerance;
    std::printf("%-58s %16.10g %16.10g  %s\n", what, value, expected, good ? "ok" : "FAILED");
    failed_ += good ? 0 : 1;
  }

  /// A p-value that should not be tiny.
  void check_p_value(const char* what, double p_value) {
    const bool good = p_value > 1e-3;
    std::printf("%-58s %16.4g %16s  %s\n", what, p_value, "> 0.001", good ? "ok" : "FAILED");
    failed_ += good ? 0 : 1;
  }

  std::size_t failed() const { return failed_; }

 private:
  std::size_t failed_ = 0;
};

void check_constants(SelfTest& test) {
  test.check("Tracy-Widom F1(-2)", tracy_widom_distribution(-2), .274320198, 6e-10);
  test.check("Tracy-Widom F1(0)", tracy_widom_distribution(0), .831908066, 6e-10);
  test.check("Tracy-Widom F2(0.1)", tracy_widom_unitary_distribution(.1), .9754704606595, 1e-12);
  test.check("Tracy-Widom F2(-2)", tracy_widom_unitary_distribution(-2), .4132241425052, 1e-12);
  test.check("Tracy-Widom 95 % point", tracy_widom_quantile(.95), .979316, 6e-7);
  test.check("Tracy-Widom median", tracy_widom_quantile(.5), -1.268575, 6e-7);
  test.check("Marchenko-Pastur, q = 1, F(0.05)", MarchenkoPastur(1).distribution(.05), .142055,
             6e-7);
  test.check("Marchenko-Pastur, q = 1, median", MarchenkoPastur(1).quantile(.5), .65277594, 6e-9);
  test.check("Marchenko-Pastur, q = 0.25, median", MarchenkoPastur(.25).quantile(.5), .91600407,
             6e-9);
  test.check("hard threshold over the median, q = 1", hard_threshold_over_median(1), 2.85836, 6e-6);
  test.check("hard edge, P(t <= 1)", smallest_singular_value_distribution(.1, 100, 100, 1),
             1 - std::exp(-1.5), 1e-12);
  test.check("spike of strength 2, q = 1", spiked_singular_value(2, 1), 2.5, 1e-15);
  test.check("expected real eigenvalues, n = 100", expected_real_eigenvalues(100), 8.44890645,
             6e-9);
  test.check("expected real eigenvalues, n = 101", expected_real_eigenvalues(101), 8.48885020,
             6e-9);
  test.check("Ginibre radius, n = 100, 95 % point", ginibre_radius_quantile(100, .95), 1.112343,
             6e-7);
  test.check("Ginibre radial law, n = 100, r = 0.9", ginibre_radial_distribution(100, .9), .809284,
             6e-7);
  test.check("Page's entropy, 100 x 100", page_entropy(100, 100), 4.105229, 6e-7);
  test.check("participation of a random vector, n = 100", random_participation(100).mean, 3. / 102,
             1e-15);
  test.check("entropy of a random vector, n = 100", random_vector_entropy(100), 3.885500, 6e-7);
  test.check("Poisson spacing ratio", kPoissonSpacingRatio, 2 * std::numbers::ln2 - 1, 1e-15);
  test.check("Kolmogorov, P(D_100 < 0.134)", 1 - kolmogorov_smirnov_p_value(.134, 100), .9499237,
             3e-4);
}

/// The symbol of every scheme's step by an impulse, and what it is to a flow the other way.
void check_symbols(SelfTest& test) {
  constexpr std::size_t kCells = 24;
  constexpr StepNumbers kNumbers{.c = .3, .r = .2};
  Owned<SymbolMeter<double>> meter({.cells = kCells});
  for (const Scheme scheme : kSchemes) {
    if (!has_amplification_factor(scheme)) continue;
    Owned<Stepper<double>> stepper(
        {.scheme = scheme, .cells = kCells, .velocity = kNumbers.c, .diffusivity = kNumbers.r});
    const auto step = [&](VectorView<double> z) noexcept { return stepper->step(z); };
    SymbolReport report;
    const bool measured = meter->measure(step, report).ok();
    const std::string what = std::string("symbol by an impulse less theory: ") + text(scheme);
    test.check(what.c_str(), measured ? meter->compare(scheme, kNumbers).largest : NAN, 0, 1e-13);
    if (scheme != Scheme::ftcs) continue;
    test.check("its distance from a flow the other way, 2 c",
               meter->compare(scheme, {.c = -kNumbers.c, .r = kNumbers.r}).largest, .6, 1e-13);
  }
}

arma::mat gaussian_layer(std::uint64_t stream, double theta) {
  const Philox source(2024, StreamPurpose::selftest_layers, stream);
  arma::mat w(kSide, kSide);
  const double share = theta / std::sqrt(static_cast<double>(kSide));
  for (std::size_t i = 0; i < w.n_elem; ++i) {
    w(i) = source.normal(i) + ((i % kSide + i / kSide) % 2 == 0 ? share : -share);
  }
  return w;
}

/// The upper p-values of a statistic over Gaussian layers with a spike of strength theta.
std::vector<double> p_values(NullTables& tables, std::size_t statistic, double theta) {
  std::vector<double> found;
  const LayerStatistic& row = kLayerStatistics[statistic];
  Owned<LayerSpectra> spectra(
      {.rows = kSide, .columns = kSide, .eigenvalues = row.needs == Needs::eigenvalues});
  NullDistribution& null =
      tables.table({.kind = NullKind::gaussian}, gaussian_layer(0, 0), 0, true);
  for (std::size_t i = 0; i < kLayers; ++i) {
    const arma::mat w = gaussian_layer(1 + i, theta);
    NullPlacement placement;
    if (spectra->compute({w.memptr(), kSide, kSide}).ok() &&
        null.compare(statistic, number_of(row, *spectra).value, placement).ok()) {
      found.push_back(placement.p_upper);
    }
  }
  return found;
}

/// KS against the uniform law; the table is a sample too, which makes it a two-sample test. A layer
/// without a p-value fails it.
double uniformity(std::vector<double> found) {
  if (found.size() != kLayers) return 0;
  std::sort(found.begin(), found.end());
  double distance = 1;
  static_cast<void>(kolmogorov_smirnov_distance(
      VectorView<const double>(found), [](double p) { return p; }, distance));
  const auto n = static_cast<double>(found.size());
  return kolmogorov_survival(std::sqrt(n * kDraws / (n + kDraws)) * distance);
}

void check_calibration(SelfTest& test, NullTables& tables) {
  for (const std::size_t statistic :
       {statistic_named("largest_singular_value"), statistic_named("bulk_distance"),
        statistic_named("spectral_entropy"), statistic_named("spacing_ratio"),
        statistic_named("spectral_radius"), statistic_named("henrici_departure")}) {
    const std::string what =
        std::string("uniform p-values under noise: ") + kLayerStatistics[statistic].name;
    test.check_p_value(what.c_str(), uniformity(p_values(tables, statistic, 0)));
  }
}

void print_power(SelfTest& test, NullTables& tables) {
  std::printf("\npower at 5 %% of the largest singular value, %zu x %zu, spike theta:\n", kSide,
              kSide);
  double level = 0;
  double power = 0;
  for (const double theta : {0.0, 0.5, 1.0, 1.25, 1.5, 2.0, 3.0}) {
    const std::vector<double> found =
        p_values(tables, statistic_named("largest_singular_value"), theta);
    power = static_cast<double>(
                std::count_if(found.begin(), found.end(), [](double p) { return p <= .05; })) /
            static_cast<double>(found.size());
    std::printf("  theta %-5g %5.1f %%\n", theta, 100 * power);
    if (theta == 0) level = power;
  }
  // Three standard errors of the layers and of the table's own 95 % point.
  test.check("level at theta = 0", level, .05,
             3 * std::sqrt(.05 * .95 * (1. / kLayers + 1. / kDraws)));
  test.check("power at theta = 3", power, 1, .05);
}

}  // namespace

FileStatus self_test(std::size_t threads) {
  SelfTest test;
  std::printf("%-58s %16s %16s\n", "what", "value", "expected");
  check_constants(test);
  check_symbols(test);
  require_blas(thread_count(threads));
  NullTables tables(kDraws, 1, thread_count(threads));
  check_calibration(test, tables);
  print_power(test, tables);
  if (test.failed() == 0) return {};
  return {StatusCode::not_converged, std::to_string(test.failed()) + " self-tests failed"};
}

}  // namespace pinnscope::apps
