#include "pinnscope/signals/family_chain.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "pinnscope/step/stability.hpp"
#include "step/step_support.hpp"
#include "support/owned.hpp"
#include "support/reference.hpp"
#include "support/test.hpp"

using namespace pinnscope;

namespace {

using Chain = test::Owned<FamilyChain<double>>;
using Config = FamilyChain<double>::Config;
using Vector = std::vector<double>;

/// A chain without an activation.
Config linear(const FamilyMatrix<double>::Config& matrix,
              Normalisation normalise = Normalisation::l2) {
  return {.matrix = matrix, .activation = Activation::identity, .normalise = normalise};
}

Config step_of(Scheme scheme, StepNumbers numbers, std::size_t cells = 8) {
  return linear({.family = LayerFamily::scheme,
                 .cells = cells,
                 .parameters = {.scheme = scheme, .numbers = numbers, .theta = 0.25}});
}

LayerGrowth growth_of(FamilyChain<double>& chain, Vector z) {
  LayerGrowth growth;
  REQUIRE(chain.start(z, 0).ok());
  REQUIRE(measure_growth(chain, VectorView<double>(z), growth).ok());
  return growth;
}

/// The largest |z| that a run differs by from rows of the published one, relative to each row.
double distance(FamilyChain<double>& chain, const std::vector<Vector>& rows) {
  Vector z(8);
  random_signal(25, z);
  double start = 0;
  REQUIRE(normalise(Normalisation::l1, VectorView<double>(z), start).ok());
  REQUIRE(chain.start(z, 0).ok());
  double worst = 0;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    FamilySignal signal;
    if (k > 0) REQUIRE(chain.step(z, signal).ok());
    worst = std::max(worst, test::row_error(z, Vector(rows[k].begin() + 1, rows[k].end())));
  }
  return worst;
}

/// Gelfand's formula, |W^(2^k)|^(1/2^k) for the largest entries, k = 40.
double log_spectral_radius(MatrixView<const double> weights) {
  const std::size_t n = weights.rows;
  std::vector<long double> power(weights.flat().begin(), weights.flat().end());
  long double logarithm = 0;
  for (int k = 0; k <= 40; ++k) {
    long double largest = 0;
    for (const long double entry : power) largest = std::max(largest, std::abs(entry));
    logarithm += std::log(largest) / std::pow(2.0L, k);
    for (long double& entry : power) entry /= largest;
    std::vector<long double> square(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t l = 0; l < n; ++l) {
        for (std::size_t j = 0; j < n; ++j)
          square[i + n * j] += power[i + n * l] * power[l + n * j];
      }
    }
    power = square;
  }
  return static_cast<double>(logarithm);
}

struct Run {
  double gain = 0;
  double activation = 0;
  double saturated = 0;
  SignalFate fate{};
};

/// `layers` layers, the sums of whose second half are judged.
Run run(const Config& config, std::uint64_t layers) {
  Chain chain(config);
  Vector z(config.matrix.cells);
  random_signal(25, z);
  REQUIRE(chain->start(z, 0).ok());
  Run run;
  for (std::uint64_t k = 0; k < layers; ++k) {
    FamilySignal signal;
    REQUIRE(chain->step(z, signal).ok());
    if (k < layers / 2) continue;
    run.gain += signal.log_gain;
    run.activation += signal.log_activation;
    run.saturated += signal.saturated / static_cast<double>(layers - layers / 2);
  }
  run.fate = signal_fate(config.normalise, layers, run.gain, run.activation, run.saturated);
  return run;
}

}  // namespace

TEST_CASE("the tridiagonal family is the published chain, raw and normalised") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (const auto& [normalise, file] : {std::pair{Normalisation::none, "fig6_tanh_chain_raw.txt"},
                                        std::pair{Normalisation::l1, "fig6_tanh_chain_l1.txt"}}) {
    Chain chain(
        {.matrix = {.family = LayerFamily::tridiagonal, .cells = 8}, .normalise = normalise});
    const auto rows = test::reference_rows(directory, file);
    REQUIRE(rows.size() == 16);
    CHECK(distance(*chain, rows) < 1e-12);
  }
}

TEST_CASE("chains of schemes without an activation are the published runs") {
  const std::string directory = test::reference_directory();
  if (directory.empty()) return;
  for (const Scheme scheme : {Scheme::ftcs, Scheme::crank_nicolson, Scheme::rk4,
                              Scheme::backward_euler, Scheme::crank_nicolson_as_published}) {
    for (const auto& [normalise, ending] :
         {std::pair{Normalisation::none, "_raw.txt"}, std::pair{Normalisation::l1, "_l1.txt"}}) {
      Config config = step_of(scheme, {.c = 1, .r = 1});
      config.normalise = normalise;
      Chain chain(config);
      INFO(text(scheme));
      CHECK(distance(*chain, test::reference_rows(
                                 directory, std::string("fig6_") + text(scheme) + ending)) < 1e-12);
    }
  }
}

TEST_CASE("a layer's numbers are what weights, activation and normalisation did to the signal") {
  for (const Normalisation normalise : kNormalisations) {
    Chain chain({.matrix = {.family = LayerFamily::gaussian, .cells = 6}, .normalise = normalise});
    Vector z = test::random_signal<double>(6, 1);
    REQUIRE(chain->start(z, 3).ok());
    double removed = 0;
    for (int layer = 0; layer < 5; ++layer) {
      const Vector before = z;
      FamilySignal signal;
      REQUIRE(chain->step(z, signal).ok());
      long double old_square = 0, sum_square = 0, new_square = 0, absolute = 0, sum = 0;
      double saturated = 0;
      for (std::size_t i = 0; i < 6; ++i) {
        long double weighted = 0;
        for (std::size_t j = 0; j < 6; ++j) weighted += chain->matrix().weights()(i, j) * before[j];
        old_square += before[i] * before[i];
        sum_square += weighted * weighted;
        new_square += std::tanh(weighted) * std::tanh(weighted);
        if (std::abs(std::tanh(weighted)) > 0.9) saturated += 1 / 6.0;
        absolute += std::abs(z[i]);
        sum += z[i];
      }
      const auto gain = static_cast<double>(std::log(sum_square / old_square) / 2);
      const auto activation = static_cast<double>(std::log(new_square / sum_square) / 2);
      CHECK(test::close(signal.log_gain, gain, 1e-13));
      CHECK(test::close(signal.log_activation, activation, 1e-13));
      CHECK(test::close(signal.growth(), gain + activation, 1e-13));
      CHECK(test::close(signal.saturated, saturated, 1e-13));
      CHECK(test::close(signal.l1_norm, static_cast<double>(absolute), 1e-14));
      CHECK(test::close(signal.mean, static_cast<double>(sum / 6), 1e-14));
      if (normalise == Normalisation::none) CHECK(signal.log_removed == 0);
      removed += signal.log_removed;
    }
    CHECK(test::close(chain->log_norm(), removed, 1e-13));
    REQUIRE(chain->start(z, 3).ok());
    CHECK(chain->log_norm() == 0);
  }
}

TEST_CASE("layers share a matrix or have one each, and realisations have their own") {
  Config config{.matrix = {.family = LayerFamily::uniform, .cells = 3}};
  const auto matrices = [&](std::uint64_t realisation) {
    Chain chain(config);
    Vector z = test::random_signal<double>(3, 1);
    REQUIRE(chain->start(z, realisation).ok());
    std::vector<double> corners;
    for (int layer = 0; layer < 2; ++layer) {
      FamilySignal signal;
      REQUIRE(chain->step(z, signal).ok());
      corners.push_back(chain->matrix().weights()(0, 0));
    }
    return corners;
  };
  const auto shared = matrices(0);
  CHECK(shared[0] == shared[1]);
  CHECK(matrices(1)[0] != shared[0]);
  config.redraw = true;
  const auto own = matrices(0);
  CHECK(own[0] == shared[0]);
  CHECK(own[1] != own[0]);
}

TEST_CASE("the amplification is the largest |G| of the modes that the signal has") {
  Chain chain(step_of(Scheme::rk4, {.c = 1, .r = 1}));
  const auto amplification = [](FamilyChain<double>& of, Vector z) {
    REQUIRE(of.start(z, 0).ok());
    return std::exp(of.log_amplification());
  };
  const Vector constant(8, 0.1);
  const Vector checkerboard{1, -1, 1, -1, 1, -1, 1, -1};
  Vector wave(8);
  for (std::size_t j = 0; j < 8; ++j)
    wave[j] = std::cos(std::numbers::pi * static_cast<double>(j) / 4);
  CHECK(test::close(amplification(*chain, constant), 1, 1e-14));
  CHECK(test::close(amplification(*chain, checkerboard), 5, 1e-14));
  const double of_wave =
      std::abs(amplification_factor(Scheme::rk4, {.c = 1, .r = 1}, std::numbers::pi / 4));
  CHECK(test::close(amplification(*chain, wave), of_wave, 1e-14));
  CHECK(test::close(amplification(*chain, test::random_signal<double>(8, 1)), 5, 1e-14));
  Config config = step_of(Scheme::crank_nicolson, {.c = 1, .r = 1});
  config.without_mean = true;
  Chain without(config);
  const double first = amplification(*without, test::random_signal<double>(8, 1));
  CHECK(std::abs(first - 0.589817) < 1e-6);
  config.activation = Activation::tanh;
  CHECK(Chain(config)->status().code == StatusCode::unsupported);
}

TEST_CASE("what is not circulant has no |G|") {
  Chain published(step_of(Scheme::crank_nicolson_as_published, {.c = 1, .r = 1}));
  Vector z = test::random_signal<double>(8, 1);
  REQUIRE(published->start(z, 0).ok());
  CHECK(std::isnan(published->log_amplification()));
}

TEST_CASE("a linear chain grows by the largest |G| a layer: the slope is 1 to 1e-6") {
  double sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0, worst = 0;
  int count = 0;
  const auto add = [&](const Config& config) {
    Chain chain(config);
    REQUIRE(chain->status().ok());
    const LayerGrowth growth =
        growth_of(*chain, test::random_signal<double>(config.matrix.cells, 11));
    const double x = chain->log_amplification();
    INFO(text(config.matrix.parameters.scheme) << ", c = " << config.matrix.parameters.numbers.c
                                               << ", r = " << config.matrix.parameters.numbers.r);
    CHECK(growth.settled);
    worst = std::max(worst, std::abs(growth.log_growth - x));
    sum_x += x;
    sum_y += growth.log_growth;
    sum_xx += x * x;
    sum_xy += x * growth.log_growth;
    ++count;
  };
  for (const Scheme scheme : kSchemes) {
    if (!has_amplification_factor(scheme)) continue;
    for (const StepNumbers numbers :
         {StepNumbers{.c = 0.2, .r = 0.1}, StepNumbers{.c = 0.5, .r = 0.4},
          StepNumbers{.c = 1, .r = 1}, StepNumbers{.c = 2, .r = 0.3}}) {
      Config config = step_of(scheme, numbers);
      add(config);
      config.without_mean = true;
      add(config);
    }
  }
  const double n = count;
  const double slope = (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
  CHECK(std::abs(slope - 1) < 1e-6);
  CHECK(worst < 1e-6);
}

TEST_CASE("a linear chain of any other matrix grows by its spectral radius") {
  // Leading pairs of complex eigenvalues beat for ever.
  for (const LayerFamily family : {LayerFamily::uniform, LayerFamily::gaussian, LayerFamily::signs,
                                   LayerFamily::gaussian_kernel}) {
    Chain chain(linear({.family = family, .cells = 8}));
    const LayerGrowth growth = growth_of(*chain, test::random_signal<double>(8, 3));
    INFO(text(family) << " after " << growth.layers);
    CHECK(growth.settled);
    CHECK(std::abs(growth.log_growth - log_spectral_radius(chain->matrix().weights())) < 1e-7);
  }
}

TEST_CASE("matrices drawn for each layer grow by Newman's exponent, not by a spectral radius") {
  // (log 2 + digamma(n / 2)) / 2 with digamma(1/2) = -gamma - 2 log 2, (1) = -gamma, (2) = 1 -
  // gamma.
  CHECK(test::close(gaussian_product_exponent(1, 1), -0.6351814227307391, 1e-14));
  CHECK(test::close(gaussian_product_exponent(1, 2), 0.0579657578292062, 1e-13));
  CHECK(test::close(gaussian_product_exponent(2, 4), 0.5579657578292062 + std::log(2.0), 1e-13));
  Config config = linear({.family = LayerFamily::gaussian, .cells = 4});
  config.redraw = true;
  Chain chain(config);
  Vector z = test::random_signal<double>(4, 3);
  REQUIRE(chain->start(z, 0).ok());
  double sum = 0;
  constexpr int kLayers = 40000;
  for (int k = 0; k < kLayers; ++k) {
    FamilySignal signal;
    REQUIRE(chain->step(z, signal).ok());
    sum += signal.growth();
  }
  // A layer's standard deviation is sqrt(trigamma(2)) / 2 = 0.40: five standard errors are 0.01.
  CHECK(std::abs(sum / kLayers - gaussian_product_exponent(0.5, 4)) < 0.01);
}

TEST_CASE("a tanh chain that keeps the L1 norm 1 cannot grow by more than its neurons a layer") {
  for (const double factor : {1.0, 10.0, 1e6}) {
    Chain chain({.matrix = {.family = LayerFamily::tridiagonal,
                            .cells = 8,
                            .parameters = {.stencil = {0, factor, 0}}},
                 .normalise = Normalisation::l1});
    const LayerGrowth growth = growth_of(*chain, Vector(8, 1.0));
    const double expected = std::log(8 * std::tanh(factor / 8));
    CHECK(growth.settled);
    CHECK(test::close(growth.log_growth, expected, 1e-9));
  }
}

TEST_CASE("a signal that a rectifier lets nothing through of has grown by -infinity") {
  for (const Normalisation normalise : {Normalisation::none, Normalisation::l2}) {
    Chain chain({.matrix = {.cells = 4}, .blend = 0.0, .normalise = normalise});
    CHECK(growth_of(*chain, Vector(4, -1.0)).log_growth == -INFINITY);
  }
  // A decay that ends below the smallest number is none of these: 4e-10 a layer for ever.
  Chain chain({.matrix = {.family = LayerFamily::tridiagonal,
                          .cells = 8,
                          .parameters = {.stencil = {1e-10, 2e-10, 1e-10}}},
               .activation = Activation::identity});
  const LayerGrowth growth = growth_of(*chain, test::random_signal<double>(8, 2));
  CHECK_FALSE(growth.settled);
  CHECK(std::abs(growth.log_growth - std::log(4e-10)) < 1e-2);
}

TEST_CASE("a chain says why its signal is calm") {
  const StepNumbers published{.c = 1, .r = 1};
  Config rk4 = step_of(Scheme::rk4, published);
  rk4.normalise = Normalisation::l1;
  CHECK(run(rk4, 15).fate == SignalFate::calm_as_normalised);
  CHECK(run(rk4, kFateLayers - 1).fate == SignalFate::cannot_tell);
  rk4.normalise = Normalisation::none;
  CHECK(run(rk4, 15).fate == SignalFate::grows);
  Config tanh{.matrix = {.family = LayerFamily::tridiagonal, .cells = 8}};
  const Run saturated = run(tanh, 15);
  CHECK(saturated.fate == SignalFate::calm_as_saturated);
  CHECK(saturated.saturated > 0.99);
  CHECK(std::abs(saturated.gain / 8 - std::log(3)) < 0.01);
  CHECK(std::abs(saturated.gain + saturated.activation) < 0.01);
  tanh.normalise = Normalisation::l1;
  CHECK(run(tanh, 15).fate == SignalFate::calm_as_normalised);
  CHECK(run(step_of(Scheme::crank_nicolson, published), 15).fate == SignalFate::steady);
  CHECK(signal_fate(Normalisation::none, 20, 3, -2.9, 0.2) == SignalFate::calm_as_damped);
  CHECK(signal_fate(Normalisation::none, 20, 3, -2.9, NAN) == SignalFate::calm_as_damped);
  CHECK(signal_fate(Normalisation::none, 20, NAN, 1, 1) == SignalFate::cannot_tell);
  Config decay = step_of(Scheme::ftcs, {.c = 0, .r = 0.25});
  decay.matrix.family = LayerFamily::tridiagonal;
  decay.matrix.parameters.stencil = {0.1, 0.2, 0.1};
  decay.normalise = Normalisation::none;
  CHECK(run(decay, 15).fate == SignalFate::decays);
}

TEST_CASE("signals of other sizes are refused, and one that is 0 cannot be normalised") {
  Chain chain({.matrix = {.cells = 4}, .normalise = Normalisation::rms});
  Vector five(5, 1.0);
  CHECK(chain->start(five, 0).code == StatusCode::shape_mismatch);
  Vector none(4);
  CHECK(chain->start(none, 0).code == StatusCode::degenerate);
}
