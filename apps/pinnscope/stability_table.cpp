#include "stability_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "pinnscope/io/number_text.hpp"
#include "pinnscope/io/owned.hpp"
#include "pinnscope/spectra/matrices/non_normality.hpp"
#include "pinnscope/spectra/matrices/step_spectrum.hpp"

namespace pinnscope::apps {
namespace {

using Config = Stepper<double>::Config;

constexpr int kDigits = 6;               // of what is printed
constexpr std::size_t kMostCells = 256;  // whose eigenvalues take a fifth of a second
constexpr std::size_t kMostCellsOfGrowth = 128;
constexpr double kRounding = 1e-12;  // of a 2-norm

struct Judged {
  Status status;
  StepStability stability;
};

Judged judge(const Config& config) {
  if (StepSpectrum::is_dense(config) && config.cells > kMostCells) return {};
  Owned<StepSpectrum> spectrum(config);
  Judged judged;
  judged.status = spectrum->compute(judged.stability);
  return judged;
}

/// The largest dt of all angles of a periodic grid, or what is stable of it where the ends ask for
/// less.
double largest_dt(Config config) {
  const auto is_unstable = [&](double dt) {
    config.dt = dt;
    return judge(config).stability.verdict == Stability::unstable;
  };
  const double periodic = largest_stable_dt(config.scheme, config.velocity, config.diffusivity,
                                            config.dx, config.theta);
  if (!(periodic > 0)) return periodic;
  double high = std::isinf(periodic) ? config.dt : rounded_down(periodic, kDigits);
  if (!is_unstable(high)) return std::isinf(periodic) ? periodic : high;
  const double least = high * 1e-9;
  double low = 0;
  while (high - low > 1e-7 * high && high > least) {
    const double middle = (low + high) / 2;
    (is_unstable(middle) ? high : low) = middle;
  }
  return low > 0 ? rounded_down(low, kDigits) : 0;
}

void print_row(const Config& config, bool is_run) {
  const StepNumbers numbers =
      step_numbers(config.velocity, config.diffusivity, config.dt, config.dx);
  const auto [status, stability] = judge(config);
  std::printf("%c %-28s %15.*g  %-13s %12.*g  %.*g\n", is_run ? '>' : ' ', text(config.scheme),
              kDigits, stability.spectral_radius,
              status.ok() ? text(stability.verdict) : status.text(), kDigits,
              largest_amplification_on_grid(config.scheme, numbers, config.cells, config.theta),
              kDigits, status.ok() ? largest_dt(config) : std::nan(""));
}

/// The largest |W^k|_2 for k up to `steps`, W the matrix of a step.
void print_growth(const Config& config, long long steps) {
  const std::size_t n = config.cells;
  if (n > kMostCellsOfGrowth) {
    std::printf("\nHow far signals grow at first is not computed beyond %zu cells.\n",
                kMostCellsOfGrowth);
    return;
  }
  const double most = std::min(1000.0, 1e9 / (6 * static_cast<double>(n * n * n)));
  const auto powers =
      static_cast<std::size_t>(std::clamp(static_cast<double>(steps), 1.0, std::floor(most)));
  Owned<Stepper<double>> stepper(config);
  std::vector<double> entries(n * n);
  std::vector<double> constant(n);
  const MatrixView<double> matrix(entries.data(), n, n);
  Owned<TransientGrowth> growth({.order = n, .powers = powers});
  TransientPeak peak;
  Status status = stepper->matrix(matrix, constant);
  if (status.ok()) status = growth->compute(MatrixView<const double>(matrix), peak);
  if (!status.ok()) return;
  std::printf("\nThe 2-norm of a step is %.6g: ", growth->norms().front());
  if (peak.norm <= 1 + kRounding) {
    std::printf("no signal grows.\n");
  } else {
    std::printf("in %zu steps a signal grows up to %.6g times (step %zu).\n", powers, peak.norm,
                peak.power);
  }
}

void print_reason(const Config& config) {
  const Judged judged = judge(config);
  if (judged.stability.is_defective) {
    std::printf(
        "\nEigenvalues of modulus 1 share an eigenvector: signals grow by a power of the "
        "number of steps.\n");
  }
  if (judged.stability.verdict != Stability::unknown) return;
  if (!judged.status.ok()) {
    std::printf("\nCannot tell: %s.\n", judged.status.text());
    return;
  }
  Config smaller = config;
  smaller.cells = kMostCells;
  const StepStability found = judge(smaller).stability;
  std::printf(
      "\nCannot tell: these ends take the eigenvalues of a matrix, computed up to %zu "
      "cells. Of so many the step is %s, the spectral radius %.6g.\n",
      kMostCells, text(found.verdict), found.spectral_radius);
}

}  // namespace

double rounded_down(double number, int digits) {
  std::string text;
  append_scientific(text, number, digits);
  const double nearest = std::strtod(text.c_str(), nullptr);
  if (nearest <= number) return nearest;
  const std::size_t exponent = text.find('e');
  std::string mantissa = text.substr(0, exponent);
  std::erase(mantissa, '.');
  const long long below = std::stoll(mantissa) - 1;  // one unit of the last digit
  const int power = std::stoi(text.substr(exponent + 1)) - (digits - 1);
  return std::strtod((std::to_string(below) + "e" + std::to_string(power)).c_str(), nullptr);
}

void print_stability(const Config& config, long long steps) {
  const StepNumbers numbers =
      step_numbers(config.velocity, config.diffusivity, config.dt, config.dx);
  std::printf("c = U dt/dx = %.6g, r = D dt/dx^2 = %.6g, %zu cells, %s\n\n", numbers.c, numbers.r,
              config.cells, text(config.boundary));
  std::printf("  %-28s %15s  %-13s %12s  %s\n", "scheme", "spectral radius", "verdict",
              "periodic |G|", "largest stable dt");
  for (const Scheme scheme : kSchemes) {
    Config row = config;
    row.scheme = scheme;
    print_row(row, scheme == config.scheme);
  }
  std::printf(
      "\nSpectral radius and verdict are those of the matrix of a step with these ends, |G| is "
      "the\n"
      "largest of a periodic grid. Up to the largest stable dt both are stable, whatever the "
      "number\n"
      "of periodic cells.\n");
  print_reason(config);
  const bool is_normal =
      config.boundary == Boundary::periodic && has_amplification_factor(config.scheme);
  if (!is_normal) print_growth(config, steps);
}

}  // namespace pinnscope::apps
